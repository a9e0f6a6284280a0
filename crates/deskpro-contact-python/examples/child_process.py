"""A process of the command `convert` that stays open: for programs in languages that have no binding.

    python child_process.py CONVERT LOSSES
"""

import subprocess
import sys


class Child:
    """One process, which converts one payload after the other. Use a process, and a losses file, for each thread."""

    def __init__(self, convert: str, losses: str) -> None:
        # An explicit format, because a first line that looks like another one ends the process.
        command = [convert, "--from", "form", "--on-error", "emit", "-j1", "-q", "--losses", losses]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def convert(self, payload: bytes) -> bytes:
        """The output, or a line `{"error":…}` if the payload is rejected."""
        # A line feed would begin another payload, and a carriage return at the end would belong to the line end.
        self.process.stdin.write(payload.replace(b"\n", b"%0A").replace(b"\r", b"%0D") + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            raise RuntimeError(f"expected a line, found the end of the process with status {self.process.wait()}")
        return line[:-1]

    def close(self) -> None:
        """Ends the process. Only then are the losses complete, and is its status known."""
        self.process.stdin.close()
        status = self.process.wait()
        self.process.stdout.close()
        if status not in (0, 1):  # 1: a payload was rejected, and kept
            raise RuntimeError(f"expected the status 0 or 1, found {status}")


if __name__ == "__main__":
    child = Child(*sys.argv[1:])
    for payload in [b"type=skype&comment=home&data[username]=ann", b"contact_data=x", b""]:
        print(child.convert(payload).decode())
    child.close()
