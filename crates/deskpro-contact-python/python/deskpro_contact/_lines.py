"""Payloads of files and of other sources, in batches of some thousand lines."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

from ._errors import WrongCall


@runtime_checkable
class BinaryFile(Protocol):
    """A file that is opened in binary mode."""

    def read(self, count: int, /) -> bytes:
        """At most that many bytes; none at the end of the file."""


Lines = str | os.PathLike[str] | BinaryFile | bytes | bytearray | memoryview | Iterable[str | bytes]

#: The most bytes that one read returns, and about the size of a batch.
CHUNK = 1 << 18
#: The most lines of a batch that is not read from a file.
BATCH = 4096
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
#: The first bytes of compressed files, and what reads them.
COMPRESSED = {b"\x1f\x8b": "gzip.open(path)", b"\x28\xb5\x2f\xfd": "zstd -dc"}


def blocks(file: BinaryFile) -> Iterator[bytes]:
    """Whole lines of a file. The last one may have no end."""
    begun: list[bytes] = []
    is_first = True
    while True:
        chunk = file.read(CHUNK)
        if not isinstance(chunk, bytes):
            raise TypeError(f"source: expected a file that is opened in binary mode, found {type(chunk).__name__}")
        end = len(chunk) if not chunk else chunk.rfind(b"\n") + 1
        if chunk and end == 0:
            begun.append(chunk)
            continue
        block = b"".join(begun) + chunk[:end]
        begun = [chunk[end:]]
        if is_first:
            block = _start(block)
            is_first = False
        if block:
            yield block
        if not chunk:
            return


def _start(block: bytes) -> bytes:
    """The start of a file, without a byte order mark."""
    for mark, reader in COMPRESSED.items():
        if block.startswith(mark):
            raise WrongCall("compressed", "", f"expected lines of text, found a compressed file: {reader}")
    return block.removeprefix(BYTE_ORDER_MARK)


def batches(lines: Iterable[str | bytes]) -> Iterator[list[str | bytes]]:
    """Lines of any source in lists."""
    batch: list[str | bytes] = []
    size = 0
    for line in lines:
        if not isinstance(line, (str, bytes, bytearray, memoryview)):
            raise TypeError(f"line: expected str or bytes, found {type(line).__name__}")
        batch.append(line)
        size += len(line)
        if len(batch) >= BATCH or size >= CHUNK:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
