"""No last digit of a feature moves a prediction."""

import numpy as np
import pytest

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.rounding import significant
from maiscreen.candidates.snapshot.training_data import energies, moduli
from maiscreen.descriptors.composition import features as extra
from maiscreen.descriptors.composition.features import features
from maiscreen.models.learning.model import evaluate_trees
from maiscreen.models.storage.model import embedded_surrogate, embedded_targets
from maiscreen.screen.embedding import formulas_by_target

NUDGE = 1e-12


def formulas_of(target: str) -> tuple[str, ...]:
    """What campaigns ask of a model, and a part of what it was trained on."""
    table = energies() if target.startswith(("formation", "volume")) else moduli()
    return (*formulas_by_target().get(target, ()), *table["formula"].to_pylist()[::20])


@pytest.mark.slow
@pytest.mark.parametrize("target", embedded_targets())
def test_kernels_move_no_prediction(target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nudge all that a kernel computes: other features have no last digits of their own.

    Those are sums and products in a fixed order, and an exponential that is correctly rounded;
    see test_features_are_those_of_plain_numbers_to_the_last_bit.
    """
    model, chosen = embedded_surrogate(target), compositions(formulas_of(target))
    expected = evaluate_trees(model.estimator, model.errors, features(chosen))
    random = np.random.default_rng(17)

    for signs in (1.0, -1.0, None):

        def nudged(values: np.ndarray, signs: float | None = signs) -> np.ndarray:
            along = random.choice((-1.0, 1.0), values.shape) if signs is None else signs
            return significant(values * (1 + NUDGE * along))

        monkeypatch.setattr(extra, "significant", nudged)
        found = evaluate_trees(model.estimator, model.errors, features(chosen))
        np.testing.assert_array_equal(found, expected)
