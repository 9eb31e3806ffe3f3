"""How far compositions are from what a model has learned from: one by one, and all together.

A distance in the space of features says of one composition whether the like was learned from. A
classifier that tells a user's compositions from those of the training says whether they are drawn
otherwise, which no composition by itself does (D. Lopez-Paz, M. Oquab, ICLR 2017).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import Compositions, compositions
from maiscreen.candidates.rounding import significant
from maiscreen.descriptors.composition.features import FEATURE_LABELS, features
from maiscreen.models.learning.compare import training_of
from maiscreen.models.learning.model import Surrogate

Floats = NDArray[np.float64]

LANDMARKS = 2048
"""Compositions of the training that distances are measured to, at most."""

FAR = 0.95
"""Share of the landmarks that are nearer to one of another chemical system than what counts as
far."""

SHIFTED = 0.75
"""Area under the curve from which compositions count as drawn otherwise than the training
[judgement]: chemical systems held out of it come to 0.55 to 0.64 (docs/models.md)."""

FEWEST = 100
"""Compositions below which no shift is looked for [judgement]."""

MOST = 2000
"""Compositions of either side that the classifier is shown."""

_COLUMNS = [
    place
    for place, label in enumerate(FEATURE_LABELS)
    if label.startswith(("MagpieData mean ", "MagpieData avg_dev "))
]
"""Means and mean deviations of the properties of elements."""

_BLOCK = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Neighbourhood:
    """Landmarks of a training, and how far from them counts as far.

    Attributes
    ----------
    landmarks : Floats
        Means and mean deviations of elements' properties, each in standard deviations of the
        training, shape (k, p).
    scale : Floats
        Standard deviations, shape (p,); infinite for what does not vary.
    far : float
        Distance that counts as far.
    features : Floats
        All features of the landmarks, in the order in which they were drawn, shape (k, q).
    """

    landmarks: Floats
    scale: Floats
    far: float
    features: Floats

    @classmethod
    def of(cls, known: Compositions, seed: int = 0) -> "Neighbourhood":
        """Draw landmarks from the compositions of a training.

        Parameters
        ----------
        known : Compositions
            Shape (n,), at least one.
        seed : int
            Of the draw.
        """
        drawn = _draw(known, LANDMARKS, seed)
        of_drawn = features(drawn)
        rows = of_drawn[:, _COLUMNS]
        spread = rows.std(axis=0)
        scale = np.where(spread > 0, spread, np.inf)
        scaled = rows / scale
        systems = np.unique(drawn.chemical_system, return_inverse=True)[1]
        squares = _less_own_square(scaled, scaled)
        squares[systems[:, None] == systems] = np.inf
        nearest = _distance(squares, scaled)
        far = np.quantile(nearest, [FAR], method="higher")
        finite = float(significant(far)[0] if np.isfinite(far[0]) else np.inf)
        return cls(scaled, scale, finite, of_drawn)

    def distance(self, asked: Compositions, feature_rows: Floats | None = None) -> Floats:
        """Return the distance of compositions to the nearest landmark, shape (n,).

        Parameters
        ----------
        asked : Compositions
            Shape (n,).
        feature_rows : Floats, optional
            Their features, shape (n, q), where they are there already.
        """
        distances = np.empty(len(asked))
        for start in range(0, len(asked), _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, len(asked)))
            known = features(asked.take(rows)) if feature_rows is None else feature_rows[rows]
            scaled = known[:, _COLUMNS] / self.scale
            distances[rows] = _distance(_less_own_square(scaled, self.landmarks), scaled)
        return significant(distances)

    def holds(self, asked: Compositions, feature_rows: Floats | None = None) -> NDArray[np.bool_]:
        """Return whether compositions are near what was learned from, shape (n,)."""
        return self.distance(asked, feature_rows) <= self.far


def _less_own_square(rows: Floats, landmarks: Floats) -> Floats:
    """Return squares of distances less the square of each row, by one product, shape (n, k)."""
    squares = (landmarks**2).sum(axis=1)
    wider = np.column_stack([rows, np.ones(len(rows))])
    return np.asarray(wider @ np.column_stack([-2 * landmarks, squares]).T)


def _distance(squares: Floats, rows: Floats) -> Floats:
    return np.asarray(np.sqrt(np.maximum(squares.min(axis=1) + (rows**2).sum(axis=1), 0)))


def neighbourhood(model: Surrogate) -> Neighbourhood:
    """Return the neighbourhood of what a model has learned from."""
    return Neighbourhood.of(compositions(training_of(model).formulas))


def shift(near: Neighbourhood, asked: Compositions, seed: int = 0) -> float | None:
    """Tell how well a classifier tells compositions from those of a model's training.

    Parameters
    ----------
    near : Neighbourhood
        Of what the model has learned from.
    asked : Compositions
        Shape (n,).
    seed : int
        Of the draw and of the classifier.

    Returns
    -------
    float or None
        Area under its curve: the probability that it finds, of one composition of either side,
        which is which; 0.5 where they are alike. None of fewer than :data:`FEWEST`.
    """
    from lightgbm import LGBMClassifier

    drawn = _draw(asked, MOST, seed)
    count = min(MOST, len(near.features), len(drawn))
    if count < FEWEST:
        return None
    rows = np.concatenate([near.features[:count], features(drawn.take(np.arange(count)))])
    label = np.repeat([0, 1], count)
    half = np.random.default_rng(seed).permutation(2 * count) % 2
    said = np.empty(2 * count)
    for k in (0, 1):
        classifier = LGBMClassifier(
            n_estimators=100, num_leaves=15, colsample_bytree=0.3, n_jobs=1, verbose=-1,
            random_state=seed, deterministic=True, force_row_wise=True,
        )  # fmt: skip
        classifier.fit(rows[half != k], label[half != k])
        said[half == k] = classifier.booster_.predict(rows[half == k], num_threads=1)
    return _area_under_curve(said, label == 1)


def _draw(batch: Compositions, most: int, seed: int) -> Compositions:
    """Return some compositions, each once, in an order drawn by the seed."""
    _, first = np.unique(batch.key, return_index=True)
    return batch.take(np.random.default_rng(seed).permutation(first)[:most])


def _area_under_curve(said: Floats, positive: NDArray[np.bool_]) -> float:
    """Return the share of pairs in which the positive one is said to be more so; ties are half."""
    levels, place = np.unique(said, return_inverse=True)
    high = np.bincount(place[positive], minlength=len(levels))
    low = np.bincount(place[~positive], minlength=len(levels))
    below = np.cumsum(low) - low
    return float((high * (below + low / 2)).sum() / (high.sum() * low.sum()))
