"""Each answer of the server, and each missing one."""

import email.utils
import json
import time
import types
import unittest

from helpdesk import Helpdesk, first, only
from support import KEY, SendingTest, person

from sending import run, server


class Answers(SendingTest):
    def setUp(self):
        super().setUp()
        self.people = [person(number) for number in range(6)]
        self.write(self.people)

    def test_429_is_tried_again_and_retry_after_is_kept(self):
        desk = Helpdesk(first("429", "429-later", "429", "429", "429"))
        self.send(desk)
        self.assert_accounted(desk, self.people)
        long = Helpdesk(first(*[(429, {}, [("Retry-After", "4000")])] * 9))
        self.journal.unlink()
        self.assertIn("the server asks to wait 4000 seconds", self.send(long, status=75))
        self.assertEqual(long.people, [])
        self.journal.unlink()
        forever = Helpdesk(first(*[(429, {}, [("Retry-After", "9" * 400)])] * 9))
        self.assertIn("the server asks to wait inf seconds", self.send(forever, status=75))

    def test_503_and_look_ups_keep_retry_after(self):
        desk = Helpdesk(first((503, {}, [("Retry-After", "4000")])))
        self.assertIn("the server asks to wait 4000 seconds", self.send(desk, "--jobs", "1", status=75))
        self.assertEqual(len(desk.requests), 1)
        self.journal.unlink()
        desk = Helpdesk(lambda method, number: "500-before" if method == "POST" else (
            429, {}, [("Retry-After", "4000")]))
        self.assertIn("the server asks to wait 4000 seconds", self.send(desk, "--jobs", "1", "--limit", "1", status=75))
        self.assertEqual(len(desk.requests), 2)

    def test_a_look_up_that_comes_too_early_is_repeated(self):
        early = [(429, {}, [("Retry-After", "0")])] * 5
        desk = Helpdesk(lambda method, number: "500-after" if method == "POST" else early.pop() if early else None)
        self.send(desk, "--jobs", "1")
        self.assert_accounted(desk, self.people)

    def test_an_answer_that_trickles_in_is_none(self):
        desk = Helpdesk(first("trickle"))
        out = self.send(desk, "--jobs", "1", "--timeout", "1")
        self.assertIn("5 accepted, 1 found", out)
        self.assert_accounted(desk, self.people)

    def test_the_pause_is_at_least_as_long_as_the_server_asks_for(self):
        pace = run.Pace(types.SimpleNamespace(backoff=1, max_wait=300, tries=3))
        start = time.monotonic()
        pace.not_taken("429", asked=7)
        self.assertGreaterEqual(pace.until, start + 7)
        pace.not_taken("429", asked=2)  # Another worker may be told less.
        self.assertGreaterEqual(pace.until, start + 7)
        self.assertEqual(pace.untaken, 1)

    def test_retry_after_is_a_number_or_a_date(self):
        def seconds(value):
            return server.retry_after(types.SimpleNamespace(headers={"retry-after": value} if value else {}))

        self.assertEqual((seconds("7"), seconds("0"), seconds(None), seconds("soon"), seconds("-1")),
                         (7, 0, None, None, None))
        self.assertEqual(seconds("9" * 5000), float("inf"))
        self.assertEqual(seconds("Wed, 21 Oct 2015 07:28:00 GMT"), 0)
        self.assertGreater(seconds(email.utils.formatdate(time.time() + 3600, usegmt=True)), 3000)

    def test_a_server_that_cannot_be_reached_leaves_all_unsent(self):
        desk = Helpdesk()
        desk.die()
        out = self.send(desk, "--tries", "3", status=75)
        self.assertIn("6 people: 6 unsent", out)
        self.assertIn("the server takes no requests: ConnectError", out)
        self.assertEqual({event["event"] for event in self.events()}, {"intent", "unsent"})
        desk.start()
        self.send(desk)
        self.assert_accounted(desk, self.people)
        self.assertNotIn("GET", {method for method, *_ in desk.requests})

    def test_a_key_or_an_address_that_is_wrong_ends_the_run_and_nobody_is_refused(self):
        for status, headers in ((401, []), (404, []), (405, []), (301, [("Location", "https://example.com/")])):
            with self.subTest(status):
                desk = Helpdesk(only((status, {"status": status}, headers), "POST", "GET"))
                self.assertIn(f"the server answered {status}", self.send(desk, status=77))
                self.assert_accounted(desk, self.people, unsent=[person["id"] for person in self.people])
                desk.fault = only(None)
                self.send(desk)
                self.assert_accounted(desk, self.people)
                self.journal.unlink()

    def test_a_redirection_after_the_commit_is_looked_up(self):
        # A server may commit and then name the page of the person.
        for status in (302, 303):
            with self.subTest(status):
                desk = Helpdesk(lambda method, number: (status, {}) if method == "POST" else None)
                desk.at_moment = lambda moment: moment == "before the commit" and desk.people.append(
                    {**self.people[0], "id": 9})
                self.assertIn(f"the server answered {status}", self.send(desk, "--jobs", "1", status=77))
                desk.at_moment = lambda moment: None
                desk.fault = only(None)
                self.send(desk)
                self.assert_accounted(desk, self.people)
                self.journal.unlink()

    def test_refusals_are_kept_with_reply_and_body_and_not_sent_again(self):
        self.people[2]["contact_data"]["website"][0]["url"] = "example.net"
        self.write(self.people)
        desk = Helpdesk()
        out = self.send(desk, status=1)
        self.assertIn("6 people: 5 accepted, 1 refused", out)
        self.send(desk, "--send-absent", status=1)
        _, refused, _ = self.assert_accounted(desk, self.people)
        self.assertEqual(refused["2"]["reply"]["message"], "website_0: this is no URL")
        self.assertEqual((refused["2"]["status"], refused["2"]["person"]), (400, self.people[2]))
        self.assertEqual(len(desk.requests), 6)
        # A person may order it.
        ids = self.folder / "ids"
        ids.write_text("2\n")
        self.send(desk, "--send-again", str(ids), status=1)
        self.assertEqual(len(desk.requests), 7)

    def test_requests_without_an_answer_are_looked_up_and_not_repeated(self):
        for before, after in (("500-before", "500-after"), ("drop-before", "drop-after"),
                              ("stall-before", "stall-after"), ("drop-before", "half-reply"), ("500-before", "page")):
            with self.subTest(after):
                desk = Helpdesk(first(before, after))
                out = self.send(desk, "--jobs", "1", "--timeout", "2" if "stall" in before else "60", status=3)
                self.assertIn("6 people: 4 accepted, 1 found, 1 absent", out)
                _, _, unanswered = self.assert_accounted(desk, self.people)
                self.assertEqual(unanswered["0"]["reason"],
                                 "the server has nobody with the primary_email p0@example.com")
                self.send(desk, "--jobs", "1", status=3)
                self.assertEqual([method for method, *_ in desk.requests].count("POST"), 6)
                self.send(desk, "--send-absent")
                self.assert_accounted(desk, self.people)
                self.journal.unlink()

    def test_a_commit_after_the_look_up_is_found_before_anybody_is_sent_again(self):
        desk = Helpdesk(first("500-before"))
        self.send(desk, "--jobs", "1", status=3)
        late = dict(self.people[0], id=99, contact_data=[
            {"contact_type": "website", "url": self.people[0]["contact_data"]["website"][0]["url"]}])
        desk.people.append(late)
        self.send(desk, "--send-absent")
        self.assert_accounted(desk, self.people)

    def test_who_was_not_looked_up_yet_is_not_sent_again(self):
        desk = Helpdesk(only("500-before", "POST", "GET"))
        self.send(desk, "--jobs", "1", "--limit", "1", status=75)
        ids = self.folder / "ids"
        ids.write_text("0\n")
        desk.fault = only("500-before", "GET")
        out = self.send(desk, "--send-again", str(ids), "--send-absent", status=3)
        self.assertIn("1 person of", out)
        self.assertIn("5 accepted, 1 unknown", out)
        desk.fault = only(None)
        self.assertIn("1 absent", self.send(desk, "--send-absent", "--send-again", str(ids), status=3))
        self.assertIn("6 accepted", self.send(desk, "--send-again", str(ids)))
        self.assertIn("1 person of", self.send(desk, "--send-again", str(ids)))
        self.assertEqual(len(desk.people), 6)
        ids.write_text("99\n")
        self.assertIn('the input has no id "99"', self.send(desk, "--send-again", str(ids), status=65))

    def test_a_look_up_that_does_not_decide_leaves_it_to_a_person(self):
        lost, own = self.people[0], {"website": [{"url": "https://example.com/0"}]}
        entry = {"id": 50, "name": "Person 0", "primary_email": "P0@Example.com", "contact_data": own}
        del self.people[3]["primary_email"]
        self.people[4]["primary_email"] = "P5@example.com"
        self.write(self.people)
        for entries, event, reason in (
            ([], "absent", "the server has nobody"),
            ([entry], "found", None),
            ([{"id": 50, "primary_email": "p0@example.com"}], "undecided", "number 50 has another contact_data"),
            ([{**entry, "contact_data": {"website": {"0": own["website"][0]}}}], "found", None),
            ([{**entry, "contact_data": [{"contact_type": "website", "url": "example.com/0/", "comment": ""}]}],
             "found", None),
            ([entry, {**entry, "id": 51}], "undecided", "several with the primary_email p0@example.com: 50, 51"),
            ([entry, {**entry, "primary_email": "x@example.com"}], "undecided", "finds others"),
            ([{**entry, "primary_email": None}], "undecided", "finds others"),
            ([{**entry, "name": "Other"}], "undecided", "number 50 has another name"),
            ([{**entry, "contact_data": []}], "undecided", "another contact_data website"),
            ([{**entry, "contact_data": {"website": own["website"] * 2}}], "undecided", "another contact_data website"),
            ([{**entry, "contact_data": {"website": [{"url": "https://example.org"}]}}], "undecided", "website"),
            *(([{**entry, "contact_data": odd}], "undecided", "another contact_data")
              for odd in ("x", 5, ["x"], [None], [{"contact_type": ["website"]}], {"website": "x"}, {"website": [[]]})),
            ({"x": 1}, "undecided", "was answered 200, without a list"),
        ):
            with self.subTest(reason, entries=entries):
                reply = (200, {"data": entries})
                desk = Helpdesk(lambda method, number: "500-before" if method == "POST" else reply)
                out = self.send(desk, "--limit", "1", status=75)
                found = self.events()[-1]
                self.assertEqual((found["id"], found["event"]), (lost["id"], event), out)
                self.assertIn(reason or "", found.get("reason", ""))
                self.journal.unlink()
        desk = Helpdesk(only("500-after", "POST"))
        self.send(desk, status=3)
        _, _, unanswered = self.assert_accounted(desk, self.people)
        self.assertEqual(unanswered["3"]["reason"], "the body has no primary_email to look up")
        for key in "45":
            self.assertIn("several people of the input have the primary_email", unanswered[key]["reason"])

    def test_the_look_up_has_an_address_of_its_own(self):
        self.write(self.people[:1])
        desk = Helpdesk(first("500-after"))
        self.send(desk, "--lookup-field", "name", "--lookup-url", "search/people?name={value}")
        self.assertEqual(desk.requests[-1][1], "/api/v2/search/people?name=Person%200")
        self.journal.unlink()
        desk = Helpdesk(lambda method, number: "500-after" if method == "POST" else (403, {"status": 403}))
        self.send(desk, status=3)
        self.assertIn("was answered 403", self.listed("unanswered")["0"]["reason"])

    def test_a_body_of_any_shape_and_a_value_of_any_length_are_looked_up(self):
        for fields in ({"contact_data": "x"}, {"contact_data": ["x"]}, {"contact_data": {"website": "x"}},
                       {"contact_data": {"website": [None]}}, {"phone_numbers": "x"}, {"phone_numbers": ["+44"]},
                       {"primary_email": "x" * 70_000}):
            with self.subTest(str(fields)[:40]):
                people = [{"id": "1", "name": "A", "primary_email": "a@example.com", **fields}, person(2)]
                self.write(people)
                desk = Helpdesk(lambda method, number: "500-before" if method == "POST" and number == 1 else None)
                desk.people = [{**people[0], "id": 7}]
                self.assertIn("1 accepted", self.send(desk, "--jobs", "1", status=3 if len(str(fields)) > 999 else 0))
                self.journal.unlink()

    def test_answers_of_any_kind_are_kept_as_json(self):
        self.write(self.people[:1])
        for reply, headers in ((b"[" * 100_000, []), (b'{"a":' + b"[" * 950 + b"]" * 950 + b"}", []), (b"9" * 5000, []),
                               (b"[NaN, 1e999]", []), (b"\xff\xfe", []), (b'"\\ud800"', []),
                               (b"x", [("Content-Type", "text/html; charset=rot13")])):
            for status in (201, 400, 500):
                with self.subTest(reply[:20], status=status):
                    desk = Helpdesk(first((status, reply, headers)))
                    self.send(desk, status=(0, 1, 3))
                    for kind in ("replies", "refused", "unanswered"):
                        for line in (self.folder / f"people.jsonl.journal.{kind}.jsonl").read_text().splitlines():
                            json.loads(line, parse_constant=self.fail)
                    self.journal.unlink()

    def test_a_key_that_the_server_shows_is_not_kept(self):
        self.write(self.people[:3])
        desk = Helpdesk(first((201, {"headers": [f"key {KEY}"]}), (400, f"<h1>{KEY}</h1>".encode()), (500, {KEY: 1})))
        out = self.send(desk, "--jobs", "1", status=3)
        for file in self.folder.iterdir():
            self.assertNotIn(KEY, file.read_text() + out)
        self.assertEqual(self.listed("replies")["0"]["reply"], {"headers": ["key [API key]"]})

    def test_put_is_looked_up_by_number(self):
        desk = Helpdesk(first("500-before", "500-after", "drop-before"))
        desk.people = [{**person(0), "id": 0}, {**person(1), "id": 1, "contact_data": []}]
        self.send(desk, "--method", "PUT", "--jobs", "1", "--limit", "3", status=75)
        states = {event["id"]: event for event in self.events()}
        self.assertEqual([states[key]["event"] for key in "012"], ["found", "found", "absent"])
        desk.people[0]["contact_data"] = []
        self.assertEqual(self.send(desk, "--method", "PUT", "--send-absent").count("found"), 1)
        self.assertEqual(len(desk.people), 6)

    def test_a_look_up_by_number_that_shows_another_number_does_not_decide(self):
        desk = Helpdesk(lambda method, number: "500-before" if method == "PUT" else (200, {"data": {"id": 77}}))
        self.send(desk, "--method", "PUT", "--limit", "1", status=75)
        self.assertEqual(self.listed("unanswered")["0"]["reason"], "the look-up of number 0 was answered with number 77")

    def test_a_sick_server_and_a_mistake_in_all_requests_end_the_run(self):
        for fault in ("500-before", (403, {"status": 403})):
            with self.subTest(fault):
                desk = Helpdesk(only(fault, "POST"))
                out = self.send(desk, "--jobs", "1", "--max-errors", "3", status=75)
                self.assertIn("3 answers in a row were errors", out)
                self.assertIn("3 unsent", out)
                self.assertEqual([method for method, *_ in desk.requests].count("POST"), 3)
                self.journal.unlink()


if __name__ == "__main__":
    unittest.main()
