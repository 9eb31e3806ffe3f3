"""Teaching a student: what it is tested on, neither it nor its teacher has seen."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from resealed import write_sealed

from maiscreen.candidates.chemistry.formula import Compositions, compositions
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.training_data import energies
from maiscreen.models.learning import student as student_training
from maiscreen.models.learning import validation
from maiscreen.models.learning.fit import fit
from maiscreen.models.learning.model import Surrogate
from maiscreen.models.learning.splits import grouped_folds
from maiscreen.models.learning.targets import estimator
from maiscreen.models.learning.training import Training, embedded_training
from maiscreen.models.retraining import distil
from maiscreen.models.retraining.distil import (
    MOST,
    add_student,
    count_steps,
    distil_student,
    repeat_trained_rows,
    teaching_compositions,
    untested_lessons,
)
from maiscreen.models.storage.arrays import pack_arrays, unpack_arrays
from maiscreen.models.storage.model import CARD, MODEL, load, save
from maiscreen.models.storage.students import STUDENT

ASKED = ["NaSn", "SnCl4", "Na15Sn4", "TiN", "UO2", "MgO", "FeAl", "CaF2"]


def some(step: int) -> Training:
    rows = embedded_training("bulk_modulus_gpa")
    few = rows.take(np.arange(0, len(rows), step))
    return Training(few.target, few.formulas, few.values, few.stds, few.weights, "mine.csv")


def pool(step: int) -> Compositions:
    """Some of the lessons."""
    return compositions(energies()["formula"].to_pylist()[::step])


@contextmanager
def short_lessons(trees: int, steps: int, step: int) -> Iterator[None]:
    """Let models have few trees, and students few steps and some of the lessons."""
    few = pool(step)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            validation, "estimator", lambda *a: estimator(*a).set_params(n_estimators=trees)
        )
        patch.setattr(student_training, "STEPS", steps)
        patch.setattr(distil, "_embedded", lambda: few)
        yield


@pytest.fixture(scope="module")
def plain() -> Surrogate:
    with short_lessons(5, 2, 600):
        return fit(some(120), "small", splits=("grouped",))


@pytest.fixture(scope="module")
def steps() -> list[int]:
    return []


@pytest.fixture(scope="module")
def quick(plain: Surrogate, steps: list[int]) -> Surrogate:
    """A model whose student was taught for two steps, by 230 compositions."""
    with short_lessons(5, 2, 600):
        return distil_student(plain, done=lambda: steps.append(1))


@pytest.fixture(scope="module")
def good() -> Surrogate:
    """A model whose student was taught for seconds, by 1,400 compositions."""
    with short_lessons(50, 200, 60):
        return distil_student(fit(some(30), "small", splits=("grouped",)))


def test_card_tells_how_it_was_tested(quick: Surrogate, steps: list[int]) -> None:
    card = quick.card.student
    assert card is not None
    assert len(steps) == count_steps() == 11
    assert set(card.metrics) == {"grouped", "sodium"}
    assert set(card.metrics["grouped"]) == {"mae", "rmse", "r2", "coverage", "nominal", "rows"}
    assert card.metrics["grouped"]["rows"] == quick.card.data["rows"] == 92
    assert card.lessons > 200
    assert min(card.predictions_per_second, card.alone_per_second) > 0


@pytest.mark.slow
def test_agrees_with_the_trees(good: Surrogate) -> None:
    card = good.card.student
    assert card is not None
    assert card.lessons > 1400
    assert card.metrics["grouped"]["coverage"] == pytest.approx(0.9, abs=0.05)
    assert card.agreement["r2"] > 0.8
    fast, slow = good.predict(ASKED, fast=True), good.predict(ASKED)
    assert np.abs(fast.mean - slow.mean).mean() < 0.1
    assert not np.array_equal(fast.mean, slow.mean)
    assert np.array_equal(fast.inside, slow.inside)
    assert np.all(fast.low < fast.value)
    assert np.all(fast.value < fast.high)
    assert np.all(fast.std > 0)


def test_leaves_the_trees_alone(plain: Surrogate, quick: Surrogate) -> None:
    before, after = plain.predict(ASKED), quick.predict(ASKED)
    for name in ("value", "std", "low", "high", "inside"):
        assert np.array_equal(getattr(before, name), getattr(after, name))
    assert replace(quick.card, student=None) == plain.card


def test_its_intervals_are_its_own(quick: Surrogate) -> None:
    student = quick.card.student
    assert student is not None
    assert student.calibration != quick.card.calibration
    wider = replace(student.calibration, half=tuple(2 * one for one in student.calibration.half))
    changed = replace(quick, card=replace(quick.card, student=replace(student, calibration=wider)))
    ratio = np.log(changed.predict(ASKED, fast=True).high / quick.predict(ASKED, fast=True).value)
    half = np.log(quick.predict(ASKED, fast=True).high / quick.predict(ASKED, fast=True).value)
    assert ratio == pytest.approx(2 * half)
    assert np.array_equal(changed.predict(ASKED).high, quick.predict(ASKED).high)


def test_no_lesson_bears_on_what_is_tested() -> None:
    own = compositions(some(10).formulas)
    given = teaching_compositions(own)
    folds = grouped_folds(own)
    for fold in folds:
        kept = given.take(untested_lessons(own, fold, given, "Na"))
        tested = own.take(fold[1])
        assert not np.isin(kept.chemical_system, tested.chemical_system).any()
        assert not kept.contains("Na").any()
        assert len(kept) > 0.6 * len(given)


def test_sodium_is_kept_where_the_split_keeps_it() -> None:
    own = compositions(["NaCl", "NaF", "Na2O", "KCl", "NaSn"])
    given = compositions(["NaBr", "KBr", "NaCl"])
    (first, *_) = [fold for fold in grouped_folds(own) if 0 not in fold[1]]
    assert untested_lessons(own, first, given).tolist()[:2] == [0, 1]


def test_lessons_hold_each_composition_once_and_all_of_the_training() -> None:
    own = compositions(["XeNe", "NeXe", "NaCl", "Na2Cl2", "Ne3Xe"])
    given = teaching_compositions(own)
    assert len(np.unique(given.key)) == len(given)
    assert np.isin(own.key, given.key).all()
    assert len(given) == len(distil._embedded()) + 2


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_what_the_trees_know_is_shown_more_often(flags: list[bool]) -> None:
    own = np.array(flags)
    times = np.bincount(repeat_trained_rows(own), minlength=len(own))
    assert (times[~own] == 1).all()
    known, others = int(own.sum()), int((~own).sum())
    for count in np.unique(times[own]).tolist():
        assert 1 <= count <= MOST
        assert count == 1 or count * known <= others
        assert count == MOST or (count + 1) * known > others


@pytest.mark.slow
@pytest.mark.usefixtures("quick_recipe")
def test_noise_is_not_foreseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values that follow no law: a student that had seen the tested ones would foresee them."""
    rows = some(40)
    noise = 10 ** np.random.default_rng(0).normal(1.5, 0.3, len(rows))
    made_up = Training(rows.target, rows.formulas, noise, rows.stds, rows.weights, "noise")
    few = pool(80)
    monkeypatch.setattr(student_training, "STEPS", 150)
    monkeypatch.setattr(distil, "_embedded", lambda: few)
    card = distil_student(fit(made_up, "noise", splits=("grouped",))).card.student
    assert card is not None
    assert card.metrics["grouped"]["r2"] < 0.1


