"""Nested values as plain text and as HTML: an indented tree, tables where rows are alike."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any


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


def as_text(value: Mapping[str, Any]) -> str:
    """Return nested values as an indented tree."""
    return "\n".join(_lines(value, 0))


def as_html(value: Mapping[str, Any]) -> str:
    """Return the tree as HTML, everything escaped.

    Examples
    --------
    >>> as_html({"name": "<b>"})
    '<pre>name: &lt;b&gt;</pre>'
    """
    from markupsafe import Markup

    return str(Markup("<pre>{}</pre>").format(as_text(value)))


def table_html(rows: Sequence[Sequence[str]], caption: str = "") -> str:
    """Return rows as an HTML table, the first of them its head, everything escaped.

    Examples
    --------
    >>> table_html([["a"], ["<"]])
    '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>&lt;</td></tr></tbody></table>'
    """
    from markupsafe import Markup

    head, *body = rows
    above = Markup("<caption>{}</caption>").format(caption) if caption else ""
    names = Markup("").join(Markup("<th>{}</th>").format(name) for name in head)
    cells = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(Markup("<td>{}</td>").format(cell) for cell in row)
        )
        for row in body
    )
    page = Markup("<table>{}<thead><tr>{}</tr></thead><tbody>{}</tbody></table>")
    return str(page.format(above, names, cells))


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
    """List the columns of a row: an error in words stands for the numbers that it is made of."""
    left_out = ("reasons", "std_log10", *(("std",) if "error" in row else ()))
    return [name for name in row if name not in left_out]


def _table(item: Any) -> list[str]:
    """Lay rows out in columns; reasons, and numbers that words stand for, are in the JSON."""
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
