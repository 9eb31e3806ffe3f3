"""What a user's entries must be before anything is written: ordered, possible, well referred."""

import json
from pathlib import Path
from typing import Any

import pytest
from pymatgen.core.entries import ComputedStructureEntry
from pymatgen.core.structure import Structure

from maiscreen.candidates.entries.add import add_entries
from maiscreen.candidates.entries.entries import Entries
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.check import verify
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.tables import table
from maiscreen.runners.cli import main

Row = dict[str, Any]
ELEMENTS = {"Na": -1.31, "Sn": -3.8}


def entry(sites: list[Any], energy: float, run_type: str = "GGA", edge: float = 8.0) -> Row:
    """Make an entry of sites along the diagonal of a cube."""
    places = [[k / len(sites)] * 3 for k in range(len(sites))]
    cell = Structure([[edge, 0, 0], [0, edge, 0], [0, 0, edge]], sites, places)
    made = ComputedStructureEntry(cell, energy, parameters={"run_type": run_type})
    return dict(made.as_dict())


def elements(**energies_ev_atom: float) -> list[Row]:
    given = ELEMENTS | energies_ev_atom
    return [entry([e, e], 2 * energy, edge=4.5) for e, energy in given.items()]


def compound(formation: float = -0.4, run_type: str = "GGA", **changed: float) -> Row:
    """Make Na2Sn2 with a formation energy, eV/atom, against the elements."""
    reference = ELEMENTS | changed
    energy = 2 * reference["Na"] + 2 * reference["Sn"] + 4 * formation
    return entry(["Na", "Na", "Sn", "Sn"], energy, run_type)


def add(tmp_path: Path, entries: list[Row], snapshot: Path | None = None) -> Entries:
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(entries))
    return add_entries(load_snapshot(snapshot), file, tmp_path / "out")[1]


def refusal(tmp_path: Path, entries: list[Row], snapshot: Path | None = None) -> str:
    with pytest.raises(InputError) as caught:
        add(tmp_path, entries, snapshot)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]
    return str(caught.value)


def formation(tmp_path: Path, formula: str = "NaSn") -> float:
    rows = load_snapshot(tmp_path / "out").phases.to_pylist()
    return float(next(r["formation_energy_ev_atom"] for r in rows if r["formula"] == formula))


@pytest.mark.parametrize(
    "site",
    [
        {"Sn2+": 0.5, "Sn4+": 0.5},
        {"Sn": 0.9},
        {"Na": 0.9},
        {"Sn": 0.5, "Pb": 0.5},
        {"Na": 0.5, "Sn": 0.5},
        {"Sn": 0.01},
    ],
    ids=str,
)
def test_disorder_is_refused(tmp_path: Path, site: dict[str, float]) -> None:
    said = refusal(tmp_path, [*elements(), entry(["Na", "Na", site, site], -11.8)])
    assert "site that is not occupied by one atom" in said
    assert "give an ordered structure" in said


@pytest.mark.parametrize("occupied", [0, -1, 2, "1/2", None, [1]])
def test_occupancies_that_are_none(tmp_path: Path, occupied: object) -> None:
    given = compound()
    given["structure"]["sites"][0]["species"][0]["occu"] = occupied
    assert "nothing that can be used" in refusal(tmp_path, [*elements(), given])


def test_oxidation_states_are_left_aside(tmp_path: Path) -> None:
    sites = ["Na+", "Na+", "Sn2+", "Sn4+"]
    read = add(tmp_path, [*elements(), entry(sites, compound()["energy"])])
    assert not read.refused
    assert formation(tmp_path) == pytest.approx(-0.4)


def test_an_energy_of_another_number_of_atoms_is_refused(tmp_path: Path) -> None:
    given = compound()
    with pytest.warns(UserWarning, match="inconsistent"):
        unit = ComputedStructureEntry.from_dict(given).normalize()
    assert unit.energy == pytest.approx(given["energy"] / 2)
    said = refusal(tmp_path, [*elements(), dict(unit.as_dict())])
    assert "another composition than its structure" in said


@pytest.mark.parametrize("volume", ["1e9", "0.001", "0.00001", "3.9", "301", "1e308"])
def test_volumes_that_none_has(tmp_path: Path, volume: str) -> None:
    file, out = tmp_path / "mine.csv", tmp_path / "out"
    file.write_text(f"formula,formation_energy_ev_atom,volume_a3_atom\nNaSn,-0.4,{volume}\n")
    with pytest.raises(InputError, match="volume that none has"):
        add_entries(load_snapshot(), file, out, "GGA_GGA+U")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


