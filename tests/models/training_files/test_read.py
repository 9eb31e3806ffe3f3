"""Training data of users: what is read, converted, joined, left out, refused."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.duplicates import disagreeing_rows, merge_duplicates
from maiscreen.models.learning.sieve import split_polymorph
from maiscreen.models.learning.targets import TARGETS, Target
from maiscreen.models.training_files.columns import NamedColumns
from maiscreen.models.training_files.read import (
    Data,
    Reading,
    count_reasons,
    read_data,
    summary,
)
from maiscreen.models.training_files.units import factor

SHEAR = "shear_modulus_gpa"
ENERGY = "formation_energy_ev_atom"


def read(tmp_path: Path, text: str, target: str = SHEAR, unit: str | None = None) -> Data:
    path = tmp_path / "data.csv"
    path.write_bytes(text.encode())
    return read_data(target, path, unit)


def values(data: Data) -> dict[str, float]:
    return dict(zip(data.training.formulas, data.training.values.round(9).tolist(), strict=True))


def reasons(data: Data) -> dict[int, str]:
    return {one.row: one.reason for one in data.left_out}


@pytest.mark.parametrize(
    "text",
    [
        "formula,shear_modulus_gpa\nNaSn,10\nKSn,20\n",
        "\ufeffformula,shear_modulus_gpa\r\nNaSn,10\r\nKSn,20\r\n",
        "formula;shear_modulus_gpa\nNaSn;10\nKSn;20\n",
        "formula\tvalue\tunit\nNaSn\t10\tGPa\nKSn\t20000\tMPa\n",
        "Composition,Shear modulus (MPa)\nNaSn,10000\n\nKSn,2e4\n,\n",
        "formula;shear_modulus_gpa\nNaSn;10,0\nKSn;2,0e1\n",
        "value,unit,formula\n10000000,kPa,Sn2Na2\n100,kbar,NaSn\n2e10,Pa,KSn\n",
    ],
)
def test_reads_what_people_write(tmp_path: Path, text: str) -> None:
    data = read(tmp_path, text)
    assert sorted(values(data).values()) == [10.0, 20.0]
    assert data.left_out == ()


def test_takes_the_unit_from_the_argument(tmp_path: Path) -> None:
    data = read(tmp_path, "formula,value\nNaSn,10000\nKSn,20000\n", unit="MPa")
    assert values(data) == {"NaSn": 10.0, "KSn": 20.0}


@pytest.mark.parametrize(
    ("target", "unit", "times"),
    [
        (SHEAR, "Pa", 1e-9),
        (SHEAR, "MPa", 1e-3),
        (ENERGY, "meV/atom", 1e-3),
        (ENERGY, "kJ/mol/atom", 0.010364269),
        ("migration_barrier_ev", "kJ/mol", 0.010364269),
        ("volume_a3_atom", "cm3/mol/atom", 1.660539),
        ("volume_a3_atom", "Å³ per atom", 1.0),
        ("work_of_adhesion_j_m2", "eV/Å²", 16.021766),
        ("work_of_adhesion_j_m2", "mJ m^-2", 1e-3),
        ("work_of_adhesion_j_m2", "mJ m⁻²", 1e-3),
        ("ionic_conductivity_ms_cm", "S cm⁻¹", 1e3),
        (ENERGY, "kJ mol-1 atom-1", 0.010364269),
    ],
)
def test_converts_units(target: str, unit: str, times: float) -> None:
    assert factor(TARGETS[target], unit) == pytest.approx(times, rel=1e-6)


@pytest.mark.parametrize(
    ("target", "unit", "message"),
    [
        (SHEAR, "psi", "give one of Pa"),
        (SHEAR, "mPa", "write MPa"),
        (SHEAR, "eV", "is no unit"),
        (SHEAR, "GPa^-1", "is no unit"),
        ("migration_barrier_ev", "MeV", "a million eV; write meV"),
        ("work_of_adhesion_j_m2", "MJ/m²", "write mJ"),
        ("ionic_conductivity_ms_cm", "MS/cm", "write mS"),
        (ENERGY, "kJ/mol", "for how many atoms"),
        (ENERGY, "eV", "for how many atoms"),
        ("volume_a3_atom", "Å3", "for how many atoms"),
    ],
)
def test_refuses_units(target: str, unit: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        factor(TARGETS[target], unit)


@pytest.mark.parametrize(
    ("target", "heading", "times"),
    [
        (SHEAR, "SHEAR_MODULUS_MPA", 1e-3),
        ("migration_barrier_ev", "MIGRATION BARRIER (MEV)", 1e-3),
        ("ionic_conductivity_ms_cm", "ionic conductivity (S cm-1)", 1e3),
        ("ionic_conductivity_ms_cm", "Ionic conductivity / mS·cm⁻¹", 1),
        ("work_of_adhesion_j_m2", "work of adhesion [J m^-2]", 1),
    ],
)
def test_reads_units_of_headings(tmp_path: Path, target: str, heading: str, times: float) -> None:
    low, high = (one / times for one in (1.0, 2.0))
    data = read(tmp_path, f"formula,{heading}\nNaSn,{low:g}\nKSn,{high:g}\n", target)
    assert values(data) == {"NaSn": 1.0, "KSn": 2.0}


@pytest.mark.parametrize(
    ("target", "heading", "message"),
    [
        (SHEAR, "shear modulus (mPa)", "a thousandth of a pascal; write MPa"),
        ("migration_barrier_ev", "migration_barrier_MeV", "write meV"),
        ("work_of_adhesion_j_m2", "work of adhesion (MJ/m2)", "write mJ"),
        (SHEAR, "shear_modulus_gpa,uncertainty (%)", "uncertainties in percent"),
        (SHEAR, "shear_modulus_gpa,Shear modulus error / %", "uncertainties in percent"),
    ],
)
def test_refuses_units_of_headings(tmp_path: Path, target: str, heading: str, message: str) -> None:
    more = ",1" * heading.count(",")
    with pytest.raises(InputError, match=message):
        read(tmp_path, f"formula,{heading}\nNaSn,10{more}\nKSn,20{more}\n", target)


def test_reads_texts_of_parquet_that_are_stored_as_bytes(tmp_path: Path) -> None:
    columns = [pa.array([b"NaSn", b"KSn", b"\xff"]), pa.array([10.0, 20.0, 30.0])]
    pq.write_table(pa.table(columns, names=["formula", SHEAR]), tmp_path / "data")
    data = read_data(SHEAR, tmp_path / "data")
    assert values(data) == {"NaSn": 10.0, "KSn": 20.0}
    assert "REPLACEMENT CHARACTER" in reasons(data)[4]


def test_a_column_of_parquet_with_true_and_false_is_no_value(tmp_path: Path) -> None:
    columns = [pa.array(["NaSn", "KSn"]), pa.array([True, False])]
    pq.write_table(pa.table(columns, names=["formula", SHEAR]), tmp_path / "data")
    with pytest.raises(InputError, match="is true or false, no number"):
        read_data(SHEAR, tmp_path / "data")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Formel;Schubmodul (GPa)\nNaSn;5\n", "begins with 'Formel', 'Schubmodul (GPa)'$"),
        ("formula|shear_modulus_gpa\nNaSn|5\n", "put commas, semicolons or tabs between"),
    ],
)
def test_unknown_headings_are_shown_one_by_one(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message).replace(r"\$", "$")):
        read(tmp_path, text)


def test_reads_parquet_with_units_in_the_metadata(tmp_path: Path) -> None:
    fields = [
        pa.field("formula", pa.string()),
        pa.field("value", pa.float32(), metadata={"unit": "MPa"}),
        pa.field("std", pa.float64()),
        pa.field("weight", pa.int64()),
    ]
    columns = [["NaSn", "KSn", None], [10_000.0, 20_000.0, 3.0], [500.0, None, 1.0], [1, 2, 3]]
    arrays = [pa.array(c, f.type) for c, f in zip(columns, fields, strict=True)]
    path = tmp_path / "data"
    pq.write_table(pa.table(arrays, schema=pa.schema(fields)), path)
    data = read_data(SHEAR, path)
    assert values(data) == {"NaSn": 10.0, "KSn": 20.0}
    assert data.training.stds[0] == pytest.approx(0.5)
    assert np.isnan(data.training.stds[1])
    assert data.training.weights.tolist() == [1.0, 2.0]
    assert reasons(data) == {4: "0.003 GPa is outside of 0.1 to 1000 GPa"}


def test_a_parquet_file_with_one_name_twice_is_refused(tmp_path: Path) -> None:
    columns = [pa.array(["NaSn"]), pa.array([1.0]), pa.array([2.0])]
    names = ["formula", SHEAR, SHEAR.upper()]
    pq.write_table(pa.table(columns, names=names), tmp_path / "data")
    with pytest.raises(InputError, match=r"data': has two columns named 'shear_modulus_gpa'"):
        read_data(SHEAR, tmp_path / "data")


def test_says_which_rows_it_leaves_out_and_why(tmp_path: Path) -> None:
    rows = {
        'NaSn,"1,234",': "may be 1.234 or 1234",
        "NaSn,=A1*2,": "formula of a spreadsheet",
        "NaSn,,": "has no value",
        "NaSn,nan,": "is not finite",
        "NaSn,inf,": "is not finite",
        "NaSn,soft,": "is no number",
        "NaSn,-3,": "is not above 0",
        "NaSn,1e6,": "is outside of 0.1 to 1000 GPa",
        "Xx2,5,": "no element 'Xx'",
        "=HYPERLINK(1),5,": "is no formula",
        "MgCl2.6H2O,5,": "may be MgCl2 + 6 H2O or Mg Cl2.6 H2 O",
        "NaD,5,": "no element 'D'",
        ",5,": "has no formula",
        "NaSn,5,-1": "its uncertainty is negative",
        "NaSn,5,big": "its uncertainty 'big' is no number",
    }
    good = "".join(f"{f},10,\n" for f in ("KSn", "LiSn", "RbSn", "CsSn", "NaCl")) + "NaN,12,1\n"
    data = read(tmp_path, f"formula,shear_modulus_gpa,std\n{good}" + "\n".join(rows))
    found = reasons(data)
    assert sorted(found) == list(range(8, 8 + len(rows)))
    for row, (line, reason) in enumerate(rows.items(), start=8):
        assert reason in found[row], line
    assert "NaN" in values(data)  # sodium nitride, not a missing value
    said = summary(data.left_out)
    assert said.startswith("15 rows were left out (")
    assert "row 8: 'NaSn' '1,234'" in said


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("formula,shear_modulus_gpa\n", "a header and no rows"),
        ("formula,shear_modulus_gpa\n\n\n", "a header and no rows"),
        ("shear_modulus_gpa\n5\n6\n", "has no column 'formula'"),
        ("formula,hardness\nNaSn,5\n", "has no column 'shear_modulus_gpa' or 'value'"),
        ("formula,bulk_modulus_gpa\nNaSn,5\n", "it has of bulk_modulus_gpa"),
        ("formula,value\nNaSn,5\nKSn,6\n", "is not stated"),
        ("formula,shear_modulus_psi\nNaSn,5\n", "'psi' is no unit of shear_modulus"),
        ("formula,value,unit\nNaSn,5,psi\nKSn,6,psi\n", "is no unit of shear_modulus"),
        ("formula,log10_shear_modulus_gpa\nNaSn,1\n", "has logarithms"),
        ("formula,shear_modulus_gpa,value\nNaSn,5,5\n", "several columns of values"),
        ("formula,formula,value\nNaSn,NaSn,5\n", "two columns named 'formula'"),
        ("formula,shear_modulus_gpa\nNaSn,5,5\n", "row 2 has 3 cells, the headings 2"),
        ('formula,shear_modulus_gpa\n"NaSn,5\n', "is no sound CSV"),
        ("formula,shear_modulus_gpa\nNaSn,20000\nKSn,30000\n", "is the unit right"),
        ("formula,shear_modulus_gpa\nNaSn,20\nKSn,20\nLiSn,20\n", "holds one value alone"),
        ("formula,shear_modulus_gpa\nNaSn,soft\nKSn,hard\n", "no row is left; row 2"),
        ("formula,shear_modulus_gpa\nx,5\ny,6\n", "has no formula that can be read"),
        ("formula,property,value,unit,passed_checks\nNaSn,volume,5,A,True\n", "labels of several"),
        ("formula,rank,score,reduction_potential_v\nSnCl4,1,2,3\n", "its formulas are precursors"),
        ("PK\x03\x04rest", "is a damaged workbook"),
        ("formula,value\0\nNaSn,5\n", "null characters"),
    ],
)
def test_refuses_files(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        read(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_refuses_what_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "hanzi.csv").write_bytes("formula,value\nNaSn,5 测试\n".encode("gbk"))
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and nothing that follows")
    for name, message in (
        ("hanzi.csv", "encoding that cannot be told"),
        ("broken.parquet", "no sound Parquet"),
        ("none.csv", "cannot be read"),
        ("", "is a folder without"),
    ):
        with pytest.raises(InputError, match=message):
            read_data(SHEAR, tmp_path / name)


@pytest.mark.parametrize(
    ("column", "options", "remedy"),
    [
        (["NaSn"], {"column_encoding": "DELTA_BYTE_ARRAY"}, "DELTA_BYTE_ARRAY.*write it again"),
        ([["NaSn"]], {}, "lists or tables in a column; leave it out"),
        ([{"a": 1}], {}, "lists or tables in a column; leave it out"),
    ],
)
def test_sound_parquet_of_another_form_is_not_called_unsound(
    tmp_path: Path, column: list[object], options: dict[str, str], remedy: str
) -> None:
    table = pa.table({"formula": column})
    pq.write_table(table, tmp_path / "a.parquet", use_dictionary=False, **options)
    with pytest.raises(InputError, match=f"is a Parquet file that has .*{remedy}") as caught:
        read_data(SHEAR, tmp_path / "a.parquet")
    assert "no sound" not in str(caught.value)


def test_texts_by_their_lengths_are_read(tmp_path: Path) -> None:
    table = pa.table({"formula": ["NaSn", "KSn", "LiSn"], SHEAR: [5.0, 6.0, 7.0]})
    encodings = {"formula": "DELTA_LENGTH_BYTE_ARRAY", SHEAR: "BYTE_STREAM_SPLIT"}
    pq.write_table(table, tmp_path / "a.parquet", use_dictionary=False, column_encoding=encodings)
    assert values(read_data(SHEAR, tmp_path / "a.parquet")) == {"NaSn": 5, "KSn": 6, "LiSn": 7}


def test_columns_without_names_are_passed_over(tmp_path: Path) -> None:
    columns = [["NaSn", "KSn"], ["a", "b"], [5.0, 6.0], [1, 2]]
    table = pa.table([pa.array(one) for one in columns], names=["formula", "", SHEAR, ""])
    pq.write_table(table, tmp_path / "a.parquet")
    assert values(read_data(SHEAR, tmp_path / "a.parquet")) == {"NaSn": 5, "KSn": 6}


def test_refuses_a_contradicted_unit(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is contradicted"):
        read(tmp_path, "formula,shear_modulus_gpa\nNaSn,5\nKSn,6\n", unit="MPa")
    data = read(tmp_path, "formula,shear_modulus_gpa,unit\nNaSn,5,GPa\nKSn,6,MPa\nLiSn,7,\n")
    assert values(data) == {"NaSn": 5.0, "LiSn": 7.0}
    assert "contradicts" in reasons(data)[3]


def test_joins_rows_of_one_composition_with_their_spread_as_noise(tmp_path: Path) -> None:
    text = (
        "formula,shear_modulus_gpa\nNaSn,10\nSn2Na2,10.5\nKSn,5\nKSn,50\nLiSn,8\nLiSn,8\nLiSn,80\n"
    )
    data = read(tmp_path, text)
    assert values(data) == {
        "NaSn": pytest.approx(105**0.5),
        "KSn": pytest.approx(250**0.5),
        "LiSn": pytest.approx(8.0),  # one that is far off moves neither the median nor its noise
    }
    assert reasons(data) == {}
    assert (data.joined, data.disagreeing) == (4, 2)
    assert data.rows == len(data.training) + data.joined + len(data.left_out)
    stds = dict(zip(data.training.formulas, data.training.stds.tolist(), strict=True))
    # Two values a decade apart: 1.4826 times half of that, about 15.8 GPa.
    assert stds["KSn"] == pytest.approx(250**0.5 * np.log(10) * 1.4826 * 0.5)
    assert stds["LiSn"] == 0
    assert stds["NaSn"] < 0.4


@pytest.mark.parametrize(
    ("way", "expected", "joined"),
    [
        ("median", [2.0, 5.0], 2),
        ("mean", [2.5, 5.0], 2),
        ("min", [1.0, 5.0], 2),
        ("keep", [1.0, 2.0, 4.5, 5.0], 0),
    ],
)
def test_rows_of_one_composition_become_what_the_user_says(
    way: str, expected: list[float], joined: int
) -> None:
    rows = {"formula": ["NaSn", "Na2Sn2", "NaSn", "KSn"], "value": [1, 2, 4.5, 5]}
    barrier = "migration_barrier_ev"
    data = read_data(barrier, rows, "eV", how=Reading(duplicates=way))
    assert data.training.values.tolist() == pytest.approx(expected)
    assert (data.rows, data.joined, data.disagreeing) == (4, joined, 1)
    if way == "mean":  # the standard deviation of the three by the book
        assert data.training.stds[0] == pytest.approx(np.std([1, 2, 4.5], ddof=1))
    if way in ("min", "keep"):
        assert np.isnan(data.training.stds).all()


def test_rows_that_disagree_may_be_refused() -> None:
    rows = {"formula": ["NaSn", "Na2Sn2", "KSn", "KSn"], "value": [1.0, 2.0, 5.0, 5.01]}
    with pytest.raises(InputError, match=r"NaSn has 1 \(row 0\), 2 \(row 1\)") as caught:
        read_data("migration_barrier_ev", rows, "eV", how=Reading(duplicates="refuse"))
    assert "median, mean, min, keep" in str(caught.value)
    alike = {"formula": ["NaSn", "KSn", "KSn"], "value": [1.0, 5.0, 5.01]}
    assert (
        read_data("migration_barrier_ev", alike, "eV", how=Reading(duplicates="refuse")).rows == 3
    )
    with pytest.raises(InputError, match=r"duplicates = 'best': take one of median, mean"):
        read_data("migration_barrier_ev", alike, "eV", how=Reading(duplicates="best"))


def test_bounds_are_kept_as_bounds(tmp_path: Path) -> None:
    text = (
        "formula,ionic_conductivity_s_cm\nLiCl,<1E-10\nLiBr,≤ 2e-9\nLiBr,< 1e-9\nLiI,1e-6\n"
        "LiI,<1e-5\nLiF,>1e-8\nLiF,1e-7+\nNaCl,~1e-5\n"
    )
    data = read(tmp_path, text, "ionic_conductivity_ms_cm")
    assert values(data) == {"LiCl": 1e-7, "LiBr": 1e-6, "LiI": 1e-3, "LiF": 1e-4}
    assert data.training.bounds is not None
    bounds = dict(zip(data.training.formulas, data.training.bounds.tolist(), strict=True))
    assert bounds == {"LiCl": -1, "LiBr": -1, "LiI": 0, "LiF": 1}
    assert reasons(data)[6] == "is a bound on what other rows give a value of"
    assert "more than the number" in reasons(data)[9]


def test_polymorphs_are_kept_apart(tmp_path: Path) -> None:
    text = "formula,shear_modulus_gpa\nα-NaSn,10\nβ-NaSn,20\nalpha-KSn,5\nKSn,7\nβ-Na2Sn2,22\n"
    data = read(tmp_path, text)
    assert data.training.formulas == ("NaSn", "NaSn", "KSn", "KSn")
    assert data.training.values.tolist() == pytest.approx([10, (20 * 22) ** 0.5, 5, 7])
    assert data.left_out == () and data.joined == 1


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("γ′-Li3PO4", ("γ′", "Li3PO4")),
        ("t-Li7La3Zr2O12", ("t", "Li7La3Zr2O12")),
        ("HT-LiCoO2", ("HT", "LiCoO2")),
        ("Cubic Li7La3Zr2O12", ("Cubic", "Li7La3Zr2O12")),
        ("1T-MoS2", ("1T", "MoS2")),
        ("O3-NaCoO2", ("O3", "NaCoO2")),
        ("a1-LiVOPO4", ("a1", "LiVOPO4")),
        ("LiMnBO3(mono)", ("mono", "LiMnBO3")),
        ("β-Ca3(PO4)2", ("β", "Ca3(PO4)2")),
        ("Ca3(PO4)2", ("", "Ca3(PO4)2")),
        ("LiMnO2(DV)", ("", "LiMnO2(DV)")),
        ("Na-Sn", ("", "Na-Sn")),
        ("Ca-3", ("", "Ca-3")),
        ("may-be", ("", "may-be")),
        ("LiCl-LiBr", ("", "LiCl-LiBr")),
        ("", ("", "")),
    ],
)
def test_prefixes(text: str, parts: tuple[str, str]) -> None:
    assert split_polymorph(text) == parts


AS_CURATED = """compound,conductivity_siemens_per_cm,lowest_extrapolation_temperature_K
"\tAl0.973Li3.126S3",1.30E-08,na
Li3.1Nd3Te1.9Sb0.1O12 ,1.98E-09,320
r-LiAlO2,3.38E-17,523
Li4Cu8Ge3S12(H2O),9.00E-05,na
LiCl*H2O,1.00E-08,na
(Li0.61Mg0.39)(Li0.46Mg0.005Ti0.035)Ti1.5O4,6.56E-10,353.2801133
Li3(Mo8S8O8(OH)8(HWO5(H2O)))*(H2O)18,3.80E-07,na
Li1.5 Al0.5 Ti1.5 (P O4)3,0.0038,na
Li6.6La3Zr1.6Sb0.4O12 + 1wt% LiAlO2,0.000316,na
Li0.31La0.63((Ti0.9Co0.1)O3,0.00026,na
"La0.62 Li0.14(Mg0.5W0.5)O3",1.20E-05,na
?-Li8GeP4,8.60E-05,na
"""
"""Of the database of McHaffie et al. (doi:10.1039/D5DD00052A, CC0): how formulas stand in print."""


def test_reads_formulas_as_they_are_curated_and_names_the_others(tmp_path: Path) -> None:
    path = tmp_path / "conductivities.csv"
    path.write_text(AS_CURATED)
    how = Reading("S/cm", named=NamedColumns(value="conductivity_siemens_per_cm"))
    data = read_data(Target("ionic_conductivity_s_cm", "S/cm", log10=True), path, how=how)
    systems = compositions(data.training.formulas).chemical_system.tolist()
    assert systems == [
        "Al-Li-S", "Li-Nd-O-Sb-Te", "Al-Li-O", "Cu-Ge-H-Li-O-S", "Cl-H-Li-O", "Li-Mg-O-Ti",
        "H-Li-Mo-O-S-W",
    ]  # fmt: skip
    assert data.training.values.min() == 3.38e-17
    assert [one.row for one in data.left_out] == [9, 10, 11, 12, 13]
    assert count_reasons(data.left_out) == {"is no formula": 5}
    assert all(one.formula in one.reason for one in data.left_out)


def test_uncertain_rows_may_differ_more(tmp_path: Path) -> None:
    text = "formula,shear_modulus_gpa,std\nKSn,10,4\nKSn,20,8\nNaSn,3,0.1\n"
    assert len(read(tmp_path, text).training) == 2


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.floats(0.2, 900.0), st.sampled_from([1.0, 2.0, 0.5])),
        min_size=1,
        max_size=30,
    )
)
def test_duplicates_by_a_plain_loop_over_compositions(
    rows: list[tuple[int, float, float]],
) -> None:
    kind = TARGETS[SHEAR]
    group = np.unique([g for g, _, _ in rows], return_inverse=True)[1].astype(np.intp)
    given_, weights = (np.array([row[k] for row in rows]) for k in (1, 2))
    logs, unknown = np.log10(given_), np.full(len(rows), np.nan)
    expected = [
        place
        for place in range(len(rows))
        if abs(logs[place] - np.median(logs[group == group[place]])) > 0.05 + 1e-12
    ]
    assert disagreeing_rows(kind, group, given_, unknown).tolist() == expected
    for way in ("median", "mean", "min"):
        first, value, std, weight = merge_duplicates(kind, group, given_, unknown, weights, way)
        assert first.tolist() == sorted(np.unique(group, return_index=True)[1].tolist())
        for k, place in enumerate(first.tolist()):
            same = group == group[place]
            own, share = logs[same], weights[same]
            alone = way == "min" or same.sum() == 1
            assert np.isnan(std[k]) == alone
            assert weight[k] == pytest.approx(share.mean())
            middle = {
                "mean": np.average(own, weights=share),
                "min": own.min(),
                # Each value as often as it weighs, in halves.
                "median": np.median(np.repeat(own, (2 * share).astype(int))),
            }[way]
            assert np.log10(value[k]) == pytest.approx(middle, abs=1e-12)


def test_reads_the_embedded_labels(tmp_path: Path) -> None:
    from maiscreen.models.labels.evidence import evidence
    from maiscreen.models.labels.labels import load_labels, to_lines

    data = read_data("migration_barrier_ev", "labels")
    known = {f: e for (f, name), e in evidence().items() if name == "migration_barrier"}
    assert values(data) == {f: round(e.value, 9) for f, e in known.items()}
    assert np.isfinite(data.training.stds).all()
    assert all(one.reason for one in data.left_out)
    (tmp_path / "labels.jsonl").write_text(to_lines(load_labels()), encoding="utf-8")
    for path in (tmp_path, tmp_path / "labels.jsonl"):
        assert values(read_data("migration_barrier_ev", path)) == values(data)


def test_brings_labels_of_energies_to_the_scheme_of_the_embedded_energies() -> None:
    """The source has NaCl at −2.105 eV/atom: the scheme of 2020 moves it by −0.0095."""
    found = values(read_data(ENERGY, "labels"))
    from maiscreen.models.labels.evidence import evidence

    assert found["NaCl"] - evidence()["NaCl", "formation_energy"].value == pytest.approx(0.0095)
    assert found["NaSn"] == pytest.approx(evidence()["NaSn", "formation_energy"].value)


def test_an_energy_without_its_corrections_is_taken_as_it_is(tmp_path: Path) -> None:
    from maiscreen.models.labels.labels import load_labels, to_lines

    unknown = {"legacy_ev_atom": None, "mp2020_ev_atom": None}
    every = [replace(one, details={**one.details, **unknown}) for one in load_labels()]
    (tmp_path / "labels.jsonl").write_text(to_lines(every), encoding="utf-8")
    found, known = values(read_data(ENERGY, tmp_path)), values(read_data(ENERGY, "labels"))
    assert found.keys() == known.keys()
    assert found["NaCl"] == known["NaCl"]  # the shift of chlorides is its own


def test_takes_from_a_campaign_what_was_measured_of_a_phase(tmp_path: Path) -> None:
    (tmp_path / "shortlist.csv").write_text(
        "rank,formula,score,reduction_potential_v,cycles,phase,shear_modulus_gpa\n"
        "1,SnCl4,0.9,2.9,650,Na15Sn4,8.5\n2,SiCl4,0.8,2.4,220,,\n3,BiCl3,0.7,2.1,,Na3Bi,9.5\n",
        encoding="utf-8-sig",
    )
    data = read_data(SHEAR, tmp_path)
    assert values(data) == {"Na15Sn4": 8.5, "Na3Bi": 9.5}
    assert reasons(data) == {3: "has no value"}


@pytest.mark.slow
def test_a_million_rows_are_checked(tmp_path: Path) -> None:
    metals, anions = ("Li", "K", "Ca", "Ti", "Fe", "Sn", "Al", "Zr"), ("O", "S", "F", "Cl", "N")
    formulas = [
        f"{m}{a}{x}{b}" for m in metals for x in anions for a in range(1, 26) for b in range(1, 201)
    ]
    path = tmp_path / "million.csv"
    lines = "\n".join(f"{f},{5 + i % 50}.5" for i, f in enumerate(formulas * 5))
    path.write_text(f"formula,shear_modulus_gpa\n{lines}\n")
    data = read_data(SHEAR, path)
    assert data.rows == 1_000_000
    assert data.rows == len(data.training) + data.joined + len(data.left_out)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("5,0.5,1e308", "its weight of 1e+308 is outside of 1e-30 to 1e+30"),
        ("5,0.5,1e-308", "its weight of 1e-308 is outside of 1e-30 to 1e+30"),
        ("5,1e308,1", "its uncertainty of inf GPa is more than all substances differ by (999.9)"),
        ("5,2000,1", "its uncertainty of 2000 GPa is more than all substances differ by (999.9)"),
        ("1e308,0.5,1", "inf GPa is outside of 0.1 to 1000 GPa"),
    ],
)
def test_numbers_that_overflow_are_left_out(tmp_path: Path, cells: str, reason: str) -> None:
    unit = "tpa" if "e308" in cells and "1e308" in cells.rsplit(",", 1)[0] else "gpa"
    text = f"formula,shear_modulus_{unit},uncertainty,weight\nNaSn,{cells}\n"
    with pytest.raises(InputError, match=re.escape(reason)):
        read(tmp_path, text)
