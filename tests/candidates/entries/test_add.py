"""The user's own entries, against pymatgen's own formation energies and hulls."""

import json
from pathlib import Path
from typing import Any

import pytest
from pymatgen.analysis.compatibility import MaterialsProject2020Compatibility
from pymatgen.analysis.phase_diagram import PhaseDiagram
from pymatgen.core.entries import ComputedEntry, ComputedStructureEntry
from pymatgen.core.structure import Structure

from maiscreen.candidates.entries.add import add_entries
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.check import verify
from maiscreen.candidates.snapshot.snapshot import VOLUME_RATIO, load_snapshot
from maiscreen.candidates.snapshot.tables import structure, table

Row = dict[str, Any]


def cell(formula: str, edge: float = 6.0) -> Structure:
    from pymatgen.core.composition import Composition

    species = [str(e) for e, n in Composition(formula).items() for _ in range(round(n))]
    places = [[k / len(species), k / len(species), k / len(species)] for k in range(len(species))]
    return Structure([[edge, 0, 0], [0, edge, 0], [0, 0, edge * len(species) / 4]], species, places)


def entry(formula: str, energy: float, run_type: str | None = "GGA", **more: Any) -> Row:
    parameters = {} if run_type is None else {"run_type": run_type}
    made = ComputedStructureEntry(cell(formula), energy, parameters=parameters | more)
    return dict(made.as_dict())


def write(path: Path, entries: list[Row] | Row) -> Path:
    path.write_text(json.dumps(entries))
    return path


def phases(folder: Path) -> dict[str, Row]:
    return {row["formula"]: row for row in load_snapshot(folder).phases.to_pylist()}


def test_json_entries_form_as_pymatgen_says(fetched: Path, tmp_path: Path) -> None:
    energies = {
        row["formula"]: row["energy_ev_atom"]
        for row in table(load_snapshot(fetched), "materials").to_pylist()
        if row["na_count"] + row["metal_count"] + row["halogen_count"] == 1
    }
    tin = 5 * energies["Sn"] / 5 + 4 * energies["Cl"] + 4 * 0.614 - 5 * 2.0
    alloy = 7 * energies["Na"] + 12 * energies["Sn"] - 19 * 0.3
    given = [
        entry("SnCl4", tin - 4 * energies["Cl"] + 4 * energies["Cl"]),
        {**entry("Na7Sn12", alloy), "entry_id": "mine"},
    ]
    manifest, read = add_entries(
        load_snapshot(fetched), write(tmp_path / "mine.json", given), tmp_path / "out"
    )
    found = phases(tmp_path / "out")
    # The correction of Cl is pymatgen's: ΔE = −2 eV/atom after it.
    assert found["SnCl4"]["formation_energy_ev_atom"] == pytest.approx(-2.0, abs=1e-5)
    assert found["Na7Sn12"]["formation_energy_ev_atom"] == pytest.approx(-0.3, abs=1e-6)
    assert not read.refused
    assert manifest["added"][0]["entries"] == manifest["added"][0]["used"] == 2
    own = {
        r["material_id"]: r for r in table(load_snapshot(tmp_path / "out"), "materials").to_pylist()
    }
    assert own["mine"]["origin"] == own["user-1"]["origin"] == "user"
    assert own["mine"]["volume_a3_atom"] == pytest.approx(cell("Na7Sn12").volume / 19, abs=1e-4)
    assert structure(load_snapshot(tmp_path / "out"), "Na7Sn12") is not None
    # Only one material of a composition is used.
    assert [r["material_id"] for r in own.values() if r["formula"] == "SnCl4" and r["used"]] == [
        "user-1"
    ]
    assert all(check.passed for check in verify(load_snapshot(tmp_path / "out")))


