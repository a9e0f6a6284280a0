"""Any bytes: no crash, and equal results from convert, convert_lines and convert_arrow."""

import deskpro_contact
import pyarrow as pa
import pytest
from deskpro_contact import Converter, RejectedPayload, WrongCall
from hypothesis import given, settings
from hypothesis import strategies as st

# Pieces of payloads make records that are almost right; any bytes stand between them.
PIECES = st.sampled_from([
    b"contact_data", b"[1]", b"%5B1%5D", b"[type]", b"[data]", b"[comment]", b"[url]", b"[username]", b"=", b"&", b"+", b"%",
    b"website", b"skype", b"example.com", b"\0", b"%00", b"\xe9", "é".encode(), b"contact_data[1][type]=website&",
    b"contact_data[1][data][url]=x&", b"\r", b"\n", b'{"a":', b"[]",
])
BYTES = st.lists(PIECES | st.binary(max_size=8), max_size=20).map(b"".join) | st.binary(max_size=200)
CONVERTER = Converter()


def converted(payload):
    try:
        return CONVERTER.convert(payload)
    except RejectedPayload as error:
        assert error.code
        assert error.message.startswith("expected ")
        assert 0 <= error.span[0] <= error.span[1] <= len(payload)
        return error.args


@settings(max_examples=500, deadline=None)
@given(BYTES)
def test_any_bytes_are_converted_or_rejected(payload):
    result = converted(payload)
    if isinstance(result, tuple):
        return
    restored = CONVERTER.restore(result.output, result.losses)
    assert restored.data_count == 0
    if "dropped-pair" not in result.losses:
        assert CONVERTER.convert(restored.output).output == result.output
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return
    assert CONVERTER.convert(text) == result


@settings(max_examples=200, deadline=None)
@given(st.lists(BYTES.map(lambda payload: payload.replace(b"\n", b"")), max_size=20))
def test_each_way_gives_equal_results(payloads):
    expected = [converted(payload) for payload in payloads]
    column = CONVERTER.convert_arrow(pa.array(payloads, pa.binary())).to_pylist()
    found = {}
    rejected = lambda why, payload: found.update({why.line: (*why.args[:4], None)})  # noqa: E731
    found.update(CONVERTER.convert_lines(payloads, on_rejected=rejected))
    for n, (result, row) in enumerate(zip(expected, column)):
        # A carriage return at the end of a line without a line feed stays.
        assert found[n + 1] == result
        if isinstance(result, tuple):
            code, path, message, (start, end), _ = result
            error = {"code": code, "path": path, "message": message, "start": start, "end": end}
            assert row == {"output": None, "losses": None, "error": error}
        else:
            assert row == {"output": result.output, "losses": result.losses, "error": None}


@settings(max_examples=500, deadline=None)
@given(BYTES, BYTES | st.just(b""))
def test_restoring_takes_any_bytes(output, losses):
    try:
        CONVERTER.restore(output, losses)
    except RejectedPayload:
        pass


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([None, "v2", "json", "form"]))
def test_each_format_takes_any_bytes(payload, format_):
    try:
        deskpro_contact.convert(payload, from_=format_)
    except RejectedPayload:
        pass


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(1, 9))
def test_reads_of_any_size_give_the_same_lines(text, size):
    class Slow:
        position = 0

        def read(self, count):
            self.position += size
            return text[self.position - size : self.position]

    if text.startswith((b"\x1f\x8b", b"\x28\xb5\x2f\xfd")):
        with pytest.raises(WrongCall):
            list(CONVERTER.convert_lines(Slow()))
        return
    found = {}
    found.update(CONVERTER.convert_lines(Slow(), on_rejected=lambda why, payload: found.update({why.line: payload})))
    body = text.removeprefix(b"\xef\xbb\xbf")
    lines = body.split(b"\n")
    last = [lines.pop()]
    payloads = [line.removesuffix(b"\r") for line in lines] + [line for line in last if line]
    assert len(found) == len(payloads)
    for n, payload in enumerate(payloads, 1):
        result = converted(payload)
        assert found[n] == (payload if isinstance(result, tuple) else result)
