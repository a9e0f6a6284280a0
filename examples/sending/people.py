"""The input: one person per line, checked as a whole before anything is sent."""

import array
import collections
import dataclasses
import hashlib
import json
import math
import re

from . import Failure

#: The names at the top of a v2 body. The library's table has the same names; a test compares them.
SHARED_NAMES = ("name", "summary", "labels", "user_groups", "fields", "phone_numbers", "contact_data")
V2_NAMES = {
    "people": SHARED_NAMES + (
        "first_name", "last_name", "title_prefix", "override_display_name", "primary_email", "emails", "organization",
        "organization_position", "timezone", "language", "password", "is_agent", "is_disabled", "agent_groups",
        "teams", "primary_team", "brands", "agent_data"),
    "organizations": SHARED_NAMES + ("parent", "importance", "email_domains", "members"),
}

#: At most this many wrong lines are shown.
SHOWN_LINES = 10


@dataclasses.dataclass
class Person:
    """A line of the input: the id, the line itself, the body to send, and the body as a dictionary."""

    id: str
    line: str
    body: str
    fields: dict


class People:
    """The people of a file. Their bodies stay in the file and are read again when they are needed."""

    def __init__(self, options):
        """Reads every line, and raises Failure with the numbers of the wrong ones."""
        self.options, self.file = options, open_file(options.file)
        if not self.file.seekable():
            raise Failure(66, f"{options.file}: expected a file, which is read several times, found a pipe")
        self.lines = {}  # The number of the line by id.
        self.hashes = array.array("q")  # Of each line: it is read again to be sent.
        self.unknown_names = collections.Counter()  # Names that v2 does not have, with the number of people.
        lookups, digest, wrong = collections.Counter(), hashlib.sha256(), []
        for number, raw in enumerate(self.file, 1):
            digest.update(raw)
            self.hashes.append(hash(raw))
            try:
                person = parse(raw, options)
                if person.id in self.lines:
                    raise ValueError(f"{options.id_field} {shown(person.id)} is also in line {self.lines[person.id]}")
            except ValueError as error:
                wrong.append(f"line {number}: {error}")
                continue
            self.lines[person.id] = number
            lookups[lookup_value(person, options)] += 1
            self.unknown_names.update(name for name in person.fields if name not in V2_NAMES[options.path])
        if not self.lines and not wrong:
            wrong.append("expected people, found no line")
        if wrong:
            more = [f"and {len(wrong) - SHOWN_LINES:,} more"] if len(wrong) > SHOWN_LINES else []
            raise Failure(65, "\n  ".join([f"{options.file}: nothing was sent", *wrong[:SHOWN_LINES], *more]))
        self.digest = digest.hexdigest()
        #: Values that a look-up cannot tell apart, because several people of the input have them.
        self.repeated = {value for value, count in lookups.items() if value and count > 1}

    def __len__(self):
        return len(self.lines)

    def __iter__(self):
        self.file.seek(0)
        for number, raw in enumerate(self.file):
            if number >= len(self.hashes) or self.hashes[number] != hash(raw):
                raise Failure(65, f"{self.options.file}: line {number + 1} was changed during the run")
            yield parse(raw, self.options)


def parse(raw, options):
    """Returns the person of a line. Raises ValueError, which says what is wrong with the line."""
    line = raw.decode().strip()
    if not line:
        raise ValueError("expected a person, found an empty line")
    try:
        fields = read_json(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"expected JSON: {error}") from None
    if not isinstance(fields, dict):
        raise ValueError("expected a JSON object")
    if "error" in fields:
        raise ValueError("expected a person, found an error line, which convert --on-error emit writes")
    key = fields.get(options.id_field)
    if isinstance(key, bool) or not isinstance(key, (str, int)) or key == "":
        raise ValueError(f"expected text or a number as {options.id_field}, found {json.dumps(key)}")
    if options.method == "PUT" and not (str(key).isascii() and str(key).isdigit()):
        raise ValueError(f"expected the number of the person in v2 as {options.id_field}, found {shown(str(key))}")
    body = line
    if options.id_field not in V2_NAMES[options.path]:
        del fields[options.id_field]
        body = without_member(line, options.id_field)
    person = Person(str(key), line, body, fields)
    # Half of a surrogate pair can stand in no address.
    (person.id + str(lookup_value(person, options))).encode()
    return person


def read_json(text, is_finite=False):
    """Reads JSON. Python would also take NaN and Infinity, and read a large number as Infinity."""
    def refuse(name):
        raise ValueError(f"found {name}")

    def finite(digits):
        number = float(digits)
        return number if math.isfinite(number) else refuse(digits)

    return json.loads(text, parse_constant=refuse, parse_float=finite if is_finite else None)


def without_member(line, name):
    """Takes a member out of the text of a JSON object. The others stay as written, so that no digit changes."""
    decode, space = json.JSONDecoder().raw_decode, re.compile(r"[ \t\r\n]*")

    def skip_space(at):
        return space.match(line, at).end()

    kept, at = [], skip_space(line.index("{") + 1)
    while line[at] != "}":
        start = at
        key, at = decode(line, start)
        _, at = decode(line, skip_space(skip_space(at) + 1))  # After the colon.
        if key != name:
            kept.append(line[start:at])
        at = skip_space(at)
        if line[at] == ",":
            at = skip_space(at + 1)
    return "{" + ",".join(kept) + "}"


def lookup_value(person, options):
    """The value that a person is looked up by, folded; None if the body has none."""
    value = person.fields.get(options.lookup_field)
    return folded(value) if isinstance(value, str) and value else None


def folded(value):
    """Text as it is compared: without case, repeated spaces, the scheme of an address, and its last slash."""
    return re.sub(r"^https?://|/$", "", " ".join(str(value).casefold().split()))


def read_ids(name, people):
    """Reads a list of ids, one per line, about which a person decided."""
    if name is None:
        return set()
    with open_file(name) as file:
        lines = file.read().decode("utf-8-sig", "replace").split("\n")
    ids = {line.removesuffix("\r") for line in lines} - {""}
    for key in ids:
        if key not in people.lines:
            raise Failure(65, f"{name}: the input has no {people.options.id_field} {shown(key)}")
    return ids


def open_file(name):
    """Opens a file for reading."""
    try:
        return open(name, "rb")
    except OSError as error:
        raise Failure(66, f"{name}: {error.strerror}") from None


def shown(text):
    """Text from a file in quotation marks, with its control characters escaped."""
    return json.dumps(text, ensure_ascii=not str(text).isprintable())


def counted(count):
    """A number of people, with the noun."""
    return "1 person" if count == 1 else f"{count:,} people"
