"""Tests of examples: a process of the command that stays open, Spark's RDD.pipe, and the script for a million payloads.

Each trap that docs/bindings.md describes is shown by a test.
"""

import json
import os
import runpy
import select
import subprocess
import sys
import threading
from pathlib import Path

import child_process
import deskpro_contact
import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
PAYLOADS = [
    b"type=skype&comment=home&data[username]=ann",
    b"",
    b"contact_data=x",
    b"name=two\nlines\r",
    b"name=Ren\xe9",
    *(b"name=%d&type=website&comment=c%d&data[url]=x" % (n, n) for n in range(200)),
]


@pytest.fixture(scope="module")
def convert(compared):
    return str(compared / "convert")


def expected(payload):
    try:
        return deskpro_contact.convert(payload).output.encode()
    except deskpro_contact.RejectedPayload as error:
        return error


def test_a_child_converts_one_payload_after_the_other(convert, tmp_path):
    losses = tmp_path / "losses"
    child = child_process.Child(convert, str(losses))
    for payload in PAYLOADS:
        line = child.convert(payload)
        result = expected(payload)
        if isinstance(result, bytes):
            assert line == result
        else:
            assert json.loads(line)["error"]["code"] == result.code
    # Trap: the losses are complete only at the end.
    assert not losses.exists()
    child.close()
    kept = losses.read_text().splitlines()
    assert '{"end":' in kept[-1]
    assert sum('"comment"' in line for line in kept) == 201


def test_a_line_feed_in_a_payload_is_a_trap(convert, tmp_path):
    child = child_process.Child(convert, str(tmp_path / "losses"))
    child.process.stdin.write(b"name=two\nlines\n")
    child.process.stdin.flush()
    assert child.process.stdout.readline() == b'{"name":"two","contact_data":{}}\n'
    assert child.process.stdout.readline() == b'{"lines":"","contact_data":{}}\n'
    child.close()


def test_a_first_line_that_looks_like_another_format_is_a_trap(convert):
    body = b'{"contact_data":{}}\n'
    # The command guesses from the first line, and ends. With `--from form`, the line is a rejected payload.
    guessed = subprocess.run([convert, "-j1", "-q"], input=body + b"name=Ann\n", capture_output=True)
    assert (guessed.returncode, guessed.stdout) == (65, b"")
    command = [convert, "--from", "form", "--on-error", "emit", "-j1", "-q", "--lossy"]
    named = subprocess.run(command, input=body + b"name=Ann\n", capture_output=True)
    error, output = named.stdout.splitlines()
    assert (json.loads(error)["error"]["code"], output) == ("not-a-form", b'{"name":"Ann","contact_data":{}}')


def test_writing_many_lines_and_reading_none_is_a_trap(convert, tmp_path):
    child = child_process.Child(convert, str(tmp_path / "losses"))
    line = b"name=" + b"x" * 4000 + b"\n"  # a pipe takes a whole line of this length, or nothing of it
    os.set_blocking(child.process.stdin.fileno(), False)
    count = 0
    while select.select([], [child.process.stdin], [], 1)[1]:
        count += os.write(child.process.stdin.fileno(), line) // len(line)
        assert count < 10_000, "the command reads on, although nobody reads its output"
    # It goes on as soon as another thread reads.
    found = []
    reader = threading.Thread(target=lambda: found.extend(child.process.stdout))
    reader.start()
    child.process.stdin.close()
    reader.join()
    child.close()
    assert len(found) == count > 10


def test_two_children_with_one_losses_file_are_a_trap(convert, tmp_path):
    losses = str(tmp_path / "losses")
    first, second = (child_process.Child(convert, losses) for _ in range(2))
    for child in (first, second):
        child.convert(PAYLOADS[0])
    first.close()
    with pytest.raises(RuntimeError, match="expected the status 0 or 1, found 73"):
        second.close()
    # A later one ends before it reads.
    third = child_process.Child(convert, losses)
    assert third.process.wait() == 73
    third.process.communicate()


