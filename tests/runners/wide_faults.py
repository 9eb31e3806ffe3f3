"""Screens of blends that go wrong, for workers to import."""

import os
import signal
import time
from pathlib import Path

import pyarrow as pa

from maiscreen.screen.screens.blends import Blends
from maiscreen.screen.screens.screen import Seconds

BAD = 1234
"""Number of the candidate that goes wrong."""

SLOW_S = 3.0
"""What a slow task takes, at least."""


class Raises(Blends):
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        if start <= BAD < stop:
            raise ZeroDivisionError("a bad\nrow")
        return super().describe(start, stop, seconds)


class Dies(Blends):
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        if start <= BAD < stop:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().describe(start, stop, seconds)


class Interrupted(Blends):
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        if start >= BAD:
            raise KeyboardInterrupt
        return super().describe(start, stop, seconds)


class Never(Blends):
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        assert start == stop, "nothing is left to do"
        return super().describe(start, stop)


class Slow(Blends):
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        time.sleep(SLOW_S)
        described = super().describe(start, stop, seconds)
        if "TASK_LOG" in os.environ:
            with Path(os.environ["TASK_LOG"]).open("a") as file:
                file.write(f"{time.time()}\n")
        return described


def nap(number: int) -> int:
    time.sleep(0.5)
    return number
