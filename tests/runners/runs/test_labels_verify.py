"""`maiscreen verify` finds whatever was changed in a folder of labels; the same run mends it."""

import json
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_labels as tiny
from resealed import reseal

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.evidence import evidence_of
from maiscreen.models.labels.potentials import PotentialEntry
from maiscreen.models.training_files.read import read_data
from maiscreen.runners.cli import main
from maiscreen.runners.cluster.open import RunnerOptions
from maiscreen.runners.folder.verify import Verdict
from maiscreen.runners.runs.labels import run_labels
from maiscreen.runners.runs.labels_receipts import read_labels
from maiscreen.runners.runs.labels_register import (
    register_by_hand,
    register_potentials,
    registered,
)
from maiscreen.runners.runs.labels_verify import verify_labels
from maiscreen.runners.runs.simulation import LabelRequest

HARMLESS = ("log-", "lock-")
WANTED = LabelRequest(phases=("NaCl",), quantities=("structure", "adhesion"))


OWN = PotentialEntry("second", "a.b:C", own=True)


def run(out: Path) -> None:
    simulator = replace(tiny.parts(tiny.simulate), own=(OWN,))
    run_labels(WANTED, out, RunnerOptions(serially=True), simulator=simulator)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("labels") / "out"
    run(out)
    return out


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "out"))


def files_of(out: Path) -> list[Path]:
    files = sorted(path for path in out.rglob("*") if path.is_file())
    return [path for path in files if not path.name.startswith(HARMLESS)]


def test_a_bit_of_any_file_is_found(out: Path) -> None:
    assert verify_labels(out) == Verdict(4, 0, ())
    rng = random.Random(19)
    for path in files_of(out):
        whole = path.read_bytes()
        for place in rng.sample(range(len(whole)), min(60, len(whole))):
            changed = bytearray(whole)
            changed[place] ^= 1 << rng.randrange(8)
            path.write_bytes(changed)
            assert verify_labels(out).problems, (path.name, place)
        path.write_bytes(whole)
    assert verify_labels(out) == Verdict(4, 0, ())


@pytest.mark.parametrize("how", ["empty", "longer", "gone", "folder", "pipe", "link"])
def test_whatever_is_done_to_a_file_is_found_and_mended(out: Path, how: str) -> None:
    for path in files_of(out):
        content = path.read_bytes()
        path.unlink()
        if how in ("empty", "longer"):
            path.write_bytes(b"" if how == "empty" else content + b"\n")
        elif how == "folder":
            path.mkdir()
        elif how == "pipe":
            os.mkfifo(path)
        elif how == "link":
            path.symlink_to(path.name)
        receipt_gone = how == "gone" and path.parent.name == "labels" and path.suffix == ".json"
        # The table has what it held.
        assert bool(verify_labels(out).problems) is not receipt_gone
        if path.is_dir() and not path.is_symlink():
            path.rmdir()
        else:
            path.unlink(missing_ok=True)
        path.write_bytes(content)


@pytest.mark.parametrize("content", [b"", b"{}", None])
def test_the_same_command_mends_receipts(out: Path, content: bytes | None) -> None:
    for path in files_of(out):
        if path.parent.name == "labels" and path.suffix == ".json":
            whole = path.read_bytes()
            path.write_bytes(whole.replace(b'"traceback": ""', b'"traceback": "x"'))
            if content is not None:
                path.write_bytes(content)
            assert verify_labels(out).problems
            run(out)
            assert verify_labels(out).problems == ()


