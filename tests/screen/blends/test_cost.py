"""What the screen of a wide space costs: calls and bytes of one run. Seconds are in benchmarks/."""

import sys
import tracemalloc
from collections.abc import Callable
from functools import cache

import pytest

from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import describe_blends
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space

spaces = cache(BlendSpace)

ROWS = 200_000

MOST_BYTES = 600
"""Memory for a candidate while it is described, its 223 in the table among them; there were 342."""

MOST_CALLS = 30_000
"""Calls of functions for a table, however many rows it has; there were 10,100."""


@pytest.fixture(scope="module")
def campaign() -> Campaign:
    """Blends of halides with tables alone, so that nothing is learned or loaded."""
    space = Space(blends=3, temperatures_c=(25.0, 60.0), limit=ROWS)
    found = Campaign(fidelity="F0", supply="any", space=space)
    assert spaces(found).mixtures.size == ROWS
    describe_blends(spaces(found), 0, ROWS)  # what is prepared once
    return found


def calls_of(work: Callable[[], object]) -> int:
    """Count the functions that are called, of Python and of C."""
    count = 0

    def seen(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(seen)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def most_bytes(work: Callable[[], object]) -> int:
    """Give the memory that Python and NumPy hold at most, beyond what they held before."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_describing_holds_a_few_numbers_for_a_candidate(campaign: Campaign) -> None:
    whole = most_bytes(lambda: describe_blends(spaces(campaign), 0, ROWS))
    assert whole < MOST_BYTES * ROWS
    quarter = most_bytes(lambda: describe_blends(spaces(campaign), 0, ROWS // 4))
    assert whole < 4.4 * quarter


def test_no_function_is_called_for_every_candidate(campaign: Campaign) -> None:
    assert calls_of(lambda: describe_blends(spaces(campaign), 0, ROWS)) < MOST_CALLS
    some = calls_of(lambda: describe_blends(spaces(campaign), 0, ROWS // 4))
    assert calls_of(lambda: describe_blends(spaces(campaign), 0, ROWS)) < 2 * some
