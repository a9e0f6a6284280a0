"""The journal: crashes, locks, full disks, signals."""

import json
import os
import pty
import resource
import signal
import threading
import time
import unittest
import unittest.mock

from helpdesk import Helpdesk, first
from support import SendingTest, person

from sending import Failure, journal


class JournalFile(SendingTest):
    def setUp(self):
        super().setUp()
        self.people = [person(number) for number in range(5)]
        self.write(self.people)
        self.desk = Helpdesk()

    def test_a_second_run_sends_nobody_again(self):
        self.send(self.desk)
        self.send(self.desk)
        self.assertEqual(len(self.desk.requests), 5)
        self.assertEqual(self.journal.stat().st_mode & 0o777, 0o600)

    def test_the_intent_is_in_the_journal_before_the_request(self):
        seen = []

        def at_moment(moment):
            if moment == "before the commit":
                seen.append(self.events()[-1]["event"])

        self.desk.at_moment = at_moment
        self.send(self.desk, "--jobs", "1")
        self.assertEqual(seen, ["intent"] * 5)

    def test_an_event_is_on_the_disk_when_it_is_written(self):
        synced = []
        with unittest.mock.patch("os.fsync", lambda file: synced.append(os.fstat(file).st_size)):
            own = journal.Journal(str(self.folder / "own"), {"input": "x"})
            for event in ("intent", "accepted"):
                own.write("7", event)
                self.assertEqual(synced[-1], own.end)
        self.addCleanup(os.close, own.file)
        with unittest.mock.patch("os.fsync", side_effect=OSError(5, "Input/output error")):
            self.assertRaisesRegex(Failure, "Input/output error", own.write, "8", "intent")
        # Nobody knows whether the line is on the disk, so nothing may follow it.
        self.assertRaisesRegex(Failure, "an earlier line", own.write, "9", "intent")

    def test_a_disk_that_fails_once_fails_for_all_who_wait(self):
        # After an error, the next fsync may succeed although the lines before it are lost.
        own = journal.Journal(str(self.folder / "own"), {"input": "x"})
        self.addCleanup(os.close, own.file)
        results, waiting = [], threading.Event()

        def write(key):
            try:
                results.append(own.write(key, "intent"))
            except Failure as failure:
                results.append(failure.status)

        def fsync(_file):
            if not waiting.is_set():
                waiting.set()
                other.start()
                while own.state("9") == "unsent":
                    time.sleep(0.001)
                raise OSError(5, "Input/output error")

        other = threading.Thread(target=write, args=("9",))
        with unittest.mock.patch("os.fsync", fsync):
            write("8")
            other.join()
        self.assertEqual(results, [74, 74])

    def test_a_torn_last_line_is_cut_off(self):
        self.send(self.desk, "--limit", "3", "--jobs", "1", status=75)
        whole = self.journal.read_bytes()
        last = len(whole) - whole.rindex(b"\n", 0, -1) - 1
        long = b'{"id": "2", "event": "accepted", "reply": "' + b"x" * 5000
        for torn in (whole[:-1], whole[:-2], whole[:1 - last], whole[:-last] + long):
            with self.subTest(torn[-20:]):
                self.journal.write_bytes(torn)
                # The answer for person 2 is torn, so they are looked up.
                self.send(self.desk, "--limit", "1", "--jobs", "1", status=75)
                self.assertEqual(self.listed("replies")["2"]["event"], "found")
                [json.loads(line) for line in self.journal.read_text().splitlines()]
                self.desk.people = self.desk.people[:3]
        # A torn intent was never sent.
        lines = whole.splitlines(keepends=True)
        self.journal.write_bytes(b"".join(lines[:5]) + lines[5][:-3])
        self.desk.people, self.desk.requests = self.desk.people[:2], []
        self.send(self.desk)
        self.assert_accounted(self.desk, self.people)
        self.assertNotIn("GET", {method for method, *_ in self.desk.requests})

    def test_a_torn_first_line_is_written_again(self):
        self.send(self.desk, "--limit", "1", status=75)
        head = self.journal.read_bytes().splitlines(keepends=True)[0]
        for length in (0, 5, len(head) - 1):
            with self.subTest(length):
                self.desk.people = []
                self.journal.write_bytes(head[:length])
                self.send(self.desk)
                self.assert_accounted(self.desk, self.people)

    def test_journals_of_another_run_and_other_files_are_refused_and_stay_unchanged(self):
        self.send(self.desk, "--limit", "2", status=75)
        own = self.journal.read_bytes()
        other = Helpdesk()
        self.assertIn("expected the address", self.send(other, status=65))
        self.assertIn("expected the method", self.send(self.desk, "--method", "PUT", status=65))
        self.assertIn("expected the id_field", self.send(self.desk, "--id-field", "name", status=65))
        self.write([*self.people, person(5)])
        self.assertIn("expected the input", self.send(self.desk, status=65))
        self.write(self.people)
        for content in (own + b"x\n" + own, self.input.read_bytes(), b"important", b"\0" * 100, b'{"journal":2}\n',
                        own + b'{"id": "3", "event": "posted"}\n', own + b'{"id": 3, "event": "accepted"}\n'):
            with self.subTest(content[:20]):
                self.journal.write_bytes(content)
                self.send(self.desk, status=65)
                self.assertEqual(self.journal.read_bytes(), content)
        self.assertEqual((len(self.desk.requests), other.requests), (2, []))
        self.journal.unlink()
        for name in ("/dev/null", self.folder):
            self.send(self.desk, "--journal", name, status=66)
        self.assertEqual(len(self.desk.requests), 2)

    def test_two_runs_on_one_journal_are_refused(self):
        seen = []

        def at_moment(moment):
            if not seen:
                seen.append(1)
                seen.append(self.send(self.desk, status=73))

        self.desk.at_moment = at_moment
        self.send(self.desk)
        self.assertIn("another run uses this journal", seen[1])
        self.assertEqual(len(self.desk.people), 5)

    def test_on_a_full_disk_nothing_is_sent_that_the_journal_does_not_have(self):
        self.send(self.desk, "--limit", "1", "--jobs", "1", status=75)
        size = self.journal.stat().st_size
        for more in (0, 1, 60, 90, 250, 330):
            with self.subTest(more):
                limit = size + more
                out = self.send(self.desk, "--jobs", "1", status=74, preexec_fn=lambda: resource.setrlimit(
                    resource.RLIMIT_FSIZE, (limit, limit)))
                self.assertIn(f"{self.journal}: File too large", out)
                # A line that was written in part does not count as an intent.
                whole = self.journal.read_bytes().rpartition(b"\n")[0].splitlines()[1:]
                intents = {json.loads(line)["id"] for line in whole}
                self.assertTrue({person["name"].split()[1] for person in self.desk.people} <= intents)
                size = max(size, self.journal.stat().st_size)
        self.send(self.desk)
        self.assert_accounted(self.desk, self.people)

    def test_signals_end_the_run_after_the_requests_on_their_way(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                process = self.start(self.desk, "--jobs", "1")
                left = [number]  # A second signal would end the program at once.
                self.desk.at_moment = lambda moment: left and process.send_signal(left.pop())
                _, err = process.communicate()
                self.desk.at_moment = lambda moment: None
                self.assertEqual(process.returncode, 128 + number, err)
                self.assertIn(f"stopped: {signal.Signals(number).name}", err)
                self.assertIn("run the same command again", err)
        self.send(self.desk)
        self.assert_accounted(self.desk, self.people)
        self.assertNotIn("GET", {method for method, *_ in self.desk.requests})

    def test_progress_is_shown_on_a_terminal_only(self):
        outer, inner = pty.openpty()
        process = self.start(Helpdesk(first("stall-before")), "--timeout", "1", stderr=inner)
        os.close(inner)
        shown = b""
        try:
            while part := os.read(outer, 4096):
                shown += part
        except OSError:
            pass  # The terminal closes with the program.
        os.close(outer)
        process.communicate()
        self.assertIn(b"\r\x1b[K5 people: ", shown)
        self.assertIn(b"1 unknown", shown)
        self.assertNotIn("\r", self.send(self.desk, "--journal", str(self.folder / "other")))


if __name__ == "__main__":
    unittest.main()