def test_what_a_manifest_says_is_counted_anew(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = json.loads((out / "manifest.json").read_bytes())["labels"]
    reseal(out / "manifest.json", labels={**labels, "no_value": 7})
    assert main.main(["verify", str(out)]) == 1
    captured = capsys.readouterr()
    assert "its labels are not those of the table" in captured.out
    assert f"made again by: maiscreen labels run --out {out}" in captured.err
    reseal(out / "manifest.json", labels=labels)
    assert main.main(["verify", str(out)]) == 0
    reseal(out / "manifest.json", files={})
    names = "labels.jsonl and potentials.json"
    assert verify_labels(out).problems == (f"manifest.json: names other files than {names}",)


def test_a_changed_table_is_not_used(out: Path) -> None:
    table = out / "labels.jsonl"
    table.write_bytes(table.read_bytes().replace(b"0.01", b"0.02"))
    for read in (read_labels, lambda path: evidence_of(str(path)), _train):
        with pytest.raises(InputError, match=r"labels\.jsonl.*it was changed since"):
            read(out)
    # Nobody vouches for a table alone.
    alone = out.parent / "alone"
    alone.mkdir()
    shutil.copy(table, alone)
    assert read_labels(alone)


def _train(out: Path) -> object:
    return read_data("volume_a3_atom", out)


def test_a_missing_receipt_is_noticed(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (path, *_) = sorted((out / ".maiscreen" / "labels").glob("*.json"))
    path.unlink()
    assert verify_labels(out) == Verdict(3, 1, ())
    assert main.main(["verify", str(out)]) == 1
    captured = capsys.readouterr()
    assert captured.out == "3 parts are whole\n"
    assert "1 receipts are not those that the table was made of" in captured.err
    run(out)  # from the table, which has what it held
    assert verify_labels(out) == Verdict(3, 0, ())


def test_a_receipt_of_other_values_is_noticed(out: Path) -> None:
    """Whoever changed it has sealed it anew; the run takes it as it stands."""
    (path, *_) = sorted((out / ".maiscreen" / "labels").glob("*.json"))
    reseal(path, traceback="elsewhere")
    assert verify_labels(out) == Verdict(4, 1, ())
    run(out)
    assert verify_labels(out) == Verdict(4, 0, ())


def test_a_folder_without_receipts_is_still_one_of_labels(out: Path) -> None:
    shutil.rmtree(out / ".maiscreen")
    verdict = verify_labels(out)
    assert (verdict.parts, verdict.uncovered) == (0, 4)
    assert verdict.problems == (".maiscreen/labels/.table.sha256: is missing",)
    assert main.main(["verify", str(out)]) == 1
    run(out)
    assert verify_labels(out) == Verdict(0, 0, ())


@pytest.mark.parametrize("receipts", [[], {"../elsewhere.json": ""}, None])
def test_receipts_elsewhere_are_not_looked_at(out: Path, receipts: object) -> None:
    reseal(out / "manifest.json", receipts=receipts)
    assert verify_labels(out).problems == ("manifest.json: names receipts elsewhere",)


def test_a_register_that_was_changed_or_added_is_found(out: Path, tmp_path: Path) -> None:
    path = out / "potentials.json"
    assert registered(out)[0] == OWN
    path.write_bytes(path.read_bytes().replace(b"false", b"true"))  # an opinion alone
    assert verify_labels(out).problems == ("potentials.json: is not what was written",)
    with pytest.raises(InputError, match=r"potentials\.json was changed"):
        evidence_of(str(out))
    run(out)
    assert verify_labels(out) == Verdict(4, 0, ())
    none = tmp_path / "none"
    run_labels(WANTED, none, RunnerOptions(serially=True), simulator=tiny.parts(tiny.simulate))
    assert not (none / "potentials.json").exists()
    shutil.copy(path, none)
    assert verify_labels(none).strangers == ("potentials.json",)


def test_a_run_that_ended_before_its_manifest_loses_no_potential(out: Path) -> None:
    before = registered(out)
    late = PotentialEntry("late", "a.b:C", own=True)
    register_potentials(out, [late])  # and then it was killed: the manifest is the one of before
    with pytest.raises(InputError, match=r"potentials\.json was changed"):
        registered(out)
    last = PotentialEntry("last", "a.b:C", own=True)
    register_potentials(out, [last])
    run(out)
    assert registered(out) == (*before, late, last)
    assert verify_labels(out) == Verdict(4, 0, ())


def test_a_damaged_register_is_kept_aside(out: Path) -> None:
    (out / "potentials.json").write_bytes(b"[{")
    run(out)
    assert registered(out) == (OWN,)
    aside = out / ".maiscreen" / "labels" / "potentials.json.stale"
    assert aside.read_bytes() == b"[{"
    assert verify_labels(out) == Verdict(4, 0, ())


def test_nobody_registers_by_hand_what_a_manifest_vouches_for(out: Path) -> None:
    with pytest.raises(InputError, match="give that one the file"):
        register_by_hand(out, OWN)
