"""Arrow columns: every type, slices, chunks, nulls, wrong arrays."""

import random
import sys

import deskpro_contact
import pyarrow as pa
import pytest
from deskpro_contact import Converter, RejectedPayload, WrongCall, _native

TYPES = [pa.string(), pa.large_string(), pa.string_view(), pa.binary(), pa.large_binary(), pa.binary_view()]
# Short texts stand in the entry of a view itself, longer ones in its buffers.
PAYLOADS = [
    "type=website&comment=home&data[url]=example.com",
    None,
    "a=1",
    "",
    "contact_data=x",
    "name=Ren\u00e9+and+a+name+that+is+longer",
    None,
    "123456789012",
    "1234567890123",
]
ERROR = {
    "code": "contact-data-not-array",
    "path": "contact_data",
    "message": 'expected an array of records, found "x"',
    "start": 0,
    "end": 14,
}


def row(payload):
    """The row that single calls give."""
    if payload is None:
        return None
    try:
        converted = deskpro_contact.convert(payload)
    except RejectedPayload as error:
        members = {"code": error.code, "path": error.path, "message": error.message}
        return {"output": None, "losses": None, "error": {**members, "start": error.span[0], "end": error.span[1]}}
    return {"output": converted.output, "losses": converted.losses, "error": None}


ROWS = [row(payload) for payload in PAYLOADS]


def converted(column, **options):
    result = deskpro_contact.convert_arrow(column, **options)
    result.validate(full=True)
    assert isinstance(result, pa.ChunkedArray) == isinstance(column, pa.ChunkedArray)
    return result.to_pylist()


def test_a_row_has_an_output_losses_or_an_error():
    assert ROWS[1] is None
    assert ROWS[4] == {"output": None, "losses": None, "error": ERROR}
    assert ROWS[2] == {"output": '{"a":"1","contact_data":{}}', "losses": "", "error": None}
    text = pa.large_string()
    error = pa.struct([("code", text), ("path", text), ("message", text), ("start", pa.int64()), ("end", pa.int64())])
    expected = pa.struct([("output", text), ("losses", text), ("error", error)])
    assert deskpro_contact.convert_arrow(pa.array(PAYLOADS)).type == expected
    # Without any error, too.
    assert deskpro_contact.convert_arrow(pa.array(["a=1"])).type == expected


@pytest.mark.parametrize("type_", TYPES, ids=str)
def test_each_type_and_each_slice(type_):
    column = pa.array(PAYLOADS, type_)
    for begin in range(len(PAYLOADS) + 1):
        for end in range(begin, len(PAYLOADS) + 1):
            assert converted(column[begin:end]) == ROWS[begin:end]


@pytest.mark.parametrize("values", TYPES, ids=str)
@pytest.mark.parametrize(
    "indices", [pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()], ids=str
)
def test_dictionaries(values, indices):
    picked = [4, None, 0, 8, 8, 1, 5, 2, 3, 7]
    # The values of a dictionary may be a slice, and may have nulls.
    dictionary = pa.array(["unused", *PAYLOADS], values)[1:]
    column = pa.DictionaryArray.from_arrays(pa.array(picked, indices), dictionary)
    rows = [None if index is None else ROWS[index] for index in picked]
    for begin in range(len(picked) + 1):
        assert converted(column[begin:]) == rows[begin:]
    assert converted(pa.chunked_array([column, column[3:5]])) == rows + rows[3:5]


def test_many_rows_and_random_slices():
    random.seed(22)
    payloads = [random.choice(PAYLOADS) for _ in range(3000)]
    rows = [ROWS[PAYLOADS.index(payload)] for payload in payloads]
    for type_ in TYPES:
        column = pa.array(payloads, type_)
        for _ in range(20):
            begin = random.randrange(3000)
            end = random.randrange(begin, 3001)
            assert converted(column[begin:end]) == rows[begin:end]


