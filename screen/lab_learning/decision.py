"""What to try next, in a few sentences: the same wherever a campaign opens (decision 51)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.lab_learning.known import is_of_paper, with_paper_layers
from maiscreen.screen.lab_learning.next import BARE, Proposal, propose
from maiscreen.screen.lab_learning.trials import Trials, key_of, trials, worths
from maiscreen.screen.lab_learning.weights import Posterior, learn_weights
from maiscreen.screen.lab_sheet.record import LabRecord
from maiscreen.screen.lab_sheet.summary import Median, summarise_results
from maiscreen.screen.screens.choose import screen_of

BATCH = 5
"""Precursors of a batch if nobody says how many."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to try next, on what that rests, and what speaks against it.

    Attributes
    ----------
    proposal : Proposal or None
        The first of the batch; None where nothing is expected to do better than what was tried.
    lived : str
        Cycles of the best known, ``> 650``; empty where there is no cell.
    longest : str
        What lived longer than these, ``SbCl5 was seen to live 2000``; empty where nothing did.
    cells, of_paper, precursors : int
        Cells that were learned from, how many of those known are the paper's, and of how many
        precursors and controls.
    """

    proposal: Proposal | None
    lived: str
    longest: str
    cells: int
    of_paper: int
    precursors: int

    @classmethod
    def of(
        cls, batch: Sequence[Proposal], learned: Trials, records: Sequence[LabRecord]
    ) -> "Decision":
        """Take the decision out of a batch and what it was learned from."""
        first = batch[0] if batch else None
        published = sum(is_of_paper(one) for one in records if one.cycles is not None)
        lived = _lived(first, records)
        return cls(first, *lived, learned.cells, published, len(learned.layers))

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """Write it down: what to try, what speaks against it, what to measure, what it rests on."""
        first = self.proposal
        if first is None:
            return ["Try next: nothing that passed is expected to outlive what was tried.",
                    self._basis()]  # fmt: skip
        said = [
            f"Try next: {_what(first)}.",
            self._odds(first),
            first.against and f"Against it: {first.against}",
            first.measure_first and f"Measure first: {first.measure_first}.",
            self._basis(),
        ]
        return [line for line in said if line]

    def _odds(self, first: Proposal) -> str:
        standing, lived = "the best known", f"{self.lived} cycles"
        if self.longest:
            # One cell that lived long may have done so by chance; scores and others count too.
            standing = "expected to live longest of all that was tried"
            lived = f"{lived}; {self.longest}"
        if first.repeat and first.precursor == first.beats:
            return f"It is {standing} ({lived}), by too few cells."
        best = f"{first.beats}, {standing} ({lived})"
        if first.beats == BARE:
            best = "bare sodium, of which an upper bound is put in"
        return (
            f"It outlives {best}, with a probability of {_percent(first.p_better)}. By chance: one "
            f"drawn by lot from those that passed {_percent(first.p_by_lot)}, the last of "
            f"{max(self.precursors, 1) + 1} equals {_percent(first.p_by_chance)}."
        )

    def _basis(self) -> str:
        """State how little it rests on."""
        if not self.cells:
            return "It rests on no cell: on computed attributes alone, at equal weights."
        cells = "1 cell" if self.cells == 1 else f"{self.cells} cells"
        whose = "all of the paper" if self.of_paper >= self.cells else (
            f"{self.of_paper} of the paper" if self.of_paper else "none of the paper"
        )  # fmt: skip
        return f"It rests on {cells} of {self.precursors} precursors and controls, {whose}: few."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _what(first: Proposal) -> str:
    """Name what to try, and what it comes in."""
    name = f" ({first.name})" if first.name else ""
    source = {"bottle": ", out of a bottle", "cylinder": ", from a cylinder"}.get(first.handling)
    return f"{first.precursor}{name}{source or ''}{', once more' if first.repeat else ''}"


def _lived(first: Proposal | None, records: Iterable[LabRecord]) -> tuple[str, str]:
    """Return the cycles of the best known, where most of its cells were alike, and what exceeds."""
    if first is None:
        return "", ""
    by_key: dict[str, list[LabRecord]] = {}
    for one in records:
        by_key.setdefault(key_of(one), []).append(one)
    lives = {key: lived for key, of in by_key.items() if (lived := _median(of)) is not None}
    best, longest = lives.get(first.beats), max(lives, key=lambda k: lives[k].cycles, default="")
    if best is None:
        return "", ""
    more = lives[longest].cycles > best.cycles
    return str(best), f"{longest} was seen to live {lives[longest]}" if more else ""


def _median(records: Iterable[LabRecord]) -> Median | None:
    cycled = [group for group in summarise_results(records) if group.cycles is not None]
    return max(cycled, key=lambda group: group.cells).cycles if cycled else None


def learn(
    campaign: Campaign, ranking: pa.Table, records: Iterable[LabRecord]
) -> tuple[Trials, Posterior]:
    """Learn the weights of the attributes from cells.

    Parameters
    ----------
    campaign : Campaign
        What was screened.
    ranking : pyarrow.Table
        Its ranking by layer, with those of the paper.
    records : iterable of LabRecord
        Results that count.
    """
    counted = list(records)
    keys = {key_of(one) for one in counted}
    tried = ranking.filter(pa.array([key in keys for key in ranking["key"].to_pylist()]))
    drawn = worths(campaign, tried)
    found = trials(counted, drawn.keys)
    return found, learn_weights(found, drawn)


def layers_of(campaign: Campaign, ranking: pa.Table) -> pa.Table:
    """Return the rows of a ranking by layer, with those of the paper that it lacks."""
    return with_paper_layers(campaign, screen_of(campaign).layers(ranking))


def decide(campaign: Campaign, ranking: pa.Table, records: Sequence[LabRecord]) -> Decision | None:
    """Decide what to try next.

    Parameters
    ----------
    campaign : Campaign
        What was screened.
    ranking : pyarrow.Table
        Its ranking, all candidates.
    records : sequence of LabRecord
        The cells known so far, of :func:`maiscreen.screen.lab_learning.known.known_cells`.

    Returns
    -------
    Decision or None
        None where nothing passed, or the ranking lacks what draws are made from.
    """
    names = {*ranking.column_names}
    needed = {*screen_of(campaign).needed, "rank"}
    if not needed <= names or not any(ranking["passed"].to_pylist()):
        return None
    layers = layers_of(campaign, ranking)
    learned, posterior = learn(campaign, layers, records)
    return Decision.of(propose(campaign, layers, learned, posterior, BATCH), learned, records)