def test_losses_that_are_kept_nowhere_show_only_in_the_status(convert):
    command = [convert, "--from", "form", "-j1", "-q"]
    run = subprocess.run(command, input=PAYLOADS[0] + b"\n", capture_output=True)
    assert (run.returncode, run.stdout.count(b"\n")) == (3, 1)


def test_children_of_several_threads(convert, tmp_path):
    found = {}

    def work(n):
        child = child_process.Child(convert, str(tmp_path / f"losses-{n}"))
        found[n] = [child.convert(payload) for payload in PAYLOADS]
        child.close()

    threads = [threading.Thread(target=work, args=(n,)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1] == found[2]


def test_the_child_example_runs(convert, tmp_path):
    run = subprocess.run([sys.executable, child_process.__file__, convert, tmp_path / "losses"], capture_output=True, text=True)
    assert (run.returncode, run.stdout.count("\n"), run.stderr) == (0, 3, "")
    assert '"code":"contact-data-not-array"' in run.stdout


def test_a_million_payloads_are_converted_and_restored(monkeypatch, capsys):
    count = int(os.environ.get("DESKPRO_CONTACT_PAYLOADS", "70000"))
    monkeypatch.setattr(sys, "argv", ["million.py", str(count)])
    runpy.run_path(str(EXAMPLES / "million.py"), run_name="__main__")
    printed = capsys.readouterr().out
    assert f"{count:,} without an error, {count:,} with losses" in printed
    assert f"{count:,} of {count:,} payloads are restored" in printed


@pytest.fixture
def context(spark):
    return spark.sparkContext


@pytest.mark.filterwarnings("default")
def test_pipe(convert, context, tmp_path):
    import spark_pipe

    payloads = [f"email=p{n}%40example.com&type=skype&comment=c{n}&data%5Busername%5D=p{n}" for n in range(100)]
    payloads[7] = "email=p7%40example.com&contact_data=x"
    # It is rejected, so it comes back as it was. Python would split it at each of these characters.
    payloads[8] = "email=p8%40example.com&contact_data=a\rb\x0bc\x0cd\u0085e\u2028f"
    # Some partitions are empty.
    parts = context.parallelize(payloads[:50], 3).union(context.parallelize([], 2)).union(context.parallelize(payloads[50:], 2))
    lines = spark_pipe.converted(parts, convert, str(tmp_path))
    # Lines are in the order of the payloads, so ids can be put beside them again.
    pairs = parts.zip(lines).collect()
    assert [payload for payload, _ in pairs] == payloads
    for payload, line in pairs:
        result = expected(payload.encode())
        assert isinstance(result, deskpro_contact.RejectedPayload) or line == result.decode()
    assert len(list(tmp_path.iterdir())) == 7
    restored = spark_pipe.restored([line for _, line in reversed(pairs)], convert, str(tmp_path))
    assert restored == payloads[::-1]


@pytest.mark.filterwarnings("default")
def test_the_traps_of_pipe(convert, context, tmp_path):
    payloads = context.parallelize(["name=Ann", "name=Bob"], 2)
    command = f"{convert} --from form -q"
    # The environment is empty: there is not even a PATH.
    assert payloads.pipe("env").filter(lambda line: line.startswith(("PATH=", "HOME="))).collect() == []
    assert len(payloads.pipe(command).collect()) == 2
    # A process that fails is not noticed.
    assert payloads.pipe(f"{convert} --no-such-option").collect() == []
    with pytest.raises(Exception, match="exited with error code 2"):
        payloads.pipe(f"{convert} --no-such-option", checkCode=True).collect()
    # A rejected payload that was kept is no failure of the task, but ends the process with 1.
    rejected = context.parallelize(["contact_data=x"], 1)
    with pytest.raises(Exception, match="exited with error code 1"):
        rejected.pipe(f"{command} --losses {tmp_path}/one", checkCode=True).collect()
    # One losses file for two processes.
    comments = context.parallelize(["type=skype&comment=a&data[username]=a"] * 2, 2)
    with pytest.raises(Exception, match="exited with error code 73"):
        comments.pipe(f"{command} --losses {tmp_path}/two", checkCode=True).collect()
    # A null is the payload `None`.
    assert context.parallelize([None], 1).pipe(command).collect() == ['{"None":"","contact_data":{}}']
