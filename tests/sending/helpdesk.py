"""A v2 server of the tests' own, which can fail in every way that a sender must survive."""

import http.server
import itertools
import json
import random
import socket
import threading
import time
import urllib.parse

#: Faults of a request: `before` and `after` the person is created. A look-up creates nobody, so there both are equal.
FAULTS = ("429", "429-later", "500-before", "500-after", "drop-before", "drop-after", "stall-before", "stall-after",
          "half-reply", "page")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def reply(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def drop(self):
        """Closes the connection without an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def stall(self):
        """Waits until the client gives up."""
        self.rfile.read(1)
        self.close_connection = True

    def do_POST(self):
        self.create(self.read_body())

    def do_PUT(self):
        self.create(self.read_body())

    def create(self, body):
        desk = self.server.desk
        fault = desk.begin(self, body)
        if fault in ("429", "429-later"):
            return self.reply(429, {"status": 429}, [("Retry-After", "0")] if fault == "429-later" else [])
        if fault == "500-before":
            return self.reply(500, {"status": 500})
        if fault == "drop-before":
            return self.drop()
        if fault == "stall-before":
            return self.stall()
        if isinstance(fault, tuple):
            return self.reply(*fault)
        refusal = desk.refusal(json.loads(body))
        if refusal:
            return self.reply(400, refusal)
        number = desk.commit(self, json.loads(body))
        if fault == "500-after":
            return self.reply(500, b"<h1>Internal Server Error</h1>")
        if fault == "drop-after":
            return self.drop()
        if fault == "stall-after":
            return self.stall()
        if fault == "half-reply":
            self.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 1000\r\n\r\n{\"data\"")
            return self.drop()
        if fault == "trickle":
            self.wfile.write(b"HTTP/1.1 201 Created\r\nContent-Length: 100000\r\n\r\n")
            while True:  # Until the client gives up.
                self.wfile.write(b" ")
                time.sleep(0.05)
        if fault == "page":
            return self.reply(200, b"<html>Please log in</html>")
        self.reply(201, {"data": {"id": number}})
        desk.moment("after the reply")

    def do_GET(self):
        desk = self.server.desk
        fault = desk.begin(self, b"")
        if isinstance(fault, tuple):
            return self.reply(*fault)
        if fault in ("429", "429-later"):
            return self.reply(429, {"status": 429})
        if fault in ("500-before", "500-after"):
            return self.reply(500, {"status": 500})
        if fault in ("drop-before", "drop-after", "half-reply"):
            return self.drop()
        if fault in ("stall-before", "stall-after"):
            return self.stall()
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        last = url.path.rsplit("/", 1)[1]
        with desk.lock:
            if last.isdigit():
                found = [person for person in desk.people if str(person["id"]) == last]
                return self.reply(200, {"data": found[0]}) if found else self.reply(404, {"status": 404})
            found = [person for person in desk.people if all(
                str(person.get(name)).lower() == value.lower() for name, value in query.items())]
        self.reply(200, {"data": found, "meta": {"count": len(found)}})


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64

    def handle_error(self, *_):
        """A client that was killed is not an error of the tests."""


class Helpdesk:
    """The server: its people survive its death. `fault` chooses what happens to a request."""

    def __init__(self, fault=lambda method, number: None):
        self.lock, self.people, self.requests = threading.Lock(), [], []
        self.fault, self.numbers = fault, itertools.count(1)
        self.at_moment = lambda moment: None
        self.server, self.connections, self.port = None, set(), 0
        self.start()

    def start(self):
        self.server = Server(("127.0.0.1", self.port), Handler)
        self.server.desk, self.port = self, self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def die(self):
        """Closes the port and every connection."""
        self.server.shutdown()
        self.server.server_close()
        with self.lock:
            connections, self.connections = self.connections, set()
        for connection in connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    @property
    def address(self):
        return f"http://127.0.0.1:{self.port}"

    def moment(self, name):
        self.at_moment(name)

    def begin(self, handler, body):
        """Notes a request and chooses its fault."""
        with self.lock:
            self.connections.add(handler.connection)
            headers = {name.lower(): value for name, value in handler.headers.items()}
            self.requests.append((handler.command, handler.path, headers, body))
            fault = self.fault(handler.command, len(self.requests))
        if handler.command != "GET":
            self.moment("before the commit")
        return fault

    def refusal(self, person):
        """Like a real server, it refuses a website without a scheme."""
        websites = person.get("contact_data", {}).get("website", [])
        if any("://" not in website["url"] for website in websites):
            return {"status": 400, "message": "website_0: this is no URL"}
        return None

    def commit(self, handler, body):
        """Creates or changes a person, with the contact data as a flat list, as replies have it."""
        contacts = [{"id": n, "contact_type": kind, "comment": "", **item} for n, (kind, item) in enumerate(
            (kind, item) for kind, items in body.get("contact_data", {}).items() for item in items)]
        with self.lock:
            person = {**body, "contact_data": contacts}
            if handler.command == "PUT":
                person["id"] = int(handler.path.rsplit("/", 1)[1])
                self.people = [other for other in self.people if other["id"] != person["id"]]
            else:
                person["id"] = next(self.numbers)
            self.people.append(person)
        self.moment("after the commit")
        return person["id"]


def random_faults(seed, share):
    """A share of the requests has a fault, the same ones for the same seed."""
    choice = random.Random(seed)

    def fault(_method, _number):
        return choice.choice(FAULTS) if choice.random() < share else None

    return fault


def only(fault, *methods):
    """A fault of each request with one of these methods."""
    return lambda method, number: fault if method in methods else None


def first(*faults):
    """The faults of the first requests that are not look-ups."""
    left = list(faults)
    return lambda method, number: left.pop(0) if method != "GET" and left else None