def test_hulls_are_computed_anew_as_pymatgen_does(fetched: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("formula,formation_energy_ev_atom,scheme\nNa7Sn12,-0.4,GGA_GGA+U\n")
    add_entries(load_snapshot(fetched), file, tmp_path / "out")
    rows = [r for r in phases(tmp_path / "out").values() if r["chemical_system"] == "Na-Sn"]
    entries = [ComputedEntry(e, 0.0) for e in ("Na", "Sn")]
    for row in rows:
        atoms = row["na_count"] + row["metal_count"]
        entries.append(ComputedEntry(row["formula"], row["formation_energy_ev_atom"] * atoms))
    diagram = PhaseDiagram(entries)
    for row, one in zip(rows, entries[2:], strict=True):
        assert row["energy_above_hull_ev_atom"] == pytest.approx(
            diagram.get_e_above_hull(one), abs=2e-6
        )
    assert sum(row["energy_above_hull_ev_atom"] > 0.05 for row in rows) > 2


def test_what_lies_higher_is_kept_and_not_used(fetched: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "formula,formation_energy_ev_atom,scheme,volume_a3_atom,entry_id\n"
        "NaCl,-2.0,GGA_GGA+U,20,above\nNa7Sn12,-0.2,GGA_GGA+U,,new\n"
    )
    manifest, _ = add_entries(load_snapshot(fetched), file, tmp_path / "out")
    assert manifest["added"][0]["used"] == 1
    assert phases(tmp_path / "out")["NaCl"] == phases(fetched)["NaCl"]
    own = {
        r["material_id"]: r for r in table(load_snapshot(tmp_path / "out"), "materials").to_pylist()
    }
    assert not own["above"]["used"]
    assert own["new"]["used"]
    assert own["new"]["reported_above_hull_ev_atom"] is None


def test_added_to_the_embedded_snapshot(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text("formula,formation_energy_ev_atom,volume_a3_atom\nNaSn,-0.4,25\nNaCl,-1,22\n")
    add_entries(load_snapshot(), file, tmp_path / "out", "GGA_GGA+U")
    snapshot = load_snapshot(tmp_path / "out")
    found, before = (
        phases(tmp_path / "out"),
        {r["formula"]: r for r in load_snapshot().phases.to_pylist()},
    )
    assert found["NaSn"]["formation_energy_ev_atom"] == -0.4
    # Volumes of that snapshot are low by a known ratio, which is taken out of all of them alike.
    assert found["NaSn"]["volume_a3_atom"] == pytest.approx(25 * VOLUME_RATIO["alloy"], abs=1e-4)
    assert found["NaCl"] == before["NaCl"]
    assert {f: r["formation_energy_ev_atom"] for f, r in found.items() if f != "NaSn"} == {
        f: r["formation_energy_ev_atom"] for f, r in before.items() if f != "NaSn"
    }
    used = {r["formula"]: r["used"] for r in table(snapshot, "materials").to_pylist()}
    assert used == {"NaSn": True, "NaCl": False}
    assert snapshot.manifest["base"] == load_snapshot().snapshot_hash
    assert all(check.passed for check in verify(snapshot))
    # And once more, on top of it.
    file.write_text("formula,formation_energy_ev_atom,entry_id\nNaSn,-0.5,again\n")
    manifest, _ = add_entries(snapshot, file, tmp_path / "twice", "GGA_GGA+U")
    assert len(manifest["added"]) == 2
    assert phases(tmp_path / "twice")["NaSn"]["formation_energy_ev_atom"] == -0.5


def test_elements_in_the_file_are_the_reference(tmp_path: Path) -> None:
    given = [
        entry("Na4", 4 * -1.3),
        entry("Sn4", 4 * -4.0),
        entry("Na3Sn", 3 * -1.3 - 4.0 - 4 * 0.4),
    ]
    alone = [given[2]]
    with pytest.raises(InputError, match="no reference energy of Na"):
        add_entries(load_snapshot(), write(tmp_path / "a.json", alone), tmp_path / "out")
    add_entries(load_snapshot(), write(tmp_path / "b.json", given), tmp_path / "out")
    assert phases(tmp_path / "out")["Na3Sn"]["formation_energy_ev_atom"] == pytest.approx(-0.4)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (entry("NaSn", -6.0, "R2SCAN"), "is of functional R2SCAN: parameters.run_type must be GGA"),
        (entry("NaSn", -6.0, None), "says no functional"),
        ({"energy": -6.0}, "no structure"),
        ({**entry("NaSn", -6.0), "energy": None}, "has no energy"),
        (entry("NaSn", -600.0), "other settings"),
        (entry("NaSnO", -9.0), "neither a halide"),
        (entry("VF5", -30.0, "GGA+U"), "corrections of 2020"),
        (entry("NaSn", -6.0, potcar_symbols=["PBE Na_sv", "PBE Sn"]), "corrections of 2020"),
        ("text", "no ComputedStructureEntry"),
    ],
)
def test_entries_that_do_not_fit(fetched: Path, tmp_path: Path, given: Any, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        add_entries(load_snapshot(fetched), write(tmp_path / "a.json", [given]), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_what_does_not_fit_is_named_beside_what_does(fetched: Path, tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "formula,formation_energy_ev_atom,scheme\n"
        "Na7Sn12,-0.3,GGA_GGA+U\nNaSn3,-0.1,R2SCAN\nNaSn4,,GGA_GGA+U\nNaSn5,nan,GGA_GGA+U\n"
        "NaSn6,-40,GGA_GGA+U\nXy,-0.1,GGA_GGA+U\nNaSn7,-0.1,\nNaSnCl,text,GGA_GGA+U\n"
    )
    _, read = add_entries(load_snapshot(fetched), file, tmp_path / "out")
    assert [one["entry"] for one in read.refused] == [f"row {n}" for n in range(3, 10)]
    assert "R2SCAN" in read.refused[0]["reason"]
    assert "add a column scheme" in read.refused[5]["reason"]
    assert load_snapshot(tmp_path / "out").manifest["added"][0]["refused"] == read.refused


@pytest.mark.parametrize(
    ("name", "content", "remedy"),
    [
        ("a.json", "{", "is no JSON"),
        ("a.json", "[]", "nothing that can be used"),
        ("a.csv", "", "is empty"),
        (
            "a.csv",
            "formula,energy\nNaSn,1\n",
            "no row of headings with formula and formation_energy_ev_atom",
        ),
        ("a.csv", "formula,formation_energy_ev_atom\n", "no entry in it"),
        (
            "a.csv",
            "formula,formation_energy_ev_atom,scheme,entry_id\n" + 2 * "NaSn,-1,GGA_GGA+U,x\n",
            "names two entries",
        ),
        (
            "a.csv",
            "formula,formation_energy_ev_atom,scheme,entry_id\nNaSn,-1,GGA_GGA+U,mp-11\n",
            "name of a material",
        ),
    ],
)
def test_bad_files(fetched: Path, tmp_path: Path, name: str, content: str, remedy: str) -> None:
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=remedy):
        add_entries(load_snapshot(fetched), tmp_path / name, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_files_that_are_not_there_or_no_text(fetched: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        add_entries(load_snapshot(fetched), tmp_path / "none.csv", tmp_path / "out")
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is no text"):
        add_entries(load_snapshot(fetched), tmp_path / "a.json", tmp_path / "out")


def test_no_object_is_made_of_what_a_file_names(fetched: Path, tmp_path: Path) -> None:
    trap = {"@module": "subprocess", "@class": "Popen", "args": ["touch", str(tmp_path / "trap")]}
    given = entry("Na7Sn12", -80.0)
    given["structure"]["sites"][0]["properties"] = {"magmom": trap}
    given["data"] = given["parameters"]["more"] = trap
    given["energy_adjustments"] = [trap]
    add_entries(load_snapshot(fetched), write(tmp_path / "a.json", given), tmp_path / "out")
    assert not (tmp_path / "trap").exists()


def test_corrections_are_those_of_pymatgen(fetched: Path, tmp_path: Path) -> None:
    given = entry("NaSnCl3", -20.0)
    add_entries(load_snapshot(fetched), write(tmp_path / "a.json", given), tmp_path / "out")
    rows = table(load_snapshot(tmp_path / "out"), "materials").to_pylist()
    row = next(r for r in rows if r["origin"] == "user")
    scheme = MaterialsProject2020Compatibility(check_potcar=False)
    theirs = scheme.process_entry(ComputedStructureEntry.from_dict(given))
    assert theirs is not None
    assert row["energy_ev_atom"] == pytest.approx(theirs.energy_per_atom, abs=1e-6)
    assert row["uncorrected_energy_ev_atom"] == pytest.approx(-4.0)
