import hashlib
import json
import logging
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import tiny_science as tiny
from distributed import Client, LocalCluster

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster import cluster, execution, watch
from maiscreen.runners.cluster.process_settings import PATIENCE_S
from maiscreen.runners.endings import LostError
from maiscreen.runners.provenance import code_hash, provenance
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import remaining_tasks

CAMPAIGN = Campaign(chunk_size=16)
TWO_WAYS = "give another folder to --out, or remove this one"
TOTAL = len(CAMPAIGN.metals)


def files_of(out: Path) -> dict[str, bytes]:
    """What a run wrote, less the manifest, which holds times."""
    return {
        path.name: path.read_bytes()
        for path in out.iterdir()
        if path.suffix != ".json" and path.is_file()
    }


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("reference") / "out"
    run(CAMPAIGN, out, serially=True, screen=tiny.Tiny)
    return files_of(out)


@pytest.mark.parametrize("chunk_size", [1, 7, 1000])
def test_chunk_size_changes_no_byte(tmp_path: Path, reference: object, chunk_size: int) -> None:
    run(replace(CAMPAIGN, chunk_size=chunk_size), tmp_path, serially=True, screen=tiny.Tiny)
    assert files_of(tmp_path) == reference


@pytest.mark.slow
def test_workers_change_no_byte(tmp_path: Path, reference: object) -> None:
    run(CAMPAIGN, tmp_path, workers=2, screen=tiny.Tiny)
    assert files_of(tmp_path) == reference
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    assert manifest["workers"] == 2


def test_interrupted_and_resumed_with_other_chunks(tmp_path: Path, reference: object) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Interrupted)
    assert not (tmp_path / "manifest.json").exists()
    assert len(list(tmp_path.rglob("part-*.json"))) == 2
    run(replace(CAMPAIGN, chunk_size=5), tmp_path, serially=True, screen=tiny.Tiny)
    assert files_of(tmp_path) == reference


def test_nothing_is_done_twice(tmp_path: Path) -> None:
    run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)
    before = files_of(tmp_path)
    run(replace(CAMPAIGN, name="again"), tmp_path, serially=True, screen=tiny.Never)
    assert files_of(tmp_path)["ranking.parquet"] == before["ranking.parquet"]


@pytest.mark.parametrize("how", ["half", "flip", "empty", "receipt", "nested", "gone"])
def test_damaged_part_is_done_again(tmp_path: Path, reference: object, how: str) -> None:
    run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)
    part = sorted(tmp_path.rglob("part-*.parquet"))[1]
    receipt = next(tmp_path.glob(f".maiscreen/*/{part.stem}.json"))
    content = bytearray(part.read_bytes())
    if how == "half":
        part.write_bytes(content[: len(content) // 2])
    elif how == "flip":
        content[len(content) // 2] ^= 1
        part.write_bytes(content)
    elif how == "empty":
        part.write_bytes(b"")
    elif how == "receipt":
        receipt.write_text('{"task": [16')
    elif how == "nested":
        receipt.write_text("[" * 100_000)
    else:
        part.unlink()
    run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)
    assert files_of(tmp_path) == reference
    assert part.read_bytes() != bytes(content) if how == "flip" else part.stat().st_size > 0


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ("Raising", "ZeroDivisionError: a bad row"),
        pytest.param("Dying", "ended its worker", marks=pytest.mark.slow),
    ],
)
def test_a_bad_row_fails_alone(tmp_path: Path, parts: str, reason: str) -> None:
    how = {"serially": True} if parts == "Raising" else {"workers": 2}
    table = run(CAMPAIGN, tmp_path, **how, screen=getattr(tiny, parts))
    rows = table.to_pylist()
    assert len(rows) == TOTAL
    failed = [row for row in rows if row["status"] == "failed"]
    assert [row["formula"] for row in failed] == [f"{CAMPAIGN.metals[tiny.BAD]}Cl"]
    assert reason in failed[0]["failed_reason"]
    assert failed[0]["value"] is None
    counts = json.loads((tmp_path / "manifest.json").read_bytes())["counts"]
    assert sum(counts.values()) == TOTAL
    assert counts["failed"] == 1


