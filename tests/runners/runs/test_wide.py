"""Runs over a wide space, with real workers and real folders."""

import csv
import json
import shutil
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import wide_faults
from wide_folders import same, whole

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.columns import WIDE_COLUMNS
from maiscreen.runners.cli import main
from maiscreen.runners.endings import FaultError
from maiscreen.runners.folder.ownership import read_ranking
from maiscreen.runners.runs.campaign import Finished, run_campaign
from maiscreen.runners.work.parts import Parts, open_parts
from maiscreen.screen.blends.ingredients import ingredients_to_bytes
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import describe_blends
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.screens.blends import Blends
from maiscreen.screen.screens.screen import describe_part

spaces = cache(BlendSpace)

CAMPAIGN = Campaign(
    metals=("Si", "Ti", "Ge", "Sn"),
    halogens=("Cl", "Br"),
    fidelity="F1",
    samples=200,
    space=Space(blends=3, ratio_steps=8, temperatures_c=(25, 60), front_runners=30),
)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Finished]:
    """The campaign in one process and one piece."""
    out = tmp_path_factory.mktemp("wide") / "reference"
    return out, run_campaign(CAMPAIGN, out, serially=True, rows=10**6)


@pytest.fixture(scope="module")
def in_parts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same in parts; to be copied."""
    out = tmp_path_factory.mktemp("wide") / "parts"
    run_campaign(CAMPAIGN, out, serially=True, rows=2000)
    return out


def test_the_table_is_that_of_the_whole_space(reference: tuple[Path, Finished]) -> None:
    out, finished = reference
    table = whole(out)
    described = describe_blends(spaces(CAMPAIGN), 0, spaces(CAMPAIGN).mixtures.size)
    assert table.column_names == list(WIDE_COLUMNS)
    assert table["index"].to_pylist() == list(range(spaces(CAMPAIGN).mixtures.size))
    assert table["score"].to_pylist() == described["score"].to_pylist()
    assert sum(finished.ranked.counts.values()) == table.num_rows
    assert finished.ranked.counts["passed"] == table.num_rows - table["score"].null_count
    assert finished.ranked.counts["failed"] == 0
    gates = pc.value_counts(table["rejected"].combine_chunks()).to_pylist()
    assert finished.ranked.gates == {g["values"]: g["counts"] for g in gates if g["values"]}


def test_the_ranking_has_the_best_of_the_table(reference: tuple[Path, Finished]) -> None:
    out, _ = reference
    table, ranking = whole(out), pq.read_table(out / "ranking.parquet")
    score = np.nan_to_num(table["score"].to_numpy(), nan=-1.0).round(12)
    best = np.lexsort((table["index"].to_numpy(), -score))[:30]
    assert {*table["index"].to_numpy()[best].tolist()} <= {*ranking["index"].to_pylist()}
    assert ranking["rank"].to_pylist() == list(range(1, ranking.num_rows + 1))
    order = [(row["tier"], -round(row["p_top_k"], 9)) for row in ranking.to_pylist()]
    assert order == sorted(order)


def test_every_word_of_a_dictionary_is_there_once() -> None:
    """Doubles let Arrow write uninitialised memory into the file."""
    table = describe_blends(spaces(CAMPAIGN), 0, 100)
    for column in table.columns:
        if pa.types.is_dictionary(column.type):
            words = column.chunk(0).dictionary.to_pylist()
            assert len(words) == len(set(words))


def test_units_and_sources_are_in_the_file(reference: tuple[Path, Finished]) -> None:
    schema = open_parts(reference[0]).schema
    assert schema.field("thickness_um").metadata[b"unit"] == "µm".encode()
    assert all(schema.field(name).metadata[b"doc"] for name in WIDE_COLUMNS)


@pytest.mark.parametrize("rows", [997, 4096])
def test_size_of_the_tasks_changes_nothing(
    tmp_path: Path, reference: tuple[Path, Finished], rows: int
) -> None:
    run_campaign(CAMPAIGN, tmp_path / "out", serially=True, rows=rows)
    same(tmp_path / "out", reference[0])


@pytest.mark.slow
def test_workers_change_nothing(tmp_path: Path, reference: tuple[Path, Finished]) -> None:
    finished = run_campaign(CAMPAIGN, tmp_path / "out", workers=2, rows=2000)
    same(tmp_path / "out", reference[0])
    assert finished.runner_info["workers"] == 2
    assert float(str(finished.runner_info["peak_rss_mib"])) > 50


def test_what_was_prepared_describes_as_what_a_worker_works_out() -> None:
    prepared = Blends(CAMPAIGN)
    prepared.adopt(Blends(CAMPAIGN).prepared())
    assert prepared.describe(0, 500).equals(Blends(CAMPAIGN).describe(0, 500))


def test_damaged_preparations_are_not_taken(tmp_path: Path) -> None:
    """Whole arrays, but other ones: twice the vapour."""
    parts = Parts(tmp_path, "f" * 64).prepare(Blends(CAMPAIGN))
    (path,) = tmp_path.glob(".maiscreen/*/prepared.npz")
    found = spaces(CAMPAIGN).ingredients
    path.write_bytes(ingredients_to_bytes(replace(found, pressure_pa=2 * found.pressure_pa)))
    parts.perform(describe_part, Blends(CAMPAIGN), 0, 100)
    expected = describe_blends(spaces(CAMPAIGN), 0, 100)["vapour_pressure_pa"].to_pylist()
    assert whole(tmp_path)["vapour_pressure_pa"].to_pylist() == expected


def test_parts_with_other_columns_are_no_table_of_this_campaign(tmp_path: Path) -> None:
    parts = Parts(tmp_path, "f" * 64).prepare(Blends(CAMPAIGN))
    parts.perform(describe_part, Blends(CAMPAIGN), 0, 100)
    narrow = replace(CAMPAIGN, space=replace(CAMPAIGN.space, columns=("index", "score")))
    with pytest.raises(FaultError, match=r"has other columns than this campaign's; remove it"):
        list(parts.tables(Blends(narrow), parts.receipts().values()))


def test_interrupted_and_resumed_with_other_tasks(
    tmp_path: Path, reference: tuple[Path, Finished]
) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run_campaign(CAMPAIGN, out, serially=True, rows=400, screen=wide_faults.Interrupted)
    assert not (out / "manifest.json").exists()
    assert list((out / "candidates").glob("*.parquet"))
    run_campaign(CAMPAIGN, out, serially=True, rows=1500)
    same(out, reference[0])


def test_nothing_is_done_twice(tmp_path: Path, reference: tuple[Path, Finished]) -> None:
    run_campaign(CAMPAIGN, tmp_path / "out", serially=True, rows=2000)
    finished = run_campaign(CAMPAIGN, tmp_path / "out", serially=True, screen=wide_faults.Never)
    assert finished.runner_info["runner"] == "none: all parts were there"
    same(tmp_path / "out", reference[0])


@pytest.mark.parametrize("how", ["flip", "half", "gone", "receipt", "stray"])
def test_a_damaged_part_is_made_again(
    tmp_path: Path, reference: tuple[Path, Finished], in_parts: Path, how: str
) -> None:
    out = shutil.copytree(in_parts, tmp_path / "out")
    part = sorted((out / "candidates").glob("*.parquet"))[1]
    content = bytearray(part.read_bytes())
    if how == "flip":
        content[len(content) // 2] ^= 1
        part.write_bytes(content)
    elif how == "half":
        part.write_bytes(content[: len(content) // 2])
    elif how == "gone":
        part.unlink()
    elif how == "receipt":
        next((out / ".maiscreen").glob(f"*/{part.stem}.json")).write_text('{"task": [0')
    else:
        (out / "candidates" / "part-0000000000-0000000100.parquet").write_bytes(content)
    run_campaign(CAMPAIGN, out, serially=True, rows=500)
    same(out, reference[0])


@pytest.mark.parametrize(
    ("screen", "how", "reason"),
    [
        (wide_faults.Raises, {"serially": True, "rows": 128}, "ZeroDivisionError: a bad row"),
        pytest.param(
            wide_faults.Dies,
            {"workers": 2, "rows": 16},
            "ended its worker process",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_bad_candidate_fails_alone(
    tmp_path: Path,
    reference: tuple[Path, Finished],
    screen: object,
    how: dict[str, object],
    reason: str,
) -> None:
    few = replace(CAMPAIGN, space=replace(CAMPAIGN.space, limit=1500))
    finished = run_campaign(few, tmp_path / "out", screen=screen, **how)  # type: ignore[arg-type]
    (failure,) = finished.runner_info["failures"]  # type: ignore[misc, attr-defined]
    assert failure["index"] == wide_faults.BAD
    assert reason in failure["reason"]
    assert finished.ranked.counts["failed"] == 1
    assert sum(finished.ranked.counts.values()) == 1500
    places = spaces(few).mixtures.slice(0, 1500).index
    expected = np.delete(places, wide_faults.BAD)
    assert whole(tmp_path / "out").equals(whole(reference[0]).take(pa.array(expected)))


def test_only_the_columns_asked_for_are_written(tmp_path: Path) -> None:
    few = replace(CAMPAIGN, space=replace(CAMPAIGN.space, columns=("index", "score")))
    run_campaign(few, tmp_path / "out", serially=True)
    assert open_parts(tmp_path / "out").schema.names == ["index", "score"]


def test_a_limit_thins_the_space(tmp_path: Path) -> None:
    thin = replace(CAMPAIGN, space=replace(CAMPAIGN.space, limit=1000))
    run_campaign(thin, tmp_path / "out", serially=True)
    places = open_parts(tmp_path / "out").to_table()["index"].to_pylist()
    full = spaces(CAMPAIGN).mixtures.size
    assert places == [k * full // 1000 for k in range(1000)]


@pytest.mark.parametrize(("metals", "kept"), [(("La",), 1000), (("Sn",), 1)])
def test_a_space_where_nobody_or_hardly_anybody_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], metals: tuple[str, ...], kept: int
) -> None:
    space = Space(blends=2, temperatures_c=(60.0,), front_runners=kept)
    few = Campaign(metals=metals, fidelity="F0", samples=100, space=space)
    finished = run_campaign(few, tmp_path / "out", serially=True)
    assert finished.ranked.table.num_rows == (0 if metals == ("La",) else 3)
    assert finished.ranked.bound.drawn == finished.ranked.table.num_rows
    assert main.main(["shortlist", str(tmp_path / "out")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("rank,recipe,danger,name,cas,handling,")
    poured = [f"precursor_{k}" for k in (1, 2, 3)]
    sets = {tuple(row.values()) for row in finished.ranked.table.select(poured).to_pylist()}
    assert len(lines) == 1 + len(sets)


def test_folder_of_another_campaign_is_refused(
    tmp_path: Path, reference: tuple[Path, Finished]
) -> None:
    with pytest.raises(InputError, match="differs in temperature_c"):
        run_campaign(replace(CAMPAIGN, temperature_c=30.0), reference[0], serially=True)


def test_shortlist_and_report(reference: tuple[Path, Finished]) -> None:
    out, _ = reference
    with (out / "shortlist.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == CAMPAIGN.top_k
    sets = [row["recipe"].split(" + ") for row in rows]
    assert len({tuple(one.split()[-1] for one in recipe) for recipe in sets}) == len(rows)
    for row in rows:
        cautions = row["caution"].split("; ")
        assert len(cautions) == len(set(cautions)) > 0
    html = (out / "report.html").read_text(encoding="utf-8")
    assert "Raoult" in html
    assert "by chance it would once in six" in html
    ranking, campaign, _ = read_ranking(out)
    assert campaign == CAMPAIGN
    assert ranking["recipe"][0].as_py() == rows[0]["recipe"]


def test_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "wide.toml"
    file.write_text(
        'fidelity = "F0"\nmetals = ["Sn", "Ti"]\nhalogens = ["Cl"]\n[space]\nblends = 2\n'
    )
    assert main.main(["space", str(file), "--json", "--workers", "3"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["workers"] == 3
    assert told["recipes"] == {"alone": told["precursors"]["homoleptic"], "pairs": 9}
    assert main.main(["space", str(file)]) == 0
    assert "go into blends" in capsys.readouterr().out
    out = tmp_path / "out"
    assert main.main(["run", str(file), "--out", str(out), "--serial"]) == 0
    printed = capsys.readouterr().out
    assert f"{told['candidates']:,} candidates" in printed
    assert "candidates/s" in printed
    assert main.main(["shortlist", str(out), "--top", "3"]) == 0
    assert capsys.readouterr().out.count("\n") == 4
    assert main.main(["models", "suggest", str(out), "--n", "1"]) == 0
    assert capsys.readouterr().out
    assert main.main(["run", str(file), "--out", str(out), "--serial"]) == 0
    assert "all parts were there" in capsys.readouterr().out


def test_an_index_gives_back_its_candidate(
    reference: tuple[Path, Finished], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "wide.toml"
    file.write_text(CAMPAIGN.to_toml())
    rows = whole(reference[0]).to_pylist()
    for row in rows[:: len(rows) // 7]:
        assert main.main(["space", str(file), "--index", str(row["index"]), "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        if row["precursor_2"] is None:
            told["rejected"] = (told["rejected"] or "").split(":")[0] or None
        assert {name: told[name] for name in row} == row
    assert main.main(["space", str(file), "--index", "0"]) == 0
    assert "recipe: " in capsys.readouterr().out
    for bad in (str(len(rows)), "-1", "x"):
        assert main.main(["space", str(file), f"--index={bad}"]) == 2
        assert "--index = " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("setting", "complaint"),
    [
        ("space.blends=4", "space.blends = 4: give a whole number from 1 to 3"),
        ("space.blend=2", "space.blend = 2: is no setting; did you mean 'blends'?"),
        ("space.temperatures_c=[25, 98]", "space.temperatures_c = 98"),
        ("space.temperatures_c=25", "space.temperatures_c = 25: give a list"),
        ("space.exposures_s=[]", "space.exposures_s = []: give at least one"),
        ("space.columns=['scor']", "space.columns = 'scor': did you mean 'score'?"),
        ("space.oxyhalides=1", "space.oxyhalides = 1: give true or false"),
        ("space=3", "space = 3: give a table"),
    ],
)
def test_bad_settings_get_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, setting: str, complaint: str
) -> None:
    for command in (["space"], ["run", "--out", str(tmp_path / "out")]):
        assert main.main([*command, "--set", setting]) == 2
        captured = capsys.readouterr()
        assert complaint in captured.err
        assert captured.err.count("\n") == 1
        assert captured.out == ""
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_run_needs_no_list_of_candidates(tmp_path: Path) -> None:
    """A space of 10⁹ is spanned and thinned in the memory of its parts."""
    code = (
        "from maiscreen.screen.campaign.campaign import Campaign\n"
        "from maiscreen.screen.campaign.space import Space\n"
        "from maiscreen.runners.work.parts import peak_rss_mib\n"
        "from maiscreen.runners.runs.campaign import run_campaign\n"
        "space = Space(blends=3, ratio_steps=100, temperatures_c=(25, 60, 80, 90),\n"
        "              exposures_s=tuple(range(10, 31)), limit=20000)\n"
        "c = Campaign(fidelity='F0', samples=100, space=space)\n"
        f"done = run_campaign(c, {str(tmp_path / 'out')!r}, serially=True)\n"
        "print(sum(done.ranked.counts.values()), round(peak_rss_mib()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    rows, peak_mib = map(int, done.stdout.split())
    assert rows == 20_000
    assert 50 < peak_mib < 1024
