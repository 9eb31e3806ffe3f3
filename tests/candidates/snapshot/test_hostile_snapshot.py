"""Snapshots and computed entries from strangers, under valid hashes."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from resealed import write_sealed

from maiscreen.candidates.entries.files import read_entries
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.molecules.smiles import MAX_LENGTH, groups_on, read_smiles
from maiscreen.candidates.reading import limits
from maiscreen.candidates.snapshot.columns import parse_cell, read_cell
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.tables import structure, table


@pytest.fixture
def folder(fetched: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fetched, tmp_path / "copy"))


def sealed(folder: Path, name: str, content: bytes) -> Path:
    """Put other content into a snapshot, its hash into the manifest."""
    (folder / name).write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] = hashlib.sha256(content).hexdigest()
    write_sealed(folder / "manifest.json", manifest)
    return folder


def with_cell(folder: Path, name: str, value: str) -> Path:
    """Put another value into a column of the second row of the table of phases."""
    lines = (folder / "phases.csv").read_text().split("\n")
    cells = lines[2].split(",")
    cells[lines[0].split(",").index(name)] = value
    lines[2] = ",".join(cells)
    return sealed(folder, "phases.csv", "\n".join(lines).encode())


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("formation_energy_ev_atom", "nan", "no energy within"),
        ("formation_energy_ev_atom", "1e300", "no energy within"),
        ("formation_energy_ev_atom", "", "no energy within"),
        ("energy_above_hull_ev_atom", "inf", "no energy within"),
        ("na_count", "-1", "number of atoms"),
        ("na_count", "999999999999", "number of atoms"),
        ("na_count", "99999999999999999999", "no such table"),
        ("metal", "\x1b[2J", "names no M or X"),
        ("halogen", "Na", "names no M or X"),
        ("formula", "=1+1", "another formula"),
        ("volume_a3_atom", "0", "volume that none has"),
        ("volume_a3_atom", "-5", "volume that none has"),
        ("volume_a3_atom", "0.001", "volume that none has"),
        ("volume_a3_atom", "1e9", "volume that none has"),
    ],
)
def test_rows_that_can_be_no_phase(folder: Path, name: str, value: str, why: str) -> None:
    with pytest.raises(InputError, match=why) as caught:
        load_snapshot(with_cell(folder, name, value))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "name", ['halogen_coun"t', '"count"', "count\0", "count,", "c" * 100_000, ""]
)
def test_headers_that_are_another(folder: Path, name: str) -> None:
    content = (folder / "phases.csv").read_bytes().replace(b"halogen_count", name.encode(), 1)
    with pytest.raises(InputError, match=r"has other columns|is no such table"):
        load_snapshot(sealed(folder, "phases.csv", content))


def test_a_quoted_header_is_the_same(folder: Path) -> None:
    content = (folder / "phases.csv").read_bytes()
    content = content.replace(b"halogen_count", b'"halogen_count"', 1)
    assert load_snapshot(sealed(folder, "phases.csv", content)).phases.num_rows > 10


def test_a_formula_stands_once(folder: Path) -> None:
    lines = (folder / "phases.csv").read_text().strip().split("\n")
    content = "\n".join([*lines, lines[-1], ""]).encode()
    with pytest.raises(InputError, match="twice"):
        load_snapshot(sealed(folder, "phases.csv", content))


def test_too_many_phases_of_a_system(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PHASES_OF_A_SYSTEM", 2)
    with pytest.raises(InputError, match="more than 2 phases of one M and X"):
        load_snapshot(folder)


def test_too_many_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PHASES", 5)
    with pytest.raises(InputError, match="more than 5 rows"):
        load_snapshot(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"files": ["phases.csv"]}, {"files": {"phases.csv": "", "..": ""}}, {"query": []},
        {"files": {"phases.csv": "", "/etc/passwd": ""}}, {"query": {"metals": 7}},
        {"name": ["x"]}, {"functional": 1}, {"refused": "x"}, {"format": 10**400}, {"files": None},
    ],
)  # fmt: skip
def test_manifests_that_are_none(folder: Path, change: dict[str, Any]) -> None:
    whole = json.loads((folder / "manifest.json").read_text()) | change
    try:
        write_sealed(folder / "manifest.json", whole)
    except ValueError:  # a number too long to be written by Python
        (folder / "manifest.json").write_text('{"format": ' + "9" * 5000 + "}")
    with pytest.raises(InputError, match="snapshot = "):
        load_snapshot(folder)


def test_no_class_is_made_of_what_a_structure_names(folder: Path) -> None:
    """pymatgen's own reader imports the module that a property of a site names."""
    import sys

    snapshot = load_snapshot(folder)
    rows = table(snapshot, "structures").to_pylist()
    for row in rows:
        cell = json.loads(row["structure"])
        cell["sites"][0]["properties"] = {"x": {"@module": "antigravity", "@class": "Fly"}}
        row["structure"] = json.dumps(cell)
    from maiscreen.candidates.materials_project.build import structures_file

    sealed(folder, "structures.parquet", structures_file(rows))
    assert structure(load_snapshot(folder), rows[-1]["formula"]) is not None
    assert "antigravity" not in sys.modules


