"""The package gives what the command `convert` gives, byte for byte."""

import json

import deskpro_contact
from deskpro_contact import Converter, RejectedPayload


def read(compared):
    outputs = (compared / "outputs").read_bytes().split(b"\n")[:-1]
    kept = {}
    for line in (compared / "losses").read_bytes().decode().split("\n")[:-1]:
        entry = json.loads(line)
        if "output" in entry:
            kept[entry["line"]] = line
    return outputs, kept


def error_line(error):
    path = {"path": error.path} if error.path else {}
    members = {"code": error.code, **path, "message": error.message}
    return json.dumps({"error": members}, ensure_ascii=False, separators=(",", ":"))


def test_gives_the_outputs_and_losses_of_the_command(compared, payloads):
    outputs, kept = read(compared)
    assert len(payloads) == len(outputs) >= 50_000
    converter = Converter()
    rejected = whole = 0
    for line, (payload, output) in enumerate(zip(payloads, outputs), 1):
        try:
            converted = converter.convert(payload)
        except RejectedPayload as error:
            rejected += 1
            assert error_line(error) == output.decode(), line
            continue
        assert converted.output == output.decode(), line
        losses = converted.losses_line(line)
        assert losses == kept.get(line, ""), line
        restored = converter.restore(converted.output, converted.losses)
        assert restored.data_count == 0, line
        # An array that PHP leaves empty when it drops a pair is the one thing that is not restored.
        if '"dropped-pair"' not in losses:
            whole += 1
            assert converter.convert(restored.output).output == converted.output, line
    assert rejected > 100
    assert whole > 35_000
    assert len(kept) > 10_000


def test_lines_give_the_outputs_and_losses_of_the_command(compared):
    outputs, kept = read(compared)
    found = {}
    lines = deskpro_contact.convert_lines(
        compared / "payloads", on_rejected=lambda why, payload: found.update({why.line: error_line(why)})
    )
    for line, converted in lines:
        found[line] = converted.output
        assert converted.losses_line(line) == kept.get(line, ""), line
    assert [found[line].encode() for line in range(1, len(outputs) + 1)] == outputs
