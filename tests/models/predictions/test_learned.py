"""Which model predicts: pins, refusals, digests, one prediction for each distinct formula."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from resealed import write_sealed

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.pins import digest_of, folder_of
from maiscreen.models.learning.fit import fit
from maiscreen.models.learning.training import embedded_training, unweighted_training
from maiscreen.models.predictions import learned as module
from maiscreen.models.predictions.learned import (
    models_used,
    own_targets,
    pin_models,
    predict_target,
)
from maiscreen.models.storage.model import MODEL, save

FORMULAS = ("NaGe", "Na15Sn4", "NaGe")


def _trained(folder: Path, target: str, factor: float = 1.0, name: str = "mine") -> str:
    """Train on few rows, whose values are changed by a factor."""
    rows = embedded_training(target)
    few = rows.take(np.arange(0, len(rows), 40))
    changed = unweighted_training(target, few.formulas, few.values * factor, "test")
    save(fit(changed, name, splits=("grouped",)), folder)
    return str(folder)


@pytest.fixture(scope="module")
def soft(tmp_path_factory: pytest.TempPathFactory) -> str:
    return _trained(tmp_path_factory.mktemp("models") / "soft", "youngs_modulus_gpa", 0.1, "soft")


@pytest.fixture(scope="module")
def shear(tmp_path_factory: pytest.TempPathFactory) -> str:
    return _trained(tmp_path_factory.mktemp("models") / "shear", "shear_modulus_gpa", 0.1, "shear")


def test_a_model_of_ones_own_takes_the_place_of_the_embedded_one(soft: str) -> None:
    usual, own = (
        predict_target("youngs_modulus_gpa", FORMULAS),
        predict_target("youngs_modulus_gpa", FORMULAS, (soft,)),
    )
    assert (own.value < usual.value / 2).all()
    assert own.value[0] == own.value[2]
    assert own.source[0].startswith("learned (soft ")
    assert usual.source[0] != own.source[0]
    other = predict_target("volume_a3_atom", FORMULAS, (soft,))
    assert other.value.tolist() == predict_target("volume_a3_atom", FORMULAS).value.tolist()


def test_each_distinct_formula_is_predicted_alike_whatever_is_beside_it() -> None:
    many = predict_target("youngs_modulus_gpa", np.array([*FORMULAS, "NaIn", "Na7Ga13", "NaP7"]))
    alone = [predict_target("youngs_modulus_gpa", (one,)) for one in FORMULAS]
    assert many.value[:3].tolist() == [one.value[0] for one in alone]
    assert many.std[:3].tolist() == [one.std[0] for one in alone]


def test_a_pin_is_the_folder_and_what_is_in_it(soft: str, tmp_path: Path) -> None:
    (pin,) = pin_models((soft,))
    assert folder_of(pin) == soft
    assert len(digest_of(pin)) == 64
    assert pin_models((pin,)) == (pin,)
    shutil.copytree(soft, tmp_path / "copy")
    (copy,) = pin_models((str(tmp_path / "copy"),))
    assert digest_of(copy) == digest_of(pin)


def test_the_day_of_a_training_changes_no_digest_but_the_intervals_do(
    soft: str, tmp_path: Path
) -> None:
    shutil.copytree(soft, tmp_path / "copy")
    path = tmp_path / "copy" / "card.json"
    card = json.loads(path.read_text())
    usual = digest_of(pin_models((soft,))[0])
    write_sealed(path, card | {"date": "2000-01-01", "seconds": 1.0})
    assert digest_of(pin_models((str(tmp_path / "copy"),))[0]) == usual
    wider = [2 * one for one in card["calibration"]["half"]]
    write_sealed(path, card | {"calibration": {**card["calibration"], "half": wider}})
    assert digest_of(pin_models((str(tmp_path / "copy"),))[0]) != usual


def test_another_model_in_a_pinned_folder_is_noticed(soft: str, shear: str, tmp_path: Path) -> None:
    here = tmp_path / "model"
    shutil.copytree(soft, here)
    (pin,) = pin_models((str(here),))
    module._load_pinned.cache_clear()
    shutil.rmtree(here)
    shutil.copytree(shear, here)
    with pytest.raises(InputError, match="another model than the campaign was started with"):
        pin_models((pin,))
    assert own_targets((str(here),)) == ("shear_modulus_gpa",)


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(InputError, match="neither a model nor a store"):
            pin_models((str(folder),))


def test_a_changed_file_is_refused(soft: str, tmp_path: Path) -> None:
    shutil.copytree(soft, tmp_path / "copy")
    model = tmp_path / "copy" / MODEL
    model.write_bytes(model.read_bytes()[:-1] + b"x")
    with pytest.raises(InputError, match="was changed"):
        pin_models((str(tmp_path / "copy"),))


def test_two_models_of_one_target_are_refused(soft: str, tmp_path: Path) -> None:
    shutil.copytree(soft, tmp_path / "copy")
    with pytest.raises(InputError, match="one model for each target"):
        pin_models((soft, str(tmp_path / "copy")))


def test_a_model_of_no_use_to_the_screen_is_refused(tmp_path: Path) -> None:
    folder = _trained_barrier(tmp_path / "barrier")
    with pytest.raises(InputError, match="which the screen does not take"):
        pin_models((folder,))


def _trained_barrier(folder: Path) -> str:
    rows = embedded_training("youngs_modulus_gpa").take(np.arange(0, 4000, 40))
    barriers = unweighted_training("migration_barrier_ev", rows.formulas, rows.values / 500, "test")
    save(fit(barriers, "barrier", splits=("grouped",)), folder)
    return str(folder)


def test_the_models_of_a_campaign_are_named(soft: str, shear: str) -> None:
    usual = {one.target: one for one in models_used()}
    assert set(usual) == {"youngs_modulus_gpa", "volume_a3_atom", "formation_energy_ev_atom"}
    assert {one.folder for one in usual.values()} == {"embedded"}
    own = {one.target: one for one in models_used((soft,))}
    assert own["youngs_modulus_gpa"].folder == soft
    assert own["youngs_modulus_gpa"].sha256 != usual["youngs_modulus_gpa"].sha256
    assert own["volume_a3_atom"] == usual["volume_a3_atom"]
    parts = {one.target: one.folder for one in models_used((shear,))}
    assert parts["shear_modulus_gpa"] == shear
    assert parts["bulk_modulus_gpa"] == "embedded"
    assert "youngs_modulus_gpa" not in parts


def test_a_store_stands_for_the_models_that_it_uses(soft: str, tmp_path: Path) -> None:
    from maiscreen.models.storage.store import use

    shutil.copytree(soft, tmp_path / "mine")
    shutil.copytree(soft, tmp_path / "other")
    use("mine", tmp_path)
    (pin,) = pin_models((str(tmp_path),))
    assert folder_of(pin) == str(tmp_path / "mine")
    assert own_targets((str(tmp_path),)) == ("youngs_modulus_gpa",)
