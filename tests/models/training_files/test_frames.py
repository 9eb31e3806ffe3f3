"""Data in memory and files of JSON: the same rows as the same table in a CSV."""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pymatgen.core import Composition

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.targets import Target
from maiscreen.models.training_files.columns import NamedColumns
from maiscreen.models.training_files.files import read_table
from maiscreen.models.training_files.frames import table_of
from maiscreen.models.training_files.read import Data, Reading, count_reasons, read_data

SHEAR = "shear_modulus_gpa"
FORMULAS = ["NaSn", "KSn", "LiSn", "Na0.5K0.5Cl"]
VALUES = [5.0, 6.0, 7.0, 8.0]
FRAME = pd.DataFrame({"formula": FORMULAS, SHEAR: VALUES, "note": ["a", None, 3, [1]]})


class Stream:
    """What polars and others give: a table by the Arrow C stream interface alone."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


def rows(data: Data) -> list[tuple[str, float]]:
    return list(zip(data.training.formulas, data.training.values.tolist(), strict=True))


IN_MEMORY: dict[str, Any] = {
    "pandas": FRAME,
    "pandas of Arrow": FRAME[["formula", SHEAR]].convert_dtypes(dtype_backend="pyarrow"),
    "pandas with categories": FRAME.assign(formula=FRAME["formula"].astype("category")),
    "pandas with another index": FRAME.set_index(pd.Index([7, 7, 8, 9])),
    "Arrow": pa.table({"formula": FORMULAS, SHEAR: VALUES}),
    "a stream": Stream(pa.table({"formula": FORMULAS, SHEAR: VALUES})),
    "a dictionary": {"formula": FORMULAS, SHEAR: VALUES},
    "a dictionary of arrays": {"formula": np.array(FORMULAS), SHEAR: np.array(VALUES)},
    "records": [{"formula": f, SHEAR: v} for f, v in zip(FORMULAS, VALUES, strict=True)],
    "texts": {"formula": FORMULAS, SHEAR: [str(v) for v in VALUES]},
    "whole numbers": {"formula": FORMULAS, SHEAR: [np.int64(v) for v in VALUES]},
    "compositions": {"formula": [Composition(f) for f in FORMULAS], SHEAR: VALUES},
}


@pytest.mark.parametrize("kind", IN_MEMORY)
def test_takes_what_is_in_memory(kind: str) -> None:
    data = read_data(SHEAR, IN_MEMORY[kind])
    found = rows(data)
    assert [value for _, value in found] == VALUES
    assert data.left_out == ()
    assert [Composition(f).reduced_formula for f, _ in found] == [
        Composition(f).reduced_formula for f in FORMULAS
    ]


def test_takes_formulas_and_values() -> None:
    data = read_data(SHEAR, (FORMULAS, VALUES, [0.5] * 4), "GPa")
    assert rows(data) == list(zip(FORMULAS, VALUES, strict=True))
    assert data.training.stds.tolist() == [0.5] * 4


def test_what_is_missing_stays_missing() -> None:
    """Pandas has four ways to say so; a row is named by its position."""
    frame = pd.DataFrame(
        {"formula": ["NaSn", None, "KSn", pd.NA, "LiSn"], SHEAR: [1.0, 2.0, np.nan, 3.0, 4.0]}
    )
    data = read_data(SHEAR, frame)
    assert rows(data) == [("NaSn", 1.0), ("LiSn", 4.0)]
    assert {one.row: one.reason for one in data.left_out} == {
        1: "has no formula",
        2: "has no value",
        3: "has no formula",
    }
    nullable = frame.assign(**{SHEAR: pd.array([1, 2, None, 3, 4], dtype="Int64")})
    assert rows(read_data(SHEAR, nullable)) == rows(data)
    assert count_reasons(data.left_out) == {"has no formula": 2, "has no value": 1}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (42, "data = 42: give the path of a file, a DataFrame"),
        (None, "data = None: give the path"),
        ([1, 2], "data = 'list': give the path"),
        ([], "data = 'list': give the path"),
        (("NaSn", [1.0]), r"data\['formula'\] = 'NaSn': give a list or an array"),
        ({"formula": ["NaSn"], SHEAR: [1, 2]}, r"different lengths \(formula: 1, shear"),
        ({"formula": [], SHEAR: []}, "has no rows"),
        ({"a": [1], SHEAR: [1]}, "has no column 'formula'.*formula_column"),
        (pd.DataFrame({"formula": [], SHEAR: []}), "has no rows"),
        (pd.DataFrame([["NaSn", 1, 2]], columns=["formula", "a", "a"]), "two columns named 'a'"),
        (FRAME.assign(composition=FORMULAS), r"two columns of formulas \(formula, composition\)"),
    ],
)
def test_refuses_other_data_in_one_line(given: Any, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        read_data(SHEAR, given)
    assert "\n" not in str(caught.value)


def test_a_column_is_named_by_the_user() -> None:
    frame = FRAME.assign(composition=["x"] * 4).rename(columns={SHEAR: "G (VRH)"})
    named = NamedColumns("formula", "g vrh")
    assert [
        value for _, value in rows(read_data(SHEAR, frame, "GPa", how=Reading(named=named)))
    ] == VALUES
    with pytest.raises(InputError, match="formula_column = 'x': is no column; there are 'formula'"):
        read_data(SHEAR, frame, how=Reading(named=NamedColumns("x")))


def test_a_target_of_ones_own_states_its_unit() -> None:
    gap = Target("band_gap_ev", "eV", low=0, high=20)
    frame = {"formula_pretty": ["NaCl", "KCl", "Si"], "band_gap": [8.5, 8.4, -1]}
    data = read_data(gap, frame)
    assert data.training.kind == gap
    assert rows(data) == [("NaCl", 8.5), ("KCl", 8.4)]
    assert data.left_out[0].reason == "-1 eV is outside of 0 to 20 eV"
    milli = {"formula": ["NaCl", "KCl"], "band_gap_mev": [8500, 8400]}
    assert rows(read_data(gap, milli)) == [("NaCl", 8.5), ("KCl", 8.4)]
    hardness = Target("hardness_hv", "HV")
    assert len(read_data(hardness, (["NaCl", "KCl"], [-1e9, 20.0])).training) == 2
    with pytest.raises(InputError, match="'GPa': is no unit of hardness; give one of HV"):
        read_data(hardness, (["NaCl", "KCl"], [10.0, 20.0]), "GPa")


RECORDS = [{"formula": f, SHEAR: v, "sites": [1, 2]} for f, v in zip(FORMULAS, VALUES, strict=True)]
AS_JSON = {
    "records": RECORDS,
    "columns": {"formula": FORMULAS, SHEAR: VALUES},
    "columns of pandas": json.loads(FRAME[["formula", SHEAR]].to_json()),
    "split": json.loads(FRAME[["formula", SHEAR]].to_json(orient="split")),
    "an answer": {"data": RECORDS, "meta": {"total": 4}},
}


@pytest.mark.parametrize("form", AS_JSON)
@pytest.mark.parametrize("packed", [False, True])
def test_reads_json(tmp_path: Path, form: str, packed: bool) -> None:
    text = json.dumps(AS_JSON[form], indent=2).encode()
    path = tmp_path / ("data.json.gz" if packed else "data.json")
    path.write_bytes(gzip.compress(text) if packed else text)
    assert rows(read_data(SHEAR, path)) == list(zip(FORMULAS, VALUES, strict=True))


def test_reads_a_packed_csv(tmp_path: Path) -> None:
    path = tmp_path / "data.csv.gz"
    FRAME.to_csv(path, index=False)
    assert rows(read_data(SHEAR, path)) == list(zip(FORMULAS, VALUES, strict=True))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'[{"formula": "NaSn"', "is no sound JSON"),
        (b"[{}]", "holds a header and no rows|has no column"),
        (b'{"a": 1}', "is JSON without a table"),
        (b"[]", "is JSON without a table"),
        (b'{"formula": ["NaSn"], "value": [1, 2]}', "different lengths"),
        (b'{"formula": {"0": "NaSn"}, "value": {"1": 2}}', "different rows"),
        (b'{"columns": ["formula", "value"], "data": [["NaSn"]]}', "other lengths"),
        (b'[{"formula": "\xff\xfe"}]', "no text in UTF-8"),
        (gzip.compress(b"formula,value\nNaSn,1\n", mtime=0)[:-9], "packed by gzip, and cut off"),
        (gzip.compress(b"formula,value\nNaSn,1\n", mtime=0) * 2, "several files packed by gzip"),
        (b"\x1f\x8b rubbish", "packed by gzip, and damaged"),
        (gzip.compress(b"  \n", mtime=0), "is empty"),
    ],
)
def test_refuses_files_with_the_right_reason(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "data.json"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said) as caught:
        read_data(SHEAR, path, "GPa")
    assert "\n" not in str(caught.value)


def test_a_packed_file_unpacks_to_its_limit_and_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maiscreen.candidates.reading.limits.DATA_BYTES", 1 << 20)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"formula,value\n" + b"0" * (4 << 20)))
    with pytest.raises(InputError, match="unpacks to more than 1 MiB"):
        read_table(path)


def test_numbers_beyond_any_float_are_left_out(tmp_path: Path) -> None:
    huge = {"formula": FORMULAS, SHEAR: [5, 10**400, -(10**400), 7.0]}
    (tmp_path / "data.json").write_text(json.dumps(huge))
    for data in (read_data(SHEAR, huge), read_data(SHEAR, tmp_path / "data.json")):
        assert [value for _, value in rows(data)] == [5, 7]
        assert all("is not finite" in one.reason for one in data.left_out)


def test_rows_in_memory_are_counted_from_0() -> None:
    assert table_of(FRAME).rows.tolist() == [0, 1, 2, 3]