def test_chunks_stay():
    for type_ in TYPES:
        empty = pa.chunked_array([], type_)
        assert converted(empty) == []
        column = pa.chunked_array([pa.array(PAYLOADS[:3], type_), pa.array([], type_), pa.array(PAYLOADS[3:], type_)])
        assert converted(column) == ROWS
        assert converted(column[2:7]) == ROWS[2:7]
        assert [len(chunk) for chunk in deskpro_contact.convert_arrow(column).chunks] == [3, 0, 6]


def test_nulls_alone_and_nothing():
    for type_ in TYPES:
        assert converted(pa.nulls(9, type_)) == [None] * 9
        assert converted(pa.array([], type_)) == []
        # An array without values may have no offsets.
        if type_ not in (pa.string_view(), pa.binary_view()):
            assert converted(pa.Array.from_buffers(type_, 0, [None, None, pa.py_buffer(b"")])) == []


def test_the_views_of_nulls_may_be_any_bytes():
    payload = b"name=a+name+that+is+longer"
    view = numbers(4, len(payload)) + payload[:4] + numbers(4, 0, 0)
    for null in [numbers(4, 500, 0, 7, 99), numbers(4, 500, 0, 0, 9), numbers(4, -7, 0, 0, 0)]:
        buffers = [b"\x05", view + null + view, payload]
        column = pa.Array.from_buffers(pa.string_view(), 3, [pa.py_buffer(buffer) for buffer in buffers])
        assert converted(column) == [row(payload), None, row(payload)]


def test_bytes_that_are_not_text():
    column = pa.array([b"a=1\0b=2", b"name=Ren\xe9", b"\xff\xfe"], pa.binary())
    first, second, third = converted(column)
    assert first["output"] == '{"a":"1","contact_data":{}}'
    assert (second["error"]["code"], third["error"]["code"]) == ("not-utf8", "not-utf8")
    assert converted(column, encoding="windows-1252")[1]["output"] == '{"name":"René","contact_data":{}}'


@pytest.mark.parametrize(
    "column",
    [
        pa.array([1, 2]),
        pa.nulls(3),
        pa.array([["a=1"]]),
        pa.array([{"a": "b"}]),
        pa.array([b"abc"], pa.binary(3)),
        pa.array([1.5]).dictionary_encode(),
        pa.array([[b"a"]], pa.list_(pa.binary())),
        pa.chunked_array([], pa.int64()),
        pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}"])),
    ],
    ids=lambda column: str(column.type),
)
def test_other_types_are_type_errors(column):
    with pytest.raises(TypeError, match="payloads: expected an Arrow column of strings or binary"):
        deskpro_contact.convert_arrow(column)
    with pytest.raises(TypeError, match="losses: expected an Arrow column of strings or binary"):
        deskpro_contact.restore_arrow(pa.array(["{}"] * len(column), pa.string()), column)


def test_other_objects_are_type_errors():
    for column in [["a=1"], "a=1", None, 1]:
        with pytest.raises(TypeError, match="payloads: expected an Arrow column, found"):
            deskpro_contact.convert_arrow(column)
    table = pa.table({"payload": ["a=1"]})
    with pytest.raises(TypeError, match="found struct<payload: string>"):
        deskpro_contact.convert_arrow(table)


class Capsule:
    """A column of another library, which has only the PyCapsule interface."""

    def __init__(self, column):
        name = "__arrow_c_stream__" if isinstance(column, pa.ChunkedArray) else "__arrow_c_array__"
        setattr(type(self), name, lambda self, requested_schema=None: getattr(column, name)(requested_schema))


def test_columns_of_other_libraries():
    for type_ in TYPES:
        array = pa.array(PAYLOADS, type_)
        for column in [array[2:], pa.chunked_array([array[2:4], array[4:]])]:

            class Own(Capsule):
                pass

            assert deskpro_contact.convert_arrow(Own(column)).to_pylist() == ROWS[2:]


