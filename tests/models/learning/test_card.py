"""Cards: there and back, and what is no card."""

import json
from dataclasses import replace

import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.calibration import Calibration
from maiscreen.models.learning.card import Card

TESTED = {"rows": 12, "mae": 0.1, "rmse": 0.2, "r2": 0.9, "coverage": 0.9, "nominal": 0.9}

CARD = Card(
    name="mine",
    target="shear_modulus_gpa",
    unit="GPa",
    scale="log10",
    recipe="trees",
    metrics={"shear_modulus_gpa": {"grouped": TESTED}},
    data={"source": "mine.csv", "rows": 12, "sha256": "0" * 64},
    splits={"grouped": "systems"},
    domain={"elements": 3},
    calibration=Calibration(0.01, (0.9, 1.2), (1.7, 2.2)),
    packages={"numpy": "2.0"},
    date="2026-11-22",
    seed=0,
    seconds=1.5,
    predictions_per_second=100.0,
)


@pytest.mark.parametrize("indent", [None, 1])
def test_there_and_back(indent: int | None) -> None:
    text = CARD.to_json(indent)
    assert Card.from_json(text) == CARD
    assert ("\n" in text) == (indent is not None)


@pytest.mark.parametrize(
    ("stated", "recipe", "own"),
    [
        (None, "LightGBM, huber", False),
        (None, "LGBMRegressor(), on features", True),
        (True, "LightGBM, huber", True),
        (False, "trees", False),
    ],
)
def test_whose_estimator_it_is(stated: bool | None, recipe: str, own: bool) -> None:
    """What the card states; the recipe where it states nothing."""
    card = replace(CARD, own_estimator=stated, recipe=recipe)
    assert card.uses_own_estimator is own
    assert ("own_estimator" in card.to_dict()) == (stated is not None)
    assert Card.from_json(card.to_json()) == card


def test_cites_the_hash_of_its_file() -> None:
    assert CARD.version == "unsaved"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"format": 2}, "format 2"),
        ({"target": "colour"}, "colour"),
        ({"seed": "x"}, "seed"),
        ({"seed": True}, "seed"),
        ({"extra": 1}, "extra"),
        ({"own_estimator": 1}, "own_estimator"),
        ({"calibration": {"floor": 0.1, "std": [1.0], "half": [1.0, 2.0]}}, "calibration"),
        ({"calibration": {"floor": 0.1, "std": ["a", 1.0], "half": [1.0, 2.0]}}, "calibration"),
        ({"calibration": {"floor": -0.1, "std": [1.0, 1.0], "half": [1.0, 2.0]}}, "calibration"),
        ({"calibration": {"floor": True, "std": None, "half": None}}, "calibration"),
    ],
)
def test_refuses_what_is_no_card(change: dict[str, object], named: str) -> None:
    with pytest.raises(InputError, match=named):
        Card.from_json(json.dumps(CARD.to_dict() | change))


@pytest.mark.parametrize("key", list(CARD.to_dict()))
def test_misses_every_field(key: str) -> None:
    plain = CARD.to_dict()
    del plain[key]
    with pytest.raises(InputError, match=r"model = "):
        Card.from_json(json.dumps(plain))


@pytest.mark.parametrize("text", ["", "[]", "{", "null", "[" * 100_000])
def test_refuses_other_files(text: str) -> None:
    with pytest.raises(InputError, match="give the folder of a model"):
        Card.from_json(text)
