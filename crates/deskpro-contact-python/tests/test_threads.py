"""Threads: one converter serves any number, and long work does not hold the GIL."""

import threading
import time

import pyarrow as pa
from deskpro_contact import Converter


def test_two_threads_share_a_converter(payloads):
    converter = Converter()
    text = b"\n".join(payloads[:6000])
    column = pa.array(payloads[:6000], pa.binary())
    rejected = lambda why, payload: None  # noqa: E731

    def work():
        lines = [(line, result.output) for line, result in converter.convert_lines(text, on_rejected=rejected)]
        return lines, converter.convert_arrow(column)

    expected = work()
    found = []
    threads = [threading.Thread(target=lambda: found.append(work())) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    for lines, rows in found:
        assert lines == expected[0]
        assert rows.equals(expected[1])


def runs_meanwhile(work):
    """Whether another thread of Python runs while this one works."""
    began, done = threading.Event(), threading.Event()
    times = []

    def count():
        began.set()
        while not done.is_set():
            times.append(time.perf_counter())

    # A thread that computes gets the GIL only if this one gives it up.
    thread = threading.Thread(target=count)
    thread.start()
    began.wait()
    start = time.perf_counter()
    work()
    end = time.perf_counter()
    done.set()
    thread.join()
    inside = [moment for moment in times if start < moment < end]
    # Not only at the moment when the GIL is released or taken.
    return any(start + (end - start) * 0.3 < moment < start + (end - start) * 0.7 for moment in inside)


def test_other_threads_run_during_a_conversion():
    converter = Converter()
    long = "&".join(f"contact_data[{n}][type]=website&contact_data[{n}][data][url]=x" for n in range(20_000))
    converted = converter.convert(long)
    column = pa.array([long] * 3)
    outputs = converter.convert_arrow(column)
    assert runs_meanwhile(lambda: converter.convert(long))
    assert runs_meanwhile(lambda: converter.restore(converted.output, converted.losses))
    assert runs_meanwhile(lambda: list(converter.convert_lines([long] * 3)))
    assert runs_meanwhile(lambda: converter.convert_arrow(column))
    assert runs_meanwhile(lambda: converter.restore_arrow(outputs.field("output"), outputs.field("losses")))
