"""Workers that would find something else: refused by their name and what differs."""

import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
import tiny_science as tiny
from stock_cluster import JOINED, TESTS, scheduler, worker

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster.open import RunnerOptions, open_runner
from maiscreen.runners.cluster.same_code import local_versions
from maiscreen.runners.endings import MismatchError
from maiscreen.runners.outcome import Outcome
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import Task, remaining_tasks

CAMPAIGN = Campaign(chunk_size=4)
HOST = socket.gethostname()
ROOT = Path(__file__).parents[3]

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("patient")]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with scheduler(tmp_path) as (found, _):
        yield found


def with_old_numpy(tmp_path: Path) -> str:
    """A path on which numpy's metadata are another version's."""
    info = tmp_path / "old" / "numpy-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 1.0\n")
    return f"{info.parent}:{TESTS}"


def with_other_code(tmp_path: Path) -> str:
    """A path on which maiscreen is this one, but for one file of its science."""
    package = tmp_path / "other" / "maiscreen"
    package.mkdir(parents=True)
    for folder in ("candidates", "descriptors", "models", "screen", "runners"):
        (package / folder).mkdir()
        for item in (ROOT / folder).iterdir():
            (package / folder / item.name).symlink_to(item)
    changed = package / "candidates" / "errors.py"
    changed.unlink()
    changed.write_text((ROOT / "candidates" / "errors.py").read_text() + "# changed\n")
    return f"{package.parent}:{TESTS}"


def without_maiscreen(tmp_path: Path) -> str:
    """All packages of this environment, for a Python that looks at no .pth file (-S)."""
    bare = tmp_path / "bare"
    bare.mkdir()
    for folder in map(Path, sys.path):
        if folder.name == "site-packages":
            for item in folder.iterdir():
                target = bare / item.name
                if "maiscreen" not in item.name and not target.exists():
                    target.symlink_to(item)
    return str(bare)


def test_another_version_of_a_package(address: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with (
        worker(address, tmp_path) as right,
        worker(address, tmp_path, PYTHONPATH=with_old_numpy(tmp_path)) as wrong,
    ):
        right.says(JOINED)
        wrong.says(JOINED)
        with pytest.raises(InputError) as refused:
            run(CAMPAIGN, out, scheduler=address, screen=tiny.Tiny)
    told = str(refused.value)
    assert told.count("worker") == 1
    there = wrong.says(r"(?s)Start worker at:\s+(\S+)")
    assert (
        f"worker {there} ({HOST}) has numpy 1.0 where {local_versions()['numpy']} is here" in told
    )
    assert told.endswith("; install the same there")
    assert not out.exists()


def test_other_code_of_the_same_version(address: str, tmp_path: Path) -> None:
    with worker(address, tmp_path, PYTHONPATH=with_other_code(tmp_path)) as wrong:
        wrong.says(JOINED)
        with pytest.raises(InputError, match=r"has another code \w{12} where \w{12} is here;"):
            run(CAMPAIGN, tmp_path / "out", scheduler=address, screen=tiny.Tiny)


def test_no_maiscreen_at_all(address: str, tmp_path: Path) -> None:
    bare = without_maiscreen(tmp_path)
    with worker(address, tmp_path, None, "-S", PYTHONPATH=bare) as wrong:
        wrong.says(JOINED)
        version = local_versions()["maiscreen"]
        with pytest.raises(InputError, match=rf"has no maiscreen where {version} is here;"):
            run(CAMPAIGN, tmp_path / "out", scheduler=address, screen=tiny.Tiny)


@contextmanager
def begun(address: str, tmp_path: Path) -> Iterator[Iterator[tuple[Task, Outcome]]]:
    """A run whose only worker has done the first task, and sits at the second until told."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with worker(address, tmp_path, TINY_PIPE=str(pipe)) as right:
        right.says(JOINED)
        with open_runner(RunnerOptions(scheduler=address), local_versions()) as (execute, _):
            tasks = remaining_tasks(len(CAMPAIGN.metals), CAMPAIGN.chunk_size, set())
            outcomes = execute(tiny.describe_when_told, CAMPAIGN, tasks)
            assert next(outcomes)[0].start == 0
            yield outcomes
        go_on(pipe)


def go_on(pipe: Path) -> None:
    with suppress(OSError):  # nobody waits any more
        os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))


def test_a_wrong_worker_that_joins_later_gives_no_row(address: str, tmp_path: Path) -> None:
    path = with_old_numpy(tmp_path)
    with begun(address, tmp_path) as outcomes, worker(address, tmp_path, PYTHONPATH=path) as wrong:
        with pytest.raises(MismatchError) as refused:
            next(outcomes)
        there = wrong.says(r"Start worker at:\s+(\S+)")
    why = f"has numpy 1.0 where {local_versions()['numpy']} is here; install the same there"
    assert str(refused.value) == f"worker {there} ({HOST}) {why}"


def test_a_worker_without_maiscreen_that_joins_later_is_named(
    address: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bare = without_maiscreen(tmp_path)
    with (
        begun(address, tmp_path) as outcomes,
        worker(address, tmp_path, None, "-S", PYTHONPATH=bare) as wrong,
    ):
        with pytest.raises(MismatchError, match="ModuleNotFoundError: No module named 'maiscreen'"):
            list(outcomes)
        there = wrong.says(r"Start worker at:\s+(\S+)")
    told = capsys.readouterr().err
    assert re.search(rf"worker {there} (has no maiscreen where|joined, and left before)", told)


def test_a_right_worker_that_joins_later(address: str, tmp_path: Path) -> None:
    with begun(address, tmp_path) as outcomes, worker(address, tmp_path) as second:
        second.says(JOINED)
        next(outcomes)  # The first one is not told yet.
        go_on(tmp_path / "pipe")
        assert not any(outcome.failures for _, outcome in outcomes)
