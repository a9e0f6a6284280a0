"""The part of the package that is written in Rust."""

from typing import final

from typing_extensions import Self, Unpack, disjoint_base

from ._errors import ContactError
from ._options import Options

__all__ = ["Buffer", "Column", "Converted", "Converter", "__version__"]

__version__: str

@final
class Converted:
    """The result of `convert` or `restore` for one payload. Results can be pickled."""

    def __new__(cls, output: str, numberless_line: str, data_count: int, note_count: int) -> Self: ...
    def __getnewargs__(self) -> tuple[str, str, int, int]: ...
    @property
    def output(self) -> str:
        """The output: JSON or a form."""

    @property
    def losses(self) -> str:
        """The losses as one JSON object, for `restore`; empty if there are no losses.

        After `restore`: the losses that could not be put back.
        """

    @property
    def data_count(self) -> int:
        """How many losses are data, which a person would miss."""

    @property
    def note_count(self) -> int:
        """How many losses are notes, which only `restore` needs."""

    def losses_line(self, line: int) -> str:
        """The line that a losses file has for this payload, without a line end; empty if it has none.

        `line` is the number of the payload's line in its file, counted from 1.
        """

@disjoint_base
class Converter:
    """The native part of `deskpro_contact.Converter`."""

    def __new__(cls, **options: Unpack[Options]) -> Self: ...
    def __getnewargs_ex__(self) -> tuple[tuple[()], Options]: ...
    def convert(self, payload: str | bytes | bytearray | memoryview) -> Converted:
        """Converts a payload.

        Args:
            payload: any bytes; a str is encoded in UTF-8.

        Raises:
            RejectedPayload: the payload is rejected.
        """

    def restore(
        self,
        output: str | bytes | bytearray | memoryview,
        losses: str | bytes | bytearray | memoryview | None = None,
    ) -> Converted:
        """Restores a payload from its output and its losses. The options must be those of `convert`.

        Args:
            output: the output; it may be edited if there is an id field, or with the option `edited`.
            losses: its losses, or its line of a losses file; empty or None if there are no losses.

        Raises:
            RejectedPayload: the output or the losses cannot be read, or do not belong together.
        """

    def _convert_block(self, block: bytes) -> list[Converted | tuple[ContactError, bytes]]: ...
    def _convert_batch(self, batch: list[str | bytes]) -> list[Converted | tuple[ContactError, bytes]]: ...
    def _convert_column(self, payloads: Column) -> _Rows: ...
    def _restore_column(self, outputs: Column, losses: Column) -> _Rows: ...

@final
class Column:
    """An Arrow array of texts, as copies of its buffers."""

    @staticmethod
    def from_offsets(
        length: int, validity: tuple[bytes, int] | None, offsets: bytes, width: int, base: int, data: bytes
    ) -> Column: ...
    @staticmethod
    def from_views(
        length: int, validity: tuple[bytes, int] | None, views: bytes, buffers: list[bytes], bases: list[int]
    ) -> Column: ...
    @staticmethod
    def from_dictionary(
        length: int, validity: tuple[bytes, int] | None, indices: bytes, values: Column
    ) -> Column: ...
    @staticmethod
    def used_parts(
        views: bytes, validity: tuple[bytes, int] | None, buffers: int
    ) -> list[tuple[int, int]]: ...

@final
class Buffer:
    """A buffer of a new Arrow array."""

    @property
    def address(self) -> int: ...
    @property
    def size(self) -> int: ...

# The number of nulls, and the buffers.
_Array = tuple[int, tuple[Buffer | None, ...]]
# The number of nulls and their bits; the outputs, the losses, and the errors if there are any.
_Rows = tuple[int, Buffer | None, _Array, _Array, tuple[int, Buffer | None, list[_Array]] | None]
