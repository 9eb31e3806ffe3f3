"""Retraining: compared on held-back rows, promoted if no worse, written whole or not at all."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.compare import compare
from maiscreen.models.learning.training import Training, embedded_training, unweighted_training
from maiscreen.models.learning.validation import prepare
from maiscreen.models.retraining import held_back as held
from maiscreen.models.retraining.folds import held_back_folds
from maiscreen.models.retraining.retrain import Report, retrain
from maiscreen.models.storage.model import load
from maiscreen.models.training_files.read import read_data

SHEAR = "shear_modulus_gpa"
pytestmark = pytest.mark.usefixtures("quick_recipe")


def write(path: Path, rows: dict[str, float], head: str = "formula,shear_modulus_gpa") -> Path:
    path.write_text(f"{head}\n" + "".join(f"{f},{v}\n" for f, v in rows.items()))
    return path


@pytest.fixture
def first(mine: Path, tmp_path: Path) -> Report:
    return retrain(SHEAR, mine, base=None, out=tmp_path / "models" / "first")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_trains_on_the_users_rows_alone(first: Report, moduli: dict[str, float]) -> None:
    model = load(first.folder)
    assert model.card == first.card
    assert first.promoted
    assert (first.rows, first.rows_used, first.base, first.base_rows) == (120, 120, "", 0)
    assert first.comparison.rows == 120
    assert first.comparison.mae_new < first.comparison.mae_old
    predicted = model.predict(list(moduli)).mean
    assert np.abs(predicted - np.log10(list(moduli.values()))).mean() < 0.1
    metrics = first.card.metrics[SHEAR]["systems"]
    assert set(first.card.splits) == {"random", "systems"}
    assert {"mae", "rmse", "r2", "coverage", "nominal"} <= metrics.keys()
    assert first.card.data["file"] == "mine.csv"
    assert first.card.notes["promoted"] is True
    report = json.loads((first.folder / "report.json").read_text())
    assert report["comparison"]["mae_new"] == first.comparison.mae_new
    assert report["card"]["name"] == "first"


def test_the_report_reads_well(mine: Path, tmp_path: Path) -> None:
    mine.write_text(mine.read_text() + "NaCl,soft\nXx,5\n")
    report = retrain(SHEAR, mine, base="none", out=tmp_path / "out", name="ours")
    said = str(report)
    assert "122 rows given, 120 compositions learned from" in said
    assert "2 rows were left out" in said
    assert "row 122: 'NaCl' 'soft': 'soft' is no number" in said
    assert "promoted: it may take the place of embedded" in said
    assert report.card.name == "ours"
    assert report.card.notes["rows_left_out"] == 2
    kept = json.loads((tmp_path / "out" / "report.json").read_text())["left_out"]
    assert [one["row"] for one in kept] == [122, 123]


@pytest.mark.slow
def test_the_users_rows_take_the_place_of_the_base(first: Report, tmp_path: Path) -> None:
    base = load(first.folder).training
    assert base is not None
    rows = dict(zip(base.formulas[:60], (base.values[:60] * 1.5).tolist(), strict=True))
    rows |= {"NaCl": 14.0, "KCl": 9.0, "Na2O": 50.0}
    more = write(tmp_path / "more.csv", rows)
    report = retrain(SHEAR, more, base=first.folder, out=tmp_path / "models" / "second")
    both = load(report.folder).training
    assert both is not None
    found = dict(zip(both.formulas, both.values.tolist(), strict=True))
    for formula, value in rows.items():
        assert found[formula] == pytest.approx(value)
    shared = set(rows) & set(base.formulas)
    assert report.base_replaced == len(shared) == 60  # potassium chloride among them
    assert report.base_rows == 120 - 60
    assert len(both) == 120 - 60 + len(rows)
    assert report.card.parent.startswith("first ")
    assert report.comparison.replaced == "first"


@pytest.mark.slow
def test_what_is_worse_is_not_promoted(
    first: Report, moduli: dict[str, float], tmp_path: Path
) -> None:
    """The old model knows the moduli; the new one learns them with errors of half a decade."""
    # Errors whose harm is beyond chance: with others it may come out either way.
    errors = np.random.default_rng(1).normal(0, 0.5, len(moduli))
    wrong = {f: v * 10**e for (f, v), e in zip(moduli.items(), errors.tolist(), strict=True)}
    noise = write(tmp_path / "noise.csv", {f: min(max(v, 0.1), 900) for f, v in wrong.items()})
    before = contents(first.folder)
    out = tmp_path / "models" / "worse"
    report = retrain(SHEAR, noise, base=first.folder, out=out)
    assert report.comparison.is_worse and report.comparison.low > 0
    assert not report.promoted
    assert load(out).card.notes["promoted"] is False
    assert "not promoted: it is worse than first" in str(report)
    forced = retrain(SHEAR, noise, base=first.folder, out=out, force=True)
    assert forced.promoted
    assert "because it was forced" in str(forced)
    assert contents(first.folder) == before
    assert not (tmp_path / "models" / "in_use.json").exists()


@pytest.mark.slow
def test_gives_the_same_model_again(mine: Path, tmp_path: Path) -> None:
    one, two = (retrain(SHEAR, mine, base=None, out=tmp_path / n, seed=7) for n in "ab")
    assert one.comparison == two.comparison
    assert one.card.metrics == two.card.metrics
    assert one.card.data == two.card.data


@pytest.mark.slow
def test_does_not_overwrite(first: Report, mine: Path, tmp_path: Path) -> None:
    before = contents(first.folder)
    with pytest.raises(InputError, match="holds another model"):
        retrain(SHEAR, mine, base=None, out=first.folder)
    assert contents(first.folder) == before
    again = retrain(SHEAR, mine, base=None, out=first.folder, force=True, seed=5)
    assert load(first.folder).card.seed == again.card.seed == 5
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("years of work")
    with pytest.raises(InputError, match=r"holds thesis\.txt"):
        retrain(SHEAR, mine, base=None, out=tmp_path / "other", force=True)
    with pytest.raises(InputError, match="is a file"):
        retrain(SHEAR, mine, base=None, out=mine, force=True)
    assert sorted(path.name for path in first.folder.parent.iterdir()) == ["first"]


@pytest.mark.slow
@pytest.mark.parametrize("force", [False, True])
def test_an_error_while_writing_leaves_everything(
    first: Report, mine: Path, monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    before = contents(first.folder)
    out = first.folder if force else first.folder.with_name("new")
    monkeypatch.setattr("maiscreen.models.storage.model.save", full)
    with pytest.raises(InputError, match="No space left"):
        retrain(SHEAR, mine, base=None, out=out, force=force)
    assert contents(first.folder) == before
    assert [path.name for path in first.folder.parent.iterdir()] == ["first"]


@pytest.mark.slow
def test_an_interrupted_training_leaves_everything(first: Report, mine: Path) -> None:
    def stop(done: int, total: int) -> None:
        assert total == 5 + 5 + 11
        if done == 7:
            raise KeyboardInterrupt

    before = contents(first.folder)
    with pytest.raises(KeyboardInterrupt):
        retrain(SHEAR, mine, base=None, out=first.folder, force=True, watch=stop)
    assert contents(first.folder) == before


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ({"NaSn": 5.0, "KSn": 6.0}, "has 2 compositions of 2 chemical systems"),
        ({f"NaSn{n}": 5.0 + n for n in range(1, 60)}, "of 1 chemical systems"),
        ({f"Na{n}Sn": 7.0 for n in range(1, 60)}, "holds one value alone"),
    ],
)
def test_refuses_too_little(tmp_path: Path, rows: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        retrain(SHEAR, write(tmp_path / "few.csv", rows), base=None, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_refuses_a_base_of_another_target(first: Report, mine: Path, tmp_path: Path) -> None:
    rows = mine.read_text().replace("shear", "bulk")
    mine.write_text(rows)
    with pytest.raises(InputError, match="predicts shear_modulus_gpa, not bulk_modulus_gpa"):
        retrain("bulk_modulus_gpa", mine, base=first.folder, out=tmp_path / "out")
    with pytest.raises(InputError, match="holds no card"):
        retrain("bulk_modulus_gpa", mine, base=tmp_path / "none", out=tmp_path / "out")
    with pytest.raises(InputError, match="target = 'hardness': is none"):
        retrain("hardness", mine, base=None, out=tmp_path / "out")


def test_refuses_a_tampered_base(first: Report, mine: Path, tmp_path: Path) -> None:
    rows = first.folder / "training.csv"
    rows.write_bytes(rows.read_bytes().replace(b"LiO", b"NaO", 1))
    with pytest.raises(InputError, match="was changed"):
        retrain(SHEAR, mine, base=first.folder, out=tmp_path / "out")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v: v * 1e3, "or most values are outside|is the unit right"),
        (lambda v: v / 40, "is the unit right"),
        (np.log10, "look like logarithms|is the unit right"),
    ],
)
def test_notices_a_wrong_unit(
    first: Report, moduli: dict[str, float], tmp_path: Path, change: object, message: str
) -> None:
    assert callable(change)
    stiff = {f: v for f, v in moduli.items() if v > 3.0}
    wrong = write(tmp_path / "wrong.csv", {f: float(change(v)) for f, v in stiff.items()})
    with pytest.raises(InputError, match=message):
        retrain(SHEAR, wrong, base=first.folder, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_folds_hold_back_whole_systems_of_user_and_base() -> None:
    """Brute force over the rows: nothing of a system that is tested is learned from."""
    base = compositions(("LiO", "KO", "ZrC", "Li2O2", "Li3O"))
    names = [f"{m}{x}{n}" for m in ("Li", "K", "Rb", "Ca") for x in ("O", "S", "F") for n in "12"]
    user = compositions(names)
    keys, systems = (
        np.concatenate([getattr(base, what), getattr(user, what)])
        for what in ("key", "chemical_system")
    )
    folds = held_back_folds(user, base, seed=1)
    assert len(folds) == 5
    tested = np.concatenate([test for _, test in folds])
    assert sorted(tested.tolist()) == list(range(5, 5 + len(names)))
    for train, test in folds:
        assert not set(systems[train]) & set(systems[test])
        for row in range(5):
            gives_way = keys[row] in keys[train[train >= 5]]
            assert (row in train) == (not gives_way and systems[row] not in systems[test])


def test_many_systems_are_held_back_once() -> None:
    metals, anions = ("Li", "Na", "K", "Rb", "Cs", "Mg", "Ca", "Sr", "Ba", "Ti"), "FOSNCPBIHV"
    user = compositions([f"{m}{x}{n}" for m in metals for x in anions for n in ("2", "3", "4")])
    (fold,) = held_back_folds(user, compositions(()), seed=0)
    assert len(fold[1]) == 60
    assert len(set(user.chemical_system[fold[1]])) == 20


@pytest.mark.parametrize("base", ["first", "none"])
def test_the_old_model_has_not_seen_what_it_is_tested_on(
    first: Report, mine: Path, base: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On its own rows it does as the new one does, which is made of them by the same recipe."""
    old = load(first.folder)
    monkeypatch.setattr("maiscreen.models.storage.model.embedded_surrogate", lambda _: old)
    again = retrain(
        SHEAR, mine, base=first.folder if base == "first" else None, out=first.folder.parent / "b"
    )
    found = again.comparison
    assert old.training is not None
    seen = np.abs(old.predict(old.training.formulas).mean - np.log10(old.training.values)).mean()
    assert found.mae_old == found.mae_new > 2 * seen
    assert (found.difference, found.low, found.high) == (0, 0, 0)


