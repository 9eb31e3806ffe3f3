"""The ranking that a run gives, as a value that shows itself."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from maiscreen.runners.runs.tree import columns, table_html
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.frames import to_pandas, to_polars
from maiscreen.screen.text import number, roman, worth

if TYPE_CHECKING:
    import pandas

SHOWN = 10
"""Rows that are shown."""


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Ranking:
    """All candidates of a campaign, best first; of a wide one the front-runners.

    It takes part in Arrow: ``pyarrow.table(ranking)``, ``polars.from_arrow(ranking.table)``.

    Attributes
    ----------
    table : pyarrow.Table
        A row for each; those rejected have their reason.
    campaign : Campaign
        What was screened.
    decision : str
        What to try next, in sentences, a line each.
    folder : str
        Where report, shortlist and everything else were written.
    """

    table: pa.Table
    campaign: Campaign
    decision: str
    folder: str

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.to_pylist())

    def __getitem__(self, name: str) -> pa.ChunkedArray:
        """Return a column."""
        return self.table[name]

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Give the table to whoever reads Arrow."""
        return self.table.__arrow_c_stream__(requested_schema)

    @property
    def num_rows(self) -> int:
        """How many rows there are."""
        return len(self)

    @property
    def column_names(self) -> list[str]:
        """Names of the columns."""
        return list(self.table.column_names)

    @property
    def schema(self) -> pa.Schema:
        """Names, types and units of the columns."""
        return self.table.schema

    def to_pylist(self) -> list[dict[str, Any]]:
        """Return the rows as mappings."""
        rows: list[dict[str, Any]] = self.table.to_pylist()
        return rows

    def to_pandas(self) -> "pandas.DataFrame":
        """Return it as a pandas data frame."""
        return to_pandas(self.table)

    def to_polars(self) -> Any:
        """Return it as a polars data frame, if polars is installed."""
        return to_polars(self.table)

    def best(self, count: int = SHOWN) -> list[dict[str, Any]]:
        """Return the first rows that have a rank, best first."""
        names = [name for name in ("rank", "key") if name in self.column_names]
        ranked = [row for row in self.to_pylist() if row.get("rank")]
        return sorted(ranked, key=lambda row: [row[name] for name in names])[:count]

    def __repr__(self) -> str:
        told = [self.decision, self._about(), columns(self._shown())]
        return "\n\n".join(part for part in told if part)

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        about = " ".join(filter(None, (self.decision, self._about())))
        return table_html(self._shown(), about)

    def _about(self) -> str:
        ranked = sum(rank is not None for rank in self.table["rank"].to_pylist())
        return f"{len(self):,} rows, {ranked:,} with a rank; written to {self.folder}"

    def _shown(self) -> Sequence[Sequence[str]]:
        """Return head and cells of the best."""
        top = f"P(top {self.campaign.top_k})"
        head = ("rank", "tier", "precursor", top, "score (90 %)", "name")
        return [head, *map(_cells, self.best())]


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    ends = [worth(row.get(name)) for name in ("score", "score_low", "score_high")]
    return (
        str(row["rank"]),
        roman(row["tier"]) if row.get("tier") else "–",
        str(row.get("recipe") or row.get("formula") or row["key"]),
        number(row.get("p_top_k")),
        f"{ends[0]} ({ends[1]}–{ends[2]})",
        str(row.get("name") or ""),
    )
