"""What is known of one precursor, as a value that shows itself."""

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from maiscreen.candidates.errors import did_you_mean
from maiscreen.runners.runs.tree import as_html, as_text, plain
from maiscreen.screen.facts.frames import lay_flat, to_pandas, to_polars

if TYPE_CHECKING:
    import pandas


class Explanation(dict[str, Any]):
    """All that is known and computed of a precursor: a dict whose keys are attributes as well.

    Attributes
    ----------
    formula, name, cas, route, known : str
        What it is.
    reaction, reduction_potential_v, alloying, path : dict
        What it does with sodium.
    vapour_pressure_pa, attributes, score, how_to : dict
        How it evaporates, what its layer is worth, how to do it.
    gates : list of dict
        Which of them it passes, and why.
    supply, toxicity, look_up : dict
    stability, handling, caution : str
    """

    formula: str
    name: str
    cas: str | None
    route: str
    known: str
    reaction: dict[str, Any]
    reduction_potential_v: dict[str, Any]
    alloying: dict[str, Any]
    path: dict[str, Any]
    vapour_pressure_pa: dict[str, Any]
    attributes: dict[str, Any]
    gates: list[dict[str, Any]]
    supply: dict[str, Any]
    stability: str
    handling: str | None
    caution: str
    toxicity: dict[str, Any]
    score: dict[str, Any]
    look_up: dict[str, Any]
    how_to: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        """Return the value of a key."""
        if name in self:
            return self[name]
        near = did_you_mean(name, self, "; {}")
        raise AttributeError(f"an explanation has no {name!r}{near}", name=name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *map(str, self)})

    def __repr__(self) -> str:
        return as_text(plain(self))

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        return as_html(plain(self))

    def to_arrow(self) -> pa.Table:
        """Return it laid flat: quantity, value or text, unit, error, source."""
        return lay_flat(plain(self))

    def to_pandas(self) -> "pandas.DataFrame":
        """Return it laid flat as a pandas data frame."""
        return to_pandas(self.to_arrow())

    def to_polars(self) -> Any:
        """Return it laid flat as a polars data frame, if polars is installed."""
        return to_polars(self.to_arrow())
