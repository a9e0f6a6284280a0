"""The parts of send.py: people and journal are files, server and lookup are requests, run brings them together."""


class Failure(Exception):
    """The reason why the run ends, with its exit status."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