def test_an_old_model_of_many_rows_is_fitted_again_once(
    first: Report, moduli: dict[str, float], tmp_path: Path
) -> None:
    """Its rows of all tested systems are spared, and they are few of all."""
    data = read_data(SHEAR, write(tmp_path / "part.csv", dict(list(moduli.items())[:60])))
    plan = held.plan_retraining(data.training, None, seed=0)
    whole = embedded_training(SHEAR)
    plan = replace(
        plan, known=whole, folds=tuple((a, b - len(plan.known) + len(whole)) for a, b in plan.folds)
    )
    material = prepare(held.join_trainings(whole, plan.user))
    rows = plan._rows_of_old(material)
    systems = material.compositions.chemical_system
    assert 0.95 * len(whole) < len(rows[0]) < len(whole)
    for (_, test), others in zip(plan.folds, rows, strict=True):
        assert others is rows[0]
        assert not set(systems[others]) & set(systems[test])


def test_noise_learned_by_heart_is_not_foreseen(moduli: dict[str, float], tmp_path: Path) -> None:
    """Neither of two models that know all rows, one of them as its base."""
    drawn = np.random.default_rng(5).normal(1.5, 0.3, len(moduli))
    noise = write(tmp_path / "noise.csv", dict(zip(moduli, (10**drawn).tolist(), strict=True)))
    first = retrain(SHEAR, noise, base=None, out=tmp_path / "first")
    again = retrain(SHEAR, noise, base=first.folder, out=tmp_path / "again")
    spread = np.abs(drawn - drawn.mean()).mean()
    for mae in (first.comparison.mae_new, again.comparison.mae_new, again.comparison.mae_old):
        assert mae > 0.9 * spread