@pytest.mark.parametrize("edge", [1.5, 11.0])
def test_cells_that_none_has(tmp_path: Path, edge: float) -> None:
    given = entry(["Na", "Na", "Sn", "Sn"], compound()["energy"], edge=edge)
    assert "nothing that can be used" in refusal(tmp_path, [*elements(), given])


def test_more_phases_of_a_system_than_are_read(tmp_path: Path) -> None:
    file, out = tmp_path / "mine.csv", tmp_path / "out"
    lines = "".join(f"Na{k}Sn,-0.1\n" for k in range(20, 620))
    file.write_text(f"formula,formation_energy_ev_atom\n{lines}")
    with pytest.raises(InputError, match="more than 500 phases of one M and X"):
        add_entries(load_snapshot(), file, out, "GGA_GGA+U")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


@pytest.mark.parametrize("run_type", ["GGA", "GGA+U", "PBE", "PBE+U"])
def test_pbe_is_gga(tmp_path: Path, run_type: str) -> None:
    add(tmp_path, [*elements(), compound(run_type=run_type)])
    assert formation(tmp_path) == pytest.approx(-0.4)
    (row,) = table(load_snapshot(tmp_path / "out"), "materials").to_pylist()
    assert row["energy_type"] == run_type.replace("PBE", "GGA")


@pytest.mark.parametrize("run_type", ["PBEsol", "PBE0", "revPBE", "SCAN", "pbe-d3", "LDA", ""])
def test_other_functionals_are_refused_with_what_to_write(tmp_path: Path, run_type: str) -> None:
    said = refusal(tmp_path, [compound(run_type=run_type)])
    assert "parameters.run_type must be GGA or GGA+U or PBE or PBE+U" in said


def references(snapshot: Path) -> dict[str, float]:
    """Energies of the elements of a fetched snapshot, eV/atom."""
    rows = table(load_snapshot(snapshot), "materials").to_pylist()
    return {
        row["formula"]: row["energy_ev_atom"]
        for row in rows
        if row["na_count"] + row["metal_count"] + row["halogen_count"] == 1
    }


@pytest.mark.parametrize("above", [0.5, 0.01, 0.0, -0.04])
def test_the_lower_energy_of_an_element_is_the_reference(
    fetched: Path, tmp_path: Path, above: float
) -> None:
    known = references(fetched)
    sodium = entry(["Na", "Na"], 2 * (known["Na"] + above), edge=4.5)
    read = add(tmp_path, [sodium, compound(-0.9, Na=known["Na"], Sn=known["Sn"])], fetched)
    assert formation(tmp_path) == pytest.approx(-0.9 - min(above, 0.0) / 2, abs=1e-6)
    reasons = [one["reason"] for one in read.refused]
    expected = f"lies {above:.3f} eV/atom above the Na of the snapshot, which is the reference"
    assert reasons == ([expected] if above > 0 else [])


def test_of_two_forms_in_a_file_the_lower_is_the_reference(tmp_path: Path) -> None:
    metastable = entry(["Na", "Na"], 2 * (ELEMENTS["Na"] + 0.5), edge=5.0)
    add(tmp_path, [metastable, *elements(), compound()])
    assert formation(tmp_path) == pytest.approx(-0.4)


def test_an_element_far_below_is_of_other_settings(fetched: Path, tmp_path: Path) -> None:
    known = references(fetched)
    sodium = entry(["Na", "Na"], 2 * (known["Na"] - 1), edge=4.5)
    given = [sodium, compound(Na=known["Na"], Sn=known["Sn"])]
    assert "1.000 eV/atom below that of the snapshot: other settings?" in refusal(
        tmp_path, given, fetched
    )


def test_energies_beyond_any_float_are_none(tmp_path: Path) -> None:
    given = compound()
    given["energy"] = 10**400
    assert "has no energy" in refusal(tmp_path, [given])


@pytest.mark.slow
def test_adding_ends_with_what_verify_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, out = tmp_path / "mine.csv", tmp_path / "out"
    file.write_text("formula,formation_energy_ev_atom\nNaSn,-0.4\n")
    options = ["--entries", str(file), "--scheme", "GGA_GGA+U", "--out", str(out)]
    assert main.main(["snapshot", "add", *options]) == 0
    added = capsys.readouterr().out
    assert main.main(["snapshot", "verify", str(out)]) == 0
    assert added.endswith(capsys.readouterr().out)
    assert all(check.passed for check in verify(load_snapshot(out)))


def test_columns_of_a_table_that_are_not_read_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("formula,formation_energy_ev_atom,volume\nNaSn,-0.4,25\n")
    command = ["snapshot", "add", "--entries", str(file), "--scheme", "GGA_GGA+U"]
    assert main.main([*command, "--out", str(tmp_path / "out")]) == 0
    assert "\ncolumns not read: volume\n" in capsys.readouterr().out
