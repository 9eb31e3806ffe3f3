"""What a run needs of whatever it screens: how many there are, a slice of them, and their ranks."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import learned_models, own_sources
from maiscreen.screen.paper.validate import validate
from maiscreen.screen.scoring.front import BINS, BestCandidates, Bound

Seconds = MutableMapping[str, float]
"""Seconds spent, by stage."""


@dataclass(frozen=True, slots=True, eq=False)
class Summary:
    """What is kept of a part when its table is on the disk.

    Attributes
    ----------
    gates : mapping of str to int
        How many each gate rejected; those that passed stand under "".
    best : BestCandidates
        The best of them, where the space is too large to be ranked as a whole.
    optimistic : NDArray[np.int64]
        Histogram of their optimistic scores, shape (BINS,).
    """

    gates: Mapping[str, int] = field(default_factory=dict)
    best: BestCandidates = field(default_factory=BestCandidates.empty)
    optimistic: NDArray[np.int64] = field(default_factory=lambda: np.zeros(BINS, dtype=np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """What came out of a campaign.

    Attributes
    ----------
    table : pyarrow.Table
        The ranking, best first: every candidate where they are few, else the front-runners.
    counts : dict of str to int
        Passed, rejected, failed.
    gates : dict of str to int
        How many each gate rejected.
    bound : Bound or None
        Who else could be among the first; None where everybody was ranked.
    tables : mapping of str to pyarrow.Table
        Further tables for the folder, by the name of their file.
    """

    table: pa.Table
    counts: dict[str, int]
    gates: dict[str, int]
    bound: Bound | None = None
    tables: Mapping[str, pa.Table] = field(default_factory=dict)


class Screen(ABC):
    """The candidates of a campaign by number, and everything that describing them takes.

    It travels to workers as its campaign; each process makes what it needs of that once.

    Parameters
    ----------
    campaign : Campaign
        Its own data are pinned.
    """

    seconds_each: ClassVar[float]
    """What describing and writing a candidate takes on one processor, about
    [docs/performance.md]."""

    ranks_everyone: ClassVar[bool]
    """Whether the ranking has a row for each candidate, failed ones too."""

    unit: ClassVar[str] = "candidates"

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign

    def __reduce__(self) -> tuple[Any, ...]:
        return _of_this_process, (type(self), self.campaign)

    @property
    @abstractmethod
    def size(self) -> int:
        """Count the candidates."""

    @abstractmethod
    def task_rows(self, workers: int) -> int:
        """Choose the size of the tasks for so many workers."""

    @abstractmethod
    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        """Describe the candidates from number ``start`` up to ``stop``, one row for each.

        Parameters
        ----------
        start, stop : int
            Numbers from 0 to :attr:`size`.
        seconds : mapping, optional
            Where the time of each stage is added up.
        """

    def columns_to_write(self, part: pa.Table) -> pa.Table:
        """Choose what of a described part is written."""
        return part

    @abstractmethod
    def summary(self, part: pa.Table) -> Summary:
        """Summarise a described part."""

    @abstractmethod
    def rank(self, parts: Iterable[pa.Table], summaries: Sequence[Summary]) -> Ranked:
        """Rank the candidates that were described.

        Parameters
        ----------
        parts : iterable of pyarrow.Table
            Their parts in order, read only where they are needed.
        summaries : sequence of Summary
            Of each part.
        """

    def identify(self, index: int) -> Mapping[str, object]:
        """Tell which candidate a number stands for, without describing it."""
        return {}

    def prepared(self) -> bytes:
        """Return what takes long to work out and is the same for all workers; empty for nothing."""
        return b""

    def adopt(self, prepared: bytes) -> None:
        """Take what another process has prepared.

        Raises
        ------
        ValueError
            If it is nothing of this screen's.
        """
        if prepared:
            raise ValueError("nothing is prepared for this screen")

    def sources(self) -> dict[str, object]:
        """Return what the result follows from in place of the embedded data."""
        return own_sources(self.campaign)

    def compare(self) -> dict[str, object]:
        """Compare with the paper, under the settings of the campaign."""
        return validate(self.campaign)

    def models(self) -> list[dict[str, str]]:
        """List the learned models that it takes."""
        return learned_models(self.campaign)


def describe_part(
    screen: Screen, start: int, stop: int, seconds: Seconds | None = None
) -> pa.Table:
    """Describe candidates of a screen: the function that travels to workers."""
    return screen.describe(start, stop, seconds)


@lru_cache(maxsize=2)
def _of_this_process(kind: type[Screen], campaign: Campaign) -> Screen:
    """Make a screen once in a process: its tables take seconds, a task brings its campaign."""
    return kind(campaign)
