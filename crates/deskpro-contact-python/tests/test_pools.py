"""Converters in pools of processes: by pickles, and in processes that `fork` makes while other threads convert."""

import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor

import pytest
from deskpro_contact import Converter, RejectedPayload

# Python 3.12 and later warn about `fork` in a process with threads. That it works with a converter is tested here.
pytestmark = pytest.mark.filterwarnings("ignore:.*use of fork.*:DeprecationWarning")

PAYLOADS = [f"email=p{n}%40example.com&type=skype&comment=c{n}&data[username]=p{n}" for n in range(200)]
LONG = "&".join(f"contact_data[{n}][type]=website&contact_data[{n}][data][url]=x" for n in range(40))

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")


def converted(converter, payloads):
    """Runs in the other process."""
    return [converter.convert(payload) for payload in payloads]


def rejected(converter):
    return converter.convert("contact_data=x")


METHODS = [method for method in ("spawn", "forkserver", "fork") if method in multiprocessing.get_all_start_methods()]


@pytest.mark.parametrize("method", METHODS)
def test_a_pool_of_processes(method):
    converter = Converter(id_field="email", allow_field=["a"])
    expected = converted(converter, PAYLOADS)
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as executor:
        futures = [executor.submit(converted, converter, PAYLOADS[begin : begin + 50]) for begin in range(0, 200, 50)]
        found = [result for future in futures for result in future.result(timeout=60)]
        with pytest.raises(RejectedPayload) as caught:
            executor.submit(rejected, converter).result(timeout=60)
    assert found == expected
    assert caught.value.code == "contact-data-not-array"
    with context.Pool(2) as pool:
        assert pool.apply_async(converted, (converter, PAYLOADS)).get(timeout=60) == expected


def status_of(pid, seconds):
    """The status of a process, or None if it takes longer than that: then it is killed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.001)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return None


@needs_fork
def test_a_process_forks_while_other_threads_convert():
    converter = Converter()
    expected = converter.convert(LONG)
    is_done = threading.Event()

    def work():
        while not is_done.is_set():
            converter.convert(LONG)

    # Short turns, so that the threads are in all places of the conversion.
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(200):
            pid = os.fork()
            if pid == 0:
                # The process ends here, whatever happens: it must not go on with the tests.
                try:
                    is_same = all(converter.convert(LONG) == expected for _ in range(3))
                    os._exit(0 if is_same else 1)
                finally:
                    os._exit(2)
            assert status_of(pid, 20) == 0
    finally:
        is_done.set()
        for thread in threads:
            thread.join()
        sys.setswitchinterval(interval)
