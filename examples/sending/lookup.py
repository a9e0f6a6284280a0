"""Asks the server about a person whose request got no answer."""

import collections
import urllib.parse

import httpx

from . import Failure
from .people import folded, lookup_value
from .server import NOT_SENT, address, body, described, is_for_all


class NoAnswer(Exception):
    """A look-up that may be repeated. `is_sent` is false if the server cannot be reached."""

    def __init__(self, reason, is_sent=True):
        super().__init__(reason)
        self.is_sent = is_sent


def look_up(client, options, people, person):
    """Returns the event that a look-up shows, and what is known about it. Raises NoAnswer."""
    if options.method == "PUT":
        return by_number(client, options, person)
    field, value = options.lookup_field, person.fields.get(options.lookup_field)
    if lookup_value(person, options) is None:
        return undecided(f"the body has no {field} to look up")
    if lookup_value(person, options) in people.repeated:
        return undecided(f"several people of the input have the {field} {value}")
    status, reply = get(client, options, options.lookup_url.replace("{value}", urllib.parse.quote(value, safe="")))
    entries = reply.get("data") if isinstance(reply, dict) else reply
    if status != 200 or not isinstance(entries, list):
        return undecided(f"the look-up was answered {status}, without a list")
    if not entries:
        return "absent", {"reason": f"the server has nobody with the {field} {value}"}
    if any(not isinstance(entry, dict) or folded(entry.get(field)) != folded(value) for entry in entries):
        return undecided(f"the look-up finds others than the {field} {value}")
    if len(entries) > 1:
        numbers = ", ".join(str(entry.get("id")) for entry in entries)
        return undecided(f"the server has several with the {field} {value}: {numbers}")
    return compared(person, entries[0])


def by_number(client, options, person):
    """Looks up the person whom a PUT changes."""
    status, reply = get(client, options, address(options, person))
    if status == 404:
        return "absent", {"reason": f"the server has nobody with the number {person.id}"}
    entry = reply.get("data") if isinstance(reply, dict) else None
    if status != 200 or not isinstance(entry, dict):
        return undecided(f"the look-up was answered {status}, without a person")
    return compared(person, entry)


def get(client, options, url):
    """Returns the status and the body of a look-up. Raises NoAnswer, or Failure if each look-up would fail."""
    try:
        response = client.get(url)
    except httpx.RequestError as error:
        raise NoAnswer(described(error), is_sent=not isinstance(error, NOT_SENT)) from None
    status = response.status_code
    if status in (408, 429) or status >= 500:
        raise NoAnswer(f"the look-up was answered {status}")
    if is_for_all("GET", status):
        raise Failure(77, f"the look-up was answered {status}: check the key and the address")
    return status, body(response)[0]


def undecided(reason, **more):
    return "undecided", {"reason": reason, **more}


def compared(person, entry):
    """Found, if the server shows what was sent. Otherwise it had the person before, or somebody changed them."""
    name = difference(person.fields, entry)
    if name is None:
        return "found", {"reply": {"data": entry}}
    return undecided(f"number {entry.get('id')} has another {name}", reply={"data": entry})


def difference(sent, entry):
    """The name of a field that the server shows otherwise than it was sent. What it does not show is no difference."""
    for name, value in sent.items():
        if is_plain(value) and is_plain(entry.get(name)) and folded(value) != folded(entry[name]):
            return name
    shown = items(entry)
    for (name, kind), own in items(sent).items():
        others = shown[name, kind]
        is_there = all(any(is_same_item(item, other) for other in others) for item in own)
        if name in entry and not (len(own) == len(others) and is_there):
            return f"{name} {kind}".strip()
    return None


def is_plain(value):
    return isinstance(value, (str, int))


def items(fields):
    """The contacts and phones of a body by name and type. Requests have an object of lists, replies a flat list."""
    found = collections.defaultdict(list)
    for item in fields.get("phone_numbers") or []:
        found["phone_numbers", ""].append(item)
    contacts = fields.get("contact_data") or []
    if isinstance(contacts, dict):
        contacts = [{**item, "contact_type": kind} for kind, listed in contacts.items() for item in listed]
    for item in contacts:
        found["contact_data", item.get("contact_type")].append(item)
    return found


def is_same_item(sent, there):
    """Whether the server shows an item as sent. Replies leave out display_feed."""
    return all(folded(value) == folded(there[name]) for name, value in sent.items()
               if name in there and name != "display_feed")
