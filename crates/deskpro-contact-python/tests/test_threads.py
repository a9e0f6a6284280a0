"""Threads: one converter serves any number, and long work does not hold the GIL."""

import sys
import threading
import time

import pyarrow as pa
from deskpro_contact import Converter, _arrow


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


class Counter:
    """Another thread, which counts whenever it gets the GIL."""

    def __enter__(self):
        self.interval = sys.getswitchinterval()
        # So that a thread runs only if the other one gives up the GIL by itself.
        sys.setswitchinterval(3600)
        self.count = 0
        self.is_done = False
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def run(self):
        while not self.is_done:
            self.count += 1
            time.sleep(0)

    def __exit__(self, *_):
        self.is_done = True
        self.thread.join()
        sys.setswitchinterval(self.interval)

    def runs_during(self, work, tries=10_000):
        """Whether it counts during one of the tries. On a busy machine, it may miss some."""
        for _ in range(tries):
            before = self.count
            work()
            if self.count != before:
                return True
        return False


def test_other_threads_run_during_a_conversion():
    converter = Converter()
    long = "&".join(f"contact_data[{n}][type]=website&contact_data[{n}][data][url]=x" for n in range(500))
    converted = converter.convert(long)
    column = pa.array([long] * 3)
    outputs = converter.convert_arrow(column)
    native = _arrow._column(pa, column)
    with Counter() as counter:
        assert counter.runs_during(lambda: converter.convert(long))
        assert counter.runs_during(lambda: converter.restore(converted.output, converted.losses))
        assert counter.runs_during(lambda: list(converter.convert_lines([long] * 3)))
        assert counter.runs_during(lambda: converter.convert_arrow(column))
        assert counter.runs_during(lambda: converter._convert_column(native))
        assert counter.runs_during(lambda: converter.restore_arrow(outputs.field("output"), outputs.field("losses")))
        # A short payload is converted at once.
        assert not counter.runs_during(lambda: converter.convert("a=1"), tries=1000)
