"""Runs send.py as a person does: as a program, on files."""

import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"
SEND = EXAMPLES / "send.py"
KEY = "s3cret-key"
CONVERT = os.environ.get("CONVERT", "convert")
sys.path.insert(0, str(EXAMPLES))

#: A folder in memory, if there is one: it is faster than a disk. Data that a program has given to the system survives a
#: kill of the program, so these tests need no disk.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None

#: Short pauses, so that the tests are fast.
QUICK = ("--backoff", "0.01")


def person(number, **fields):
    """A person as convert writes them."""
    return {"id": str(number), "name": f"Person {number}", "primary_email": f"p{number}@example.com",
            "contact_data": {"website": [{"url": f"https://example.com/{number}"}]}, **fields}


class SendingTest(unittest.TestCase):
    """A folder with an input, and the sender."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=MEMORY)
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.input = self.folder / "people.jsonl"
        self.journal = self.folder / "people.jsonl.journal"

    def write(self, people):
        self.input.write_text("".join(json.dumps(person) + "\n" for person in people))

    def start(self, desk, *options, **more):
        """Starts the sender. `desk` is a helpdesk or an address."""
        command = [sys.executable, SEND, *QUICK, *options, self.input, getattr(desk, "address", desk)]
        environment = {**os.environ, "DESKPRO_KEY": KEY, "no_proxy": "*", "PYTHONDONTWRITEBYTECODE": "1"}
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, env=environment, text=True, **{**streams, **more})

    def send(self, desk, *options, status=0, **more):
        """Runs the sender to its end and returns what it printed."""
        process = self.start(desk, *options, **more)
        out, err = process.communicate()
        self.assertIn(process.returncode, status if isinstance(status, tuple) else (status,), err)
        self.assertNotIn("Traceback", err)
        return out + err

    def listed(self, kind):
        """The entries of a list beside the journal, by id."""
        lines = pathlib.Path(f"{self.journal}.{kind}.jsonl").read_text().splitlines()
        entries = [json.loads(line) for line in lines]
        self.assertEqual(len({entry["id"] for entry in entries}), len(entries))
        return {entry["id"]: entry for entry in entries}

    def events(self):
        """The events of the journal in order, without its head."""
        return [json.loads(line) for line in self.journal.read_text().splitlines()[1:]]

    def assert_accounted(self, desk, people, unsent=()):
        """Each person is in one list, and the server agrees: nobody twice, nobody left out."""
        replies, refused, unanswered = (self.listed(kind) for kind in ("replies", "refused", "unanswered"))
        everybody = sorted([*replies, *refused, *unanswered, *unsent])
        self.assertEqual(everybody, sorted(person["id"] for person in people))
        there = collections.Counter(person["name"] for person in desk.people)
        for person in people:
            count = there.pop(person["name"], 0)
            self.assertLessEqual(count, 1, person)
            if person["id"] in replies:
                self.assertEqual(count, 1, person)
            elif person["id"] not in unanswered:
                self.assertEqual(count, 0, person)
        self.assertEqual(there, {})
        return replies, refused, unanswered
