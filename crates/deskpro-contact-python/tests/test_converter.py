"""Single payloads: results, options, errors."""

import copy
import enum
import pickle
import re

import deskpro_contact
import pytest
from deskpro_contact import Converter, RejectedPayload, WrongCall

PAYLOAD = "type=website&comment=home&data[url]=example.com"
BODY = '{"contact_data":{"website":[{"url":"example.com"}]}}'
RESTORED = "type=website&comment=home&data%5Burl%5D=example.com"


def test_converts_and_restores():
    converted = deskpro_contact.convert(PAYLOAD)
    assert converted.output == BODY
    assert (converted.data_count, converted.note_count) == (1, 2)
    assert '{"code":"comment","severity":"data","path":"comment","value":"home"}' in converted.losses
    assert converted.losses_line(17) == '{"line":17,' + converted.losses[1:]
    restored = deskpro_contact.restore(converted.output, converted.losses)
    assert (restored.output, restored.losses, restored.data_count) == (RESTORED, "", 0)
    assert deskpro_contact.restore(BODY, converted.losses_line(17)) == restored
    assert repr(restored) == f"Converted(output='{RESTORED}', data_count=0, note_count=0)"


def test_converts_to_forms_and_back():
    body = '{"contact_data":{"facebook":[{"url":"x"}],"apple":[{"username":"y"}]}}'
    converted = deskpro_contact.convert(body, to="form")
    assert converted.output == "contact_data%5B1%5D%5Btype%5D=facebook&contact_data%5B1%5D%5Bdata%5D%5Bprofile_url%5D=x"
    assert deskpro_contact.restore(converted.output, converted.losses, to="form").output == body


def test_converts_json_of_the_legacy_api():
    reply = '{"person":{"id":7,"contact_data":[]},"status":"ok"}'
    converted = deskpro_contact.convert(reply, from_="json")
    assert converted.output == '{"id":"7","contact_data":{}}'
    assert '"path":"status"' in converted.losses


def test_takes_options_of_each_type():
    converter = Converter(
        allow_field=["person[contact_data]", "other"], only_contact_data=True, id_field="id", max_payload=200, strict=False
    )
    converted = converter.convert("id=7&person[contact_data][]=phone&name=Ann&" + PAYLOAD)
    assert converted.output == '{"id":"7",' + BODY[1:]
    assert converted.losses_line(1).startswith('{"line":1,"id":"7","output":')
    # With an id field, each payload has a line.
    converted = converter.convert("id=8")
    assert converted.losses == ""
    assert re.fullmatch(r'\{"line":2,"id":"8","output":"[0-9a-f]+"\}', converted.losses_line(2))
    # Without one, a payload without losses has no line.
    assert deskpro_contact.convert("id=8", id_field=None).losses_line(2) == ""


def test_an_id_keeps_losses_with_edited_outputs():
    converter = Converter(id_field="email")
    converted = converter.convert("email=ann%40example.com&contact_data[1][type]=website"
                                  "&contact_data[1][comment]=home&contact_data[1][data][url]=example.com")
    edited = converted.output.replace("example.com\"}]", "example.net\"}]")
    restored = converter.restore(edited, converted.losses)
    assert "home" in restored.output and "example.net" in restored.output
    with pytest.raises(RejectedPayload) as caught:
        converter.restore(edited.replace("ann@", "bob@"), converted.losses)
    assert caught.value.code == "other-payload"


def test_any_bytes_are_taken():
    assert deskpro_contact.convert(b"").output == '{"contact_data":{}}'
    after_nul = deskpro_contact.convert(b"a=1\0b=2")
    assert after_nul.output == '{"a":"1","contact_data":{}}'
    assert '{"code":"after-nul","severity":"data","value":"b=2"}' in after_nul.losses
    assert deskpro_contact.convert("a=%00").output == r'{"a":"\u0000","contact_data":{}}'
    assert deskpro_contact.restore(r'{"a":"\u0000","contact_data":{}}').output == "a=%00"
    latin = Converter(encoding="windows-1252")
    converted = latin.convert(b"name=Ren\xe9")
    assert converted.output == '{"name":"René","contact_data":{}}'
    assert latin.restore(converted.output, converted.losses).output == "name=Ren%E9"


@pytest.mark.parametrize("kind", [str.encode, lambda text: bytearray(text.encode()), lambda text: memoryview(text.encode())])
def test_texts_of_each_type_give_equal_results(kind):
    converted = deskpro_contact.convert(PAYLOAD)
    assert deskpro_contact.convert(kind(PAYLOAD)) == converted
    assert deskpro_contact.restore(kind(BODY), kind(converted.losses)).output == RESTORED