def test_a_failure_leaves_its_traceback_without_folders(tmp_path: Path) -> None:
    run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Raising)
    receipts = [json.loads(p.read_bytes()) for p in tmp_path.rglob("part-*.json")]
    (failure,) = [failure for receipt in receipts for failure in receipt["failures"]]
    assert failure["index"] == tiny.BAD
    assert "tiny_science.py" in failure["traceback"]
    assert str(Path(__file__).parents[1]) not in failure["traceback"]


def test_all_rows_bad(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="all 3 candidates failed: ZeroDivisionError"):
        run(
            replace(CAMPAIGN, metals=("Sn", "Si", "Ti")), tmp_path, serially=True, screen=tiny.Never
        )


def test_manifest_tells_what_and_from_what(tmp_path: Path) -> None:
    run(CAMPAIGN, tmp_path / "out", serially=True, screen=tiny.Tiny)
    text = (tmp_path / "out" / "manifest.json").read_text()
    manifest = json.loads(text)
    assert str(tmp_path) not in text
    assert manifest["fingerprint"] == CAMPAIGN.fingerprint(
        {**provenance(), **tiny.Tiny(CAMPAIGN).sources()}
    )
    assert Campaign.from_dict(manifest["campaign"]) == CAMPAIGN
    assert manifest["rows"] == TOTAL
    assert set(manifest["files"]) == {"ranking.parquet", "shortlist.csv", "report.html"}
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((tmp_path / "out" / name).read_bytes()).hexdigest() == digest
    schema = pq.read_schema(tmp_path / "out" / "ranking.parquet")
    assert schema.metadata[b"fingerprint"].decode() == manifest["fingerprint"]


def test_folder_of_another_campaign(tmp_path: Path) -> None:
    run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    other = replace(CAMPAIGN, temperature_c=60.0)
    with pytest.raises(InputError, match=r"another campaign: it differs in temperature_c; give"):
        run(other, tmp_path, serially=True, screen=tiny.Tiny)
    with pytest.raises(InputError, match="another version of the code or the data; " + TWO_WAYS):
        run(CAMPAIGN, tmp_path, serially=True, screen=tiny.OfNewData)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_folder_of_another_interrupted_campaign(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Interrupted)
    with pytest.raises(InputError, match="another campaign, .* and was interrupted; " + TWO_WAYS):
        run(replace(CAMPAIGN, seed=1), tmp_path, serially=True, screen=tiny.Tiny)


def test_folder_with_foreign_files(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(InputError, match=r"foreign report\.html"):
        run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(InputError, match=r"damaged or foreign manifest\.json"):
        run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)
    (tmp_path / "manifest.json").write_text("[" * 100_000)
    with pytest.raises(InputError, match=r"damaged or foreign manifest\.json; " + TWO_WAYS):
        run(CAMPAIGN, tmp_path, serially=True, screen=tiny.Tiny)
    assert (tmp_path / "report.html").read_text() == "mine"