def test_restores_what_it_converted():
    converter = Converter()
    for type_ in TYPES:
        result = converter.convert_arrow(pa.array(PAYLOADS, type_))
        outputs, losses = result.field("output"), result.field("losses")
        restored = converter.restore_arrow(outputs, losses)
        restored.validate(full=True)
        expected = []
        for converted_row in ROWS:
            if converted_row is None or converted_row["error"] is not None:
                expected.append(None)
            else:
                payload = deskpro_contact.restore(converted_row["output"], converted_row["losses"])
                expected.append({"output": payload.output, "losses": payload.losses, "error": None})
        assert restored.to_pylist() == expected
        assert expected[0]["output"] == "type=website&comment=home&data%5Burl%5D=example.com"
        # In another order, and of another type.
        order = pa.array([8, 0, 5, 2])
        moved = converter.restore_arrow(outputs.take(order).cast(pa.string()), losses.take(order))
        assert moved.to_pylist() == [expected[index] for index in order.to_pylist()]


def test_restores_chunks_that_end_in_different_places():
    result = deskpro_contact.convert_arrow(pa.array([payload for payload in PAYLOADS if payload != "contact_data=x"]))
    outputs, losses = result.field("output"), result.field("losses")
    expected = deskpro_contact.restore_arrow(outputs, losses).to_pylist()
    for chunks in [
        (pa.chunked_array([outputs[:3], outputs[3:]]), pa.chunked_array([losses[:5], losses[5:]])),
        (pa.chunked_array([outputs[:3], outputs[3:]]), losses),
        (outputs, pa.chunked_array([losses[:0], losses[:1], losses[1:]])),
    ]:
        restored = deskpro_contact.restore_arrow(*chunks)
        restored.validate(full=True)
        assert isinstance(restored, pa.ChunkedArray)
        assert restored.to_pylist() == expected
    empty = pa.chunked_array([], pa.string())
    assert deskpro_contact.restore_arrow(empty, empty).to_pylist() == []


def test_a_payload_that_was_built_from_json_has_no_span():
    column = pa.array(['{"name":7,}', '{"name":"Ann","contact_data":[7]}'])
    errors = deskpro_contact.convert_arrow(column, from_="json", strict=True).field("error").to_pylist()
    assert [(error["code"], error["start"], error["end"]) for error in errors] == [
        ("not-json", 10, 11),
        ("record-not-array", None, None),
    ]


def test_losses_of_another_row_are_errors():
    payloads = [f"type=website&comment={name}&data[url]={name}.example.com" for name in ("ann", "bob")]
    result = deskpro_contact.convert_arrow(pa.array(payloads))
    outputs, losses = result.field("output"), result.field("losses")
    swapped = deskpro_contact.restore_arrow(outputs, losses.take(pa.array([1, 0]))).to_pylist()
    assert [restored["error"]["code"] for restored in swapped] == ["other-payload"] * 2
    missing = deskpro_contact.restore_arrow(outputs, pa.array([None, losses[1].as_py()])).to_pylist()
    assert missing[0]["error"]["code"] == "null-losses"
    assert missing[1]["error"] is None
    without = deskpro_contact.restore_arrow(pa.array([None, outputs[1].as_py()]), losses).to_pylist()
    assert without[0]["error"]["code"] == "null-output"
    with pytest.raises(ValueError, match="losses: expected 2 rows, as outputs has, found 1"):
        deskpro_contact.restore_arrow(outputs, losses[:1])


def test_an_id_field_keeps_losses_with_edited_outputs():
    converter = Converter(id_field="email")
    payloads = [
        f"email={name}%40example.com&contact_data[1][type]=website&contact_data[1][comment]=home"
        f"&contact_data[1][data][url]={name}.example.com"
        for name in ("ann", "bob")
    ]
    result = converter.convert_arrow(pa.array(payloads))
    edited = pa.array([output.as_py().replace("bob.example.com", "bob.example.net") for output in result.field("output")])
    restored = converter.restore_arrow(edited, result.field("losses"))
    assert restored.field("error").null_count == 2
    assert "bob.example.net" in restored.field("output")[1].as_py()
    assert "home" in restored.field("output")[1].as_py()


