#!/usr/bin/env python3
"""Sends each person of a file that `convert` wrote to a v2 helpdesk, once. Goes on after a crash.

Each person of FILE has an id of its own (`convert --id-field`). Before each request, a line goes into the journal, and
after it a line with the answer. Start a run that was killed again with the same command: it goes on where it was.

The program repeats no request that may have reached the server:
  2xx                   the person is there; the reply is kept
  4xx                   the server refused the person; the reply is kept
  429, not connected    sent again after a pause
  301, 307, 308, 401    the server took no request: the run ends
  5xx, other redirections, killed, timed out, connection lost
                        the person may be there or not, and is looked up by primary_email (organizations: by name;
                        PUT: by id). If the server shows the person with the contacts as sent, all is well. Otherwise
                        you decide

Pauses are as long as Retry-After asks for. The key is in no file and no message, even if the server shows it.
"""

import argparse
import os
import re
import signal
import sys
import traceback
import urllib.parse

try:
    import httpx
except ModuleNotFoundError:
    print("send: expected the package httpx, found none: pip install httpx", file=sys.stderr)
    sys.exit(2)

from sending import Failure
from sending.journal import OPEN, Journal, write_lists
from sending.people import V2_NAMES, People, counted, open_file, read_ids, shown
from sending.run import Run, ordered_again, to_send
from sending.server import address, open_client

EPILOG = """\
examples:
  export DESKPRO_KEY=...                  # or --key-file
  HELPDESK=https://my-helpdesk.deskpro.com
  send.py --dry-run people.jsonl $HELPDESK    # checks FILE and shows the first request
  send.py --limit 1 people.jsonl $HELPDESK    # sends one person: look at them in v2
  send.py people.jsonl $HELPDESK              # sends the others, also after a crash
  send.py --send-absent people.jsonl $HELPDESK
  send.py --method PUT grouped.jsonl $HELPDESK
  send.py --path organizations organizations.jsonl $HELPDESK

files:
  FILE.journal                   what was sent and what came back. Keep it with FILE
  FILE.journal.replies.jsonl     the people that are there, with the server's replies
  FILE.journal.refused.jsonl     the people that the server refused, with its replies and their bodies
  FILE.journal.unanswered.jsonl  the people without an answer, who may be there or not, with the reason and their bodies

exit status, the first that applies:
  2         wrong options, no key, or no httpx
  66        a file cannot be opened
  65        FILE has wrong lines, or the journal is that of another run. Nothing was sent
  73        another run uses the journal
  74        the journal or a list cannot be written
  70        a bug in this program: please report it
  130, 143  a signal (SIGINT, SIGTERM)
  77        the server does not accept the key, or does not take people at this address
  75        not all people were sent: run the same command again (after --limit, without it)
  3         some people may be there or not: you decide
  1         the server refused some people
  0         all people are there
"""

LOOKUP_FIELDS = {"people": "primary_email", "organizations": "name"}


def parse_options(arguments):
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        prog="send.py", usage="%(prog)s [options] FILE SERVER", description=__doc__, epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("file", metavar="FILE", help="people as JSON lines, written by convert --profile extended --id-field id")
    add("server", metavar="SERVER", help="address of the helpdesk, https://...")
    add("--id-field", metavar="NAME", default="id",
        help="field with the person's id; taken out of the body if v2 has no such field [id]")
    add("--method", choices=("POST", "PUT"), default="POST",
        help="PUT changes the people who have these ids in v2 [POST]")
    add("--path", choices=tuple(V2_NAMES), default="people", help="[people]")
    add("--key-env", metavar="NAME", default="DESKPRO_KEY", help="environment variable with the key [DESKPRO_KEY]")
    add("--key-file", metavar="FILE", help="file with the key")
    add("--journal", metavar="FILE", help="[FILE.journal]")
    add("--dry-run", action="store_true", help="check FILE and the journal, show the first request, send nothing")
    add("--limit", metavar="N", type=positive(int), help="send at most N people")
    add("--jobs", metavar="N", type=positive(int), default=4, help="requests at the same time [4]")
    add("--timeout", metavar="SECONDS", type=positive(float), default=60.0, help="longest wait for an answer [60]")
    add("--tries", metavar="N", type=positive(int), default=6,
        help="end the run if the server takes no request N times [6]")
    add("--backoff", metavar="SECONDS", type=positive(float), default=1.0,
        help="first pause; the next one is twice as long [1]")
    add("--max-wait", metavar="SECONDS", type=positive(float), default=300.0,
        help="longest pause; end the run if the server asks for a longer one [300]")
    add("--max-errors", metavar="N", type=positive(int), default=50,
        help="end the run after N answers in a row that are errors [50]")
    add("--lookup-url", metavar="PATH", help="look-up, after /api/v2/; {value} is what the person has in the field of "
        "--lookup-field [people?primary_email={value}, organizations?name={value}]")
    add("--lookup-field", metavar="NAME", help="[primary_email; of organizations: name]")
    add("--send-absent", action="store_true", help="send again the people without an answer whom the server did not "
        "have after an earlier run, and does not have now; not while it may still work on the first request")
    add("--send-again", metavar="FILE", help="send again the refused, absent and undecided people whose ids are in "
        "FILE, one per line")
    add("--is-there", metavar="FILE", help="do not send the people whose ids are in FILE: somebody saw them in v2")
    add("--allow-http", action="store_true", help="send the key unencrypted to another machine")
    options = parser.parse_args(arguments)
    options.journal = options.journal or options.file + ".journal"
    options.lookup_field = options.lookup_field or LOOKUP_FIELDS[options.path]
    if options.id_field == "email":
        parser.error("--id-field email: v2 calls it primary_email, as convert --profile extended does")
    check_server(parser, options)
    return options


