import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest
from resealed import write_sealed

import maiscreen.candidates
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.hulls.section import energy_above_hull
from maiscreen.candidates.snapshot.snapshot import (
    load_snapshot,
    phase_arrays,
    phase_system,
    phase_volume_a3_atom,
)

DATA = Path(next(iter(maiscreen.candidates.__path__))) / "data"
SNAPSHOT = load_snapshot()


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    for name in ("manifest.json", "phases.csv"):
        shutil.copy(DATA / name, tmp_path / name)
    return tmp_path


def test_holds_what_the_screen_needs() -> None:
    counts = SNAPSHOT.manifest["counts"]
    assert counts["halides"] >= 800
    assert counts["na_m"] >= 170
    assert counts["na_m_x"] >= 240
    assert sum(counts.values()) == SNAPSHOT.manifest["rows"] == SNAPSHOT.phases.num_rows
    assert sum(path.stat().st_size for path in DATA.iterdir()) < 5e6


def test_formulas_are_reduced_sodium_first_and_unique() -> None:
    columns = phase_arrays(SNAPSHOT)
    assert len(set(columns.formula.tolist())) == len(columns.formula)
    assert (np.gcd.reduce(columns.counts, axis=1) == 1).all()
    for formula, metal, halogen, counts in zip(
        columns.formula.tolist(),
        columns.metal.tolist(),
        columns.halogen.tolist(),
        columns.counts.tolist(),
        strict=True,
    ):
        named = dict(zip(("Na", metal, halogen), counts, strict=True))
        assert list(parse_formula(formula).items()) == [(e, n) for e, n in named.items() if n]


def test_every_column_has_doc_and_source_and_numbers_have_units() -> None:
    for field in SNAPSHOT.phases.schema:
        assert field.metadata[b"doc"]
        assert field.metadata[b"source"]
        assert bool(field.metadata[b"unit"]) == ("_ev_" in field.name or "_a3_" in field.name)


def test_energies_are_those_of_2020() -> None:
    energies = dict(
        zip(phase_arrays(SNAPSHOT).formula, phase_arrays(SNAPSHOT).energy_ev_atom, strict=True)
    )
    assert energies["NaCl"] == pytest.approx(-2.114, abs=1e-3)
    assert energies["SnCl4"] == pytest.approx(-1.4066 - 0.019 * 4 / 5, abs=1e-4)
    assert energies["NaSi"] == pytest.approx(-0.017, abs=1e-3)
    assert energies["NaSn"] == pytest.approx(-0.222, abs=1e-3)
    assert 4 * 2 * energies["NaCl"] - 5 * energies["SnCl4"] == pytest.approx(
        -946 / 96.485, abs=0.01
    )


def test_distance_to_hull_follows_from_the_table() -> None:
    columns = phase_arrays(SNAPSHOT)
    for metal, halogen in [("Sn", "Cl"), ("Ti", "Cl"), ("Si", ""), ("Fe", "F")]:
        system = phase_system(SNAPSHOT, metal, halogen)
        above = dict(zip(system.formula.tolist(), energy_above_hull(system), strict=True))
        rows = (columns.metal == metal) & (columns.halogen == halogen)
        for formula, stored in zip(
            columns.formula[rows], columns.above_hull_ev_atom[rows], strict=True
        ):
            assert stored == pytest.approx(above[str(formula)], abs=1e-6)
    assert (columns.above_hull_ev_atom >= 0).all()


def test_most_phases_on_the_legacy_hull_are_on_ours() -> None:
    ours = phase_arrays(SNAPSHOT).above_hull_ev_atom
    legacy = SNAPSHOT.phases["legacy_decomposition_energy_ev_atom"].to_numpy()
    assert np.mean((ours == 0) == (legacy <= 0)) > 0.95


def test_missing_volume_stays_missing_and_bias_is_taken_off() -> None:
    columns = phase_arrays(SNAPSHOT)
    volume = dict(zip(columns.formula.tolist(), phase_volume_a3_atom(SNAPSHOT), strict=True))
    assert math.isnan(volume["Na7Sn12"])
    assert SNAPSHOT.phases["volume_a3_atom"].null_count > 0
    # Measured lattices: Na15Sn4 a = 13.16 Å, 76 atoms; NaSn tetragonal 10.46, 17.39 Å, 64 atoms.
    assert volume["Na15Sn4"] == pytest.approx(13.16**3 / 76, rel=0.03)
    assert volume["NaSn"] == pytest.approx(10.46**2 * 17.39 / 64, rel=0.03)


def test_a_folder_reads_as_the_embedded_one(copied: Path) -> None:
    read = load_snapshot(copied)
    assert read.phases.equals(SNAPSHOT.phases)
    assert read.snapshot_hash == SNAPSHOT.snapshot_hash
    assert load_snapshot() is SNAPSHOT


def test_altered_table_is_refused_by_name(copied: Path) -> None:
    path = copied / "phases.csv"
    path.write_bytes(path.read_bytes().replace(b"-0.155145", b"-0.955145"))
    with pytest.raises(InputError, match=r"phases\.csv.*differs from the hash"):
        load_snapshot(copied)


def test_missing_table_is_refused_by_name(copied: Path) -> None:
    (copied / "phases.csv").unlink()
    with pytest.raises(InputError, match=r"phases\.csv.*can't be read"):
        load_snapshot(copied)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", "{}", '{"files": {}}', '{"files": {"../phases.csv": "0"}}']
)
def test_broken_manifest_is_refused(copied: Path, text: str) -> None:
    (copied / "manifest.json").write_text(text)
    with pytest.raises(InputError, match="manifest"):
        load_snapshot(copied)


def test_folder_without_a_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no readable manifest\.json"):
        load_snapshot(tmp_path)


def test_hash_follows_the_manifest(copied: Path) -> None:
    manifest = json.loads((copied / "manifest.json").read_text())
    manifest["source"] = "another"
    write_sealed(copied / "manifest.json", manifest)
    assert load_snapshot(copied).snapshot_hash != SNAPSHOT.snapshot_hash