def test_fifty_thousand_payloads_give_what_the_command_gives(compared, payloads):
    outputs = (compared / "outputs").read_bytes().decode().split("\n")[:-1]
    result = deskpro_contact.convert_arrow(pa.array(payloads, pa.binary()))
    codes = result.field("error").field("code").to_pylist()
    for line, (found, code, output) in enumerate(zip(result.field("output").to_pylist(), codes, outputs), 1):
        if code is None:
            assert found == output, line
        else:
            assert output.startswith(f'{{"error":{{"code":"{code}",'), line
    assert len(outputs) == len(result) >= 50_000
    assert 100 < result.field("output").null_count < 10_000
    restored = deskpro_contact.restore_arrow(result.field("output"), result.field("losses"))
    assert restored.field("error").null_count == len(payloads)
    again = deskpro_contact.convert_arrow(restored.field("output"))
    dropped = ["dropped-pair" in (losses or "") for losses in result.field("losses").to_pylist()]
    differ = [
        number
        for number, (first, second) in enumerate(zip(result.field("output"), again.field("output")))
        if first != second and not dropped[number]
    ]
    assert differ == []


def wrong_array(type_, *contents, length=1):
    """An array of buffers that pyarrow would refuse: they change after it has checked them."""
    buffers = [bytearray(len(content)) for content in contents]
    column = pa.Array.from_buffers(type_, length, [None, *map(pa.py_buffer, buffers)])
    for buffer, content in zip(buffers, contents):
        buffer[:] = content
    return column


def numbers(width, *values):
    return b"".join(value.to_bytes(width, sys.byteorder, signed=True) for value in values)


@pytest.mark.parametrize(
    "column",
    [
        wrong_array(pa.string(), numbers(4, 0, 9), b"a=1"),
        wrong_array(pa.string(), numbers(4, -1, 2), b"a=1"),
        wrong_array(pa.string(), numbers(4, 0, 3, 1), b"a=1", length=2),
        wrong_array(pa.string(), numbers(4, 0, -5, 3), b"a=1", length=2),
        wrong_array(pa.large_string(), numbers(8, 0, 2**62), b"a=1"),
        wrong_array(pa.large_string(), numbers(8, -(2**63), 2**63 - 1), b"a=1"),
        wrong_array(pa.string_view(), numbers(4, 20, 0, 1, 0), b"x" * 20),
        wrong_array(pa.string_view(), numbers(4, 20, 0, -1, 0), b"x" * 20),
        wrong_array(pa.string_view(), numbers(4, 20, 0, 0, 1), b"x" * 20),
        wrong_array(pa.string_view(), numbers(4, 20, 0, 0, -1), b"x" * 20),
        wrong_array(pa.string_view(), numbers(4, -1, 0, 0, 0), b"x" * 20),
        pa.DictionaryArray.from_arrays(pa.array([5]), pa.array(["a=1"]), safe=False),
        pa.DictionaryArray.from_arrays(pa.array([-1]), pa.array(["a=1"]), safe=False),
    ],
    ids=range(13),
)
def test_wrong_arrays_are_errors(column):
    with pytest.raises(ValueError, match="expected"):
        deskpro_contact.convert_arrow(column)


@pytest.mark.parametrize(
    "column",
    [
        _native.Column.from_offsets(1, None, numbers(4, 0), 4, 0, b""),
        _native.Column.from_offsets(9, (b"\xff", 0), numbers(4, *[0] * 10), 4, 0, b""),
        _native.Column.from_offsets(1, None, numbers(8, 0, 1), 8, -(2**63), b"a"),
        _native.Column.from_views(1, None, b"\0" * 15, [], []),
        _native.Column.from_views(1, None, numbers(4, 20, 0, 0, 0), [b"x" * 20], []),
        _native.Column.from_dictionary(1, None, b"", _native.Column.from_offsets(0, None, numbers(4, 0), 4, 0, b"")),
    ],
    ids=range(6),
)
def test_buffers_that_are_too_short_are_errors(column):
    with pytest.raises(WrongCall, match="expected an Arrow array with") as caught:
        Converter()._convert_column(column)
    assert caught.value.code == "wrong-array"
