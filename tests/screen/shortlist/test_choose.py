import csv
import io
import json
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.shortlist.choose import COLUMNS, TO_FILL_IN, shortlist, to_csv, to_json


def test_best_first_with_columns_to_fill_in(ranking: pa.Table) -> None:
    rows = shortlist(
        Findings(replace(Campaign(), temperature_c=60.0), ranking, {"fingerprint": "abc" * 9}), 3
    )
    assert [row["formula"] for row in rows] == ["SnCl4", "SiCl4", "GeCl4"]
    assert list(rows[0]) == [*COLUMNS, *TO_FILL_IN]
    assert rows[0]["process"] == "expose the sodium to the vapour at 60 °C, under argon"
    assert "moisture" in str(rows[0]["hazards"])
    assert rows[0]["campaign"] == "abcabcabcabc"
    assert all(rows[0][name] is None for name in TO_FILL_IN)


def test_rejected_ones_are_never_on_it(ranking: pa.Table) -> None:
    assert len(shortlist(Findings(Campaign(), ranking), 1000)) == 4


def test_csv_reads_back_with_pandas(ranking: pa.Table) -> None:
    rows = shortlist(Findings(Campaign(), ranking), 10)
    content = to_csv(rows).encode("utf-8-sig")
    assert content.startswith(b"\xef\xbb\xbfrank,formula,")
    table = pd.read_csv(io.BytesIO(content), encoding="utf-8-sig")
    assert table["cas"].tolist()[:2] == ["7646-78-8", "10026-04-7"]
    assert table["reduction_potential_v"].tolist() == [2.86, 2.38, 2.61, 2.96]
    assert table["vapour_pressure_60_pa"].isna().all()


def test_json_has_null_where_nothing_is_known(ranking: pa.Table) -> None:
    (row, *_) = json.loads(to_json(shortlist(Findings(Campaign(), ranking), 1)))["rows"]
    assert row["cycles"] is None
    assert row["vapour_pressure_60_pa"] is None
    assert row["equation"] == "4 Na + SnCl4 → 4 NaCl"


@given(st.lists(st.text() | st.floats(allow_nan=False) | st.none(), min_size=1))
def test_no_cell_is_a_formula_and_numbers_stay(values: list[Any]) -> None:
    row = {f"column {i}": value for i, value in enumerate(values)}
    (_, cells) = csv.reader(io.StringIO(to_csv([row])))
    for value, cell in zip(values, cells, strict=True):
        if isinstance(value, float):
            assert float(cell) == value
        else:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
            assert "\n" not in cell


@pytest.mark.parametrize("rows", [[]])
def test_an_empty_shortlist_has_its_header(rows: list[Any]) -> None:
    assert to_csv(rows).startswith("rank,formula,")
