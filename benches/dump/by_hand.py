#!/usr/bin/env python3
"""Converts a dump by hand, as a one-off script would: by_hand.py DUMP > people.jsonl

It reads each row by a regular expression, holds all people in memory, and keeps no losses.
"""

import json
import re
import sys

VALUE = r"(NULL|'(?:[^'\\]|\\.)*'|[^,()']+)"
ROW = re.compile(r"\(" + VALUE + (r"(?:," + VALUE + ")?") * 13 + r"\)")
ESCAPE = re.compile(r"\\(.)")
MEANINGS = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "Z": "\x1a", "b": "\b"}


def text(value):
    if value is None or value == "NULL":
        return ""
    if value.startswith("'"):
        value = value[1:-1]
        if "\\" in value:
            value = ESCAPE.sub(lambda match: MEANINGS.get(match[1], match[1]), value)
    return value


def add(person, kind, item):
    people.setdefault(int(person), {}).setdefault(kind, []).append(item)


people = {}
table = None
with open(sys.argv[1], encoding="utf-8") as dump:
    for line in dump:
        if line.startswith("INSERT INTO"):
            table = line.split("`")[1]
            continue
        row = ROW.match(line)
        if row is None:
            continue
        if table == "phone_numbers":
            continue
        _, person, kind, _, *fields = map(text, row.groups())
        if kind == "website":
            add(person, "website", {"url": fields[0]})
        elif kind == "address":
            address, city, state, code = fields[:4]
            add(person, "address", {"address": address, "city": city, "state": state, "zip": code})
        elif kind == "instant_message":
            add(person, "instant_message", {"service": fields[1], "username": fields[0]})
        elif kind == "skype":
            add(person, "instant_message", {"service": "skype", "username": fields[0]})
        elif kind == "twitter":
            add(person, "twitter", {"username": fields[0], "display_feed": fields[1] == "1"})
        elif kind in ("facebook", "linked_in"):
            add(person, kind, {"url": fields[0]})

for person in sorted(people):
    body = {"id": str(person), "contact_data": people[person]}
    sys.stdout.write(json.dumps(body, ensure_ascii=False, separators=(",", ":")) + "\n")
