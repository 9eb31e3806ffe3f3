"""A student: a small network that says what a model's trees say, as fast as features are made.

It is a few arrays, and a prediction a few products of matrices: no library has to be loaded for it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]

BLOCK = 1024
"""Rows at a time: what lies between the layers stays in the cache of a processor."""

FAR = 5.0
"""A feature counts as no further off than this many standard deviations: a network goes on in
straight lines where it was taught nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Student:
    """A network of rectified linear units with two outputs; single precision.

    Attributes
    ----------
    centre, scale : Singles
        Mean and standard deviation of each feature, shape (p,).
    weights : tuple of Singles
        Of each layer, shape (inputs, outputs); p inputs first, 2 outputs last.
    biases : tuple of Singles
        Of each layer, shape (outputs,).
    outputs : Floats
        Mean, standard deviation, least and largest of what was taught, shape (4, 2): of the
        prediction, and of the natural logarithm of its expected absolute error.
    """

    centre: Singles
    scale: Singles
    weights: tuple[Singles, ...]
    biases: tuple[Singles, ...]
    outputs: Floats

    def predict(self, known: Floats) -> Floats:
        """Predict from features.

        Parameters
        ----------
        known : Floats
            Features, shape (n, p).

        Returns
        -------
        Floats
            Prediction and expected absolute error on the scale on which the target is learned,
            shape (2, n); never beyond what was taught.
        """
        out = np.empty((len(known), 2))
        for start in range(0, len(known), BLOCK):
            rows = slice(start, start + BLOCK)
            out[rows] = layer_activations(
                self.weights, self.biases, self.standardised(known[rows])
            )[-1]
        mean, std, low, high = self.outputs
        value, logarithm = np.clip(out * std + mean, low, high).T
        return np.stack([value, np.exp(logarithm)])

    def standardised(self, known: Floats | Singles) -> Singles:
        """Bring features to zero mean and unit variance, shape (n, p)."""
        return standardise(known, self.centre, self.scale)


def standardise(known: Floats | Singles, centre: Singles, scale: Singles) -> Singles:
    """Bring features to zero mean and unit variance, and those far off nearer; shape (n, p)."""
    near = known.astype(np.float32)
    near -= centre
    near /= scale
    return np.clip(near, -FAR, FAR, out=near)


def layer_activations(
    weights: Sequence[Singles], biases: Sequence[Singles], inputs: Singles
) -> list[Singles]:
    """Return what goes in and what comes out of every layer, shape (n, outputs) each."""
    activations = [inputs]
    for weight, bias in zip(weights, biases, strict=True):
        if len(activations) > 1:
            np.maximum(activations[-1], 0, out=activations[-1])
        # With its bias, before it is rectified: the last layer is not.
        out = activations[-1] @ weight
        out += bias
        activations.append(out)
    return activations


HIDDEN = (256, 128)
"""Units of the hidden layers: as many as keep up with the features."""

STEPS, BATCH = 10_000, 256
"""Steps, whatever is to be learned, and compositions in each: half a minute of one processor."""

RATE, DECAY = 3e-3, 0.1
"""Largest rate of learning, and decay of weights at that rate of 1."""

_WARM = 0.05
"""Part of the steps in which the rate rises."""

_FIRST, _SECOND = 0.9, 0.999
"""What Adam keeps of its moments in a step."""

_TINY = np.float32(1e-18)
"""Keeps moments of units that never fire from becoming denormal, which takes ten times as long."""


