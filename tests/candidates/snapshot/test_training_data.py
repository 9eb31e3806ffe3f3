"""The committed training tables: what they hold, and that a changed file is noticed."""

import shutil
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import maiscreen.candidates
from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.embedded.build import build_embedded
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.training_data import (
    ENERGIES,
    MODULI,
    energies,
    moduli,
    read_table,
)

DATA = Path(next(iter(maiscreen.candidates.__path__))) / "data"
WHEEL = Path(__file__).parents[3] / "build" / "wheel" / "crabnet-2.0.8-py3-none-any.whl"


def values(table: pa.Table, column: str) -> np.ndarray:
    return table[column].to_numpy()


def test_counts_are_those_of_the_sources() -> None:
    assert moduli().num_rows == 10_987
    assert energies().num_rows == 85_014
    assert len(energies()) - energies()["volume_a3_atom"].null_count == 37_965
    named = load_snapshot().manifest["training_rows"]
    assert named == {"energies.csv": 85_014, "moduli.csv": 10_987}


def test_moduli_stand_in_matbench_order() -> None:
    # The first rows of matbench_log_kvrh: log10 K of 1.707570, 1.633468, 1.908485, 2.117271.
    first = np.log10(values(moduli(), "bulk_modulus_gpa")[:4])
    assert first == pytest.approx([1.707570, 1.633468, 1.908485, 2.117271], abs=1e-6)
    assert moduli()["formula"][:2].to_pylist() == ["Ag2Ca1Ge2", "Ba1Ge2Mg2"]


def test_values_are_possible() -> None:
    for column in ("bulk_modulus_gpa", "shear_modulus_gpa"):
        x = values(moduli(), column)
        assert (x >= 1).all() and (x < 600).all() and (x == np.round(x)).all()
    energy, volume = (values(energies(), c) for c in ENERGIES.names[1:])
    assert (np.abs(energy) < 5).all()
    assert (volume[~np.isnan(volume)] > 4).all() and np.nanmax(volume) < 120


def test_compositions_of_energies_are_unique_and_all_formulas_are_read() -> None:
    formulas = energies()["formula"].to_pylist()
    assert formulas == sorted(formulas)
    assert len(set(compositions(formulas).key.tolist())) == len(formulas)
    assert len(set(compositions(moduli()["formula"].to_pylist()).key.tolist())) == 9_723


def test_energies_agree_with_the_table_of_phases() -> None:
    phases = load_snapshot().phases
    keys = compositions(phases["formula"].to_pylist()).key.tolist()
    of_key = dict(
        zip(
            compositions(energies()["formula"].to_pylist()).key.tolist(),
            energies().drop(["formula"]).to_pylist(),
            strict=True,
        )
    )
    rows = [of_key[key] for key in keys]
    for ours, column in (
        ("formation_energy_ev_atom", "legacy_formation_energy_ev_atom"),
        ("volume_a3_atom", "volume_a3_atom"),
    ):
        assert [row[ours] for row in rows] == phases[column].to_pylist()


def test_every_column_has_doc_and_source() -> None:
    for table in (moduli(), energies()):
        for field in table.schema:
            assert field.metadata[b"doc"] and field.metadata[b"source"]
            assert bool(field.metadata[b"unit"]) == (field.name != "formula")


def test_changed_or_absent_files_are_refused(tmp_path: Path) -> None:
    shutil.copy(DATA / "manifest.json", tmp_path)
    with pytest.raises(InputError, match="can't be read"):
        read_table(tmp_path, "moduli.csv", MODULI)
    text = (DATA / "moduli.csv").read_text()
    (tmp_path / "moduli.csv").write_text(text.replace(",51,28", ",51,29", 1))
    with pytest.raises(InputError, match="differs from the hash"):
        read_table(tmp_path, "moduli.csv", MODULI)


@pytest.mark.data
def test_wheel_gives_the_committed_bytes_and_the_logarithms(tmp_path: Path) -> None:
    build_embedded(WHEEL, tmp_path)
    for name in ("phases.csv", "moduli.csv", "energies.csv", "manifest.json"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()
    with zipfile.ZipFile(WHEEL) as archive:
        for letter, column in (("K", "bulk_modulus_gpa"), ("G", "shear_modulus_gpa")):
            name = f"crabnet/data/matbench/elasticity_log10({letter}_VRH).csv"
            lines = archive.read(name).decode().splitlines()[1:]
            logs = np.array([float(line.rpartition(",")[2]) for line in lines])
            assert np.abs(np.log10(values(moduli(), column)) - logs).max() < 1e-9
