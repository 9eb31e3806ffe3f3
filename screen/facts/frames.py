"""Results as data frames: pandas is there, polars where it was installed."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from maiscreen.candidates.errors import InputError

if TYPE_CHECKING:
    import pandas

FLAT = pa.schema(
    [
        ("quantity", pa.string()),
        ("value", pa.float64()),
        ("text", pa.string()),
        ("unit", pa.string()),
        ("error", pa.string()),
        ("source", pa.string()),
    ]
)
"""Columns of nested values laid flat."""


def to_pandas(table: pa.Table) -> "pandas.DataFrame":
    """Return a table as a pandas data frame."""
    return table.to_pandas()


def to_polars(table: pa.Table) -> Any:
    """Return a table as a polars data frame.

    Raises
    ------
    InputError
        If polars is not installed.
    """
    try:
        import polars  # type: ignore[import-not-found,unused-ignore]  # of the user's, if at all
    except ImportError:
        remedy = "is not installed: pip install polars, or call to_pandas()"
        raise InputError("to_polars", "polars", remedy) from None
    return polars.from_arrow(table)


def lay_flat(value: Mapping[str, Any]) -> pa.Table:
    """Lay nested values flat, a row for each, with the columns of `FLAT`.

    Examples
    --------
    >>> flat = lay_flat({"a": {"value": 2, "unit": "V", "std": 0.5}, "b": [{"c": "x"}]})
    >>> flat["quantity"].to_pylist(), flat["value"].to_pylist(), flat["error"].to_pylist()
    (['a', 'b.1.c'], [2.0, None], ['± 0.5', None])
    """
    return pa.Table.from_pylist(list(_rows(value, ())), schema=FLAT)


def _rows(value: Any, path: tuple[str, ...]) -> Iterator[dict[str, object]]:
    if isinstance(value, Mapping) and "value" in value:
        error = value.get("error") or (None if value.get("std") is None else f"± {value['std']:g}")
        beside = {"unit": value.get("unit"), "error": error, "source": value.get("source")}
        yield _row(path, value["value"]) | beside
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name != "reasons":
                yield from _rows(inner, (*path, str(name)))
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value, 1):
            yield from _rows(inner, (*path, str(number)))
    else:
        yield _row(path, value)


def _row(path: tuple[str, ...], value: object) -> dict[str, object]:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    text = None if number or value is None else str(value)
    return {"quantity": ".".join(path), "value": value if number else None, "text": text}
