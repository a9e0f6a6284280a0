"""Wrong lines and options, a dry run, the key."""

import contextlib
import io
import os
import re
import subprocess
import sys
import threading
import types
import unittest
import unittest.mock

from helpdesk import Helpdesk, first
from support import CONVERT, SEND, SendingTest, person

import send
from sending import Failure, people


class Input(SendingTest):
    GOOD = '{"id":"1","name":"Ann"}'

    def test_wrong_lines_are_refused_with_their_numbers_before_anything_is_sent(self):
        cases = [
            ("", "line 2: expected a person, found an empty line"),
            ("  \r", "line 2: expected a person, found an empty line"),
            ('{"error":{"id":"7","code":"type-unknown","path":"","message":""}}', "line 2: expected a person, found an "
             "error line"),
            ('{"name":"Bob"}', "line 2: expected text or a number as id, found null"),
            ('{"id":""}', 'line 2: expected text or a number as id, found ""'),
            ('{"id":true}', "line 2: expected text or a number as id, found true"),
            ('{"id":[1]}', "line 2: expected text or a number as id, found [1]"),
            ('{"id":1.5}', "line 2: expected text or a number as id, found 1.5"),
            ('{"id":1}', 'line 2: id "1" is also in line 1'),
            ('{"id":2', "line 2: expected JSON"),
            ("[1]", "line 2: expected a JSON object"),
            ('{"id":"\\ud800"}', "line 2: 'utf-8'"),
            ("[" * 100_000, "line 2: expected JSON"),
            ('{"id":2,"x":NaN}', "line 2: expected JSON: found NaN"),
        ]
        desk = Helpdesk()
        for line, message in cases:
            with self.subTest(line[:40]):
                self.input.write_text(f"{self.GOOD}\n{line}\n")
                self.assertIn(message, self.send(desk, status=65))
        self.input.write_bytes(self.GOOD.encode() + b"\n{\"id\":\"\xff\"}\n")
        self.assertIn("line 2: 'utf-8' codec", self.send(desk, status=65))
        self.input.write_text("\n" * 12)
        self.assertIn("and 2 more", self.send(desk, status=65))
        self.input.write_text("")
        self.assertIn("expected people, found no line", self.send(desk, status=65))
        self.input.unlink()
        self.assertIn("No such file", self.send(desk, status=66))
        os.mkfifo(self.input)
        threading.Thread(target=self.write, args=([person(1)],), daemon=True).start()
        self.assertIn("expected a file, which is read several times", self.send(desk, status=66))
        self.input.unlink()
        self.assertEqual(desk.requests, [])
        self.assertFalse(self.journal.exists())

    def test_lines_that_nobody_checked_are_not_sent(self):
        self.write(person(number) for number in range(500))
        old = self.input.read_bytes()
        options = types.SimpleNamespace(
            file=str(self.input), id_field="id", method="POST", path="people", lookup_field="primary_email")
        own = people.People(options)
        self.addCleanup(own.file.close)
        self.assertEqual(len(list(own)), 500)
        for change, line in ((old.replace(b"Person 499", b"Person 4.9"), 500), (old + b'{"id":"late"}\n', 501)):
            self.input.write_bytes(change)
            self.assertRaisesRegex(Failure, f"line {line} was changed during the run", list, own)

    def test_wrong_options(self):
        self.write([person(1)])
        for options, server_address, message in [
            (("--id-field", "email"), "https://localhost", "primary_email"),
            ((), "http://example.com", "expected https"),
            ((), "example.com", "expected an address"),
            *(((), odd, "expected an address") for odd in (
                "https://localhost:port", "https://localhost:99999", "https://[::1", "https://localhost/#x",
                "https://:secret@localhost", "https://ex..ample.com", "https://localhost/a\nb")),
            (("--lookup-url", "people?x=1"), "https://localhost", "{value}"),
            (("--jobs", "0"), "https://localhost", "invalid positive number"),
            (("--key-env", "NO_SUCH_KEY"), "https://localhost", "NO_SUCH_KEY: expected the API key"),
        ]:
            with self.subTest(message):
                self.assertIn(message, self.send(server_address, *options, status=2))

    def test_a_bug_does_not_look_like_refused_people(self):
        err = io.StringIO()
        with (unittest.mock.patch.object(sys, "argv", ["send.py", "people.jsonl", "https://localhost"]),
              unittest.mock.patch.object(send, "send", side_effect=KeyError("no such thing")),
              contextlib.redirect_stderr(err)):
            self.assertEqual(send.main(), 70)
        self.assertIn("no such thing", err.getvalue())

    def test_a_dry_run_sends_nothing_and_needs_no_key(self):
        self.write([person(1), person(2)])
        desk = Helpdesk()
        out = self.send(desk, "--dry-run", "--key-env", "NO_SUCH_KEY")
        self.assertIn("2 of 2 people would be sent", out)
        self.assertIn('{"name": "Person 1"', out)
        self.assertFalse(self.journal.exists())
        out = self.send(desk, "--limit", "1", status=75)
        self.assertIn("send: not all people were sent: run the same command without --limit\n", out)
        self.assertIn("1 of 2 people would be sent", self.send(desk, "--dry-run"))
        self.assertEqual(len(desk.requests), 1)

    def test_a_missing_httpx_is_named(self):
        (self.folder / "httpx.py").write_text("raise ModuleNotFoundError('httpx')\n")
        environment = {**os.environ, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        run = subprocess.run([sys.executable, SEND, "--help"], env=environment, capture_output=True, text=True)
        self.assertEqual(
            (run.returncode, run.stderr), (2, "send: expected the package httpx, found none: pip install httpx\n"))

    def test_a_dry_run_knows_the_options_of_the_run(self):
        self.write([person(1), person(2), person(3)])
        desk = Helpdesk(first("500-before", (400, {})))
        self.assertIn("1 of 3 people would be sent", self.send(desk, "--dry-run", "--limit", "1"))
        self.send(desk, "--jobs", "1", "--limit", "2", status=75)
        ids = self.folder / "ids"
        ids.write_text("2\n")
        journal = self.journal.read_bytes()
        for options, count in (((), 1), (("--send-again", ids), 2), (("--send-absent",), 2), (("--is-there", ids), 1),
                               (("--send-absent", "--send-again", ids), 3),
                               (("--send-again", ids, "--is-there", ids), 1)):
            self.assertIn(f"{count} of 3 people would be sent", self.send(desk, "--dry-run", *options))
            self.assertEqual(self.journal.read_bytes(), journal)

    def test_a_list_of_ids_has_one_per_line(self):
        self.write([{"id": "a\u2028b", "name": "A"}, {"id": " c\u0085", "name": "C"}])
        ids = self.folder / "ids"
        ids.write_bytes("\ufeffa\u2028b\r\n c\u0085\n".encode())
        desk = Helpdesk()
        self.send(desk, "--is-there", ids)
        self.assertEqual(desk.requests, [])

    def test_the_key_may_be_in_a_file_and_is_shown_nowhere(self):
        self.write([person(1), person(2), person(3)])
        key = self.folder / "key"
        key.write_text("other-key\n")
        desk = Helpdesk(first("500-before", "drop-before"))
        out = self.send(desk, "--key-file", str(key), "--key-env", "NO_SUCH_KEY", status=3)
        self.assertEqual({headers["authorization"] for _, _, headers, _ in desk.requests}, {"key other-key"})
        for file in self.folder.iterdir():
            if file != key:
                self.assertNotIn("other-key", file.read_text())
        self.assertNotIn("other-key", out)

    def test_the_names_of_v2_are_those_of_the_library(self):
        table = subprocess.run([CONVERT, "--list-types"], capture_output=True, text=True, check=True).stdout
        found = {"contact_data"}
        for line in table.splitlines():
            name, _, _, v2 = (cell.strip() for cell in line.split("|")[1:5])
            if name == "**phone**" or name.startswith("person: "):
                names = re.findall("`([a-z_]+)", v2)
                found |= set(names)
                if v2 == "extended: the same":
                    found |= set(re.findall("`([a-z_]+)`", line))
        self.assertEqual(found, {name for names in people.V2_NAMES.values() for name in names})


if __name__ == "__main__":
    unittest.main()
