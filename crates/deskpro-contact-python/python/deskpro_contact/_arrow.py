"""Takes pyarrow's arrays apart into buffers, and builds arrays of buffers. Only this module needs pyarrow."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Union

from . import _native

if TYPE_CHECKING:
    import pyarrow

Column = Union["pyarrow.Array", "pyarrow.ChunkedArray", Any]
Rows = Union["pyarrow.StructArray", "pyarrow.ChunkedArray"]


def convert(converter: _native.Converter, payloads: Column) -> Rows:
    """Converts a column."""
    pa = _pyarrow()
    payloads = _imported(pa, payloads, "payloads")
    _check_type(pa, payloads.type, "payloads")
    if isinstance(payloads, pa.ChunkedArray):
        chunks = [_built(pa, len(chunk), converter._convert_column(_column(pa, chunk))) for chunk in payloads.chunks]
        return pa.chunked_array(chunks, _types(pa).result)
    return _built(pa, len(payloads), converter._convert_column(_column(pa, payloads)))


def restore(converter: _native.Converter, outputs: Column, losses: Column) -> Rows:
    """Restores a column of outputs with a column of their losses."""
    pa = _pyarrow()
    outputs, losses = _imported(pa, outputs, "outputs"), _imported(pa, losses, "losses")
    _check_type(pa, outputs.type, "outputs")
    _check_type(pa, losses.type, "losses")
    if len(outputs) != len(losses):
        raise ValueError(f"losses: expected {len(outputs)} rows, as outputs has, found {len(losses)}")

    def restored(outputs: pyarrow.Array, losses: pyarrow.Array) -> pyarrow.StructArray:
        return _built(pa, len(outputs), converter._restore_column(_column(pa, outputs), _column(pa, losses)))

    if isinstance(outputs, pa.Array) and isinstance(losses, pa.Array):
        return restored(outputs, losses)
    # The chunks of the two columns may end in different places; those of a table's batches do not.
    batches = pa.table([outputs, losses], names=["outputs", "losses"]).to_batches()
    return pa.chunked_array([restored(*batch.columns) for batch in batches], _types(pa).result)


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError as why:
        raise ImportError("Arrow columns need pyarrow: pip install 'deskpro-contact[arrow]'") from why
    return pyarrow


class _Types:
    """The types of the result."""

    def __init__(self, pa: Any) -> None:
        text = pa.large_string()
        self.text = text
        self.number = pa.int64()
        self.error = pa.struct(
            [("code", text), ("path", text), ("message", text), ("start", self.number), ("end", self.number)]
        )
        self.result = pa.struct([("output", text), ("losses", text), ("error", self.error)])


@lru_cache(maxsize=1)
def _types(pa: Any) -> _Types:
    return _Types(pa)


def _imported(pa: Any, column: Column, name: str) -> Any:
    """A column as pyarrow's array or chunked array."""
    if isinstance(column, (pa.Array, pa.ChunkedArray)):
        return column
    if hasattr(column, "__arrow_c_stream__"):
        return pa.chunked_array(column)
    if hasattr(column, "__arrow_c_array__"):
        return pa.array(column)
    raise TypeError(f"{name}: expected an Arrow column, found {type(column).__name__}")


def _check_type(pa: Any, type_: Any, name: str) -> None:
    values = type_.value_type if pa.types.is_dictionary(type_) else type_
    if not (_offset_width(pa, values) or _is_view(pa, values)):
        raise TypeError(f"{name}: expected an Arrow column of strings or binary, or a dictionary of them, found {type_}")


def _offset_width(pa: Any, type_: Any) -> int:
    """The bytes of an offset; 0 if the type has no offsets of its own."""
    types = pa.types
    if types.is_string(type_) or types.is_binary(type_):
        return 4
    return 8 if types.is_large_string(type_) or types.is_large_binary(type_) else 0


def _is_view(pa: Any, type_: Any) -> bool:
    return bool(pa.types.is_string_view(type_) or pa.types.is_binary_view(type_))


def _column(pa: Any, array: Any) -> _native.Column:
    """Copies the part of each buffer to which the array refers."""
    length, first = len(array), array.offset
    if pa.types.is_dictionary(array.type):
        indices = array.indices.cast(pa.int64())
        copied = _copied(indices.buffers()[1], indices.offset * 8, length * 8)
        values = _column(pa, array.dictionary)
        return _native.Column.from_dictionary(length, _validity(indices), copied, values)
    _, places, *data = array.buffers()
    if _is_view(pa, array.type):
        views, valid = _copied(places, first * 16, length * 16), _validity(array)
        parts = _native.Column.used_parts(views, valid, len(data))
        copies = [_copied(buffer, begin, end - begin) for buffer, (begin, end) in zip(data, parts)]
        return _native.Column.from_views(length, valid, views, copies, [begin for begin, _ in parts])
    width = _offset_width(pa, array.type)
    # An array without values may have no buffer of offsets.
    offsets = _copied(places, first * width, (length + 1) * width) if length else bytes(width)
    format_ = "=i" if width == 4 else "=q"
    begin, end = (struct.unpack_from(format_, offsets, place * width)[0] for place in (0, length))
    text = _copied(data[0], begin, end - begin)
    return _native.Column.from_offsets(length, _validity(array), offsets, width, begin, text)


def _validity(array: Any) -> tuple[bytes, int] | None:
    """The bits that say which values are not null, and the first bit of the array."""
    bits = array.buffers()[0]
    if bits is None or array.null_count == 0:
        return None
    begin, end = array.offset // 8, (array.offset + len(array) + 7) // 8
    return _copied(bits, begin, end - begin), array.offset % 8


def _copied(buffer: Any, begin: int, length: int) -> bytes:
    """A part of a buffer. The native code checks that it is complete."""
    if buffer is None or length <= 0:
        return b""
    if begin < 0 or begin + length > buffer.size:
        raise ValueError(f"expected an Arrow array with buffers of {begin + length} bytes, found {buffer.size} bytes")
    copied: bytes = buffer.slice(begin, length).to_pybytes()
    return copied


def _built(pa: Any, length: int, result: Any) -> pyarrow.StructArray:
    """The struct array of what the native code returned."""
    null_count, validity, outputs, losses, errors = result
    types = _types(pa)

    def array(type_: Any, null_count: int, buffers: Any, children: Any = None) -> Any:
        wrapped = [None if buffer is None else wrap(buffer) for buffer in buffers]
        return pa.Array.from_buffers(type_, length, wrapped, null_count, children=children)

    def wrap(buffer: _native.Buffer) -> Any:
        # pyarrow keeps the object with the memory.
        return pa.foreign_buffer(buffer.address, buffer.size, buffer)

    if errors is None:
        error = pa.nulls(length, types.error)
    else:
        error_null_count, error_validity, members = errors
        fields = [types.text] * 3 + [types.number] * 2
        children = [array(type_, *member) for type_, member in zip(fields, members)]
        error = array(types.error, error_null_count, [error_validity], children)
    children = [array(types.text, *outputs), array(types.text, *losses), error]
    return array(types.result, null_count, [validity], children)