def train_network(
    known: Singles, said: Floats, seed: int, shown: NDArray[np.intp] | None = None
) -> Student:
    """Teach a student.

    Parameters
    ----------
    known : Singles
        Features, shape (n, p).
    said : Floats
        Prediction and logarithm of the expected error that a teacher gives, shape (n, 2).
    shown : NDArray[np.intp], optional
        Numbers of the rows, those that are shown more often as often as that; each once if left
        out.
    seed : int
        Of the first weights and the order of rows. The same seed gives the same student on the
        same machine; another may round differently.
    """
    centre, scale = known.mean(axis=0, dtype=np.float64), known.std(axis=0, dtype=np.float64)
    first, width = (
        centre.astype(np.float32),
        np.where(scale > 1e-9, scale, 1.0).astype(np.float32),
    )
    spread = said.std(axis=0)
    outputs = np.stack(
        [said.mean(axis=0), np.where(spread > 0, spread, 1.0), said.min(axis=0), said.max(axis=0)]
    )
    wanted = ((said - outputs[0]) / outputs[1]).astype(np.float32)
    rows = np.arange(len(known)) if shown is None else shown
    weights, biases = _minimise_loss(standardise(known, first, width), wanted, rows, seed)
    return Student(first, width, tuple(weights), tuple(biases), outputs)


def _minimise_loss(
    near: Singles, wanted: Singles, shown: NDArray[np.intp], seed: int
) -> tuple[list[Singles], list[Singles]]:
    """Learn weights and biases by least squares."""
    rng = np.random.default_rng(seed)
    weights = _first_weights((near.shape[1], *HIDDEN, wanted.shape[1]), rng)
    biases = [np.zeros(one.shape[1], dtype=np.float32) for one in weights]
    moments = [(np.zeros_like(one), np.zeros_like(one)) for one in (*weights, *biases)]
    for step, rows in enumerate(_batches(shown, rng), start=1):
        found = layer_activations(weights, biases, near[rows])
        slopes = _gradients(weights, found, (found[-1] - wanted[rows]) / np.float32(len(rows)))
        rate = RATE * min(1.0, step / (_WARM * STEPS)) * 0.5 * (1 + np.cos(np.pi * step / STEPS))
        for one in weights:
            one *= np.float32(1 - rate * DECAY)
        _adam_step([*weights, *biases], slopes, moments, rate, step)
    return weights, biases


def _first_weights(sizes: Sequence[int], rng: np.random.Generator) -> list[Singles]:
    """Draw weights for rectified units (K. He et al., arXiv:1502.01852), the last ones small."""
    drawn = [
        (rng.normal(size=(n, m)) * np.sqrt(2 / n)).astype(np.float32) for n, m in pairwise(sizes)
    ]
    drawn[-1] *= np.float32(0.1)
    return drawn


def _batches(shown: NDArray[np.intp], rng: np.random.Generator) -> Iterator[NDArray[np.intp]]:
    """Yield the rows of every step: all in a new order, time and again."""
    size = min(BATCH, len(shown))
    order = np.empty(0, dtype=np.intp)
    for _ in range(STEPS):
        if len(order) < size:
            order = rng.permutation(shown)
        rows, order = order[:size], order[size:]
        yield rows


def _gradients(
    weights: Sequence[Singles], activations: Sequence[Singles], slope: Singles
) -> list[Singles]:
    """Return the slopes of the loss in weights, then in biases, from that in the last output."""
    of_weights, of_biases = [], []
    for number in reversed(range(len(weights))):
        of_weights.append(activations[number].T @ slope)
        of_biases.append(slope.sum(axis=0))
        if number:
            slope = slope @ weights[number].T
            slope *= activations[number] > 0
    return [*reversed(of_weights), *reversed(of_biases)]


def _adam_step(
    parameters: Sequence[Singles],
    slopes: Sequence[Singles],
    moments: Sequence[tuple[Singles, Singles]],
    rate: float,
    step: int,
) -> None:
    """Take a step of Adam, in place."""
    pace = np.float32(rate * np.sqrt(1 - _SECOND**step) / (1 - _FIRST**step))
    for parameter, slope, (mean, square) in zip(parameters, slopes, moments, strict=True):
        slope += _TINY
        mean += np.float32(1 - _FIRST) * (slope - mean)
        square += np.float32(1 - _SECOND) * (slope * slope - square)
        parameter -= pace * mean / (np.sqrt(square) + np.float32(1e-8))
