"""What the command line prints: tables and trees as plain text."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa


def plain(value: Any) -> Any:
    """Turn NumPy values into Python's, and what is not a number into None, all the way down.

    Examples
    --------
    >>> plain({"a": (1.0, float("nan"))})
    {'a': [1.0, None]}
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def best(ranking: pa.Table, top: int, top_k: int) -> str:
    """Return the table of the best candidates, with the counts of all.

    Parameters
    ----------
    ranking : pyarrow.Table
        One row for each candidate.
    top : int
        How many to show.
    top_k : int
        k of the column with P(in the top k).
    """
    rows = sorted(
        (row for row in ranking.to_pylist() if row["rank"] is not None), key=lambda r: r["rank"]
    )
    head = (
        "rank",
        "formula",
        "score (90 %)",
        "rank (90 %)",
        f"P(top {top_k})",
        "E / V",
        "alloy",
        "name",
    )
    body = [_best_row(row) for row in rows[:top]]
    statuses = ranking["status"].to_pylist()
    counted = ", ".join(f"{statuses.count(s)} {s}" for s in ("passed", "rejected", "failed"))
    return f"{ranking.num_rows} candidates: {counted}\n\n{columns([head, *body])}"


def paper_standing(ranking: pa.Table) -> str:
    """State where the precursors and controls of the paper stand, beside what was measured."""
    from maiscreen.screen.paper.controls import CONTROLS, PRECURSORS

    rows = {row["key"]: row for row in ranking.to_pylist()}
    head = ("the paper", "cycles", "here")
    body = [
        (case.name, str(case.cycles or "–"), standing(rows.get(case.key)))
        for case in (*PRECURSORS, *CONTROLS)
    ]
    note = "Three precursors stand in the right order by chance once in six: maiscreen validate"
    return f"\n{columns([head, *body])}\n\n{note}"


def own_models(models: Any) -> str:
    """Name the models of a manifest that took the place of embedded ones.

    Examples
    --------
    >>> embedded = {"target": "volume_a3_atom", "name": "v", "version": "12", "folder": "embedded"}
    >>> mine = {"target": "youngs_modulus_gpa", "name": "e", "version": "34", "folder": "mine"}
    >>> print(own_models([embedded, mine]).strip())
    learned models in place of the embedded ones
    youngs_modulus_gpa  e 34  mine
    """
    own = [one for one in models if one["folder"] != "embedded"]
    rows = [(one["target"], f"{one['name']} {one['version']}", one["folder"]) for one in own]
    return f"\nlearned models in place of the embedded ones\n{columns(rows)}" if own else ""


def standing(row: Mapping[str, Any] | None) -> str:
    """State in a few words what became of a candidate."""
    if row is None:
        return "not in this campaign"
    if row["status"] == "failed":
        return f"failed: {row['failed_reason']}"
    score = f"score {_number(row['score'])} {_interval(row)}".strip()
    if row["rank"] is None:
        return f"{score}, rejected: {row['rejected_reason']}"
    return f"{score}, rank {row['rank']}"


def as_text(value: Mapping[str, Any]) -> str:
    """Return nested values as an indented tree."""
    return "\n".join(_lines(value, 0))


def _best_row(row: Mapping[str, Any]) -> tuple[str, ...]:
    alloy = row.get("alloy_in_operation") or "none"
    return (
        str(row["rank"]),
        row["formula"],
        f"{_number(row['score'])} {_interval(row)}",
        f"{row['rank_low']}–{row['rank_high']}",
        _number(row["p_top_k"], 2),
        _number(row["reduction_potential_v"], 2),
        alloy,
        row.get("name") or "",
    )


def _interval(row: Mapping[str, Any]) -> str:
    """Return the interval that holds 90 % of the draws, or nothing."""
    low, high = row.get("score_low"), row.get("score_high")
    return "" if low is None or high is None else f"({_number(low, 2)}–{_number(high, 2)})"


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Lay rows out in columns, as wide as their widest cell."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    padded = (zip(row, widths, strict=True) for row in rows)
    return "\n".join("  ".join(c.ljust(w) for c, w in row).rstrip() for row in padded)


def _lines(value: Any, depth: int) -> Iterable[str]:
    pad = "  " * depth
    if not isinstance(value, Mapping):
        value = dict(enumerate(value, 1))
    reasons = value.get("reasons", {})
    for key, item in value.items():
        if key == "reasons":
            continue
        if _is_table(item):
            yield f"{pad}{key}:"
            yield from (f"{pad}  {row}" for row in _table(item))
        elif isinstance(item, Mapping | list) and item and not _is_short(item):
            yield f"{pad}{key}:"
            yield from _lines(item, depth + 1)
        else:
            why = f": {reasons[key]}" if item is None and reasons.get(key) else ""
            yield f"{pad}{key}: {_short(item)}{why}"


def _is_table(item: Any) -> bool:
    """Tell rows with the same columns, in a list or by name, that hold no further structure."""
    rows = list(item.values()) if isinstance(item, Mapping) else item
    return (
        isinstance(rows, list)
        and len(rows) > 0
        and all(isinstance(row, Mapping) and _names(row) == _names(rows[0]) for row in rows)
        and not any(_is_deep(row[name]) for row in rows for name in _names(row))
    )


def _is_deep(item: Any) -> bool:
    return isinstance(item, Mapping | list) and not _is_short(item)


def _names(row: Mapping[str, Any]) -> list[str]:
    return [name for name in row if name not in ("reasons", "std_log10")]


def _table(item: Any) -> list[str]:
    """Lay rows out in columns; reasons and decades are in the JSON."""
    named = isinstance(item, Mapping)
    rows = list(item.values()) if named else item
    body = [[_short(row[name]) for name in _names(row)] for row in rows]
    head = _names(rows[0])
    if named:
        head = ["", *head]
        body = [[str(name), *cells] for name, cells in zip(item, body, strict=True)]
    return columns([head, *body]).splitlines()


def _is_short(item: Any) -> bool:
    """Return whether a value fits on a line."""
    values = item.values() if isinstance(item, Mapping) else item
    flat = not any(isinstance(value, Mapping | list) for value in values)
    return flat and len(_short(item)) <= 100


def _short(item: Any) -> str:
    if isinstance(item, Mapping):
        return ", ".join(f"{key} {_short(value)}" for key, value in item.items()) or "none"
    if isinstance(item, list):
        return ", ".join(map(_short, item)) or "none"
    if item is None:
        return "not known"
    if isinstance(item, bool):
        return "yes" if item else "no"
    return f"{item:.4g}" if isinstance(item, float) else str(item)
