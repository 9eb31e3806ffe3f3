"""The build, on a small wheel made of real rows of the committed table."""

import csv
import hashlib
import json
import zipfile
from pathlib import Path

import pytest

import maiscreen.candidates
from maiscreen.candidates.embedded.build import WHEEL_SHA256, build_embedded
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.training_data import ENERGIES, read_table

DATA = Path(next(iter(maiscreen.candidates.__path__))) / "data"
SYSTEM = ("Na-Cl", "Na-Sn", "Sn-Cl", "Na-Sn-Cl", "Fe-F", "Na-Fe-F", "Na-F", "Na-N")
MODULI = {
    "K": [("Ag2Ca1Ge2", 1.7075701760979363), ("Na1N1", 0.0), ("NaN", 0.30102999566398)],
    "G": [("Ag2Ca1Ge2", 1.4471580313422192), ("Na1N1", 0.0), ("NaN", 0.15)],
}
OTHERS = [("NaN", -1e-9), ("Cl1I1", -0.45), ("Al1Ni1", -0.6), ("Ba1O3Ti1", -3.4), ("Cl2O1", -0.2)]


def real_rows() -> list[dict[str, str]]:
    with (DATA / "phases.csv").open(newline="") as file:
        return [row for row in csv.DictReader(file) if row["chemical_system"] in SYSTEM]


def alphabetical(row: dict[str, str]) -> str:
    """The formula as the source writes it: elements in alphabetical order, every count given."""
    counts = {"Na": row["na_count"], row["metal"]: row["metal_count"]}
    counts |= {row["halogen"]: row["halogen_count"]}
    return "".join(f"{e}{n}" for e, n in sorted(counts.items()) if e and n != "0")


def make_wheel(path: Path) -> str:
    rows = real_rows()
    tables = {
        "CritExam__Ef": [(alphabetical(r), r["legacy_formation_energy_ev_atom"]) for r in rows],
        "CritExam__Ed": [(alphabetical(r), r["legacy_decomposition_energy_ev_atom"]) for r in rows],
        "OQMD_Volume_per_atom": [
            (alphabetical(r), r["volume_a3_atom"]) for r in rows if r["volume_a3_atom"]
        ],
    }
    tables["CritExam__Ef"] += [(formula, str(energy)) for formula, energy in OTHERS]
    tables["CritExam__Ed"] += [(formula, "0.0") for formula, _ in OTHERS]
    with zipfile.ZipFile(path, "w") as archive:
        for name, lines in tables.items():
            for k, part in enumerate(("train", "val", "test")):
                text = "formula,target\n" + "".join(f"{f},{v}\n" for f, v in lines[k::3])
                archive.writestr(f"crabnet/data/benchmark_data/{name}/{part}.csv", text)
        for letter, values in MODULI.items():
            text = "formula,target\n" + "".join(f"{f},{v}\n" for f, v in values)
            archive.writestr(f"crabnet/data/matbench/elasticity_log10({letter}_VRH).csv", text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_build_gives_the_committed_rows_and_the_same_bytes(tmp_path: Path) -> None:
    wheel = tmp_path / "small.whl"
    sha256 = make_wheel(wheel)
    build_embedded(wheel, tmp_path / "one", sha256)
    build_embedded(wheel, tmp_path / "two", sha256)
    for name in ("phases.csv", "moduli.csv", "energies.csv", "manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    with (tmp_path / "one" / "phases.csv").open(newline="") as file:
        built = {row["formula"]: row for row in csv.DictReader(file)}
    # Cl2O is a binary halide of the table; the interhalogen and the rest are not.
    assert float(built.pop("NaN")["formation_energy_ev_atom"]) == 0
    assert built.pop("OCl2")["chemical_system"] == "O-Cl"
    assert built == {row["formula"]: row for row in real_rows()}
    assert load_snapshot(tmp_path / "one").manifest["wheel_sha256"] == sha256


def test_training_tables_keep_rows_and_odd_formulas(tmp_path: Path) -> None:
    wheel = tmp_path / "small.whl"
    tables = tmp_path / "tables"
    build_embedded(wheel, tables, make_wheel(wheel))
    lines = (tables / "moduli.csv").read_bytes().decode().split("\n")
    assert lines[1:] == ["Ag2Ca1Ge2,51,28", "Na1N1,1,1", "NaN,2,1.4125375446", ""]
    energies = read_table(tables, "energies.csv", ENERGIES)
    rows = {row["formula"]: row for row in energies.to_pylist()}
    assert rows["NaN"] == {
        "formula": "NaN",
        "formation_energy_ev_atom": 0.0,
        "volume_a3_atom": None,
    }
    assert (tables / "energies.csv").read_text().count("NaN,0.000000,\n") == 1
    for row in real_rows():  # every volume is found, however its formula is written
        volume = rows[alphabetical(row)]["volume_a3_atom"]
        assert volume == (float(row["volume_a3_atom"]) if row["volume_a3_atom"] else None)


def test_rows_of_moduli_must_go_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = tmp_path / "small.whl"
    monkeypatch.setitem(MODULI, "G", MODULI["G"][::-1])
    with pytest.raises(InputError, match="do not go together"):
        build_embedded(wheel, tmp_path / "out", make_wheel(wheel))
    assert not (tmp_path / "out").exists()


def test_another_wheel_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "small.whl"
    make_wheel(wheel)
    with pytest.raises(InputError, match=WHEEL_SHA256):
        build_embedded(wheel, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_absent_wheel_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read"):
        build_embedded(tmp_path / "none.whl", tmp_path / "out")


def test_committed_data_are_whole() -> None:
    manifest = json.loads((DATA / "manifest.json").read_text())
    assert manifest["wheel_sha256"] == WHEEL_SHA256
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == digest
    assert WHEEL_SHA256 in (DATA / "SOURCES").read_text()