def test_there_and_back(quick: Surrogate, tmp_path: Path) -> None:
    saved = save(quick, tmp_path / "m")
    again = load(tmp_path / "m")
    assert again.card == saved.card
    assert STUDENT not in saved.card.files
    before, after = quick.predict(ASKED, fast=True), again.predict(ASKED, fast=True)
    for name in ("value", "std", "low", "high", "inside"):
        assert np.array_equal(getattr(before, name), getattr(after, name))


@pytest.fixture
def folder(quick: Surrogate, tmp_path: Path) -> Path:
    save(quick, tmp_path / "m")
    return tmp_path / "m"


def test_refuses_a_flipped_byte(folder: Path) -> None:
    content = bytearray((folder / STUDENT).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / STUDENT).write_bytes(content)
    with pytest.raises(InputError, match=f"{STUDENT} was changed"):
        load(folder)


def test_misses_the_file(folder: Path) -> None:
    (folder / STUDENT).unlink()
    with pytest.raises(InputError, match=STUDENT):
        load(folder)


def forge(folder: Path, content: bytes) -> None:
    import hashlib

    (folder / STUDENT).write_bytes(content)
    card = json.loads((folder / CARD).read_text())
    card["student"]["sha256"] = hashlib.sha256(content).hexdigest()
    write_sealed(folder / CARD, card)


def test_refuses_what_is_no_student_under_a_valid_hash(folder: Path) -> None:
    whole = unpack_arrays((folder / STUDENT).read_bytes())
    forge(folder, pack_arrays(whole))
    assert load(folder).student is not None
    first = whole["weights.0"]
    wrong: list[dict[str, Any]] = [
        dict.fromkeys(("centre", "scale", "outputs"), whole["centre"]),
        {"centre": whole["centre"]},
        whole | {"centre": whole["centre"][:-1]},
        whole | {"scale": 0 * whole["scale"]},
        whole | {"weights.0": first.T},
        whole | {"weights.9": first},
        whole | {"biases.0": whole["biases.0"].astype("<f8")},
        whole | {"biases.0": whole["biases.0"][0]},
        whole | {"outputs": np.full((4, 2), np.nan)},
    ]
    for arrays in wrong:
        forge(folder, pack_arrays(arrays))
        with pytest.raises(InputError, match="is no student"):
            load(folder)


def test_refuses_a_model_in_the_place_of_a_student(folder: Path) -> None:
    forge(folder, (folder / MODEL).read_bytes())
    with pytest.raises(InputError, match=rf"{STUDENT} is no student"):
        load(folder)


@pytest.mark.parametrize(
    "change",
    [
        {"student": 1},
        {"student": {"recipe": "x"}},
    ],
)
def test_refuses_a_damaged_card(folder: Path, change: dict[str, object]) -> None:
    card = json.loads((folder / CARD).read_text())
    write_sealed(folder / CARD, card | change)
    with pytest.raises(InputError, match=r"student|field"):
        load(folder)


def test_older_models_have_none_and_can_be_given_one(
    plain: Surrogate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(student_training, "STEPS", 2)
    few: Compositions = compositions(["MgO", "FeAl", "TiN", "CaF2", "ScN", "KBr"])
    monkeypatch.setattr(distil, "_embedded", lambda: few)
    folder = tmp_path / "old"
    save(plain, folder)
    assert "student" not in json.loads((folder / CARD).read_text())
    old = load(folder)
    with pytest.raises(InputError, match=r"fast = True: .* no student; .* models distil"):
        old.predict(ASKED, fast=True)
    before = {one.name: one.read_bytes() for one in folder.iterdir()}
    card = add_student(folder)
    after = {one.name: one.read_bytes() for one in folder.iterdir()}
    assert set(after) == {*before, STUDENT}
    assert all(after[name] == before[name] for name in before if name != CARD)
    assert card.version == old.card.version
    assert load(folder).predict(ASKED, fast=True).value.shape == (len(ASKED),)
    assert list(tmp_path.iterdir()) == [folder]
