"""What a run on this machine listens on: loopback, and nothing else."""

import socket
import sys
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest
import tiny_science as tiny

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster import cluster
from maiscreen.runners.cluster.open import RunnerOptions, open_runner
from maiscreen.runners.cluster.same_code import local_versions
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import remaining_tasks

CAMPAIGN = Campaign(chunk_size=16)


def listening() -> set[tuple[str, int]]:
    """Address and port of every listening socket of this process and all that it started."""
    this = psutil.Process()
    links = [link for one in (this, *this.children(recursive=True)) for link in links_of(one)]
    return {(one.laddr.ip, one.laddr.port) for one in links if one.status == psutil.CONN_LISTEN}


def links_of(process: psutil.Process) -> list[Any]:
    try:
        return list(process.net_connections(kind="inet"))
    except psutil.NoSuchProcess:  # it has ended meanwhile
        return []


def other_addresses() -> list[str]:
    """Addresses of this machine that others can reach it by."""
    every = (one for of_one in psutil.net_if_addrs().values() for one in of_one)
    ipv4 = [one.address for one in every if one.family == socket.AF_INET]
    return [address for address in ipv4 if not address.startswith("127.")]


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("dashboard", [False, True])
def test_a_local_run_listens_on_loopback_alone(
    dashboard: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The user's settings for a cluster elsewhere are no hindrance.
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION", "true")
    before = listening()
    with open_runner(RunnerOptions(workers=2, dashboard=dashboard), local_versions()) as (
        execute,
        used,
    ):
        tasks = remaining_tasks(len(CAMPAIGN.metals), CAMPAIGN.chunk_size, set())
        outcomes = execute(tiny.describe, CAMPAIGN, tasks)
        next(outcomes)
        found = listening() - before
        # Scheduler and its HTTP server; each worker, its nanny and their servers.
        assert len(found) >= 6
        assert {ip for ip, _ in found} == {"127.0.0.1"}
        for address in other_addresses():
            for _, port in found:
                with pytest.raises(OSError), socket.create_connection((address, port), 60):
                    pass
        assert all(outcome.table is not None for _, outcome in outcomes)
        if dashboard:
            link = str(used["dashboard"])
            assert link.startswith("http://127.0.0.1:")
            with urllib.request.urlopen(link) as page:
                assert b"Dask" in page.read()
            assert capsys.readouterr().err == f"maiscreen: dashboard: {link}\n"
        else:
            assert "dashboard" not in used
            assert capsys.readouterr().err == ""


def test_a_dashboard_that_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "bokeh", None)
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'needs bokeh; pip install "maiscreen\[cluster\]"'):
        run(CAMPAIGN, tmp_path / "out", workers=1, dashboard=True, screen=tiny.Tiny)
    assert not (tmp_path / "out").exists()