def check_server(parser, options):
    """Makes the addresses of requests and look-ups."""
    if not is_address(options.server):
        parser.error("SERVER: expected an address such as https://my-helpdesk.deskpro.com")
    server = urllib.parse.urlsplit(options.server)
    is_local = server.hostname in ("localhost", "127.0.0.1", "::1")
    if server.scheme == "http" and not is_local and not options.allow_http:
        parser.error("SERVER: expected https, because http shows the key on its way")
    api = options.server.rstrip("/").removesuffix("/api/v2") + "/api/v2/"
    lookup = options.lookup_url or f"{options.path}?{options.lookup_field}={{value}}"
    if "{value}" not in lookup or "://" in lookup:
        parser.error("--lookup-url: expected a path with {value}, such as people?primary_email={value}")
    options.address = api + options.path
    options.lookup_url = api + lookup.lstrip("/")


def is_address(text):
    """Whether a text is the address of a server and nothing more."""
    try:
        httpx.URL(text)
        server = urllib.parse.urlsplit(text)
        (server.hostname or "").encode("idna")  # As a connection encodes it.
        return (server.scheme in ("http", "https") and bool(server.hostname) and server.port != 0
                and not (server.query or server.fragment or "@" in server.netloc))
    except (ValueError, httpx.InvalidURL):
        return False


def positive(kind):
    """The type of an option that takes a positive number."""
    def number(text):
        value = kind(text)
        if not 0 < value < 1e9:
            raise ValueError(text)
        return value
    number.__name__ = "positive number"
    return number


def read_key(options):
    """Reads the key. It is not an argument, because each user of the machine sees those."""
    if options.key_file:
        with open_file(options.key_file) as file:
            key, place = file.read().decode("ascii", "replace").strip(), options.key_file
    else:
        key, place = os.environ.get(options.key_env, "").strip(), f"environment variable {options.key_env}"
    if not re.fullmatch("[!-~]+", key):
        raise Failure(2, f"{place}: expected the API key")
    return key


def show_run(options, people, head):
    """Shows whom a run would send, without requests. A run looks up people without an answer, and may send fewer."""
    journal = Journal(options.journal, head) if os.path.exists(options.journal) else None
    is_there = read_ids(options.is_there, people)

    def state(key):
        return "confirmed" if key in is_there else journal.state(key) if journal else "unsent"

    count, first = 0, None
    for person in to_send(options, people, state, ordered_again(options, people, state)):
        count, first = count + 1, first or person
    print(f"{count:,} of {counted(len(people))} would be sent")
    if first:
        print(f"{options.method} {address(options, first)}\n{first.body}")


def finish(run):
    """Prints the summary, writes the lists, and returns the exit status."""
    counts = run.journal.tally(len(run.people))
    is_open = any(counts.get(state) for state in OPEN)
    run.progress.clear()
    print(run.progress.line(), file=sys.stderr)
    names = write_lists(run.journal, run.people)
    if "refused" in counts:
        print(f"refused: {names['refused']} has the reasons", file=sys.stderr)
    if is_open:
        print(f"no answer: {names['unanswered']} has the people; --send-absent, --send-again and --is-there say what "
              "to do with them", file=sys.stderr)
    if run.pace.reason:
        print(f"send: stopped: {run.pace.reason}", file=sys.stderr)
    if "unsent" in counts:
        is_limited = run.options.limit and not run.pace.reason
        again = "without --limit" if is_limited else "again"
        print(f"send: not all people were sent: run the same command {again}", file=sys.stderr)
    return run.pace.status or (75 if "unsent" in counts else 3 if is_open else 1 if "refused" in counts else 0)


def stop_on_signals(pace):
    """Ends the run after the requests that are on their way. A second signal ends the program."""
    def stop(number, _frame):
        signal.signal(number, signal.SIG_DFL)
        pace.stop(128 + number, signal.Signals(number).name)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def send(options):
    """Sends the people of a file."""
    people = People(options)
    for name, count in people.unknown_names.most_common(10):
        print(f"send: warning: v2 has no field {shown(name)}: {counted(count)} with it", file=sys.stderr)
    head = {"input": people.digest, "address": options.address, "method": options.method, "id_field": options.id_field}
    if options.dry_run:
        show_run(options, people, head)
        return 0
    key = read_key(options)
    journal = Journal(options.journal, head)
    with open_client(options, key) as client:
        run = Run(options, people, journal, client)
        stop_on_signals(run.pace)
        run.send_all()
    return finish(run)


def main():
    try:
        return send(parse_options(sys.argv[1:]))
    except Failure as failure:
        print(f"send: {failure}", file=sys.stderr)
        return failure.status
    except KeyboardInterrupt:  # While the files are read: nothing was sent.
        return 128 + signal.SIGINT
    except Exception:  # Python would end with 1, which means that people were refused.
        traceback.print_exc()
        return 70


if __name__ == "__main__":
    sys.exit(main())
