"""`maiscreen verify` finds whatever was changed in a folder, and the same run mends it."""

import json
import os
import random
import shutil
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path

import pytest
import tiny_science as tiny
from resealed import reseal

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.runners.cli import main
from maiscreen.runners.folder.status import status
from maiscreen.runners.folder.verify import Verdict, verify
from maiscreen.runners.runs.campaign import run
from maiscreen.runners.runs.lab import Source, keep_import, undo_import
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space

CAMPAIGN = Campaign(metals=("Si", "Ti", "Sn"), halogens=("Cl",), chunk_size=2)
OTHER = Campaign(metals=("Ge", "V", "Sb"), halogens=("Cl",), chunk_size=2)
SMALL = Campaign(metals=("Si", "Sn"), halogens=("Cl",), fidelity="F0", samples=100, chunk_size=5)
WIDE = Campaign(
    metals=("Si", "Sn"), halogens=("F", "Cl"), fidelity="F0", samples=100,
    space=Space(blends=2, ratio_steps=2, front_runners=5),
)  # fmt: skip

FEW = 300
"""Bytes of a large file that are changed: all of it has one hash."""

HARMLESS = ("log-", "lock-")
"""What no result is read from."""

SOURCE = Source("results.csv", "0" * 64, "2026-01-01T00:00:00+00:00", "f", "CSV", 0, 0, 0, 0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Tiny campaigns, with an import that stands and one that is undone; to be copied."""
    folder = tmp_path_factory.mktemp("verified")
    for name, campaign in {"out": CAMPAIGN, "other": OTHER}.items():
        run(campaign, folder / name, serially=True, screen=tiny.Tiny)
    for _ in range(2):
        keep_import(folder / "out", SOURCE, ())
    undo_import(folder / "out", None)
    return folder


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made / "out", tmp_path / "out"))


def files_of(out: Path) -> list[Path]:
    return sorted(path for path in out.rglob("*") if path.is_file())


def is_found(out: Path) -> bool:
    """Return whether something is seen to be wrong, in whatever way."""
    try:
        verdict = verify(out)
    except InputError as error:
        return "is damaged; run the campaign again" in str(error)
    return bool(verdict.problems or verdict.uncovered)


def flips(content: bytes, most: int, rng: random.Random) -> Iterator[bytes]:
    """Change a random bit of each byte; of a random few where there are more than so many."""
    places = range(len(content))
    for place in places if len(content) <= most else rng.sample(places, min(most, FEW)):
        changed = bytearray(content)
        changed[place] ^= 1 << rng.randrange(8)
        yield bytes(changed)


def unnoticed(out: Path, most: int) -> dict[str, int]:
    """Count, by file, the flips that nothing tells of."""
    missed, rng = {}, random.Random(19)
    for path in files_of(out):
        whole = path.read_bytes()
        missed[path.name] = 0
        for content in flips(whole, most, rng):
            path.write_bytes(content)
            missed[path.name] += not is_found(out)
        path.write_bytes(whole)
    return missed


def test_a_whole_folder_is_whole(out: Path) -> None:
    assert verify(out) == Verdict(2, 0, ())


def test_a_bit_of_any_file_is_found(out: Path) -> None:
    missed = unnoticed(out, 40)
    assert len(missed) > 10
    assert {name for name, count in missed.items() if count and not name.startswith(HARMLESS)} == (
        set()
    )


@pytest.mark.slow
@pytest.mark.parametrize("campaign", [SMALL, WIDE], ids=["narrow", "wide"])
def test_a_bit_of_every_byte_is_found(tmp_path: Path, campaign: Campaign) -> None:
    run(campaign, tmp_path, serially=True)
    keep_import(tmp_path, SOURCE, ())
    assert not is_found(tmp_path)
    missed = unnoticed(tmp_path, 5_000)
    assert {name for name, count in missed.items() if count and not name.startswith(HARMLESS)} == (
        set()
    )


def test_damage_behind_a_changed_manifest_is_found(out: Path) -> None:
    manifest = out / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"files"', '"fileS"'))
    (out / "ranking.parquet").write_bytes(b"junk")
    assert verify(out).problems == ("manifest.json: is not what was written",)
    assert main.main(["verify", str(out)]) == 1


def truncate(path: Path, made: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] or b"x")


def empty(path: Path, made: Path) -> None:
    path.write_bytes(b"" if path.read_bytes() else b"x")


def extend(path: Path, made: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


def remove(path: Path, made: Path) -> None:
    path.unlink()


def link(path: Path, made: Path) -> None:
    """Lead to the same content elsewhere, which anybody may change."""
    path.unlink()
    path.symlink_to(next(made.glob(f"out/**/{path.name}")))


def lead_nowhere(path: Path, made: Path) -> None:
    path.unlink()
    path.symlink_to(path.name)


def pipe(path: Path, made: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def folder(path: Path, made: Path) -> None:
    path.unlink()
    path.mkdir()


def of_another_campaign(path: Path, made: Path) -> None:
    pattern = path.name if path.name.startswith("part-") else f"{path.stem}{path.suffix}"
    theirs = next((made / "other").glob(f"**/{pattern}"), None)
    path.write_bytes(theirs.read_bytes() if theirs else b"of another")


CHANGES = (
    truncate, empty, extend, remove, link, lead_nowhere, pipe, folder, of_another_campaign
)  # fmt: skip
CONTENT = (truncate, empty, extend, of_another_campaign)


@pytest.mark.parametrize("change", CHANGES, ids=[one.__name__ for one in CHANGES])
def test_whatever_is_done_to_a_file_is_found(
    out: Path, made: Path, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    for path in files_of(out):
        harmless = path.name.startswith(HARMLESS) and change in (*CONTENT, remove)
        # What was never imported, or undone, is not missed; what was prepared was empty.
        harmless |= path.parent.name == "lab" and change is remove
        harmless |= path.name == "prepared.npz" and change is of_another_campaign
        if harmless:
            continue
        hurt = Path(shutil.copytree(out, tmp_path / "hurt"))
        change(hurt / path.relative_to(out), made)
        assert is_found(hurt), path.relative_to(out)
        shutil.rmtree(hurt)


def test_files_that_changed_places_are_found(out: Path) -> None:
    for pattern in ("candidates/part-*", ".maiscreen/*/part-*", "lab/import-*"):
        first, second = sorted(out.glob(pattern))
        before = first.read_bytes(), second.read_bytes()
        if before[0] == before[1]:
            continue
        first.write_bytes(before[1])
        second.write_bytes(before[0])
        assert is_found(out), pattern
        first.write_bytes(before[0])
        second.write_bytes(before[1])
    assert not is_found(out)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"fingerprint": "0" * 64}, "is of another campaign"),
        ({"campaign": {**CAMPAIGN.to_dict(), "temperature_c": 60.0}}, "settings or versions"),
        ({"campaign": {"heat": 1}}, "settings or versions"),
        ({"campaign": None}, "settings or versions"),
        ({"sources": {}}, "settings or versions"),
        ({"sources": [1]}, "settings or versions"),
        ({"seeds": {"monte_carlo": 1}}, "its seeds"),
        ({"counts": {"passed": 3, "rejected": 1, "failed": 0}}, "its counts"),
        ({"counts": [1]}, "its counts"),
        ({"rows": 4}, "its rows"),
        ({"gates": {"volatility": 1}}, "its gates"),
        ({"failures": [{"index": 0, "reason": "x", "traceback": ""}]}, "its failures"),
        ({"files": {}}, "names other files"),
        ({"files": None}, "names files elsewhere"),
    ],
)
def test_what_a_manifest_says_is_computed_anew(
    out: Path, changes: dict[str, object], problem: str
) -> None:
    """Whoever changed it has sealed it anew."""
    reseal(out / "manifest.json", **changes)
    problems = verify(out).problems
    assert any(one.startswith("manifest.json: ") and problem in one for one in problems)


def test_what_is_vouched_for_must_be_a_ranking_of_this_campaign(out: Path, made: Path) -> None:
    from maiscreen.runners.folder.place import sha256_of

    for content in (b"no Parquet", (made / "other" / "ranking.parquet").read_bytes()):
        (out / "ranking.parquet").write_bytes(content)
        files = json.loads((out / "manifest.json").read_bytes())["files"]
        files["ranking.parquet"] = sha256_of(out / "ranking.parquet")
        reseal(out / "manifest.json", files=files)
        (problem,) = verify(out).problems
        assert problem.startswith("ranking.parquet: is ")


def test_a_record_of_other_settings_is_found(out: Path) -> None:
    (record,) = out.glob(".maiscreen/*/campaign.json")
    reseal(record, campaign={**CAMPAIGN.to_dict(), "temperature_c": 60.0})
    (problem,) = verify(out).problems
    assert problem.startswith("campaign.json: its settings")


def test_files_of_strangers_are_told_and_no_fault(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = [f"figure {k}.svg" for k in range(7)]
    for name in names:
        (out / name).write_text("mine")
    (out / ".maiscreen" / ".probe-1").touch()
    (out / "figures").mkdir()
    assert set(names) | {"figures", ".maiscreen/.probe-1"} == set(verify(out).strangers)
    assert main.main(["verify", str(out)]) == 0
    told = capsys.readouterr().out
    assert "of no run, and not looked at: .maiscreen/.probe-1, figure 0.svg" in told
    assert "and 4 more" in told


def test_names_of_strangers_are_printed_harmlessly(
    out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(os.fsdecode(os.fsencode(out) + b"/\xff\x1b[2J\n")).touch()
    Path(out / "candidates" / "\x1b[2J.parquet").touch()
    assert main.main(["verify", str(out)]) == 1
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "belongs to no task" in told


@pytest.mark.parametrize("name", ["candidates/notes.txt", ".maiscreen/f/campaign.json"])
def test_strangers_where_a_run_would_read_them_are_a_fault(out: Path, name: str) -> None:
    (out / name).parent.mkdir(exist_ok=True)
    (out / name).write_text("{}")
    assert is_found(out)


def test_an_inner_folder_that_is_a_link_is_found(out: Path, tmp_path: Path) -> None:
    for name in ("candidates", ".maiscreen", "lab"):
        moved = (out / name).rename(tmp_path / "moved")
        (out / name).symlink_to(moved)
        assert any(one.startswith(f"{name}: is a link") for one in verify(out).problems)
        (out / name).unlink()
        moved.rename(out / name)


def test_a_file_beyond_the_limits_is_not_read(out: Path) -> None:
    for name in ("ranking.parquet", "report.html"):
        with (out / name).open("r+b") as file:
            file.truncate(limits.PART_BYTES + 1)
    assert sum("has more than" in one for one in verify(out).problems) == 2


@pytest.mark.slow
def test_the_same_command_mends_what_verify_finds(out: Path, tmp_path: Path) -> None:
    before = {path.relative_to(out): path.read_bytes() for path in files_of(out)}
    changes = cycle((truncate, empty, extend, remove))
    for path in files_of(out):
        if path.parent.name == "lab" or path.name.startswith(HARMLESS):
            continue
        next(changes)(path, tmp_path)
        assert is_found(out)
        run(CAMPAIGN, out, serially=True, screen=tiny.Tiny)
        assert verify(out) == Verdict(2, 0, ())
    for name in ("ranking.parquet", "shortlist.csv", "report.html"):
        assert (out / name).read_bytes() == before[Path(name)]


def test_a_damaged_receipt_of_other_tasks_does_not_stay(out: Path) -> None:
    """Those of a plan that was divided otherwise, whose names come no more."""
    receipt, _ = sorted(out.glob(".maiscreen/*/part-*.json"))
    receipt.write_bytes(b"{}")
    run(CAMPAIGN, out, serially=True, screen=tiny.Tiny, rows=1)
    assert verify(out) == Verdict(3, 0, ())


@pytest.mark.parametrize(
    "command", ["shortlist", "plot ranks --out x.svg", "lab show", "lab template --out x.xlsx"]
)
@pytest.mark.parametrize("name", ["manifest.json", "ranking.parquet"])
def test_nothing_damaged_is_shown(
    out: Path, capsys: pytest.CaptureFixture[str], command: str, name: str
) -> None:
    content = bytearray((out / name).read_bytes())
    content[len(content) // 2] ^= 2
    (out / name).write_bytes(content)
    word, *more = command.split()
    at = 1 if word == "lab" else 0
    told = [word, *more[:at], str(out), *more[at:]]
    told = [str(out.parent / one) if one.startswith("x.") else one for one in told]
    assert main.main(told) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert name in captured.err
    assert "run the campaign again" in captured.err


def test_a_damaged_manifest_is_no_finished_campaign(out: Path) -> None:
    assert status(out).state == "finished"
    for content in flips((out / "manifest.json").read_bytes(), 50, random.Random(1)):
        (out / "manifest.json").write_bytes(content)
        assert status(out).state == "interrupted"
