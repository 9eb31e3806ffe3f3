import csv
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_labels as tiny
from distributed import LocalCluster

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.labels import Label, from_lines
from maiscreen.models.labels.potentials import DEFAULT, MODELS
from maiscreen.runners.cli import main
from maiscreen.runners.cli.labels import summary
from maiscreen.runners.cluster.open import RunnerOptions
from maiscreen.runners.folder import ownership as campaign_folder
from maiscreen.runners.folder.lock import hold_folder
from maiscreen.runners.runs import labels_receipts
from maiscreen.runners.runs.labels import run_labels
from maiscreen.runners.runs.labels_folder import reproduction
from maiscreen.runners.runs.labels_receipts import read_labels, read_receipts
from maiscreen.runners.runs.simulation import LabelRequest, LabelsResult

SERIAL, TWO = RunnerOptions(serially=True), RunnerOptions(workers=2)
THE_BAD = ("NaCl", "elasticity", "first")
FAILED = "NaSn migration"


def run(
    out: Path, how: object = tiny.simulate, by: RunnerOptions = SERIAL, **wanted: object
) -> LabelsResult:
    return run_labels(LabelRequest(**wanted), out, by, simulator=tiny.parts(how))  # type: ignore[arg-type]


def table_of(out: Path) -> list[Label]:
    """The labels that a run wrote, less the time that they took."""
    labels = from_lines((out / "labels.jsonl").read_text(encoding="utf-8"))
    return [replace(label, seconds=0.0) for label in labels]


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> list[Label]:
    out = tmp_path_factory.mktemp("reference")
    run(out)
    return table_of(out)


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What was simulated since the last look."""
    trace = tmp_path / "calls"
    monkeypatch.setenv("MAISCREEN_TEST_CALLS", str(trace))

    def look() -> list[str]:
        lines = trace.read_text().splitlines() if trace.exists() else []
        trace.unlink(missing_ok=True)
        return lines

    return look


def test_every_simulation_gives_all_its_labels(reference: list[Label]) -> None:
    # No sodium migrates in tin.
    counted = {f: sum(one.formula == f for one in reference) for f in tiny.PHASES}
    assert counted == {"NaCl": 16, "Na": 16, "NaSn": 16, "Sn": 12}
    without = [one for one in reference if one.value is None]
    assert {(one.formula, one.property) for one in without} == {
        ("NaSn", "migration_barrier"),
        ("NaSn", "vacancy_formation_energy"),
    }
    assert {one.reason for one in without} == {"no hop converged"}
    assert not any(one.passed_checks for one in without)


@pytest.mark.slow
def test_workers_change_nothing(tmp_path: Path, reference: list[Label]) -> None:
    run(tmp_path, by=TWO)
    assert table_of(tmp_path) == reference
    assert json.loads((tmp_path / "manifest.json").read_bytes())["workers"] == 2


def test_the_most_wanted_come_first(tmp_path: Path, calls: Callable[[], list[str]]) -> None:
    run(tmp_path / "out", tiny.counted)
    done = [line.split() for line in calls()]
    models = [model for *_, model in done]
    assert models == sorted(models)
    first = [quantity for _, quantity, model in done if model == "first"]
    places = ["structure", "elasticity", "migration", "adhesion"]
    assert first == sorted(first, key=places.index)


def test_interrupted_and_resumed(
    tmp_path: Path, reference: list[Label], calls: Callable[[], list[str]]
) -> None:
    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        run(out, tiny.interrupted)
    before = calls()
    assert before
    assert not (out / "labels.jsonl").exists()
    assert len(read_labels(out)) == 4 * (2 + 3)  # Half a run can be looked at.
    run(out, tiny.counted)
    after = calls()
    assert table_of(out) == reference
    assert not set(before) & set(after)
    assert len(before) + len(after) == tiny.SIMULATIONS


def test_nothing_is_done_twice_and_failures_neither(
    tmp_path: Path, calls: Callable[[], list[str]]
) -> None:
    out = tmp_path / "out"
    run(out, tiny.raising)
    assert " ".join(THE_BAD) not in calls()
    assert run(out, tiny.counted).run == ()
    assert calls() == []
    done = run(out, tiny.counted, retry_failed=True)
    assert sorted(calls()) == ["NaCl elasticity first", f"{FAILED} first", f"{FAILED} second"]
    assert sorted(" ".join(job) for job in done.run)[0] == "NaCl elasticity first"


def test_an_error_that_nobody_foresaw_is_a_label(
    tmp_path: Path, calls: Callable[[], list[str]]
) -> None:
    run(tmp_path, tiny.raising)
    (receipt,) = [r for r in read_receipts(tmp_path).values() if r.traceback]
    assert receipt.job == THE_BAD
    assert {one.reason for one in receipt.labels} == {"ZeroDivisionError: a bad simulation"}
    assert "tiny_labels.py" in receipt.traceback
    assert str(Path(__file__).parents[1]) not in receipt.traceback
    assert all(one.value is None and one.weights_sha256 for one in receipt.labels)


@pytest.mark.parametrize("wrong", ["property", "settings", "value", "reason"])
def test_labels_of_something_else_are_refused(tmp_path: Path, wrong: str) -> None:
    def simulate(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
        changes = {
            "property": {"property": "volume"},
            "settings": {"settings": "other"},
            "value": {"value": float("nan")},
            "reason": {"passed_checks": False},
        }
        first, *rest = tiny.simulate(formula, quantity, model)
        return (replace(first, **changes[wrong]), *rest)  # type: ignore[arg-type]

    run(tmp_path, simulate, phases=("NaCl",), quantities=("elasticity",), models=("first",))
    labels = table_of(tmp_path)
    assert len(labels) == 3
    assert all(one.value is None and one.reason.startswith("ValueError: ") for one in labels)


@pytest.mark.parametrize("how", ["half", "empty", "flip", "gone"])
def test_a_damaged_receipt_is_done_again(
    tmp_path: Path, reference: list[Label], calls: Callable[[], list[str]], how: str
) -> None:
    out = tmp_path / "out"
    run(out)
    (receipt,) = out.rglob("NaCl-structure-first.json")
    content = bytearray(receipt.read_bytes())
    if how == "half":
        receipt.write_bytes(content[: len(content) // 2])
    elif how == "empty":
        receipt.write_bytes(b"")
    elif how == "flip":
        receipt.write_bytes(content.replace(b"formation", b"deduction"))
    else:
        receipt.unlink()
    # What is in the table of a finished run is there, and vouched for.
    assert run(out, tiny.counted).run == ()
    assert table_of(out) == reference
    (out / "labels.jsonl").unlink()
    (out / "manifest.json").unlink()
    run(out, tiny.counted)
    assert calls() == ["NaCl structure first"]
    assert table_of(out) == reference


def test_other_weights_or_settings_are_done_again(
    tmp_path: Path, calls: Callable[[], list[str]]
) -> None:
    out = tmp_path / "out"
    run(out)
    settings = {**tiny.SETTINGS, "adhesion": "finer"}
    parts = replace(tiny.parts(tiny.counted), settings=settings.__getitem__)
    run_labels(LabelRequest(phases=("NaCl",), models=("first",)), out, SERIAL, simulator=parts)
    # The simulation still says the old settings: refused, but asked for.
    assert calls() == ["NaCl adhesion first"]


def test_what_is_embedded_is_not_simulated(
    tmp_path: Path, reference: list[Label], calls: Callable[[], list[str]]
) -> None:
    embedded = tuple(one for one in reference if one.formula != "Sn")
    parts = tiny.parts(tiny.counted, embedded)
    done = run_labels(LabelRequest(), tmp_path / "a", SERIAL, simulator=parts)
    assert {job.formula for job in done.run} == {"Sn"}
    assert table_of(tmp_path / "a") == reference
    calls()
    again = run_labels(
        LabelRequest(phases=("Na",), again=True), tmp_path / "b", SERIAL, simulator=parts
    )
    assert {job.formula for job in again.run} == {"Na"}
    assert len(calls()) == 8
    said = json.loads((tmp_path / "b" / "manifest.json").read_bytes())["reproduction"]
    assert (said["compared"], said["largest_relative_difference"]) == (16, 0.0)
    assert run_labels(
        LabelRequest(phases=("Na",), again=True), tmp_path / "b", SERIAL, simulator=parts
    )
    assert calls() == []
    # What the installed model or the settings of today would not give is simulated anew.
    old = tuple(replace(one, weights_sha256="old") for one in reference)
    renewed = run_labels(
        LabelRequest(), tmp_path / "c", SERIAL, simulator=tiny.parts(tiny.simulate, old)
    )
    assert len(renewed.run) == tiny.SIMULATIONS
    assert table_of(tmp_path / "c") == reference


@pytest.mark.slow
def test_a_task_that_always_ends_its_worker_fails_alone(
    tmp_path: Path, reference: list[Label]
) -> None:
    run(tmp_path, tiny.dying, TWO)
    labels = table_of(tmp_path)
    killed = [one for one in labels if "ended its worker process" in one.reason]
    assert {(one.formula, one.model, one.value) for one in killed} == {("NaCl", "first", None)}
    assert len(killed) == 3
    others = [one for one in labels if one not in killed]
    assert others == [one for one in reference if one in others]
    assert len(others) + 3 == len(reference)


@pytest.mark.slow
def test_a_worker_killed_during_a_task_changes_nothing(
    tmp_path: Path, reference: list[Label], calls: object
) -> None:
    run(tmp_path / "out", tiny.dying_once, TWO)
    assert (tmp_path / "calls").exists()  # It did die.
    assert table_of(tmp_path / "out") == reference


@pytest.mark.slow
@pytest.mark.usefixtures("patient")
def test_workers_of_a_scheduler_must_have_the_same_weights(
    tmp_path: Path, reference: list[Label]
) -> None:
    with LocalCluster(
        n_workers=1, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
    ) as running:
        by = RunnerOptions(scheduler=running.scheduler_address)
        here = tiny.parts()
        other = replace(here, origin=tiny.other_here_than_there)
        with pytest.raises(InputError, match=r"worker tcp://.* has weights of \S+ \S+ where"):
            run_labels(LabelRequest(), tmp_path, by, simulator=other)
        assert not any(tmp_path.iterdir())
        run_labels(LabelRequest(), tmp_path, by, simulator=here)
    assert table_of(tmp_path) == reference


def test_what_was_not_reproduced_is_said(reference: list[Label]) -> None:
    barrier = next(i for i, one in enumerate(reference) if one.value is not None)
    other = [*reference]
    other[barrier] = replace(other[barrier], value=1.5 * float(str(other[barrier].value)))
    other[-1] = replace(other[-1], passed_checks=False)
    said = reproduction(reference, other[:50] + other[-1:])
    assert said["compared"] == 51
    assert said["largest_relative_difference"] == pytest.approx(0.5)
    assert said["worst"] == " ".join(
        (reference[barrier].formula, reference[barrier].property, reference[barrier].model)
    )
    assert len(said["contradict"]) == 1
    assert reproduction([], other)["largest_relative_difference"] is None


SLOWLY = """
import sys
from pathlib import Path
import tiny_labels as tiny
from maiscreen.runners.runs.labels_folder import reproduction
from maiscreen.runners.runs.labels import run_labels
from maiscreen.runners.runs.simulation import LabelRequest
from maiscreen.runners.cluster.open import RunnerOptions
if __name__ == "__main__":
    serial = RunnerOptions(serially=True)
    run_labels(LabelRequest(), Path(sys.argv[1]), serial, simulator=tiny.parts(tiny.slow))
