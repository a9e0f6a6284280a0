"""The stubs describe the package, and its documentation names each option."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import deskpro_contact
import pytest
from deskpro_contact import Converter

PACKAGE = Path(deskpro_contact.__file__).parent
SOURCE = Path(__file__).resolve().parent.parent

USE = """
from collections.abc import Iterator
import deskpro_contact
from deskpro_contact import Converted, Converter, RejectedPayload

converter = Converter(profile="extended", region="GB", id_field="email", allow_field=["a"], strict=True)
Converter(allow_field="a")
Converter(allow_field=("a", "b"))
converted: Converted = converter.convert(b"a=1")
output: str = deskpro_contact.restore(converted.output, converted.losses, to="v2").output
lines: Iterator[tuple[int, Converted]] = converter.convert_lines("payloads")
try:
    deskpro_contact.convert("a=1")
except RejectedPayload as why:
    place: tuple[int, int] | None = why.span
"""
WRONG = ['Converter(profile="full")', "Converter(stricter=True)", 'deskpro_contact.convert(1)', 'converted.output = ""']


def run(*command):
    return subprocess.run([sys.executable, "-m", *map(str, command)], capture_output=True, text=True)


def test_the_package_is_typed(tmp_path):
    assert (PACKAGE / "py.typed").exists()
    (tmp_path / "use.py").write_text(USE + "\n".join(WRONG) + "\n")
    first = USE.count("\n") + 1
    mypy = run("mypy", "--strict", "--cache-dir", tmp_path / "cache", tmp_path / "use.py")
    wrong = [int(line) for line in re.findall(r"use\.py:(\d+): error", mypy.stdout)]
    assert wrong == list(range(first, first + len(WRONG))), mypy.stdout + mypy.stderr
    # pyarrow has no types.
    own = run("mypy", "--strict", "--ignore-missing-imports", "--cache-dir", tmp_path / "cache", "-p", "deskpro_contact")
    assert own.returncode == 0, own.stdout + own.stderr


def test_the_stubs_are_those_of_the_native_module():
    found = run("mypy.stubtest", "deskpro_contact._native")
    assert found.returncode == 0, found.stdout + found.stderr


def test_annotations_can_be_evaluated():
    # DuckDB does so.
    for name in ("convert", "restore", "convert_lines", "convert_arrow", "restore_arrow"):
        for function in (getattr(deskpro_contact, name), getattr(Converter, name)):
            assert inspect.signature(function, eval_str=True).parameters


def test_everything_public_has_a_docstring():
    for name in deskpro_contact.__all__:
        public = getattr(deskpro_contact, name)
        if name != "__version__":
            assert public.__doc__, name
    for class_ in [Converter, deskpro_contact.Converted]:
        for name in dir(class_):
            if not name.startswith("_"):
                assert getattr(class_, name).__doc__, name


def test_all_options_are_described():
    with pytest.raises(TypeError) as caught:
        Converter(stricter=True)
    options = re.fullmatch(r"expected one of the options (.*), found \"stricter\"", str(caught.value))[1].split(", ")
    assert len(options) >= 12
    readme = (SOURCE / "README.md").read_text()
    for name in options:
        assert f"``{name}``" in Converter.__doc__, name
        assert f"`{name}`" in readme, name
        assert f"    {name}: " in (PACKAGE / "_options.py").read_text(), name
