"""`maiscreen snapshot`, and campaigns with a snapshot, through the command line."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mp_server as faulty
import pyarrow.parquet as pq
import pytest
from mp_server import KEY, Server

from maiscreen.candidates.materials_project.build import build_materials_project
from maiscreen.candidates.materials_project.key import VARIABLE
from maiscreen.candidates.materials_project.query import Query
from maiscreen.candidates.materials_project.service import Service, open_service
from maiscreen.candidates.snapshot.snapshot import load_snapshot, pin_snapshot
from maiscreen.runners.cli import main
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.advice.rank_changes import rank_changes
from maiscreen.screen.campaign.campaign import Campaign

Start = Callable[..., Server]
FEW = ["--metals", "Sn,Si,Ti", "--halogens", "Cl"]
LIVE = ["build", "--source", "materials-project"]
SMALL = Campaign(metals=("Si", "Ti", "V", "Sn"), halogens=("F", "Cl"), samples=200)
COMMAND = [
    sys.executable,
    "-c",
    "import sys; from maiscreen.runners.cli.main import main; sys.exit(main())",
]


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, KEY)


def built(server: Server, out: Path, *more: str) -> int:
    given = ["--source", "materials-project", "--endpoint", server.endpoint, "--out", str(out)]
    return main.main(["snapshot", "build", *given, *FEW, *more])


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_build_show_verify(
    mp_server: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = mp_server()
    assert built(server, tmp_path / "today") == 0
    out, err = capsys.readouterr()
    assert "Materials Project 2026.11.01, GGA_GGA+U:" in out
    assert "1 refused (1 × is deprecated)" in out
    assert "one by one it would be" in out
    assert err == ""
    assert main.main(["snapshot", "show", str(tmp_path / "today"), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["snapshot"] == load_snapshot(tmp_path / "today").snapshot_hash
    wanted = (
        "database_version",
        "thermo_type",
        "retrieved",
        "query",
        "counts",
        "files",
        "packages",
    )
    assert all(shown[name] for name in wanted)
    assert main.main(["snapshot", "verify", str(tmp_path / "today")]) == 0
    assert "FAILED" not in capsys.readouterr().out
    assert main.main(["snapshot", "verify"]) == 0


@pytest.mark.slow
def test_the_key_is_nowhere(
    mp_server: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = mp_server()
    file = tmp_path.parent / f"{tmp_path.name}.key"
    file.write_text(KEY)
    assert built(server, tmp_path / "a", "--api-key-file", str(file)) == 0
    server.revive([faulty.key_refused(2)])
    assert built(server, tmp_path / "b") == 2
    server.revive([faulty.malformed(0, times=99)])
    assert built(server, tmp_path / "b") == 1
    said = "".join(capsys.readouterr())
    assert "is refused by the service" in said
    assert "no proper answer" in said
    assert main.main(["run", "--out", str(tmp_path / "run"), "--snapshot", str(tmp_path / "a"),
                     "--serial", "--set", 'metals=["Sn", "Si", "Ti"]', "--set", 'halogens=["Cl"]',
                     "--set", "samples=100"]) == 0  # fmt: skip
    said += "".join(capsys.readouterr())
    server.revive()

    def crash(done: int, total: int) -> None:
        raise RuntimeError("a bug")

    try:
        with open_service(KEY, server.endpoint) as service:
            build_materials_project(service, Query(("Sn",), ("Cl",)), tmp_path / "c", crash)
    except RuntimeError as error:
        said += "".join(traceback.format_exception(error))
        said += repr(error.__traceback__ and Service)
    assert "a bug" in said
    assert KEY not in said
    assert KEY.encode() not in written(tmp_path)
    assert written(tmp_path / ".c.part")


@pytest.mark.slow
def test_killed_process_goes_on(mp_server: Start, tmp_path: Path) -> None:
    server = mp_server(faults=[faulty.slow(1, 3600.0)])
    out = tmp_path / "today"
    given = ["--source", "materials-project", "--endpoint", server.endpoint, "--out", str(out)]
    with subprocess.Popen(
        [*COMMAND, "snapshot", "build", *given, *FEW], start_new_session=True
    ) as process:
        deadline = time.monotonic() + 300
        while len(server.data_requests) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGKILL)
    assert not out.exists()
    server.revive()
    assert built(server, out) == 0
    asked = [request.path for request in server.data_requests]
    assert [path.split("/")[-2] for path in asked] == ["summary", "elasticity"]
    assert built(server, tmp_path / "undisturbed") == 0
    assert written(out) == written(tmp_path / "undisturbed")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([*LIVE, "--out", "x"], "API key = None: give --api-key-file"),
        ([*LIVE, "--out", "x", "--metals", "Sn,Xx"], "--metals = 'Xx'"),
        ([*LIVE, "--out", "x", "--metals", ","], "--metals = ''"),
        ([*LIVE, "--out", "x", "--thermo-type", "PBE"], "--thermo-type = 'PBE'"),
        ([*LIVE, "--out", "x", "--wheel", "w"], "--wheel = 'w'"),
        ([*LIVE, "--out", ""], "--out = ''"),
        (["build", "--source", "crabnet", "--out", "x", "--metals", "Sn"], "--metals = 'Sn'"),
        (["build", "--source", "crabnet", "--out", "x"], "--wheel = None"),
        (["show", "."], "holds no readable manifest.json"),
        (["verify", "none"], "holds no readable manifest.json"),
        (["diff", "embedded", "none"], "holds no readable manifest.json"),
        (["diff", "embedded", "embedded", "--top", "0"], "--top = '0'"),
        (["add", "--entries", "none.csv", "--out", "x"], "--entries = 'none.csv': cannot be read"),
        (["add", "--entries", "none.csv", "--out", "."], "--out = '.': is there already"),
    ],
)  # fmt: skip
def test_bad_input(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    text: str,
) -> None:
    from pymatgen.core import SETTINGS

    monkeypatch.delenv(VARIABLE)
    monkeypatch.delitem(SETTINGS, "PMG_MAPI_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "something").touch()
    assert main.main(["snapshot", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert text in err
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["something"]


@pytest.fixture(scope="module")
def both(fetched: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("runs")
    run(SMALL, folder / "embedded", serially=True)
    run(Campaign(**{**_fields(SMALL), "snapshot": str(fetched)}), folder / "own", serially=True)
    return {name: folder / name for name in ("embedded", "own")}


def _fields(campaign: Campaign) -> dict[str, Any]:
    return {name: getattr(campaign, name) for name in campaign.__dataclass_fields__}


def test_a_campaign_says_which_snapshot_it_took(both: dict[str, Path], fetched: Path) -> None:
    manifest = json.loads((both["own"] / "manifest.json").read_bytes())
    assert manifest["campaign"]["snapshot"] == pin_snapshot(str(fetched))
    assert manifest["sources"]["snapshot"] == load_snapshot(fetched).snapshot_hash
    assert manifest["sources"]["snapshot_name"] == "Materials Project 2026.11.01, GGA_GGA+U"
    usual = json.loads((both["embedded"] / "manifest.json").read_bytes())
    assert usual["sources"]["snapshot"] == load_snapshot().snapshot_hash
    assert usual["fingerprint"] != manifest["fingerprint"]


def test_the_same_documents_give_the_same_energetics(both: dict[str, Path]) -> None:
    rows = {
        name: {row["key"]: row for row in pq.read_table(out / "ranking.parquet").to_pylist()}
        for name, out in both.items()
    }
    assert rows["own"].keys() == rows["embedded"].keys()
    same = ("delta_g_kj_mol", "reduction_potential_v", "reduction_potential_materials_project_v",
            "delta_g_source", "p_alloy_in_operation", "alloy_in_operation", "alloy_as_formed",
            "alloy_delta_g_kj_mol", "known")  # fmt: skip
    for key, row in rows["own"].items():
        for name in same:
            assert row[name] == rows["embedded"][key][name], (key, name)
    volumes = {row["alloy_volume_source_in_operation"] for row in rows["own"].values()}
    assert "OQMD / 0.96" not in volumes


def test_moduli_of_the_snapshot_come_first(both: dict[str, Path], fetched: Path) -> None:
    from maiscreen.models.attributes.crystal_data import tabulated_moduli

    own, usual = tabulated_moduli(str(fetched)), tabulated_moduli()
    ids = {key: one.material_id for key, one in own.items() if one.material_id}
    assert ids
    assert all(not one.material_id for one in usual.values())
    assert own.keys() >= usual.keys()


def test_explain_and_validate_take_a_snapshot(
    fetched: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["explain", "SnCl4", "--json", "--snapshot", str(fetched)]) == 0
    assert json.loads(capsys.readouterr().out)["alloying"]["in_operation"] == "Na15Sn4"
    assert main.main(["explain", "GeCl4", "--snapshot", str(fetched)]) == 2
    assert "metals = ['Ge']: are not in the snapshot" in capsys.readouterr().err
    assert main.main(["validate", "--snapshot", str(fetched)]) == 2
    assert "are not in the snapshot" in capsys.readouterr().err


def test_a_snapshot_without_a_metal_of_the_campaign(
    fetched: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["run", "--out", str(tmp_path / "x"), "--snapshot", str(fetched)]) == 2
    err = capsys.readouterr().err
    assert "are not in the snapshot" in err
    assert 'metals = ["Si", "Ti", "V", "Sn"]' in err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("name", ["materials.csv", "elasticity.csv", "structures.parquet"])
def test_a_snapshot_with_a_damaged_table_is_bad_input(
    name: str, fetched: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own"
    shutil.copytree(fetched, own)
    content = bytearray((own / name).read_bytes())
    content[len(content) // 2] ^= 1
    (own / name).write_bytes(content)
    out = tmp_path / "out"
    taken = ["--snapshot", str(own), "--set", 'metals=["Sn"]', "--set", 'halogens=["Cl"]']
    assert main.main(["run", *taken, "--out", str(out), "--serial", "--quiet"]) == 2
    said = capsys.readouterr().err
    assert f"snapshot = '{name}': differs from the hash" in said
    assert said.count("\n") == 1
    assert not out.exists()


@pytest.mark.slow
def test_differences(fetched: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "formula,formation_energy_ev_atom,scheme\nNa4Sn,-2.0,GGA_GGA+U\nNaV,-0.3,GGA_GGA+U\n"
    )
    changed = tmp_path / "changed"
    add = ["--entries", str(file), "--snapshot", str(fetched), "--out", str(changed)]
    assert main.main(["snapshot", "add", *add]) == 0
    assert "2 entries added, 2 lie lowest" in capsys.readouterr().out
    assert main.main(["snapshot", "diff", str(fetched), str(changed), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["phases"]["come"]) == {"NaV", "Na4Sn"}
    assert found["phases"]["gone"] == []
    off = {one["formula"] for one in found["phases"]["moved"] if one["hull"] == "off the hull"}
    assert "Na15Sn4" in off
    assert isinstance(found["ranks"], list)
    assert main.main(["snapshot", "diff", str(changed), str(fetched), "--no-ranks"]) == 0
    out = capsys.readouterr().out
    assert "gone with B: Na4Sn, NaV" in out
    assert "onto the hull" in out
    assert "rank" not in out


def test_ranks_change_with_the_phases(fetched: Path, tmp_path: Path) -> None:
    assert rank_changes(str(fetched), str(fetched), SMALL) == []
    copy = Path(shutil.copytree(fetched, tmp_path / "copy"))
    assert rank_changes(str(fetched), str(copy), SMALL) == []
