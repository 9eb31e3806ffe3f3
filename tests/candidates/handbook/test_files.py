"""Rows of tables, against the package that has them and reads them with pandas."""

import math

import pandas as pd
import pytest
from chemicals import critical as peer
from chemicals import data_reader, miscdata, phase_change, reaction, vapor_pressure
from chemicals.identifiers import CAS_to_int

from maiscreen.candidates.handbook.files import number, table_rows
from maiscreen.candidates.handbook.identities import identities
from maiscreen.candidates.handbook.points import critical, points

# Importing them registers their tables.
_ = miscdata, phase_change, reaction, vapor_pressure

TABLES = [
    "Misc/common_chemistry_data.tsv",
    "Misc/webbook_constants.tsv",
    "Misc/wikidata_properties.tsv",
    "Misc/Physical Constants of Inorganic Compounds.csv",
    "Phase Change/Yaws Boiling Points.tsv",
    "Reactions/Yaws Hf S0 (g).tsv",
    "Vapor Pressure/Landolt_antoine_V20.tsv",
    "Vapor Pressure/Wagner Collection Poling.tsv",
]


@pytest.mark.parametrize("file", TABLES)
def test_rows_are_those_of_the_package(file: str) -> None:
    frame: pd.DataFrame = data_reader.data_source(file.split("/")[1])
    whole = frame.index.dtype.kind == "i"
    rows = dict(table_rows(file, identities()))
    keys = {cas: CAS_to_int(cas) if whole else cas for cas in identities()}
    assert set(rows) == {cas for cas, key in keys.items() if key in frame.index}
    assert rows
    numeric = [name for name in frame.columns if frame[name].dtype.kind == "f"]
    for cas, row in rows.items():
        theirs = frame.loc[keys[cas], numeric].to_numpy(dtype=float)
        ours = [number(row, name) for name in numeric]
        # pandas may err in the last digit.
        assert ours == pytest.approx(theirs, rel=1e-14, nan_ok=True), cas


def test_a_whole_table_has_every_row() -> None:
    file = "Phase Change/Yaws Boiling Points.tsv"
    rows = list(table_rows(file))
    assert len(rows) == len(data_reader.data_source("Yaws Boiling Points.tsv"))
    assert math.isnan(number(rows[0][1], "no such column"))


def test_critical_points_are_those_of_the_package() -> None:
    computed = {"JOBACK", "WILSON_JASPERSON"}
    for formula, point in points().items():
        temperatures = [m for m in peer.Tc_methods(point.cas) if m not in computed]
        pressures = [m for m in peer.Pc_methods(point.cas) if m not in computed]
        t = peer.Tc(point.cas, method=temperatures[0]) if temperatures else math.nan
        p = peer.Pc(point.cas, method=pressures[0]) if pressures else math.nan
        if t <= point.boiling_k:
            t, p = math.nan, math.nan  # no critical point lies below a boiling point
        mine = critical(formula)
        assert (mine.temperature_k, mine.pressure_pa) == pytest.approx((t, p), nan_ok=True), formula
