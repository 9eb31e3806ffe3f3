"""Results as data frames."""

import sys
from types import ModuleType

import pyarrow as pa
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.screen.facts.frames import FLAT, lay_flat, to_pandas, to_polars


def test_polars_is_asked_where_it_is_and_missed_in_one_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = pa.table({"a": [1, 2]})
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(InputError, match=r"is not installed: pip install polars"):
        to_polars(table)
    known = ModuleType("polars")
    known.from_arrow = lambda given: ("frame", given.num_rows)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "polars", known)
    assert to_polars(table) == ("frame", 2)
    assert to_pandas(table)["a"].tolist() == [1, 2]


def test_laid_flat_every_leaf_has_a_row_and_nothing_a_guess() -> None:
    nested = {"a": {"value": None, "unit": "V", "reasons": {"value": "none"}}, "b": [1, True, "x"],
              "c": {"d": None}}  # fmt: skip
    flat = lay_flat(nested)
    assert flat.schema.equals(FLAT)
    rows = {row["quantity"]: row for row in flat.to_pylist()}
    assert list(rows) == ["a", "b.1", "b.2", "b.3", "c.d"]
    assert rows["a"]["value"] is None and rows["a"]["unit"] == "V"
    assert (rows["b.1"]["value"], rows["b.2"]["text"], rows["b.3"]["text"]) == (1.0, "True", "x")