"""


@pytest.mark.slow
def test_a_run_that_is_killed_loses_only_what_was_running(
    tmp_path: Path, reference: list[Label], calls: Callable[[], list[str]]
) -> None:
    out = tmp_path / "out"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen([sys.executable, "-c", SLOWLY, str(out)], env=environment) as process:
        deadline = time.monotonic() + 300
        while len(read_receipts(out)) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    kept = {" ".join(job) for job in read_receipts(out)}
    assert len(kept) >= 3
    begun = calls()
    assert len(begun) - len(kept) in (0, 1)
    run(out, tiny.counted)
    assert not kept & set(calls())
    assert table_of(out) == reference


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ({"phases": ("NaCI",)}, r"--phases = 'NaCI': is not known; did you mean NaCl"),
        ({"quantities": ("hardness",)}, r"--quantities = 'hardness': is not known; give one of"),
        ({"models": ("third",)}, r"--models = 'third': is not known; .*give one of first, second"),
    ],
)
def test_bad_input_writes_nothing(tmp_path: Path, wanted: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(tmp_path / "out", **wanted)
    assert not (tmp_path / "out").exists()


def test_a_missing_model_is_said_before_anything_is_started(tmp_path: Path) -> None:
    def missing(model: str) -> object:
        raise InputError("--models", model, "needs torch and sevenn: pip install …")

    parts = replace(tiny.parts(), origin=missing)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="needs torch and sevenn"):
        run_labels(LabelRequest(), tmp_path / "out", TWO, simulator=parts)
    assert not (tmp_path / "out").exists()


def test_two_runs_at_the_same_folder(tmp_path: Path, calls: Callable[[], list[str]]) -> None:
    out = tmp_path / "out"
    with hold_folder(out, "labels"):
        with pytest.raises(InputError, match=r"is being written by another run .*; wait for it"):
            run(out, tiny.counted)
        assert run(tmp_path / "other").run
    assert calls() == []
    assert run(out, tiny.counted).run


def test_a_run_with_nothing_missing_waits_too(tmp_path: Path, reference: list[Label]) -> None:
    out = tmp_path / "out"
    run(out)
    before = (out / "manifest.json").read_bytes()
    with (
        hold_folder(out, "labels"),
        pytest.raises(InputError, match="is being written by another run"),
    ):
        run(out)
    assert (out / "manifest.json").read_bytes() == before
    assert run(out).run == ()
    assert table_of(out) == reference


def test_receipts_are_read_and_tables_written_under_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, seen = tmp_path / "out", []

    def watched(name: str) -> None:
        plain = getattr(labels_receipts, name)

        def watch(*given: object) -> object:
            with pytest.raises(InputError, match="another run"), hold_folder(out, "labels"):
                pass
            seen.append(name)
            return plain(*given)

        monkeypatch.setattr(labels_receipts, name, watch)

    watched("read_receipts")
    watched("write_tables")
    run(out, phases=("Sn",), quantities=("structure",))
    assert seen == ["read_receipts", "write_tables"]


def test_a_copied_folder_keeps_its_labels(tmp_path: Path, calls: Callable[[], list[str]]) -> None:
    out = tmp_path / "out"
    run(out)
    before = table_of(out)
    shutil.rmtree(out / ".maiscreen")
    assert run(out, tiny.counted, phases=("Sn",)).run == ()
    assert calls() == []
    assert table_of(out) == before


def test_a_table_that_nothing_of_ours_vouches_for(tmp_path: Path) -> None:
    run(tmp_path)
    text = (tmp_path / "labels.jsonl").read_text()
    (tmp_path / "labels.jsonl").write_text(text.replace("Na15", "Na").replace("1.0", "2.0"))
    with pytest.raises(InputError, match=r"--out = .* holds a foreign labels\.jsonl; "):
        run(tmp_path)
    (tmp_path / "labels.jsonl").write_text(text)
    # A run that ended between the table and the manifest is one of ours.
    (tmp_path / "manifest.json").unlink()
    assert run(tmp_path).run == ()


@pytest.mark.parametrize("copied", [False, True])
def test_nothing_stale_takes_the_place_of_what_is_embedded(
    tmp_path: Path, reference: list[Label], copied: bool
) -> None:
    run(tmp_path)
    if copied:
        shutil.rmtree(tmp_path / ".maiscreen")
    settings = {**tiny.SETTINGS, "structure": "finer"}
    embedded = tuple(
        replace(one, settings="finer", value=7.0)
        for one in reference
        if one.property in ("volume", "formation_energy")
    )
    parts = replace(tiny.parts(embedded=embedded), settings=settings.__getitem__)
    wanted = LabelRequest(phases=("Sn",), quantities=("adhesion",))
    done = run_labels(wanted, tmp_path, SERIAL, simulator=parts)
    assert done.aside == len(embedded) == 16
    assert "\n16 labels of the folder were left aside" in summary(done)
    volumes = {one.value for one in table_of(tmp_path) if one.property == "volume"}
    assert volumes == {7.0}
    assert {one.value for one in read_labels(tmp_path) if one.property == "volume"} == {7.0}


def test_a_lock_that_cannot_be_taken_is_said(tmp_path: Path) -> None:
    (tmp_path / ".maiscreen").touch()
    with pytest.raises(InputError, match=r"--out = .*cannot be written: "):
        run(tmp_path)


def test_labels_and_campaigns_keep_apart(tmp_path: Path) -> None:
    (tmp_path / "campaign" / ".maiscreen" / "0123abcd").mkdir(parents=True)
    with pytest.raises(InputError, match="holds an unfinished campaign; give another folder"):
        run(tmp_path / "campaign")
    run(tmp_path / "labels", phases=("Sn",))
    with pytest.raises(InputError, match="holds labels; give another folder"):
        campaign_folder.check_ours(tmp_path / "labels", "0123abcd", {})
    shutil.rmtree(tmp_path / "labels" / ".maiscreen")
    with pytest.raises(InputError, match="holds labels; give another folder"):
        campaign_folder.check_ours(tmp_path / "labels", "0123abcd", {})


def test_nothing_to_export(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("maiscreen.models.labels.labels.load_labels", tuple)
    assert main.main(["labels", "export"]) == 0
    (header,) = capsys.readouterr().out.splitlines()
    assert header.split(",")[:3] == ["formula", "property", "value"]
    assert main.main(["labels", "export", "--json"]) == 0
    assert capsys.readouterr().out == ""
    assert main.main(["labels", "show", "NaCl"]) == 2
    remedy = "NaCl': has no labels yet; make some with: maiscreen labels run --phases NaCl\n"
    assert capsys.readouterr().err.endswith(remedy)


def test_a_selection_that_wants_nothing(tmp_path: Path) -> None:
    parts = replace(tiny.parts(), phases={"Cl": "element"})
    with pytest.raises(InputError, match=r"leaves nothing to simulate: Cl has structure$"):
        run_labels(
            LabelRequest(quantities=("elasticity",)), tmp_path / "out", SERIAL, simulator=parts
        )
    assert not (tmp_path / "out").exists()


def test_a_folder_that_was_only_reserved_is_left_as_it_was(tmp_path: Path) -> None:
    with hold_folder(tmp_path / "new", "labels"), hold_folder(tmp_path, "labels"):
        pass
    assert not any(tmp_path.iterdir())


def test_a_folder_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "labels.jsonl").write_text("mine")
    with pytest.raises(InputError, match=r"holds a foreign labels\.jsonl"):
        run(tmp_path)
    (tmp_path / "manifest.json").write_text('{"fingerprint": "of a campaign"}')
    with pytest.raises(InputError, match="belongs to something else"):
        run(tmp_path)
    with pytest.raises(InputError, match="is a file"):
        run(tmp_path / "labels.jsonl")
    assert (tmp_path / "labels.jsonl").read_text() == "mine"


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    def simulate(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
        first, *rest = tiny.simulate(formula, quantity, model)
        return (replace(first, passed_checks=False, reason="=1+1\nbad"), *rest)

    run(tmp_path / "labels", simulate)
    return tmp_path / "labels"


def test_export_as_json(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["labels", "export", "--json", "--labels", str(finished)]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    names = "formula property value unit std model passed_checks seconds reason"
    assert {" ".join(list(row)[:9]) for row in rows} == {names}
    assert len(rows) == 60
    assert {Label(**row) in read_labels(finished) for row in rows} == {True}
    assert {row["value"] for row in rows if row["formula"] == "NaSn"} >= {None}


def test_export_as_csv_is_safe_in_a_spreadsheet(
    finished: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["labels", "export", "--labels", str(finished)]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert len(rows) == 60
    reasons = {row["reason"] for row in rows}
    assert reasons == {"", "'=1+1 bad", "no hop converged"}
    nothing = [row["value"] for row in rows if row["reason"].startswith("no hop")]
    assert set(nothing) == {""}
    assert json.loads(rows[0]["details"]) == {"hops": [1.5, None]}


def test_show(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["labels", "show", "NaSn", "--labels", str(finished)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["phase", "property", "unit", "first", "second", "checks"]
    assert len(lines) == 11
    assert {line.split()[0] for line in lines[1:9]} == {"NaSn"}
    assert lines[10].startswith("no evidence for first, second: a screen refuses these labels")
    (barrier,) = [line for line in lines if "migration_barrier" in line]
    assert barrier.split()[3:5] == ["none", "none"]
    assert "first: no hop converged" in barrier


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "NaXx"], "FORMULA = 'NaXx': is not known"),
        (["show", "--labels", ""], "--labels = '': is empty; give a folder"),
        (["export", "--labels", "/nowhere"], "holds no labels; make some with: maiscreen labels"),
        (["run", "--phases", "NaCl,,NaSn"], "--phases = 'NaCl,,NaSn': has an empty name"),
        (["run", "--workers", "0"], "--workers = '0': give a whole number"),
        (["run", "--serial", "--workers", "2"], "not allowed with"),
        (["run", "--out", ""], "--out = '': is empty"),
        (["paint"], "ACTION = 'paint': give one of"),
        ([], "the following arguments are required: ACTION"),
    ],
)
def test_bad_arguments_give_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    try:
        code = main.main(["labels", *arguments])
    except SystemExit as end:
        code = int(str(end.code))
    said = capsys.readouterr()
    assert (code, said.out) == (2, "")
    assert message in said.err
    assert said.err.count("\n") == 1


def test_compare_gives_markdown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def simulate(formula: str, quantity: str, model: str) -> tuple[Label, ...]:
        first, *rest = tiny.simulate(formula, quantity, model)
        return (replace(first, passed_checks=False, reason="3 | 4\noff"), *rest)

    parts = replace(tiny.parts(simulate), models=tuple(MODELS))
    run_labels(LabelRequest(), tmp_path, SERIAL, simulator=parts)
    assert main.main(["labels", "compare", "--labels", str(tmp_path)]) == 0
    text = capsys.readouterr().out
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) == 5  # Without the spread: no structure passed its check.
    for lines in tables:
        assert len({line.count("|") for line in lines}) == 1
    (salt,) = [line for line in tables[0] if line.startswith("| NaCl | Young's modulus")]
    labels = {(one.formula, one.property, one.model): one for one in read_labels(tmp_path)}
    value = labels["NaCl", "youngs_modulus", DEFAULT].value
    assert value is not None
    assert f"| {value:.3g} ({value / 37.6 - 1:+.0%}, **missed**) |" in salt
    assert "| no hop converged |" in text
    assert "3 / 4 off" in text


@pytest.mark.parametrize("action", ["run", "show", "export", "compare"])
def test_help_teaches(capsys: pytest.CaptureFixture[str], action: str) -> None:
    with pytest.raises(SystemExit) as end:
        main.main(["labels", action, "--help"])
    assert end.value.code == 0
    assert f"maiscreen labels {action} " in capsys.readouterr().out.split("example", 1)[1]
