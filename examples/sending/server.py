"""One request, and the meaning of its answer."""

import collections
import email.utils
import time
import urllib.parse

import httpx

from .people import read_json

#: Errors before the first byte of a request was sent.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

Answer = collections.namedtuple("Answer", "status headers content")

#: A text in place of JSON is kept up to this length.
LONGEST_TEXT = 10_000


def open_client(options, key):
    """Opens the connections. Certificates are verified, and redirections are not followed."""
    return httpx.Client(
        headers={"Authorization": f"key {key}", "Content-Type": "application/json"},
        timeout=httpx.Timeout(options.timeout, connect=min(10, options.timeout)),
        limits=httpx.Limits(max_connections=options.jobs),
    )


def address(options, person):
    """The address of a request: PUT has the number of the person in it."""
    return options.address + "/" + urllib.parse.quote(person.id, safe="") if options.method == "PUT" else options.address


def send(client, options, person):
    """Sends one person once. Returns the event, what is known about it, and the seconds that the server asks for."""
    try:
        answer = request(client, options, options.method, address(options, person), person.body.encode())
    except NOT_SENT as error:
        return "unsent", {"reason": described(client, error)}, None
    except httpx.RequestError as error:
        return "unknown", {"reason": described(client, error)}, None
    reply, is_json = body(client, answer)
    event = meaning(options.method, answer.status, is_json or reply == "")
    return event, {"status": answer.status, "reply": reply}, retry_after(answer)


def request(client, options, method, url, content=None):
    """Sends a request and reads the answer. The time-out of httpx starts anew with each piece of the answer."""
    end = time.monotonic() + options.timeout
    with client.stream(method, url, content=content) as response:
        pieces = []
        for piece in response.iter_bytes():
            pieces.append(piece)
            if time.monotonic() > end:
                raise httpx.ReadTimeout("the answer took too long")
    return Answer(response.status_code, response.headers, b"".join(pieces))


def meaning(method, status, is_api):
    """The event that a status means."""
    if 200 <= status < 300:
        return "accepted" if is_api else "unknown"  # The page of a proxy or a log-in may be 200, too.
    if status == 429 or is_for_all(method, status) and not may_have_acted(status):
        return "unsent"
    return "refused" if 400 <= status < 500 and status != 408 else "unknown"


def is_for_all(method, status):
    """Whether each request would get this status: the key is not accepted, or the address is another one."""
    return status in (401, 405, 407) or 300 <= status < 400 or (status == 404 and method == "POST")


def may_have_acted(status):
    """Whether a redirection may show the result of a request. The others name an address for the same request."""
    return 300 <= status < 400 and status not in (301, 307, 308)


def body(client, answer):
    """Returns the body, and whether it is JSON."""
    try:
        return without_key(client, read_json(answer.content, is_finite=True)), True
    except (ValueError, RecursionError):
        text = answer.content.decode("utf-8", "replace").strip()
        return without_key(client, text)[:LONGEST_TEXT], False


def without_key(client, value):
    """A reply without the key, which some error pages show."""
    if isinstance(value, str):
        return value.replace(client.headers["Authorization"].removeprefix("key "), "[API key]")
    if isinstance(value, list):
        return [without_key(client, item) for item in value]
    if isinstance(value, dict):
        return {without_key(client, name): without_key(client, item) for name, item in value.items()}
    return value


def retry_after(answer):
    """The seconds of Retry-After, which has a number or a date; None without it."""
    value = answer.headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return float(value)  # It may have thousands of digits.
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def described(client, error):
    return without_key(client, f"{type(error).__name__}: {error}".removesuffix(": "))
