"""A student: a small network that says what a model's trees say, as fast as features are made.

It is a few arrays, and a prediction a few products of matrices: no library has to be loaded for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
            out[rows] = layers(self.weights, self.biases, self.standardised(known[rows]))[-1]
        mean, std, low, high = self.outputs
        value, logarithm = np.clip(out * std + mean, low, high).T
        return np.stack([value, np.exp(logarithm)])

    def standardised(self, known: Floats | Singles) -> Singles:
        """Bring features to zero mean and unit variance, shape (n, p)."""
        return standardised(known, self.centre, self.scale)


def standardised(known: Floats | Singles, centre: Singles, scale: Singles) -> Singles:
    """Bring features to zero mean and unit variance, and those far off nearer; shape (n, p)."""
    near = known.astype(np.float32)
    near -= centre
    near /= scale
    return np.clip(near, -FAR, FAR, out=near)


def layers(weights: Sequence[Singles], biases: Sequence[Singles], given: Singles) -> list[Singles]:
    """Give what goes in and what comes out of every layer, shape (n, outputs) each."""
    found = [given]
    for weight, bias in zip(weights, biases, strict=True):
        if len(found) > 1:
            np.maximum(found[-1], 0, out=found[-1])
        # With its bias, before it is rectified: the last layer is not.
        out = found[-1] @ weight
        out += bias
        found.append(out)
    return found
