"""Converts legacy payloads to v2 JSON with Python's standard library: pairs by urllib, nested by their brackets.

It reads one payload per line, writes one body per line, and does not report losses.
"""

import json
import sys
from urllib.parse import parse_qsl

SERVICES = {"whatsapp", "aim", "msn", "icq", "skype", "gtalk", "other"}


def nested(payload):
    """The pairs as nested dicts, by the brackets in their names."""
    tree = {}
    for name, value in parse_qsl(payload, keep_blank_values=True, max_num_fields=None):
        first, *rest = name.split("[")
        node, key = tree, first
        for segment in rest:
            inner = node.get(key)
            if not isinstance(inner, dict):
                inner = node[key] = {}
            node, key = inner, segment[: segment.index("]")]
            if key == "":
                key = str(len(node))
        node[key] = value
    return tree


def listed(node):
    """Turns dicts whose keys are 0, 1, 2 … into lists."""
    if not isinstance(node, dict):
        return node
    if all(key == str(n) for n, key in enumerate(node)):
        return [listed(child) for child in node.values()]
    return {key: listed(child) for key, child in node.items()}


def item(record):
    """The v2 type and item of a record, or None."""
    kind = record["type"].lower().replace("-", "_")
    data = record["data"]
    if kind == "address":
        made = {name: data.get(name, "") for name in ("address", "city", "state", "zip")}
        return (kind, made) if any(made.values()) else None
    if kind == "website":
        return (kind, {"url": data["url"]}) if data.get("url") else None
    if kind in ("instant_message", "im", "skype"):
        if not data.get("username"):
            return None
        service = "skype" if kind == "skype" else data.get("service", "").lower()
        service = service if service in SERVICES else "other"
        return "instant_message", {"service": service, "username": data["username"]}
    if kind == "twitter":
        if not data.get("username"):
            return None
        return kind, {"username": data["username"], "display_feed": data.get("display_feed", "") not in ("", "0")}
    if kind in ("linked_in", "linkedin", "facebook"):
        kind = "facebook" if kind == "facebook" else "linked_in"
        return (kind, {"url": data["profile_url"]}) if data.get("profile_url") else None
    return None


def body(payload):
    tree = nested(payload)
    items = {}
    for record in tree.pop("contact_data", {}).values():
        made = item(record)
        if made:
            items.setdefault(made[0], []).append(made[1])
    tree = {name: listed(node) for name, node in tree.items()}
    tree["contact_data"] = items
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    source = open(0, encoding="utf-8", newline="\n", closefd=False)
    out = open(1, "w", encoding="utf-8", newline="\n", buffering=1 << 16, closefd=False)
    for line in source:
        out.write(body(line[:-1]) + "\n")
    out.flush()