def test_an_old_model_that_knows_none_of_the_systems_is_asked_as_it_is(
    first: Report, tmp_path: Path
) -> None:
    others = [
        f"{m}{x}{n}" for m in ("Y", "La", "Sc", "Nd") for x in ("As", "Sb", "P") for n in "12"
    ]
    more = write(tmp_path / "more.csv", {f: 9.0 + 3 * i for i, f in enumerate(others)})
    report = retrain(SHEAR, more, base=first.folder, out=tmp_path / "out")
    said = load(first.folder).predict(others).mean
    truth = np.log10([9.0 + 3 * i for i in range(len(others))])
    assert report.comparison.mae_old == pytest.approx(np.abs(said - truth).mean())


def test_draws_from_too_many_rows() -> None:
    rows = tuple(f"Na{n}Sn" for n in range(1, 101))
    training = unweighted_training(SHEAR, rows, np.arange(1.0, 101.0), "many")
    few = held.sample_rows(training, seed=0, most=10)
    assert len(few) == 10
    assert few.values.tolist() == sorted(few.values.tolist())
    assert held.sample_rows(training, seed=0, most=100) is training


def test_the_interval_of_a_difference_is_that_of_its_systems() -> None:
    """Against scipy's bootstrap of the means of systems of equal size."""
    from scipy.stats import bootstrap

    generator = np.random.default_rng(0)
    observed = np.zeros(200)
    old, new = generator.normal(0, 1, (2, 200))
    systems = np.repeat(np.arange(50).astype(str), 4)
    found = compare(observed, old, new, systems, replaced="a", how="b", scale="c")
    apart = (np.abs(new) - np.abs(old)).reshape(50, 4).mean(axis=1)
    assert found.difference == pytest.approx(apart.mean())
    expected = bootstrap(
        (apart,), np.mean, confidence_level=0.9, n_resamples=4000, method="percentile", rng=1
    ).confidence_interval
    assert found.low == pytest.approx(expected.low, abs=0.02)
    assert found.high == pytest.approx(expected.high, abs=0.02)
    assert "within chance" in str(found) or found.low * found.high > 0


@pytest.mark.parametrize("count", [2, 3, 5, 10, 30])
def test_the_interval_of_few_systems_holds_what_it_promises(count: int) -> None:
    """Two models that are equally good: of 90 % intervals, 90 % or more hold the 0."""
    rng = np.random.default_rng(count)
    systems = np.arange(count).astype(str)
    held_zero = []
    for _ in range(400):
        found = compare(
            np.zeros(count), *rng.normal(0, 1, (2, count)), systems,
            replaced="a", how="b", scale="c",
        )  # fmt: skip
        held_zero.append(found.low <= 0 <= found.high)
    assert np.mean(held_zero) > 0.84


def test_rows_of_two_trainings() -> None:
    one = unweighted_training(SHEAR, ("NaSn",), np.array([5.0]), "one")
    two = Training(SHEAR, ("KSn",), np.array([6.0]), np.array([0.1]), np.array([2.0]), "two")
    both = held.join_trainings(one, two)
    assert both.formulas == ("NaSn", "KSn")
    assert both.weights.tolist() == [1.0, 2.0]
    assert both.source == "one + two"
