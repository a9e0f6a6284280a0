"""Converts legacy Deskpro contact data to v2 JSON and back, and reports everything that the output cannot hold.

    >>> import deskpro_contact
    >>> converted = deskpro_contact.convert("type=website&comment=home&data[url]=example.com")
    >>> converted.output
    '{"contact_data":{"website":[{"url":"example.com"}]}}'
    >>> converted.data_count  # v2 has no place for the comment
    1
    >>> deskpro_contact.restore(converted.output, converted.losses).output
    'type=website&comment=home&data%5Burl%5D=example.com'

The functions take the options of `Converter` by keyword. A call with options makes a converter. For many payloads, make
a `Converter` once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ._arrow import Column, Rows
from ._converter import Converter
from ._errors import ContactError, RejectedPayload, WrongCall
from ._lines import Lines
from ._native import Converted, __version__
from ._options import Options, Unpack

__all__ = [
    "ContactError",
    "Converted",
    "Converter",
    "RejectedPayload",
    "WrongCall",
    "__version__",
    "convert",
    "convert_arrow",
    "convert_lines",
    "restore",
    "restore_arrow",
]

#: For calls without options.
_DEFAULT = Converter()


def _converter(options: Options) -> Converter:
    return Converter(**options) if options else _DEFAULT


def convert(payload: str | bytes | bytearray | memoryview, **options: Unpack[Options]) -> Converted:
    """Converts a payload: see `Converter.convert`."""
    return _converter(options).convert(payload)


def restore(
    output: str | bytes | bytearray | memoryview,
    losses: str | bytes | bytearray | memoryview | None = None,
    **options: Unpack[Options],
) -> Converted:
    """Restores a payload from its output and its losses: see `Converter.restore`."""
    return _converter(options).restore(output, losses)


def convert_lines(
    source: Lines,
    *,
    on_rejected: Callable[[RejectedPayload, bytes], object] | None = None,
    **options: Unpack[Options],
) -> Iterator[tuple[int, Converted]]:
    """Converts the lines of a file: see `Converter.convert_lines`."""
    return _converter(options).convert_lines(source, on_rejected=on_rejected)


def convert_arrow(payloads: Column, **options: Unpack[Options]) -> Rows:
    """Converts an Arrow column of payloads: see `Converter.convert_arrow`."""
    return _converter(options).convert_arrow(payloads)


def restore_arrow(outputs: Column, losses: Column, **options: Unpack[Options]) -> Rows:
    """Restores payloads from an Arrow column of outputs and a column of their losses: see `Converter.restore_arrow`."""
    return _converter(options).restore_arrow(outputs, losses)