def test_folder_that_cannot_be(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    with pytest.raises(InputError, match="is a file"):
        run(CAMPAIGN, file, serially=True, screen=tiny.Tiny)
    with pytest.raises(InputError, match=r"--out = .* cannot be written: Not a directory"):
        run(CAMPAIGN, file / "out", serially=True, screen=tiny.Tiny)
    for name, why in (("x" * 300, "File name too long"), ("a\0b", "embedded null byte")):
        with pytest.raises(InputError, match=f"--out = .* cannot be .*: {why}"):
            run(CAMPAIGN, tmp_path / name, serially=True, screen=tiny.Tiny)
    assert list(tmp_path.iterdir()) == [file]


def test_unreachable_scheduler_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("maiscreen.runners.cluster.cluster.PATIENCE_S", 1)
    refused = {
        "tcp://127.0.0.1:9": r"cannot be reached \(Connection refused\); start one",
        "nonsense": "is no address of a scheduler; give one such as tls://",
        "tcp://127.0.0.1": "is no address of a scheduler",
    }
    for address, why in refused.items():
        with pytest.raises(InputError, match=f"--scheduler = .*{why}"):
            run(CAMPAIGN, tmp_path / "out", scheduler=address, screen=tiny.Tiny)
    assert not (tmp_path / "out").exists()


def a_cluster(workers: int) -> LocalCluster:
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
def test_a_running_scheduler(tmp_path: Path, reference: object) -> None:
    with a_cluster(1) as running:
        address = running.scheduler_address
        with pytest.raises(
            InputError, match=r"worker tcp://\S+ \(.+\) has another code \w{12} where"
        ):
            run(CAMPAIGN, tmp_path / "out", scheduler=address, screen=tiny.OfNewCode)
        assert not (tmp_path / "out").exists()
        run(CAMPAIGN, tmp_path / "out", scheduler=address, screen=tiny.Tiny)
    assert files_of(tmp_path / "out") == reference


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
def test_a_scheduler_without_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wait = Client.wait_for_workers
    # There is none, however long one is waited for.
    monkeypatch.setattr(
        Client, "wait_for_workers", lambda self, count, timeout: wait(self, count, 0.1)
    )
    with (
        a_cluster(0) as running,
        pytest.raises(InputError, match="has no workers; start one with: dask worker"),
    ):
        run(CAMPAIGN, tmp_path, scheduler=running.scheduler_address, screen=tiny.Tiny)


CLUSTER = """
import time
from distributed import LocalCluster
how = {"n_workers": 1, "threads_per_worker": 1, "processes": False, "dashboard_address": None}
print(LocalCluster(protocol="tcp://", host="127.0.0.1", **how).scheduler_address, flush=True)
time.sleep(3600)
"""


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
def test_a_scheduler_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CLUSTER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    ) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        try:
            with cluster.connected_client(address, code_hash(), code_hash) as client:
                tasks = remaining_tasks(TOTAL, 2, set())
                outcomes = execution.execute(client, tiny.describe_slowly, CAMPAIGN, tasks)
                next(outcomes)
                monkeypatch.setattr(client.rpc, "timeout", PATIENCE_S)  # nobody will answer
                process.kill()
                with pytest.raises(LostError, match="scheduler lost; the same command goes on"):
                    list(outcomes)
                with pytest.raises(LostError, match="scheduler lost"):
                    watch.worker_count(client)
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
def test_workers_that_all_go_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maiscreen.runners.cluster.watch.LOOK_S", 0.2)
    with (
        a_cluster(1) as running,
        cluster.connected_client(running.scheduler_address, code_hash(), code_hash) as client,
    ):
        tasks = remaining_tasks(TOTAL, 2, set())
        outcomes = execution.execute(
            client, tiny.describe_slowly, CAMPAIGN, tasks, terms=watch.RunTerms(wait_s=1)
        )
        next(outcomes)
        running.scale(0)
        with pytest.raises(LostError, match="no worker has been left for 1 s; the same command"):
            list(outcomes)


@pytest.mark.slow
def test_a_script_without_main_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import tiny_science\n"
        "from maiscreen.runners.runs.campaign import run\n"
        "from maiscreen.screen.campaign.campaign import Campaign\n"
        f"print(run(Campaign(), {str(tmp_path / 'out')!r}, workers=2, screen=tiny_science.Tiny)"
        ".num_rows, __file__ is not None)\n"
    )
    done = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        timeout=300,
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": ""},
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{TOTAL} True\n", "")


@pytest.mark.slow
def test_science_leaves_dask_unloaded() -> None:
    code = (
        "import importlib, pkgutil, sys\n"
        "for part in ('candidates', 'descriptors', 'models', 'screen'):\n"
        "    package = importlib.import_module(f'maiscreen.{part}')\n"
        "    for module in pkgutil.walk_packages(package.__path__, f'maiscreen.{part}.'):\n"
        "        importlib.import_module(module.name)\n"
        "print([name for name in sys.modules if name in ('dask', 'distributed')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
