"""One request, and the meaning of its answer."""

import email.utils
import time
import urllib.parse

import httpx

#: Errors before the first byte of a request was sent.
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)

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
        response = client.request(options.method, address(options, person), content=person.body.encode())
    except NOT_SENT as error:
        return "unsent", {"reason": described(error)}, None
    except httpx.RequestError as error:
        return "unknown", {"reason": described(error)}, None
    reply, is_json = body(response)
    event = meaning(options.method, response.status_code, is_json or reply == "")
    return event, {"status": response.status_code, "reply": reply}, retry_after(response)


def meaning(method, status, is_api):
    """The event that a status means."""
    if 200 <= status < 300:
        return "accepted" if is_api else "unknown"  # The page of a proxy or a log-in may be 200, too.
    if status == 429 or is_for_all(method, status):
        return "unsent"
    return "refused" if 400 <= status < 500 and status != 408 else "unknown"


def is_for_all(method, status):
    """Whether each request would get this status: the key is not accepted, or the address is another one."""
    return status in (401, 405, 407) or 300 <= status < 400 or (status == 404 and method == "POST")


def body(response):
    """Returns the body, and whether it is JSON."""
    try:
        return response.json(), True
    except ValueError:
        return response.text.strip()[:LONGEST_TEXT], False


def retry_after(response):
    """The seconds of Retry-After, which has a number or a date; None without it."""
    value = response.headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return int(value)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return None


def described(error):
    return f"{type(error).__name__}: {error}".removesuffix(": ")
