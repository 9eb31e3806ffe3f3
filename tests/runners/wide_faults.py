"""Descriptions of candidates that go wrong, for workers to import."""

import os
import signal
import time
from pathlib import Path

import pyarrow as pa

from maiscreen.screen.blends.table import describe_blends
from maiscreen.screen.campaign.campaign import Campaign

BAD = 1234
"""Number of the candidate that goes wrong."""

SLOW_S = 3.0
"""What a slow task takes, at least."""


def raises(
    campaign: Campaign, start: int, stop: int, seconds: dict[str, float] | None = None
) -> pa.Table:
    if start <= BAD < stop:
        raise ZeroDivisionError("a bad\nrow")
    return describe_blends(campaign, start, stop, seconds)


def dies(
    campaign: Campaign, start: int, stop: int, seconds: dict[str, float] | None = None
) -> pa.Table:
    if start <= BAD < stop:
        os.kill(os.getpid(), signal.SIGKILL)
    return describe_blends(campaign, start, stop, seconds)


def interrupted(
    campaign: Campaign, start: int, stop: int, seconds: dict[str, float] | None = None
) -> pa.Table:
    if start >= BAD:
        raise KeyboardInterrupt
    return describe_blends(campaign, start, stop, seconds)


def never(
    campaign: Campaign, start: int, stop: int, seconds: dict[str, float] | None = None
) -> pa.Table:
    raise AssertionError("nothing is left to do")


def slow(
    campaign: Campaign, start: int, stop: int, seconds: dict[str, float] | None = None
) -> pa.Table:
    time.sleep(SLOW_S)
    described = describe_blends(campaign, start, stop, seconds)
    if "TASK_LOG" in os.environ:
        with Path(os.environ["TASK_LOG"]).open("a") as file:
            file.write(f"{time.time()}\n")
    return described


def nap(number: int) -> int:
    time.sleep(0.5)
    return number
