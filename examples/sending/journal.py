"""The journal: what was sent and what came back, so that a killed run goes on where it was."""

import collections
import datetime
import fcntl
import json
import os
import stat
import threading

from . import Failure
from .people import shown

#: The events. The last event of a person is their state; a person without one is `unsent`.
#:
#: intent     the request goes out: written before it, because a kill may hide the answer
#: accepted   2xx                                refused    4xx
#: unsent     not one byte was sent, or 429      unknown    no answer, or 5xx
#: found      no answer, but the server has the person as sent
#: absent     no answer, and the server does not have the person
#: undecided  no answer, and the look-up does not show whether the server has the person
#: confirmed  somebody saw the person in v2
THERE = ("accepted", "found", "confirmed")
#: The server may have these people or not. Each run looks them up.
OPEN = ("intent", "unknown", "absent", "undecided")
#: --send-absent and --send-again send these again. `intent` and `unknown` must be looked up first.
DECIDABLE = ("refused", "absent", "undecided")
ORDER = (*THERE, "refused", *OPEN, "unsent")


class Journal:
    """A file of JSON lines, locked by one run. A crash can tear its last line only.

    An event is on the disk when `write` returns. Workers that write at the same time share one `fsync`.
    """

    def __init__(self, name, head):
        self.name, self.last, self.counts = name, {}, collections.Counter()
        self.lock, self.sync_lock, self.is_broken = threading.Lock(), threading.Lock(), False
        try:
            self.file = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(73, f"{name}: another run uses this journal") from None
        except OSError as error:
            raise Failure(66, f"{name}: {error.strerror}") from None
        if not stat.S_ISREG(os.fstat(self.file).st_mode):
            raise Failure(66, f"{name}: expected a regular file, which the next run can read")
        self.end = self.synced = self.read({"journal": 1, **head})
        if self.end == 0:
            self.append({"journal": 1, **head})
            sync_folder(name)

    def read(self, head):
        """Reads the last event of each person, and cuts off a torn last line. Returns the length."""
        with open(self.name, "rb") as file:
            line = file.readline()
            if not line.endswith(b"\n") and to_line(head).startswith(line):
                return self.cut(0)  # A crash tore the first line, so nothing was sent.
            self.check_head(line, head)
            at = len(line)
            for line in file:
                if not line.endswith(b"\n"):
                    return self.cut(at)
                try:
                    event = json.loads(line)
                    if event["event"] not in ORDER or not isinstance(event["id"], str):
                        raise ValueError
                    self.remember(event["id"], event["event"], at)
                except (ValueError, KeyError, TypeError):
                    raise Failure(65, f"{self.name}: expected an event at byte {at}") from None
                at += len(line)
            return at

    def check_head(self, line, head):
        """Refuses the journal of another input or server, and files that are not journals."""
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict) or found.get("journal") != 1:
            raise Failure(65, f"{self.name}: expected a journal of send.py")
        for name, value in head.items():
            if found.get(name) != value:
                raise Failure(65, f"{self.name} belongs to another run: expected the {name} {shown(value)}, found "
                              f"{shown(found.get(name))}. Name another journal")

    def cut(self, length):
        os.ftruncate(self.file, length)
        return length

    def remember(self, key, event, at):
        """Makes an event the state of a person."""
        self.counts[self.state(key)] -= 1
        self.counts[event] += 1
        self.last[key] = (event, at)

    def state(self, key):
        """The last event of a person."""
        return self.last.get(key, ("unsent", 0))[0]

    def event(self, file, key):
        """Reads the last event of a person with all that was written about it."""
        file.seek(self.last[key][1])
        return json.loads(file.readline())

    def write(self, key, event, **more):
        """Adds an event of a person."""
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
        self.append({"id": key, "event": event, "at": now, **more})

    def append(self, entry):
        """Adds a line and waits until it is on the disk."""
        try:
            with self.lock:
                end = self.write_line(entry)
            with self.sync_lock:
                if self.is_broken:  # After an error, fsync may succeed although lines are lost.
                    raise OSError(0, "an earlier line could not be written")
                if self.synced < end:
                    end = self.end  # Other lines may have followed.
                    os.fsync(self.file)
                    self.synced = end
        except OSError as error:
            self.is_broken = True
            raise Failure(74, f"{self.name}: {error.strerror}") from None

    def write_line(self, entry):
        """Writes a line. After an error no other line is written: nobody knows what is on the disk."""
        if self.is_broken:
            raise OSError(0, "an earlier line could not be written")
        line = to_line(entry)
        written = 0
        while written < len(line):
            written += os.pwrite(self.file, line[written:], self.end + written)
        if "event" in entry:
            self.remember(entry["id"], entry["event"], self.end)
        self.end += len(line)
        return self.end

    def tally(self, people):
        """Counts each person once, by state, in a fixed order. An intent without an answer is unknown."""
        counts = {state: self.counts[state] for state in ORDER}
        counts["unknown"] += counts.pop("intent")
        counts["unsent"] = 0
        counts["unsent"] = people - sum(counts.values())
        return {state: count for state, count in counts.items() if count}


def to_line(entry):
    return (json.dumps(entry) + "\n").encode()


def sync_folder(name):
    """Puts the name of a new file on the disk."""
    folder = os.open(os.path.dirname(os.path.abspath(name)), os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def write_lists(journal, people):
    """Writes the lists for people beside the journal, each under a temporary name first. Returns their names."""
    kinds = {"replies": THERE, "refused": ("refused",), "unanswered": OPEN}
    names = {kind: f"{journal.name}.{kind}.jsonl" for kind in kinds}
    try:
        files = {kind: create(name + ".part") for kind, name in names.items()}
        with open(journal.name, "rb") as events:
            for person in people:
                for kind in (kind for kind, states in kinds.items() if journal.state(person.id) in states):
                    entry = journal.event(events, person.id)
                    if kind == "unanswered":
                        entry.setdefault("reason", "no answer" if "status" not in entry else "no clear answer")
                    text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
                    if kind != "replies":
                        text = f'{text[:-1]},"person":{person.line}}}'
                    files[kind].write(text + "\n")
        for kind, file in files.items():
            file.close()
            os.replace(file.name, names[kind])
    except OSError as error:
        raise Failure(74, f"{error.filename or journal.name}: {error.strerror}") from None
    return names


def create(name):
    """Creates a text file that only its owner can read."""
    def private(path, flags):
        return os.open(path, flags, 0o600)

    return open(name, "w", encoding="utf-8", errors="backslashreplace", opener=private)
