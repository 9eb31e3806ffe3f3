"""A run of simulations: what is done, in which order, and what is done again."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_labels as tiny

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.labels import Label
from maiscreen.runners.cluster.open import RunnerOptions
from maiscreen.runners.runs.labels import run_labels
from maiscreen.runners.runs.labels_folder import reproduction
from maiscreen.runners.runs.labels_receipts import read_labels, read_receipts
from maiscreen.runners.runs.simulation import LabelRequest

THE_BAD = ("NaCl", "elasticity", "first")
FAILED = "NaSn migration"


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


def test_the_most_wanted_come_first(tmp_path: Path, calls: Callable[[], list[str]]) -> None:
    tiny.run(tmp_path / "out", tiny.counted)
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
        tiny.run(out, tiny.interrupted)
    before = calls()
    assert before
    assert not (out / "labels.jsonl").exists()
    assert len(read_labels(out)) == 4 * (2 + 3)  # Half a run can be looked at.
    tiny.run(out, tiny.counted)
    after = calls()
    assert tiny.table_of(out) == reference
    assert not set(before) & set(after)
    assert len(before) + len(after) == tiny.SIMULATIONS


def test_nothing_is_done_twice_and_failures_neither(
    tmp_path: Path, calls: Callable[[], list[str]]
) -> None:
    out = tmp_path / "out"
    tiny.run(out, tiny.raising)
    assert " ".join(THE_BAD) not in calls()
    assert tiny.run(out, tiny.counted).run == ()
    assert calls() == []
    done = tiny.run(out, tiny.counted, retry_failed=True)
    assert sorted(calls()) == ["NaCl elasticity first", f"{FAILED} first", f"{FAILED} second"]
    assert sorted(" ".join(job) for job in done.run)[0] == "NaCl elasticity first"


def test_an_error_that_nobody_foresaw_is_a_label(
    tmp_path: Path, calls: Callable[[], list[str]]
) -> None:
    tiny.run(tmp_path, tiny.raising)
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

    tiny.run(tmp_path, simulate, phases=("NaCl",), quantities=("elasticity",), models=("first",))
    labels = tiny.table_of(tmp_path)
    assert len(labels) == 3
    assert all(one.value is None and one.reason.startswith("ValueError: ") for one in labels)


@pytest.mark.parametrize("how", ["half", "empty", "flip", "gone"])
def test_a_damaged_receipt_is_done_again(
    tmp_path: Path, reference: list[Label], calls: Callable[[], list[str]], how: str
) -> None:
    out = tmp_path / "out"
    tiny.run(out)
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
    assert tiny.run(out, tiny.counted).run == ()
    assert tiny.table_of(out) == reference
    (out / "labels.jsonl").unlink()
    (out / "manifest.json").unlink()
    tiny.run(out, tiny.counted)
    assert calls() == ["NaCl structure first"]
    assert tiny.table_of(out) == reference


def test_other_weights_or_settings_are_done_again(
    tmp_path: Path, calls: Callable[[], list[str]]
) -> None:
    out = tmp_path / "out"
    tiny.run(out)
    settings = {**tiny.SETTINGS, "adhesion": "finer"}
    parts = replace(tiny.parts(tiny.counted), settings=settings.__getitem__)
    run_labels(LabelRequest(phases=("NaCl",), models=("first",)), out, tiny.SERIAL, simulator=parts)
    # The simulation still says the old settings: refused, but asked for.
    assert calls() == ["NaCl adhesion first"]


CHECKS = {"structure": 2, "elasticity": 2, "migration": 2, "adhesion": 2}


def with_details(label: Label, **more: object) -> Label:
    return replace(label, details={**label.details, **more})


def test_labels_of_another_crystal_are_done_again(
    tmp_path: Path, reference: list[Label], calls: Callable[[], list[str]]
) -> None:
    """Those that name none are of the crystal of today."""
    named = {"Na": "of today", "NaSn": "of before"}
    embedded = tuple(
        with_details(one, crystal=named[one.formula]) if one.formula in named else one
        for one in reference
    )
    parts = replace(tiny.parts(tiny.counted, embedded), crystal=lambda formula: "of today")
    done = run_labels(LabelRequest(), tmp_path / "a", tiny.SERIAL, simulator=parts)
    assert {job.formula for job in done.run} == {"NaSn"} and len(calls()) == 2 * 4
    assert tiny.table_of(tmp_path / "a") == reference_with(embedded, reference, "NaSn")
    assert run_labels(LabelRequest(), tmp_path / "a", tiny.SERIAL, simulator=parts).run == ()
    elsewhere = replace(parts, crystal=lambda formula: None)
    out = tmp_path / "b"
    assert run_labels(LabelRequest(), out, tiny.SERIAL, simulator=elsewhere).run == ()


def reference_with(
    embedded: tuple[Label, ...], reference: list[Label], formula: str
) -> list[Label]:
    """What is embedded, but for one phase, which was simulated anew."""
    pairs = zip(embedded, reference, strict=True)
    return [new if new.formula == formula else old for old, new in pairs]


def test_what_earlier_checks_refused_is_done_again_and_what_passed_them_is_not(
    tmp_path: Path, reference: list[Label]
) -> None:
    def of_before(label: Label) -> Label:
        refused = (label.formula, label.property) in (("NaCl", "volume"), ("Na", "volume"))
        version = 1 if label.formula != "Na" else 2  # sodium's were refused by those of today
        reason = "failed a check" if refused else label.reason
        passed = label.passed_checks and not refused
        return with_details(replace(label, passed_checks=passed, reason=reason), checks=version)

    embedded = tuple(of_before(one) for one in reference if one.value is not None)
    parts = replace(tiny.parts(embedded=embedded), checks=CHECKS)
    phases = ("NaCl", "Na", "Sn")
    done = run_labels(LabelRequest(phases=phases), tmp_path, tiny.SERIAL, simulator=parts)
    assert {job[:2] for job in done.run} == {("NaCl", "structure")}


def test_what_is_embedded_is_not_simulated(
    tmp_path: Path, reference: list[Label], calls: Callable[[], list[str]]
) -> None:
    embedded = tuple(one for one in reference if one.formula != "Sn")
    parts = tiny.parts(tiny.counted, embedded)
    done = run_labels(LabelRequest(), tmp_path / "a", tiny.SERIAL, simulator=parts)
    assert {job.formula for job in done.run} == {"Sn"}
    assert tiny.table_of(tmp_path / "a") == reference
    calls()
    again = run_labels(
        LabelRequest(phases=("Na",), again=True), tmp_path / "b", tiny.SERIAL, simulator=parts
    )
    assert {job.formula for job in again.run} == {"Na"}
    assert len(calls()) == 8
    said = json.loads((tmp_path / "b" / "manifest.json").read_bytes())["reproduction"]
    assert (said["compared"], said["largest_relative_difference"]) == (16, 0.0)
    assert run_labels(
        LabelRequest(phases=("Na",), again=True), tmp_path / "b", tiny.SERIAL, simulator=parts
    )
    assert calls() == []
    # What the installed model or the settings of today would not give is simulated anew.
    old = tuple(replace(one, weights_sha256="old") for one in reference)
    renewed = run_labels(
        LabelRequest(), tmp_path / "c", tiny.SERIAL, simulator=tiny.parts(tiny.simulate, old)
    )
    assert len(renewed.run) == tiny.SIMULATIONS
    assert tiny.table_of(tmp_path / "c") == reference


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
        tiny.run(tmp_path / "out", **wanted)
    assert not (tmp_path / "out").exists()


def test_a_missing_model_is_said_before_anything_is_started(tmp_path: Path) -> None:
    def missing(model: str) -> object:
        raise InputError("--models", model, "needs torch and sevenn: pip install …")

    parts = replace(tiny.parts(), origin=missing)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="needs torch and sevenn"):
        run_labels(LabelRequest(), tmp_path / "out", RunnerOptions(workers=2), simulator=parts)
    assert not (tmp_path / "out").exists()


def test_a_selection_that_wants_nothing(tmp_path: Path) -> None:
    parts = replace(tiny.parts(), phases={"Cl": "element"})
    with pytest.raises(InputError, match=r"leaves nothing to simulate: Cl has structure$"):
        run_labels(
            LabelRequest(quantities=("elasticity",)), tmp_path / "out", tiny.SERIAL, simulator=parts
        )
    assert not (tmp_path / "out").exists()
