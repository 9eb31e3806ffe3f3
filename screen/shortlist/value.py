"""A shortlist as a value: rows, columns, and where it comes from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from maiscreen.screen.facts.columns import Fact

Row = Mapping[str, object]

DECISION = "what to try next"
"""Name of the decision in the provenance."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The best precursors of a campaign, for people.

    Attributes
    ----------
    rows : tuple of mapping
        Bottles, then cylinders, each best first, values by the names of the columns; None where
        nothing is known.
    columns : tuple of Fact
        What they mean; columns to fill in are not among them.
    provenance : tuple of (str, str)
        Campaign, fingerprint, versions, data, in words.
    is_wide : bool
        Whether the rows are recipes.
    """

    rows: tuple[Row, ...]
    columns: tuple[Fact, ...]
    provenance: tuple[tuple[str, str], ...]
    is_wide: bool

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @property
    def names(self) -> list[str]:
        """Formulas or recipes, best first."""
        return [str(row["recipe" if self.is_wide else "formula"]) for row in self.rows]

    @property
    def decision(self) -> str:
        """What to try next; empty where nobody asked."""
        return dict(self.provenance).get(DECISION, "")

    @property
    def campaign(self) -> str:
        """Name and fingerprint of the campaign."""
        told = dict(self.provenance)
        return f"campaign {told.get('campaign', '')!r}, {told.get('fingerprint', '')[:12]}"
