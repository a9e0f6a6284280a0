"""Asks the server about a person whose request got no answer."""

import collections
import urllib.parse

import httpx

from . import Failure
from .people import folded, lookup_value
from .server import NOT_SENT, address, body, described, is_for_all, request, retry_after


class NoAnswer(Exception):
    """A look-up that may be repeated, after the seconds that the server asks for.

    `is_taken` is false if the server cannot be reached, or the look-up came too early (429).
    """

    def __init__(self, reason, is_taken, asked=None):
        super().__init__(reason)
        self.is_taken, self.asked = is_taken, asked


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
    if str(entry.get("id", person.id)) != person.id:
        return undecided(f"the look-up of number {person.id} was answered with number {entry['id']}")
    return compared(person, entry)


def get(client, options, url):
    """Returns the status and the body of a look-up. Raises NoAnswer, or Failure if each look-up would fail."""
    try:
        answer = request(client, options, "GET", url)
    except httpx.InvalidURL as error:
        return str(error), None
    except httpx.RequestError as error:
        raise NoAnswer(described(client, error), not isinstance(error, NOT_SENT)) from None
    status = answer.status
    if status in (408, 429) or status >= 500:
        raise NoAnswer(f"the look-up was answered {status}", status != 429, retry_after(answer))
    if is_for_all("GET", status):
        raise Failure(77, f"the look-up was answered {status}: check the key and the address")
    return status, body(client, answer)[0]


def undecided(reason, **more):
    return "undecided", {"reason": reason, **more}


def compared(person, entry):
    """Found, if the server shows what was sent. Otherwise it had the person before, or somebody changed them."""
    name = difference(person.fields, entry)
    if name is None:
        return "found", {"reply": {"data": entry}}
    return undecided(f"number {entry.get('id')} has another {name}", reply={"data": entry})


def difference(sent, entry):
    """The name of a field that the server shows otherwise than it was sent, or of contacts that it does not show.

    It may show no other field that was sent.
    """
    for name, value in sent.items():
        if is_plain(value) and is_plain(entry.get(name)) and folded(value) != folded(entry[name]):
            return name
    shown = items(entry)
    for (name, kind), own in items(sent).items():
        others = shown[name, kind]
        if len(own) != len(others) or not all(any(is_same_item(item, other) for other in others) for item in own):
            return f"{name} {kind}".strip()
    return None


def is_plain(value):
    return isinstance(value, (str, int))


def items(fields):
    """The contacts and phones of a body by name and type. Requests have an object of lists, replies a flat list."""
    found = collections.defaultdict(list)
    found["phone_numbers", ""] += listed(fields.get("phone_numbers"))
    contacts = fields.get("contact_data")
    if isinstance(contacts, dict):
        for kind, values in contacts.items():
            found["contact_data", kind] += listed(values)
    else:
        for item in listed(contacts):
            found["contact_data", str(item.get("contact_type")) if isinstance(item, dict) else ""].append(item)
    return found


def listed(value):
    """The items of a list, of an object with the keys 0, 1, …, or of a value that should be a list."""
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else [] if value is None else [value]


def is_same_item(sent, there):
    """Whether the server shows an item as sent. Replies leave out display_feed."""
    if not isinstance(sent, dict) or not isinstance(there, dict):
        return sent == there
    return all(folded(value) == folded(there[name]) for name, value in sent.items()
               if name in there and name != "display_feed")
