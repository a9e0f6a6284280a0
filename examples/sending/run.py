"""The run: workers who send and look up people, wait together, and stop together."""

import concurrent.futures
import itertools
import random
import sys
import threading
import time

from . import Failure
from .journal import DECIDABLE, OPEN, THERE
from .lookup import NoAnswer, look_up
from .people import counted, read_ids
from .server import described, is_for_all, send

#: How often a person is looked up in one go.
LOOKUP_TRIES = 3


class Pace:
    """Makes all workers wait together, and stops them together."""

    def __init__(self, options):
        self.options, self.lock, self.stopped = options, threading.RLock(), threading.Event()
        self.until = 0.0  # Nobody sends before this time.
        self.untaken = self.errors = 0  # Rounds in a row in which the server takes no request; error answers in a row.
        self.status, self.reason = 0, ""

    def stop(self, status, reason):
        """Ends the run after the requests that are on their way. The first reason counts."""
        with self.lock:
            if not self.stopped.is_set():
                self.status, self.reason = status, reason
                self.stopped.set()

    def wait(self):
        """Waits until requests may be sent. Returns false when the run ends."""
        while (left := self.until - time.monotonic()) > 0 and not self.stopped.wait(left):
            pass
        return not self.stopped.is_set()

    def pause(self, step, asked=None):
        """Makes all wait as long as the server asks for, otherwise longer with each step."""
        longest = self.options.max_wait
        seconds = min(self.options.backoff * 2 ** min(step, 20) * random.uniform(0.5, 1), longest)
        if asked is not None:
            seconds = asked
        if seconds > longest:
            self.stop(75, f"the server asks to wait {seconds:.0f} seconds")
        with self.lock:
            self.until = max(self.until, time.monotonic() + seconds)

    def not_taken(self, reason, asked=None):
        """A request did not reach the server, or came too early (429)."""
        with self.lock:
            if time.monotonic() >= self.until:  # Otherwise another worker has counted this round.
                self.untaken += 1
            if self.untaken >= self.options.tries:
                self.stop(75, f"the server takes no requests: {reason}")
            self.pause(self.untaken - 1, asked)

    def answered(self, is_error):
        """Counts the answers in a row that are errors, and ends the run after --max-errors of them."""
        with self.lock:
            self.untaken, self.errors = 0, self.errors + 1 if is_error else 0
            if self.errors >= self.options.max_errors:
                self.stop(75, f"{self.errors} answers in a row were errors (--max-errors)")
            return self.errors


class Run:
    """Sends and looks up people with several workers."""

    def __init__(self, options, people, journal, client):
        self.options, self.people, self.journal, self.client = options, people, journal, client
        self.pace, self.progress = Pace(options), Progress(people, journal)

    def send_all(self):
        """Looks up who is open from earlier runs, sends who was not sent, and looks up who got no answer now."""
        journal, options = self.journal, self.options
        for key in sorted(read_ids(options.is_there, self.people)):
            if journal.state(key) not in THERE:
                journal.write(key, "confirmed")
        ordered = ordered_again(options, self.people, journal.state)
        self.work(self.look_up, self.in_states(OPEN))
        self.work(self.send, to_send(options, self.people, journal.state, ordered))
        self.work(self.look_up, self.in_states(("intent", "unknown")))

    def in_states(self, states):
        """The people in one of these states. The input is read only if there are any."""
        if any(self.journal.counts[state] for state in states):
            yield from (person for person in self.people if self.journal.state(person.id) in states)

    def work(self, task, people):
        """Lets the workers do a task for each person."""
        lock = threading.Lock()

        def worker():
            while not self.pace.stopped.is_set():
                with lock:
                    person = next(people, None)
                if person is None:
                    return
                try:
                    task(person)
                except Failure as failure:
                    self.pace.stop(failure.status, str(failure))
                except BaseException as error:
                    self.pace.stop(70, f"this is a bug: {described(self.client, error)}")
                    raise

        with concurrent.futures.ThreadPoolExecutor(self.options.jobs) as pool:
            workers = [pool.submit(worker) for _ in range(self.options.jobs)]
            while concurrent.futures.wait(workers, timeout=0.3).not_done:
                self.progress.show()
        for ended in workers:
            ended.result()

    def send(self, person):
        """Sends one person. Only a request that the server did not take is repeated."""
        while self.pace.wait():
            self.journal.write(person.id, "intent")
            event, known, asked = send(self.client, self.options, person)
            self.journal.write(person.id, event, **known)
            status = known.get("status")
            if status and is_for_all(self.options.method, status):
                self.pace.stop(77, f"the server answered {status}: check the key and the address")
            elif event == "unsent":
                self.pace.not_taken(known.get("reason") or f"it answered {status}", asked)
            else:
                errors = self.pace.answered(is_error=event != "accepted")
                if event == "unknown":
                    self.pace.pause(errors, asked)
                return

    def look_up(self, person):
        """Looks up one person."""
        tries = 0
        while tries < LOOKUP_TRIES and self.pace.wait():
            try:
                event, known = look_up(self.client, self.options, self.people, person)
                self.journal.write(person.id, event, **known)
                self.pace.answered(is_error=False)
                return
            except NoAnswer as error:
                if error.is_taken:
                    tries += 1
                    self.pace.pause(tries, error.asked)
                else:
                    self.pace.not_taken(str(error), error.asked)
        if tries == LOOKUP_TRIES:
            self.pace.answered(is_error=True)


def ordered_again(options, people, state):
    """The people whom somebody orders to send again. An earlier run must have looked them up."""
    listed = read_ids(options.send_again, people)
    ordered = {key for key in listed if state(key) in DECIDABLE}
    if listed - ordered:
        print(f"send: {counted(len(listed - ordered))} of {options.send_again} will not be sent again: they are "
              "there, or this run has to look them up first", file=sys.stderr)
    if options.send_absent:
        ordered |= {key for key in people.lines if state(key) == "absent"}
    return ordered


def to_send(options, people, state, ordered):
    """The people to send: who was not sent, and who was ordered again and not found meanwhile."""
    return itertools.islice((person for person in people if state(person.id) == "unsent"
                             or (person.id in ordered and state(person.id) in DECIDABLE)), options.limit)


class Progress:
    """One line on a terminal that says how far the run is."""

    def __init__(self, people, journal):
        self.people, self.journal, self.is_shown = people, journal, sys.stderr.isatty()

    def line(self):
        counts = self.journal.tally(len(self.people))
        return f"{counted(len(self.people))}: " + ", ".join(f"{count:,} {state}" for state, count in counts.items())

    def show(self):
        if self.is_shown:
            print(f"\r\x1b[K{self.line()}", end="", file=sys.stderr, flush=True)

    def clear(self):
        if self.is_shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