@pytest.mark.parametrize("payload", [None, 1, ["a=1"]])
def test_other_types_are_type_errors(payload):
    with pytest.raises(TypeError, match="payload: expected str or bytes, found (NoneType|int|list)"):
        deskpro_contact.convert(payload)
    with pytest.raises(TypeError, match="losses: expected str or bytes, found int"):
        deskpro_contact.restore(BODY, 1)
    # A str that is not text, for example a file name.
    with pytest.raises(UnicodeEncodeError):
        deskpro_contact.convert("a=\udce9")


def test_the_extended_profile_writes_phones():
    payload = ("email=ann%40example.com&contact_data%5B1%5D%5Btype%5D=phone&contact_data%5B1%5D%5Bcomment%5D=home"
               "&contact_data%5B1%5D%5Bdata%5D%5Bnumber%5D=020+7946+0018")
    converter = Converter(profile="extended", region="GB", id_field="email")
    converted = converter.convert(payload)
    assert converted.output == ('{"primary_email":"ann@example.com","phone_numbers":[{"number":"+442079460018",'
                                '"label":"home"}],"contact_data":{}}')
    assert converted.data_count == 0
    assert converter.restore(converted.output, converted.losses).output == payload
    assert '"reason":"no-code"' in deskpro_contact.convert(payload, profile="extended").losses


@pytest.mark.parametrize(
    ("payload", "code", "path", "message", "span"),
    [
        ("a=1&contact_data=x", "contact-data-not-array", "contact_data", 'expected an array of records, found "x"', (4, 18)),
        (b"name=Ren\xe9", "not-utf8", "name",
         'expected UTF-8 (for another encoding, use --encoding), found "Ren%E9"', (0, 9)),
        ("a" * 65, "too-long", "", "expected at most 64 bytes, found 65 bytes", (0, 65)),
        ("contact_data[1][type]=fsx&contact_data[1][data][url]=x", "type-unknown", "contact_data[1][type]", None, (0, 25)),
    ],
)
def test_rejects_payloads(payload, code, path, message, span):
    converter = Converter(strict=True, max_payload=64)
    with pytest.raises(RejectedPayload) as caught:
        converter.convert(payload)
    error = caught.value
    assert (error.code, error.path, error.span, error.line) == (code, path, span, None)
    assert message is None or error.message == message
    assert str(error) == (f"{path}: {error.message}" if path else error.message)
    assert isinstance(error, ValueError)
    # The converter can be used again.
    assert converter.convert(PAYLOAD).output == BODY


@pytest.mark.parametrize(("body", "code"), [('{"contact_data":{}}', "other-payload"), ("a", "not-json"), ("", "not-json")])
def test_rejects_losses_of_others(body, code):
    losses = deskpro_contact.convert(PAYLOAD).losses
    with pytest.raises(RejectedPayload) as caught:
        deskpro_contact.restore(body, losses)
    assert caught.value.code == code
    with pytest.raises(RejectedPayload, match="expected"):
        deskpro_contact.restore(BODY, '{"nothing":1}')


@pytest.mark.parametrize(
    ("options", "path", "message"),
    [
        ({"max_payload": -1}, "max_payload", 'max_payload: expected a number of bytes, at most 2147483647, found "-1"'),
        ({"max_payload": 1 << 40}, "max_payload", 'found "1099511627776"'),
        ({"max_payload": 1 << 63}, "max_payload", 'found "0x8000000000000000"'),
        # Python would refuse to write it in decimal digits.
        ({"max_payload": -(16**5000)}, "max_payload", f'found "-0x1{"0" * 36}…"'),
        ({"id_field": ""}, "id_field", 'expected the name of a field, found ""'),
        ({"encoding": "utf-16"}, "encoding", 'found "utf-16"'),
        ({"profile": "full"}, "profile", 'expected documented, extended, found "full"'),
        ({"region": "XX"}, "region", 'found "XX"'),
        ({"from_": "xml"}, "from_", 'from_: expected form, json or v2, found "xml"'),
        ({"allow_field": ["a", ""]}, "allow_field", 'expected the name of a field, found ""'),
    ],
)
def test_refuses_wrong_values(options, path, message):
    with pytest.raises(WrongCall, match=re.escape(message)) as caught:
        Converter(**options)
    assert (caught.value.code, caught.value.path, caught.value.span) == ("option-value", path, None)
    assert len(str(caught.value)) < 150
    assert not isinstance(caught.value, RejectedPayload)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"stricter": True}, 'expected one of the options from_, to, only_contact_data, .*, found "stricter"'),
        ({"from": "v2"}, 'found "from"'),
        ({"max-payload": 1}, 'found "max-payload"'),
    ],
)
def test_other_options_are_type_errors(options, message):
    with pytest.raises(TypeError, match=message):
        deskpro_contact.convert(PAYLOAD, **options)


