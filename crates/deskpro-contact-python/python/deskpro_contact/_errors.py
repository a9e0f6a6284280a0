"""The exceptions of the package."""

from __future__ import annotations


class ContactError(Exception):
    """An error of this package. The subclasses say whether the payload or the call is wrong.

    Attributes:
        code: the code, such as ``contact-data-not-array``; ``bug`` if there is a bug in the library.
        path: the path of the wrong value, such as ``contact_data[2][type]``, or the name of an option with a wrong
            value; empty if the whole payload is wrong.
        message: the message without the path: ``expected X, found Y``.
        span: where the wrong part of the payload begins and ends, in bytes from 0; a str counts as UTF-8. None if the call
            is wrong, and with ``from_="json"`` if the JSON could be read: then only ``path`` names the wrong part.
        line: the number of the payload in its file, from 1; None if there is no file.
    """

    def __init__(
        self, code: str, path: str, message: str, span: tuple[int, int] | None = None, line: int | None = None
    ) -> None:
        # As arguments, so that pickles and copies have them.
        super().__init__(code, path, message, span, line)
        self.code = code
        self.path = path
        self.message = message
        self.span = span
        self.line = line

    def __str__(self) -> str:
        line = [] if self.line is None else [f"line {self.line}"]
        path = [self.path] if self.path else []
        place = ", ".join(line + path)
        return f"{place}: {self.message}" if place else self.message

    def at_line(self, line: int) -> ContactError:
        """The error with the number of its line."""
        return type(self)(self.code, self.path, self.message, self.span, line)


class RejectedPayload(ContactError, ValueError):
    """A payload is rejected: it, or the losses to put back, cannot be read, or they belong to another output."""


class WrongCall(ContactError, ValueError):
    """The call is wrong, for example because an option cannot have this value."""