def cell(**changes: Any) -> dict[str, Any]:
    site = {"species": [{"element": "Na", "occu": 1}], "abc": [0, 0, 0]}
    lattice = {"matrix": [[4.0, 0, 0], [0, 4.0, 0], [0, 0, 4.0]]}
    return {"lattice": lattice, "sites": [site], **changes}


@pytest.mark.parametrize(
    "given",
    [
        cell(sites=[]), cell(sites=cell()["sites"] * 601), cell(lattice={"matrix": [[0] * 3] * 3}),
        cell(lattice={"matrix": [[float("nan")] * 3] * 3}), cell(lattice={"matrix": [[4.0] * 3]}),
        cell(lattice={"matrix": [[1e300, 0, 0], [0, 1e300, 0], [0, 0, 1e300]]}), cell(lattice=1),
        cell(lattice={"matrix": [[1e-9, 0, 0], [0, 1e9, 0], [0, 0, 4]]}), cell(sites="x"),
        cell(sites=[{"species": [{"element": "Na"}], "abc": [float("inf"), 0, 0]}]),
        cell(sites=[{"species": [{"element": "\x1b"}], "abc": [0, 0, 0]}]), [], None, "x",
    ],
)  # fmt: skip
def test_cells_that_are_none(given: object) -> None:
    assert read_cell(given) is None


@pytest.mark.parametrize(
    "species",
    [
        [{"element": "Sn", "occu": 0.5, "oxidation_state": 2}, {"element": "Sn", "occu": 0.5}],
        [{"element": "Na", "occu": 0.9}], [{"element": "Na", "occu": 2}], [], "Na", [7],
    ],
)  # fmt: skip
def test_sites_without_one_atom_are_none(species: object) -> None:
    assert read_cell(cell(sites=[{"species": species, "abc": [0, 0, 0]}])) is None


def test_a_cell_is_read() -> None:
    assert read_cell(cell()) is not None
    assert parse_cell(json.dumps(cell())) is not None
    assert parse_cell("[" * 100_000) is None


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b'formula,formation_energy_ev_atom,scheme\n"' + b"x" * 200_000),
        ("a.csv", b"formula,formation_energy_ev_atom" + b",a" * 5000 + b"\n"),
        ("a.csv", b"\xff\xfe"), ("a.json", b"[" * 100_000), ("a.json", b"\xff"),
        ("a.json", b'[{"structure": {"lattice": 1, "sites": 2}, "energy": NaN}]'),
        ("a.json", b'"\\ud800"'),
    ],
)  # fmt: skip
def test_entries_that_are_none(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"--entries|column"):
        read_entries(path, "GGA_GGA+U", {})


def test_many_elements_are_refused_before_their_oxidation_states_are_guessed(
    tmp_path: Path,
) -> None:
    symbols = ("Fe", "Mn", "V", "Cr", "Mo", "W", "Ru", "Os", "Re", "Co", "Ni", "N", "S", "P", "Cl")
    sites = [{"species": [{"element": e}], "abc": [k / 20, k / 20, k / 20]}
             for k, e in enumerate(symbols)]  # fmt: skip
    large = {"matrix": [[90.0, 0, 0], [0, 90.0, 0], [0, 0, 90.0]]}
    entry = {"structure": cell(sites=sites, lattice=large), "energy": -1.0,
             "parameters": {"run_type": "GGA"}}  # fmt: skip
    path = tmp_path / "a.json"
    path.write_text(json.dumps([entry]))
    with pytest.raises(InputError, match="neither a halide"):
        read_entries(path, "GGA_GGA+U", {})


@pytest.mark.parametrize(
    "text", ["C)C", "((((", "C(", "C1CC", "C11", "1", "[Na", ")", "C" * (MAX_LENGTH + 1), "C%1"]
)
def test_what_is_no_smiles_is_none(text: str) -> None:
    assert read_smiles(text) is None


def test_the_longest_smiles_takes_no_time() -> None:
    found = read_smiles("[Si]" + "(C)C" * 120)
    assert found is not None
    groups_on(found, "Si")
