"""What came out of a task: rows that worked, candidates that failed."""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Failure:
    """A candidate that could not be described.

    Attributes
    ----------
    index : int
        Which candidate.
    reason : str
        One line.
    traceback : str
        Where it happened, with file names only, so that a receipt can be passed on.
    """

    index: int
    reason: str
    traceback: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came out of a task: the rows that worked, in order, and those that failed.

    Attributes
    ----------
    table : pyarrow.Table or None
        None if every row failed.
    failures : tuple of Failure
        In order.
    seconds : float
        Time that the task took.
    kernels : str
        What it was computed with, see :func:`maiscreen.runners.kernels.kernels`; empty if unknown.
    """

    table: pa.Table | None
    failures: tuple[Failure, ...]
    seconds: float
    kernels: str = ""


def quarantined_outcome(index: int, reason: str, traceback: str) -> Outcome:
    """Return the outcome of a candidate that ended its worker, again and again."""
    return Outcome(None, (Failure(index, reason, traceback),), 0.0)
