"""The lines of files and of other sources."""

import gzip
import io

import deskpro_contact
import pytest
from deskpro_contact import Converter, RejectedPayload, WrongCall, _lines

LINES = b"\xef\xbb\xbfa=1\r\n\nb=2\rc=3\nd=4\r"
OUTPUTS = ['{"a":"1","contact_data":{}}', '{"contact_data":{}}', '{"b":"2\\rc=3","contact_data":{}}', '{"d":"4\\r","contact_data":{}}']


def sources(tmp_path, lines):
    file = tmp_path / "payloads"
    file.write_bytes(lines)
    yield file
    yield str(file)
    yield lines
    yield bytearray(lines)
    yield memoryview(bytes(byte for byte in lines for _ in range(2)))[::2]
    yield io.BytesIO(lines)
    with open(file, "rb") as opened:
        yield opened
    # What a pipe gives: a few bytes at a time.
    with open(file, "rb", buffering=0) as opened:
        yield Slow(opened)
    (tmp_path / "gz").write_bytes(gzip.compress(lines))
    with gzip.open(tmp_path / "gz") as opened:
        yield opened


class Slow:
    def __init__(self, file):
        self.file = file

    def read(self, count):
        return self.file.read(3)


def test_lines_are_split_as_the_command_splits_them(tmp_path):
    for source in sources(tmp_path, LINES):
        found = list(deskpro_contact.convert_lines(source))
        assert [line for line, _ in found] == [1, 2, 3, 4]
        assert [converted.output for _, converted in found] == OUTPUTS


def test_files_without_lines(tmp_path):
    for content, count in [(b"", 0), (b"\n", 1), (b"\xef\xbb\xbf", 0), (b"\xef\xbb\xbf\n", 1)]:
        for source in sources(tmp_path, content):
            assert len(list(deskpro_contact.convert_lines(source))) == count


def test_any_iterable_gives_payloads():
    payloads = [b"a=1\r\n", "", memoryview(b"b=2\rc=3\n"), b"d=4\r"]
    for source in [payloads, iter(payloads), tuple(payloads)]:
        assert [converted.output for _, converted in deskpro_contact.convert_lines(source)] == OUTPUTS
    with pytest.raises(TypeError, match="line: expected str or bytes, found int"):
        list(deskpro_contact.convert_lines([b"a=1", 2]))


def test_batches_are_whole(monkeypatch):
    payloads = [b"a=%d" % n + b"x" * (n % 50) for n in range(300)]
    expected = [deskpro_contact.convert(payload) for payload in payloads]
    text = b"\n".join(payloads)
    for size in [1, 2, 3, 50, 1000, 100_000]:
        monkeypatch.setattr(_lines, "CHUNK", size)
        for source in [text, text + b"\n", payloads]:
            found = list(deskpro_contact.convert_lines(source))
            assert [line for line, _ in found] == list(range(1, 301))
            assert [converted for _, converted in found] == expected


def test_rejected_lines_stop_or_are_passed_on():
    lines = b"a=1\ncontact_data=x\nb=2\ncontact_data=y"
    found = []
    with pytest.raises(RejectedPayload) as caught:
        for line, converted in deskpro_contact.convert_lines(lines):
            found.append((line, converted.output))
    # The lines before the rejected one were converted.
    assert found == [(1, '{"a":"1","contact_data":{}}')]
    assert (caught.value.line, caught.value.code, caught.value.span) == (2, "contact-data-not-array", (0, 14))
    assert str(caught.value) == 'line 2, contact_data: expected an array of records, found "x"'
    rejected = []
    outputs = deskpro_contact.convert_lines(lines, on_rejected=lambda why, payload: rejected.append((why.line, payload)))
    assert [line for line, _ in outputs] == [1, 3]
    assert rejected == [(2, b"contact_data=x"), (4, b"contact_data=y")]


def test_options_apply_to_lines():
    (_, converted), = deskpro_contact.convert_lines(b'{"contact_data":{}}', to="form")
    assert converted.output == ""
    converter = Converter(id_field="id")
    assert [c.losses_line(n)[:21] for n, c in converter.convert_lines(b"id=5\nid=6")] == [
        '{"line":1,"id":"5","o', '{"line":2,"id":"6","o']


def test_wrong_files_are_errors(tmp_path):
    with pytest.raises(FileNotFoundError):
        list(deskpro_contact.convert_lines(tmp_path / "missing"))
    file = tmp_path / "payloads"
    for begin, reader in [(gzip.compress(b"a=1\n"), "gzip.open"), (b"\x28\xb5\x2f\xfd...", "zstd -dc")]:
        file.write_bytes(begin)
        with pytest.raises(WrongCall, match=f"found a compressed file: {reader}") as caught:
            list(deskpro_contact.convert_lines(file))
        assert caught.value.code == "compressed"
    file.write_text("a=1\n")
    with open(file) as opened, pytest.raises(TypeError, match="binary mode, found str"):
        list(deskpro_contact.convert_lines(opened))
    with pytest.raises(TypeError):
        list(deskpro_contact.convert_lines(17))
