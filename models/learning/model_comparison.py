"""Two models on the same rows: which of them errs less, and how sure that is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DRAWS = 2000
"""Bootstrap samples."""

CONFIDENCE = 0.9
"""Of the interval of the difference."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Errors of two models on rows that the new one has not learned from.

    Attributes
    ----------
    replaced : str
        The model that the new one would take the place of; ``mean`` if there is none, the mean of
        what the new one learned from.
    how : str
        ``held back`` or ``cross-validation``.
    rows, systems : int
        Rows that were compared, and chemical systems among them.
    scale : str
        Of the errors: ``log10(GPa)``, ``eV/atom``.
    mae_old, mae_new : float
        Mean absolute errors.
    difference, low, high : float
        New less old, with the 90 % interval of a bootstrap over chemical systems.
    """

    replaced: str
    how: str
    rows: int
    systems: int
    scale: str
    mae_old: float
    mae_new: float
    difference: float
    low: float
    high: float

    @property
    def is_worse(self) -> bool:
        """Whether the new model errs more."""
        return self.difference > 0

    def __str__(self) -> str:
        """Give the comparison in words."""
        verdict = "worse" if self.is_worse else "better" if self.difference < 0 else "equal"
        sure = "" if self.low * self.high > 0 else ", within chance"
        return (
            f"on {self.rows} rows of {self.systems} chemical systems ({self.how}): "
            f"MAE {self.mae_new:.4g}, {self.replaced} {self.mae_old:.4g} {self.scale}; difference "
            f"{self.difference:+.4g} ({self.low:+.4g} to {self.high:+.4g}): {verdict}{sure}"
        )


def compare(
    observed: Floats,
    old: Floats,
    new: Floats,
    systems: NDArray[np.str_],
    *,
    replaced: str,
    how: str,
    scale: str,
    seed: int = 0,
) -> Comparison:
    """Compare predictions of the same rows.

    Parameters
    ----------
    observed, old, new : Floats
        On the scale on which the target is learned, shape (n,).
    systems : NDArray[np.str_]
        Chemical system of each row, shape (n,): rows of one are drawn together, because their
        errors are alike.
    replaced, how, scale : str
        As :class:`Comparison` has them.
    seed : int
        Of the bootstrap.
    """
    errors_old, errors_new = np.abs(old - observed), np.abs(new - observed)
    low, high = _interval(errors_new - errors_old, systems, seed)
    return Comparison(
        replaced,
        how,
        len(observed),
        len(np.unique(systems)),
        scale,
        float(errors_old.mean()),
        float(errors_new.mean()),
        float((errors_new - errors_old).mean()),
        low,
        high,
    )


def _interval(differences: Floats, systems: NDArray[np.str_], seed: int) -> tuple[float, float]:
    """Draw chemical systems with replacement; give the interval of the mean difference."""
    _, place = np.unique(systems, return_inverse=True)
    total, count = np.bincount(place, differences), np.bincount(place)
    generator = np.random.default_rng(seed)
    drawn = generator.multinomial(len(total), np.full(len(total), 1 / len(total)), size=DRAWS)
    means = (drawn @ total) / (drawn @ count)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)
