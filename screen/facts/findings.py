"""What a finished campaign has to say: each fact computed once, for whoever writes it down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import log10
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maiscreen.descriptors.alloys.records import AlloySystem
from maiscreen.descriptors.bench.handling import HANDLINGS
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC
from maiscreen.screen.blends.words import best_of_each_set
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts import funnel, plateaus
from maiscreen.screen.facts.answer import IN_DETAIL, IN_TABLE, answer, weight_table
from maiscreen.screen.facts.reasons import REFERENCE, Draws
from maiscreen.screen.paper.cells import cells, measured_cells
from maiscreen.screen.paper.controls import PRECURSORS
from maiscreen.screen.paper.validate import validate
from maiscreen.screen.scoring.ranking import STANDING, pareto_front
from maiscreen.screen.scoring.score import desirability
from maiscreen.screen.text import finite_or_none

Row = Mapping[str, Any]

_LEAST = {"metal": "", "halogen": "", "pareto": False}
"""What a ranking of another science than that of the stages may lack."""


@dataclass(frozen=True, eq=False)
class Findings:
    """A ranking, and all that follows from it for its readers.

    Report, shortlist, cards and figures take their values from here; a value that nobody asks
    for is not computed.

    Attributes
    ----------
    campaign : Campaign
        What was screened.
    ranking : pyarrow.Table
        One row for each candidate, or of a wide campaign one for each front-runner.
    manifest : mapping
        ``fingerprint``, ``counts``, ``sources`` of the run and, of a wide campaign, ``gates``.
    validated : mapping, optional
        The comparison with the paper, if it was computed already.
    decision : str
        What to try next, in sentences, a line each (decision 51); empty where nobody asked.
    """

    campaign: Campaign
    ranking: pa.Table
    manifest: Mapping[str, Any] = field(default_factory=dict)
    validated: Mapping[str, Any] | None = None
    decision: str = ""

    @property
    def is_wide(self) -> bool:
        """Whether the rows are recipes."""
        return self.campaign.space.is_wide

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the run."""
        return str(self.manifest.get("fingerprint", ""))

    @cached_property
    def comparison(self) -> Mapping[str, Any]:
        """The comparison with the paper; of a test or another science it may lack something."""
        return validate(self.campaign) if self.validated is None else self.validated

    @cached_property
    def ranked(self) -> list[Row]:
        """All with a rank, best first, each with its ``label``: formula or recipe."""
        rows = self.ranking.filter(pc.is_valid(self.ranking["rank"])).to_pylist()
        rows.sort(key=lambda row: (row["rank"], row["key"]))
        return [complete_row(row) for row in rows]

    @cached_property
    def distinct(self) -> list[Row]:
        """Those with a rank, of recipes the best of each set of precursors."""
        return best_of_each_set(self.ranked) if self.is_wide else self.ranked

    @cached_property
    def lists(self) -> dict[str, list[Row]]:
        """The distinct by what they come in: bottles, cylinders, then what nothing is known of."""
        found: dict[str, list[Row]] = {name: [] for name in (*HANDLINGS, "")}
        for row in self.distinct:
            found[row.get("handling") or ""].append(row)
        return {name: rows for name, rows in found.items() if rows}

    def listed(self, handling: str | None = None) -> list[Row]:
        """Return the distinct in the order of decision: bottles first, each list by its ranks.

        Parameters
        ----------
        handling : str, optional
            One list alone.
        """
        if handling is not None:
            return self.lists.get(handling, [])
        return [row for rows in self.lists.values() for row in rows]

    @cached_property
    def shown(self) -> list[Row]:
        """The first of the distinct, as many as a table has; recipes with their own front."""
        rows = self.distinct[:IN_TABLE]
        if not self.is_wide or not rows:
            return rows
        worths = np.array([[row[f"desirability_{n}"] for n in ATTRIBUTES] for row in rows])
        front = pareto_front(worths).tolist()
        return [{**row, "pareto": flag} for row, flag in zip(rows, front, strict=True)]

    @cached_property
    def cells(self) -> list[Row]:
        """The paper's cells as rows, whatever was screened; one precursor alone is its cell."""
        rows = cells(self.campaign, self.ranking)
        alone = {row["label"]: row for row in reversed(self.ranked) if self.is_wide}
        return [
            {**row, **{name: alone[row["key"]][name] for name in STANDING}, "inside": True}
            if row["key"] in alone
            else row
            for row in rows
        ]

    @cached_property
    def measured(self) -> list[Row]:
        """The cells whose cycles were measured, as the comparison scores them."""
        return list(measured_cells(self.cells, self.comparison))

    @cached_property
    def reference(self) -> Row | None:
        """The row that the others are compared with; None without desirabilities to compare."""
        if not {f"desirability_{name}" for name in ATTRIBUTES} <= {*self.ranking.column_names}:
            return None
        own = self.ranking.filter(pc.equal(self.ranking["key"], REFERENCE)).to_pylist()
        return own[0] if own else next(row for row in self.cells if row["key"] == REFERENCE)

    @cached_property
    def weight_table(self) -> dict[str, Row]:
        """By key of the first so many with a rank: without each attribute, over all weightings."""
        return _by_key(self.ranked[:IN_TABLE], self.campaign)

    def weightings(self, rows: Sequence[Row]) -> list[Row]:
        """Return the entries of rows in the table of weights, with those beyond its end."""
        table = self.weight_table
        beyond = [row for row in rows if row["key"] not in table]
        if beyond:
            table = _by_key([*self.ranked[:IN_TABLE], *beyond], self.campaign)
        return [table[row["key"]] for row in rows]

    @cached_property
    def answer(self) -> Mapping[str, Any]:
        """What the paragraph on top of the report has to say."""
        return answer(self.shown, self.weightings(self.shown), self.comparison, self.campaign)

    @cached_property
    def losses(self) -> list[Row]:
        """Where each candidate was lost; nothing of a wide campaign, whose gates are counted."""
        return [] if self.is_wide else list(funnel.read_losses(self.ranking))

    @cached_property
    def funnel(self) -> list[tuple[str, int]]:
        """How many candidates are left after each gate."""
        if not self.is_wide:
            return funnel.funnel(self.losses)
        counts = {"failed": 0, **self.manifest["counts"]}
        gates = {"failed": counts["failed"], **self.manifest["gates"]}
        return funnel.steps_left(sum(counts.values()), {k: n for k, n in gates.items() if n})

    @cached_property
    def reasons(self) -> list[Row]:
        """What each gate took, with those that a reader would look for."""
        return list(funnel.reasons(self.losses, self.funnel))

    @cached_property
    def draws(self) -> Draws | None:
        """The campaign's own draws over the errors, if the ranking has what they are made from."""
        return Draws.of(self.ranking, self.campaign)

    @cached_property
    def systems(self) -> list[AlloySystem]:
        """The alloys of the best and of the paper's precursors in this campaign, each once."""
        paper = {case.key for case in PRECURSORS}
        inside = [row for row in self.cells if row["inside"] and row["key"] in paper]
        rows = [*inside, *self.distinct[:IN_DETAIL]]
        return self.systems_of([metal for row in rows for metal in plateaus.metals_of(row)])

    def systems_of(self, metals: Sequence[str]) -> list[AlloySystem]:
        """Return the alloys with sodium of metals, each once."""
        new = [metal for metal in metals if metal not in self._systems]
        if new:
            self._systems.update({one.metal: one for one in plateaus.systems(self.campaign, new)})
        return [self._systems[one] for one in dict.fromkeys(metals) if one in self._systems]

    @cached_property
    def _systems(self) -> dict[str, AlloySystem]:
        return {}


def _by_key(rows: Sequence[Row], campaign: Campaign) -> dict[str, Row]:
    table = weight_table(rows, campaign)
    return dict(zip((str(row["key"]) for row in rows), table, strict=True))


def complete_row(row: dict[str, Any]) -> Row:
    """Add to a row its label, and to a recipe what its attributes are worth."""
    worth = {
        f"desirability_{name}": float(desirability(name, np.array(_value(row, name))))
        for name in ATTRIBUTES
        if f"desirability_{name}" not in row and finite_or_none(row.get(name)) is not None
    }
    label = row["recipe"] if "recipe" in row else row["formula"]
    return {**_LEAST, **worth, **row, "label": label}


def _value(row: Row, name: str) -> float:
    return log10(row[name]) if name in LOGARITHMIC else float(row[name])
