"""Requests, and the people of convert as they arrive."""

import json
import os
import random
import shutil
import ssl
import subprocess
import unittest

from helpdesk import Helpdesk, first
from support import CONVERT, KEY, SendingTest, person

from sending import people


class Requests(SendingTest):
    def test_a_request_has_the_key_and_the_line_without_its_id(self):
        self.input.write_text('{"a" : 1.10, "id": 7 ,"name":"Zo\\u00eb",\t"fields":{"id":1e400, "x":[ ]}}\r\n')
        desk = Helpdesk()
        out = self.send(desk)
        self.assertIn("warning: v2 has no field \"a\": 1 person with it", out)
        [(method, path, headers, body)] = desk.requests
        self.assertEqual((method, path), ("POST", "/api/v2/people"))
        self.assertEqual(body, b'{"a" : 1.10,"name":"Zo\\u00eb","fields":{"id":1e400, "x":[ ]}}')
        self.assertEqual(headers["authorization"], f"key {KEY}")
        self.assertEqual(headers["content-type"], "application/json")

    def test_a_member_is_taken_out_of_any_object(self):
        choice = random.Random(24)
        for _ in range(500):
            fields = {choice.choice(["id", "a", "b\\", "c\"}", "", "ü"]): choice.choice(
                [None, 1.5, "x,}", "\"", [1, {"id": 2}], {"id": {}}, {}]) for _ in range(choice.randrange(5))}
            text = json.dumps(fields, separators=choice.choice([(",", ":"), (" , ", " : ")]),
                              ensure_ascii=choice.random() < 0.5)
            fields.pop("id", None)
            self.assertEqual(json.loads(people.without_member(text, "id")), fields, text)

    def test_an_id_field_that_v2_has_stays_in_the_body(self):
        self.write([{"primary_email": "ann@example.com"}])
        desk = Helpdesk()
        self.send(desk, "--id-field", "primary_email")
        self.assertEqual(desk.requests[0][3], b'{"primary_email": "ann@example.com"}')
        self.assertEqual(list(self.listed("replies")), ["ann@example.com"])

    def test_put_has_the_number_in_the_address(self):
        self.write([person(7), person("8/9")])
        self.assertIn('line 2: expected the number of the person in v2 as id, found "8/9"',
                      self.send("https://localhost", "--method", "PUT", status=65))
        self.write([person(7), person(8)])
        desk = Helpdesk()
        self.send(desk, "--method", "PUT", "--limit", "1", status=75)
        method, path, _, body = desk.requests[0]
        self.assertEqual((method, path), ("PUT", "/api/v2/people/7"))
        self.assertNotIn(b'"id"', body)
        dry = self.send(desk, "--method", "PUT", "--dry-run")
        self.assertIn("PUT " + desk.address + "/api/v2/people/8", dry)

    def test_organizations_are_looked_up_by_name(self):
        self.write([{"id": 1, "name": "Acme & Söhne"}, {"id": 2, "name": "Beta", "first_name": "x"}])
        desk = Helpdesk(first("drop-after"))
        out = self.send(desk, "--path", "organizations", "--jobs", "1")
        self.assertIn("v2 has no field \"first_name\"", out)
        self.assertEqual([path for _, path, _, _ in desk.requests], [
            "/api/v2/organizations", "/api/v2/organizations", "/api/v2/organizations?name=Acme%20%26%20S%C3%B6hne"])
        self.assertEqual(self.listed("replies")["1"]["event"], "found")

    def test_no_more_requests_at_the_same_time_than_jobs(self):
        self.write(person(number) for number in range(60))
        most, open_now = [0], [0]
        desk = Helpdesk()

        def at_moment(moment):
            with desk.lock:
                open_now[0] += {"before the commit": 1, "after the commit": -1}.get(moment, 0)
                most[0] = max(most[0], open_now[0])

        desk.at_moment = at_moment
        self.send(desk, "--jobs", "3")
        self.assertIn(most[0], (1, 2, 3))

    def test_a_certificate_that_nobody_knows_is_refused(self):
        if not shutil.which("openssl"):
            self.skipTest("openssl is not installed")
        names = [str(self.folder / name) for name in ("cert.pem", "key.pem")]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
                        "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-out", names[0], "-keyout",
                        names[1]], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*names)
        desk = Helpdesk()
        desk.server.socket = context.wrap_socket(desk.server.socket, server_side=True)
        self.write([person(1)])
        address = f"https://localhost:{desk.port}"
        self.assertIn("CERTIFICATE_VERIFY_FAILED", self.send(address, "--tries", "2", status=75))
        self.assertEqual(desk.requests, [])
        os.environ["SSL_CERT_FILE"] = names[0]
        self.addCleanup(os.environ.pop, "SSL_CERT_FILE")
        self.send(address)
        self.assertEqual(len(desk.people), 1)


class WithConvert(SendingTest):
    def test_people_of_convert_arrive_as_v2_takes_them(self):
        forms = self.folder / "people.form"
        forms.write_text(
            "id=7&name=Ann&email=ann%40example.com&label[]=vip&contact_data[1][type]=website&contact_data[1][comment]="
            "blog&contact_data[1][data][url]=http%3A%2F%2Fexample.com&contact_data[2][type]=phone&contact_data[2][data]"
            "[country_calling_code]=44&contact_data[2][data][number]=2079460000\n"
            "id=8&name=Zo%C3%AB&email=zoe%40example.com&contact_data[1][type]=skype&contact_data[1][data][username]=zoe\n")
        convert = [CONVERT, "--profile", "extended", "--id-field", "id", "--losses", self.folder / "losses", "-q"]
        subprocess.run([*convert, "-o", self.input, forms], check=True)
        desk = Helpdesk(first("500-after"))
        out = self.send(desk, "--jobs", "1")
        self.assertEqual(out, "2 people: 1 accepted, 1 found\n")
        self.assertEqual([json.loads(body) for method, _, _, body in desk.requests if method == "POST"], [
            {"name": "Ann", "primary_email": "ann@example.com", "labels": ["vip"],
             "phone_numbers": [{"number": "+442079460000"}],
             "contact_data": {"website": [{"comment": "blog", "url": "http://example.com"}]}},
            {"name": "Zoë", "primary_email": "zoe@example.com",
             "contact_data": {"instant_message": [{"service": "skype", "username": "zoe"}]}},
        ])

    def test_the_lines_of_on_error_emit_are_refused(self):
        forms = self.folder / "people.form"
        forms.write_text("id=7&contact_data=x\nid=8&name=Bob\n\n")
        ended = subprocess.run([CONVERT, "--profile", "extended", "--id-field", "id", "--on-error", "emit", "--lossy",
                              "-q", "-o", self.input, forms], check=False)
        self.assertEqual(ended.returncode, 3)
        desk = Helpdesk()
        out = self.send(desk, status=65)
        self.assertIn("line 1: expected a person, found an error line", out)
        self.assertIn("line 3: expected text or a number as id, found null", out)
        self.assertEqual(desk.requests, [])


if __name__ == "__main__":
    unittest.main()
