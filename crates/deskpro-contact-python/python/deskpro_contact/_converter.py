"""The converter: the native class, with files and Arrow columns."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator

from . import _arrow, _lines, _native
from ._errors import ContactError, RejectedPayload
from ._native import Converted


class Converter(_native.Converter):
    """Converts payloads with the same options, one after the other.

    Any number of threads may use a converter. A long conversion does not hold the GIL. Converters can be pickled.

    The options are those of the command ``convert``, with underscores:

    - ``from_``: the format of the payloads, ``form``, ``json`` or ``v2``; by default ``form``, and ``v2`` with
      ``to="form"``
    - ``to``: the format of the outputs, ``v2`` (default), ``form`` or ``canonical``
    - ``profile``: which v2 fields are written, ``documented`` (default) or ``extended``
    - ``region``: the default region of phone numbers without a calling code, such as ``GB``
    - ``id_field``: the field that holds a person's id, such as ``email``; an output may be edited before it is restored,
      if the id stays the same
    - ``edited``: True accepts edited outputs without ``id_field``, each given with its own losses
    - ``only_contact_data``: True leaves out all other fields but that of ``id_field``, as losses
    - ``strict``: True rejects a payload if one of its records is rejected
    - ``allow_field``: a name, or a list or tuple of names, that look like misplaced contact data but are ordinary fields,
      which are passed on; a str is one name
    - ``encoding``: the encoding of texts that are not UTF-8, such as ``windows-1252``
    - ``max_payload``: the maximum length of a payload in bytes
    - ``pretty``: True indents JSON

    Raises:
        TypeError: there is no such option, or its value has another type.
        WrongCall: the option cannot have this value.
    """

    def convert_lines(
        self,
        source: _lines.Lines,
        *,
        on_rejected: Callable[[RejectedPayload, bytes], object] | None = None,
    ) -> Iterator[tuple[int, Converted]]:
        """Converts the lines of a file, in order: yields the number of each line, from 1, and its result.

        Lines are read in batches, and converted without the GIL. As in the command, one carriage return before the line
        feed does not belong to the payload, nor does a byte order mark at the start of a file.

        Args:
            source: a path, a file that is opened in binary mode, the content of a file as ``bytes``, or an iterable of
                payloads.
            on_rejected: is called with the error and the payload of each rejected line; then the next line is converted.
                If it is None, the error is raised.

        Raises:
            RejectedPayload: a payload is rejected, and ``on_rejected`` is None.
            WrongCall: the file is compressed.
            OSError: the file cannot be read.
        """
        line = 0
        for results in self._results(source):
            for result in results:
                line += 1
                if isinstance(result, Converted):
                    yield line, result
                    continue
                error, payload = result
                error = error.at_line(line)
                if on_rejected is None or not isinstance(error, RejectedPayload):
                    raise error
                on_rejected(error, payload)

    def _results(self, source: _lines.Lines) -> Iterator[list[Converted | tuple[ContactError, bytes]]]:
        if isinstance(source, (str, os.PathLike)):
            with open(source, "rb", buffering=0) as file:
                yield from map(self._convert_block, _lines.blocks(file))
        elif isinstance(source, (bytes, bytearray, memoryview)):
            yield from map(self._convert_block, _lines.blocks(io.BytesIO(bytes(source))))
        elif isinstance(source, _lines.BinaryFile):
            yield from map(self._convert_block, _lines.blocks(source))
        else:
            yield from map(self._convert_batch, _lines.batches(source))

    def convert_arrow(self, payloads: _arrow.Column) -> _arrow.Rows:
        """Converts an Arrow column of payloads.

        Args:
            payloads: a pyarrow array or chunked array, or a column of another library that has the Arrow PyCapsule
                interface, such as a Polars series. Its type is ``string``, ``large_string``, ``string_view``, ``binary``,
                ``large_binary``, ``binary_view``, or a dictionary of one of them.

        Returns:
            A struct for each row, in chunks if the column has chunks: ``output`` and ``losses`` (``large_string``), and
            ``error``. A null stays null. A rejected payload has a null output, null losses, and an error with ``code``,
            ``path``, ``message``, ``start`` and ``end`` (the span of `ContactError`). ``losses`` is empty if there are no losses.

        Raises:
            TypeError: the column has another type.
            ImportError: pyarrow is not installed.
        """
        return _arrow.convert(self, payloads)

    def restore_arrow(self, outputs: _arrow.Column, losses: _arrow.Column) -> _arrow.Rows:
        """Restores payloads from an Arrow column of outputs and a column of their losses.

        The rows may have changed places, as long as each output stands beside its own losses.

        Args:
            outputs: the field ``output`` that ``convert_arrow`` returned, of a converter with the same options.
            losses: the field ``losses`` beside it.

        Returns:
            A struct for each row, as ``convert_arrow`` returns it: ``output`` is the payload, ``losses`` are the losses
            that could not be put back. A row is null if its output and its losses are null. If only one of them is null,
            the row has an error.

        Raises:
            TypeError: a column has another type.
            ValueError: the columns have different lengths.
            ImportError: pyarrow is not installed.
        """
        return _arrow.restore(self, outputs, losses)
