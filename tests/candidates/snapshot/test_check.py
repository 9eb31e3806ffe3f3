import hashlib
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from resealed import write_sealed

import maiscreen.candidates
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.sealed import KEY
from maiscreen.candidates.snapshot.check import verify
from maiscreen.candidates.snapshot.snapshot import load_snapshot

DATA = Path(next(iter(maiscreen.candidates.__path__))) / "data"
FILES = ("phases.csv", "materials.csv", "elasticity.csv", "structures.parquet")


@pytest.fixture
def copy(fetched: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fetched, tmp_path / "copy"))


def signed(folder: Path, name: str, change: Callable[[str], str]) -> None:
    """Change a table and its hash in the manifest, as a source with a fault would have it."""
    text = change((folder / name).read_text())
    (folder / name).write_text(text)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] = hashlib.sha256(text.encode()).hexdigest()
    write_sealed(folder / "manifest.json", manifest)


def passed(folder: Path | None) -> dict[str, bool]:
    return {check.name: check.passed for check in verify(load_snapshot(folder))}


def test_embedded_and_fetched_pass(fetched: Path) -> None:
    embedded = {check.name: check for check in verify(load_snapshot())}
    assert all(check.passed for check in embedded.values())
    # Distances of the source, whose hulls were computed elsewhere.
    assert embedded["reported hulls"].seen.startswith("1342 distances, largest difference 0.57 meV")
    assert all(passed(fetched).values())


@pytest.mark.parametrize("name", FILES)
def test_one_flipped_byte(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(bytes(content))
    with pytest.raises(InputError, match=f"{name}.*differs from the hash"):
        verify(load_snapshot(copy))


@pytest.mark.parametrize("name", FILES)
def test_missing_file(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(InputError, match=f"{name}.*can't be read"):
        verify(load_snapshot(copy))


def test_a_wrong_distance_in_the_table(copy: Path) -> None:
    signed(
        copy,
        "phases.csv",
        lambda text: text.replace(",-2.114426,,0.000000,", ",-2.114426,,0.100000,"),
    )
    assert passed(copy) == {"files": True, "tables": True, "hulls": False, "reported hulls": True}


def test_an_energy_that_the_reported_hull_does_not_know(copy: Path) -> None:
    lines = (copy / "materials.csv").read_text().splitlines()
    row = next(line for line in lines if ",Na15Sn4," in line)
    cells = row.split(",")
    cells[9] = f"{float(cells[9]) - 0.02:.6f}"
    signed(copy, "materials.csv", lambda text: text.replace(row, ",".join(cells)))
    checks = {check.name: check for check in verify(load_snapshot(copy))}
    assert not checks["reported hulls"].passed
    assert "differ by more than 1" in checks["reported hulls"].seen


def test_tables_of_other_columns_or_lengths(copy: Path) -> None:
    signed(copy, "elasticity.csv", lambda text: "\n".join(text.splitlines()[:-1]) + "\n")
    checks = {check.name: check for check in verify(load_snapshot(copy))}
    assert "elasticity" in checks["tables"].seen
    assert not checks["tables"].passed
    signed(copy, "materials.csv", lambda text: text.replace("material_id", "mp_id", 1))
    with pytest.raises(InputError, match=r"materials.csv.*other columns"):
        verify(load_snapshot(copy))


def test_text_in_the_place_of_a_number(copy: Path) -> None:
    signed(copy, "phases.csv", lambda text: text.replace("-2.114426", "minus two"))
    with pytest.raises(InputError, match=r"phases.csv.*no such table"):
        load_snapshot(copy)


@pytest.mark.parametrize("name", [*FILES, "manifest.json"])
def test_a_bit_of_any_file_is_found(copy: Path, name: str) -> None:
    whole, rng = (copy / name).read_bytes(), random.Random(19)
    for place in rng.sample(range(len(whole)), 30):
        changed = bytearray(whole)
        changed[place] ^= 1 << rng.randrange(8)
        (copy / name).write_bytes(changed)
        try:
            found = not all(passed(copy).values())
        except InputError:
            found = True
        assert found, place


def test_a_manifest_that_lost_its_seal_is_found(copy: Path) -> None:
    manifest = copy / "manifest.json"
    assert all(passed(copy).values())
    manifest.write_text(manifest.read_text().replace(KEY, "seal_sha255"))
    assert not passed(copy)["files"]


@pytest.mark.parametrize(
    ("manifest", "remedy"),
    [
        ('{"format": 2, "files": {"phases.csv": ""}}', "update maiscreen"),
        ('{"format": "1", "files": {"phases.csv": ""}}', "update maiscreen"),
        (
            '{"format": 1, "files": {"../phases.csv": "", "phases.csv": ""}}',
            "names no phases.csv, or paths beside it",
        ),
        ('{"format": 1, "files": {}}', "names no phases.csv"),
        ("[]", "no readable manifest"),
        ("{", "no readable manifest"),
        ("[" * 100_000, "no readable manifest"),
    ],
)
def test_manifests_that_are_none_of_ours(tmp_path: Path, manifest: str, remedy: str) -> None:
    (tmp_path / "manifest.json").write_text(manifest)
    with pytest.raises(InputError, match=remedy):
        load_snapshot(tmp_path)


def test_volumes_of_an_unknown_source(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    write_sealed(copy / "manifest.json", {**manifest, "volumes": "guessed"})
    with pytest.raises(InputError, match="no source of volumes"):
        load_snapshot(copy)


def test_another_snapshot_in_the_place_of_a_pinned_one(copy: Path) -> None:
    from maiscreen.candidates.snapshot.snapshot import pin_snapshot

    pin = pin_snapshot(str(copy))
    assert load_snapshot(pin) is load_snapshot(copy)
    signed(copy, "phases.csv", lambda text: text.replace("-2.114426", "-2.114427"))
    assert pin_snapshot(str(copy)) != pin
    with pytest.raises(InputError, match="another snapshot"):
        load_snapshot(pin.replace(pin[-4:], "0000"))
