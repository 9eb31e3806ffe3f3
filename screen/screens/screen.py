"""What a run needs of whatever it screens: how many there are, a slice of them, and their ranks."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, LOGARITHMIC
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import learned_models, own_sources
from maiscreen.screen.paper.validate import validate
from maiscreen.screen.scoring.draws import ErrorDraws, Source
from maiscreen.screen.scoring.front import BINS, BestCandidates, Bound

Floats = NDArray[np.float64]

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


@dataclass(frozen=True, slots=True)
class Quantity:
    """Something that a label would settle: an attribute of a phase, or whether it forms.

    Attributes
    ----------
    phase, attribute : str
        What is to be labelled.
    rows : tuple of int
        Candidates that it bears on.
    value, std : float
        Attribute of the first of them, or of the one in which a salt has the widest error, and what
        of its error is due to this; log10 where it is logarithmic.
    unit, fidelity, source : str
        Of that value.
    """

    phase: str
    attribute: str
    rows: tuple[int, ...]
    value: float
    std: float
    unit: str
    fidelity: str
    source: str


def widest(errors: Floats, rows: Sequence[int]) -> int:
    """Choose, of some rows, the one in which a cause has the widest error; the first of equals."""
    return rows[int(np.argmax(np.abs(errors[list(rows)])))]


@dataclass(frozen=True, slots=True)
class ListedQuantities:
    """Quantities with their draws, one after the other."""

    quantities: list[Quantity] = field(default_factory=list)
    drawn: list[Floats] = field(default_factory=list)

    def add(self, quantity: Quantity, drawn: Floats | NDArray[np.bool_]) -> None:
        """Append one, with its draws, shape (samples,)."""
        self.quantities.append(quantity)
        self.drawn.append(drawn.astype(np.float64))

    def stacked(self) -> tuple[tuple[Quantity, ...], Floats]:
        """Return all of them, and their draws, shape (samples, q)."""
        return tuple(self.quantities), np.stack(self.drawn, axis=1)


ALLOY_FORMATION = "alloy_formation"
"""Whether an alloy forms, beside the attributes."""

_FORMS_BY = "energies of the phases, and how quickly they form"


SETTLED = 0.01
"""An alloy that is less likely to form than that, or likelier than all but that, is settled: so few
draws would say otherwise that nothing can be learnt from them [judgement]."""


def formation(phase: str, rows: tuple[int, ...], chance: float) -> Quantity:
    """Return the quantity of whether a phase forms."""
    known = chance, float(np.sqrt(chance * (1 - chance)))
    return Quantity(phase, ALLOY_FORMATION, rows, *known, "probability", "F0", _FORMS_BY)


def unit_of(attribute: str) -> str:
    """Return the unit of an attribute's value as it is drawn.

    Examples
    --------
    >>> unit_of("adhesion"), unit_of("ionic_conductivity")
    ('J/m²', 'log10 of mS/cm')
    """
    unit = ATTRIBUTE_UNITS[attribute]
    return f"log10 of {unit}" if attribute in LOGARITHMIC else unit


class Screen(ABC):
    """The candidates of a campaign by number, and everything that describing them takes.

    It travels to workers as its campaign; each process makes what it needs of that once.

    Parameters
    ----------
    campaign : Campaign
        Its own data are pinned.
    """

    seconds_each: ClassVar[float]
    """What describing and writing a candidate takes on one processor, about:
    docs/performance.md."""

    ranks_everyone: ClassVar[bool]
    """Whether the ranking has a row for each candidate, failed ones too."""

    needed: ClassVar[tuple[str, ...]] = ()
    """Columns of a ranking that its draws are made from."""

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign

    def __reduce__(self) -> tuple[Any, ...]:
        return in_this_process, (type(self), self.campaign)

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

    @abstractmethod
    def distinct(self, ranking: pa.Table) -> pa.Table:
        """Choose the rows that passed and are candidates in their own right, best first."""

    def layers(self, ranking: pa.Table) -> pa.Table:
        """Return the ranking by layer, its ``key`` as results of the bench name it."""
        return ranking

    @abstractmethod
    def draw_worths(
        self, rows: pa.Table, samples: int, without: Source | None = None
    ) -> dict[str, Floats]:
        """Draw the desirabilities of rows of the ranking over their errors, or all but one.

        Returns
        -------
        dict of str to Floats
            By attribute, shape (samples, rows).
        """

    def errors(self, samples: int, without: Source | None = None) -> ErrorDraws:
        """Draw the errors of the campaign, or all but those of a source."""
        drawn = ErrorDraws.of(samples, self.campaign.seed)
        return drawn if without is None else drawn.scaled(without, 0.0)

    @abstractmethod
    def draw_quantities(self, rows: pa.Table, samples: int) -> tuple[tuple[Quantity, ...], Floats]:
        """List what labels would settle of these rows, with its draws, shape (samples, q).

        The draws are those of :meth:`draw_worths`.
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
def in_this_process(kind: type[Screen], campaign: Campaign) -> Screen:
    """Make a screen once in a process: its tables take seconds, a task brings its campaign."""
    return kind(campaign)