EXPECTED = {
    "str": ["from_", "to", "profile", "region", "id_field", "encoding"],
    "bool": ["only_contact_data", "edited", "strict", "pretty"],
    "int": ["max_payload"],
    "str, or a list or tuple of str": ["allow_field"],
}
VALUES = ["true", b"a", True, False, 1, 1.5, float("nan"), ["a"], ("a", b"b"), ["a", True], {"a"}, {}, [["a"]], object()]


def fits(expected, value):
    if expected.startswith("str,") and isinstance(value, (list, tuple)):
        return all(type(item) is str for item in value)
    return type(value).__name__ == expected.split(",")[0]


@pytest.mark.parametrize(("name", "expected"), [(name, expected) for expected, names in EXPECTED.items() for name in names])
def test_values_of_another_type_are_type_errors(name, expected):
    for value in VALUES:
        if not fits(expected, value):
            with pytest.raises(TypeError, match=f"^{name}: expected {expected}, found [a-z]+$"):
                Converter(**{name: value})


def test_a_str_is_one_field_that_is_allowed():
    payload = "type=phone&data[number]=1&ab[contact_data][]=phone"
    for allowed in ["ab[contact_data]", ["ab[contact_data]"], ("a", "ab[contact_data]")]:
        assert '"ab":' in Converter(allow_field=allowed).convert(payload).output
    for others in ["ab", "xab[contact_data]", [], ()]:
        with pytest.raises(RejectedPayload):
            Converter(allow_field=others).convert(payload)


def test_a_span_is_a_place_in_the_argument():
    converter = Converter(from_="json", strict=True)
    # The JSON cannot be read.
    with pytest.raises(RejectedPayload) as caught:
        converter.convert('{"name":"é","contact_data":7,}')
    assert (caught.value.code, caught.value.span) == ("not-json", (30, 31))
    # A payload is built from it, and rejected.
    body = '{"name":"Ann","contact_data":[7]}'
    with pytest.raises(RejectedPayload) as caught:
        converter.convert(body)
    error = caught.value
    assert (error.code, error.path, error.span) == ("record-not-array", "contact_data[0]", None)
    assert pickle.loads(pickle.dumps(error)).args == error.args
    with pytest.raises(RejectedPayload) as caught:
        list(converter.convert_lines([body]))
    assert caught.value.args == error.at_line(1).args


def test_errors_and_converters_can_be_pickled():
    with pytest.raises(RejectedPayload) as caught:
        deskpro_contact.convert("contact_data=x")
    for error in [caught.value, caught.value.at_line(17)]:
        found = pickle.loads(pickle.dumps(error))
        assert type(found) is RejectedPayload
        assert (found.args, str(found), found.line) == (error.args, str(error), error.line)
    assert str(error).startswith("line 17, contact_data: expected")
    converter = Converter(id_field="email", strict=True, region=None)
    for found in [pickle.loads(pickle.dumps(converter)), copy.deepcopy(converter)]:
        assert repr(found) == "Converter(id_field='email', strict=True, region=None)"
        assert found.convert("email=x").losses_line(1) == converter.convert("email=x").losses_line(1)
        with pytest.raises(RejectedPayload):
            found.convert("contact_data[1]=x")


def test_members_of_an_enumeration_are_texts():
    class Profile(str, enum.Enum):
        EXTENDED = "extended"

    converter = Converter(profile=Profile.EXTENDED, region="GB")
    assert '"phone_numbers"' in converter.convert("type=phone&data[number]=020 7946 0018").output


def test_results_can_be_pickled():
    converter = Converter(id_field="id")
    for converted in [converter.convert("id=5&comment=x"), deskpro_contact.convert(PAYLOAD), deskpro_contact.convert("a=1")]:
        for found in [pickle.loads(pickle.dumps(converted)), copy.copy(converted), copy.deepcopy(converted)]:
            assert found == converted
            assert (found.losses, found.losses_line(7)) == (converted.losses, converted.losses_line(7))


def test_options_never_change():
    names = ["other"]
    converter = Converter(allow_field=names)
    names.append("later")
    converter.__getnewargs_ex__()[1]["allow_field"].append("later")
    converter.__getnewargs_ex__()[1]["strict"] = True
    for found in [converter, copy.copy(converter), pickle.loads(pickle.dumps(converter))]:
        assert repr(found) == "Converter(allow_field=['other'])"


def test_results_stay():
    converter = Converter()
    first = converter.convert(PAYLOAD)
    losses = first.losses
    converter.convert("name=Ann")
    assert (first.output, first.losses) == (BODY, losses)
    # A long payload is converted without the GIL.
    long = "0123456789abcdef" * (1 << 17)
    assert converter.convert("a=" + long).output == '{"a":"' + long + '","contact_data":{}}'
    assert converter.restore('{"a":"' + long + '","contact_data":{}}').output == "a=" + long
