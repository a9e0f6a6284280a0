"""The examples of README.md and of the package's docstring run as written."""

import doctest
import os
import re
from pathlib import Path

import deskpro_contact

README = Path(__file__).resolve().parent.parent / "README.md"


def test_the_sessions_run():
    readme = doctest.testfile(str(README), module_relative=False)
    assert (readme.failed, readme.attempted) == (0, readme.attempted)
    assert readme.attempted > 10
    package = doctest.testmod(deskpro_contact)
    assert package.failed == 0
    assert package.attempted > 3


def test_the_script_for_files_runs(tmp_path, capsys):
    convert, restore, column = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    (tmp_path / "payloads.txt").write_text("name=Ann\ncontact_data=x\ntype=skype&comment=home&data[username]=bob\n")
    before = os.getcwd()
    os.chdir(tmp_path)
    try:
        exec(compile(convert, "README.md", "exec"), {})
        converted = capsys.readouterr()
        exec(compile(restore, "README.md", "exec"), {})
        restored = capsys.readouterr()
        names = {}
        exec(compile(column, "README.md", "exec"), names)
    finally:
        os.chdir(before)
    lines = (tmp_path / "payloads.txt").read_bytes().removesuffix(b"\n").split(b"\n")
    assert names["payloads"].to_pylist() == lines
    assert (tmp_path / "bodies.jsonl").read_text().count("\n") == 2
    assert converted.err.startswith("line 2, contact_data: expected")
    assert restored.out == "name=Ann\ntype=skype&comment=home&data%5Busername%5D=bob\n"


def test_the_script_of_the_repository_runs(capsys):
    readme = (README.parents[2] / "README.md").read_text()
    exec(re.search(r"```python\n(.*?)```", readme, re.DOTALL)[1], {})
    assert capsys.readouterr().out == (
        '{"contact_data":{"website":[{"url":"ann.example"}]}}\n'
        "type=website&comment=home&data%5Burl%5D=ann.example\n"
    )
