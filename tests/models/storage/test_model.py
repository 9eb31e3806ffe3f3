"""Models on disk: the same after reading, refused when touched."""

import hashlib
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from resealed import write_sealed

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.composition.features import FEATURE_LABELS
from maiscreen.models.learning.fit import fit
from maiscreen.models.learning.model import Surrogate
from maiscreen.models.learning.targets import error_estimator
from maiscreen.models.learning.training import Training, embedded_training
from maiscreen.models.learning.trees import Trees
from maiscreen.models.storage.arrays import pack_arrays, unpack_arrays
from maiscreen.models.storage.folder import check_out
from maiscreen.models.storage.model import CARD, MODEL, ROWS, load, save

ASKED = ["NaSn", "SnCl4", "Na15Sn4", "TiN", "UO2"]


@pytest.fixture(scope="module")
def small() -> Surrogate:
    rows = np.arange(0, 10_987, 80)
    some = embedded_training("shear_modulus_gpa").take(rows)
    named = Training(some.target, some.formulas, some.values, some.stds, some.weights, "mine.csv")
    return fit(named, "small", splits=("grouped",))


@pytest.fixture
def folder(small: Surrogate, tmp_path: Path) -> Path:
    save(small, tmp_path / "small")
    return tmp_path / "small"


def test_predicts_the_same_after_reading(small: Surrogate, folder: Path) -> None:
    again, before = load(folder), small.predict(ASKED)
    after = again.predict(ASKED)
    for name in ("value", "std", "low", "high", "inside"):
        assert np.array_equal(getattr(before, name), getattr(after, name))
    assert again.training is not None
    assert small.training is not None
    assert again.training.sha256 == small.training.sha256 == again.card.data["sha256"]
    assert set(again.card.files) == {MODEL, ROWS}
    assert again.card.version == again.card.files[MODEL][:12]


def test_the_same_data_and_seed_give_the_same_bytes(small: Surrogate, tmp_path: Path) -> None:
    """Another fit, and a model that was read, have the version of the first."""
    assert small.training is not None
    again = fit(small.training, "small", splits=("grouped",))
    for name, model in (("a", small), ("b", again), ("c", load_saved(small, tmp_path / "x"))):
        save(model, tmp_path / name)
    first = (tmp_path / "a" / MODEL).read_bytes()
    assert first == (tmp_path / "b" / MODEL).read_bytes() == (tmp_path / "c" / MODEL).read_bytes()


def load_saved(model: Surrogate, folder: Path) -> Surrogate:
    save(model, folder)
    return load(folder)


def test_another_version_of_scikit_learn_is_no_matter_to_trees(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["packages"]["scikit-learn"] = "0.24.2"
    write_sealed(folder / CARD, card)
    assert np.isfinite(load(folder).predict(ASKED).value).all()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"counts": None}, "no domain"),
        ({"counts": np.zeros(3, "<i8")}, "no domain"),
        ({"counts": np.full(118, -1, "<i8")}, "no domain"),
        ({"counts": np.zeros(118)}, "no domain"),
        ({"other": np.zeros(3)}, "foreign 'other'"),
        ({"estimator.left": None}, "no trees"),
        ({"errors.left": np.zeros(3, "<i2")}, "wrong left"),
        ({"errors.features": np.array([9], "<i4")}, "other features"),
    ],
)
def test_a_model_of_other_arrays_is_refused(folder: Path, change: Any, why: str) -> None:
    arrays = unpack_arrays((folder / MODEL).read_bytes())
    whole = {"errors." + k: v for k, v in ERRORS.arrays().items()} | arrays | change
    forge(folder, pack_arrays({name: one for name, one in whole.items() if one is not None}))
    with pytest.raises(InputError, match=why):
        load(folder)


NUMBERS = np.random.default_rng(0).normal(size=(400, len(FEATURE_LABELS) + 1))
ERRORS = Trees.of(error_estimator(400, 0).set_params(n_estimators=1).fit(NUMBERS, NUMBERS[:, 0]))


def test_a_model_without_estimator_predicts_nothing(folder: Path) -> None:
    arrays = unpack_arrays((folder / MODEL).read_bytes())
    forge(folder, pack_arrays({"counts": arrays["counts"]}))
    with pytest.raises(InputError, match="predicts nothing"):
        load(folder)


def test_a_file_of_an_earlier_maiscreen_says_what_to_do(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["files"] = {"model.skops": "0" * 64, ROWS: card["files"][ROWS]}
    write_sealed(folder / CARD, card)
    with pytest.raises(InputError, match=r"model\.skops, read no more; .* from its training\.csv"):
        load(folder)
    check_out(folder, force=True)


@pytest.mark.parametrize("name", [MODEL, ROWS])
def test_refuses_a_flipped_byte(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    with pytest.raises(InputError, match=f"{name} was changed"):
        load(folder)


@pytest.mark.parametrize("name", [CARD, MODEL, ROWS])
def test_a_bit_of_any_file_is_found(folder: Path, name: str) -> None:
    whole, rng = (folder / name).read_bytes(), random.Random(19)
    for place in rng.sample(range(len(whole)), 60):
        changed = bytearray(whole)
        changed[place] ^= 1 << rng.randrange(8)
        (folder / name).write_bytes(changed)
        with pytest.raises(InputError):
            load(folder)


@pytest.mark.parametrize("name", [CARD, MODEL, ROWS])
def test_misses_a_file(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(InputError, match=name):
        load(folder)


def forge(folder: Path, content: bytes) -> None:
    """Put another estimator in, its hash on the card, as somebody with bad intentions would."""
    (folder / MODEL).write_bytes(content)
    card = json.loads((folder / CARD).read_text())
    card["files"][MODEL] = hashlib.sha256(content).hexdigest()
    write_sealed(folder / CARD, card)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"cos\nsystem\n(S'true'\ntR."])
def test_refuses_what_is_no_file_of_arrays(folder: Path, content: bytes) -> None:
    forge(folder, content)
    with pytest.raises(InputError, match="cannot be read"):
        load(folder)


def test_refuses_a_model_of_other_features(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["data"]["features"] = "0" * 64
    write_sealed(folder / CARD, card)
    with pytest.raises(InputError, match="other features"):
        load(folder)


def test_refuses_a_foreign_file_on_the_card(folder: Path) -> None:
    card = json.loads((folder / CARD).read_text())
    card["files"]["../../secret"] = "0" * 64
    write_sealed(folder / CARD, card)
    with pytest.raises(InputError, match="foreign file"):
        load(folder)
