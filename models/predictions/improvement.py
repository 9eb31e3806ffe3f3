"""What a measurement may improve on the best that is known, from a prediction and its error."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

DEVIATIONS = 2.0
"""Standard deviations of the upper confidence bound [judgement]; N. Srinivas et al., ICML 2010,
let the number grow slowly with the rounds."""


def expected_improvement(mean: Floats, std: Floats, best: float) -> Floats:
    """Expect by how much a value exceeds the best one: E[max(x − best, 0)].

    D. R. Jones, M. Schonlau, W. J. Welch, J. Global Optim. 13, 455 (1998), equation 15.

    Parameters
    ----------
    mean, std : Floats
        Of normal predictions, shape (n,), std above 0.
    best : float
        The highest value that is known.

    Examples
    --------
    >>> expected_improvement(np.array([0.0, 5.0]), np.array([1.0, 1e-9]), 0.0).round(4).tolist()
    [0.3989, 5.0]
    """
    from scipy.special import ndtr

    z = (mean - best) / std
    density = np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return np.asarray(np.maximum((mean - best) * ndtr(z) + std * density, 0.0))


def expected_approach(mean: Floats, std: Floats, aim: float, distance: float) -> Floats:
    """Expect by how much a value comes nearer to an aim: E[max(distance − |x − aim|, 0)].

    The tent above the aim is a sum of three ramps: at its ends and, twice downwards, at its top.

    Parameters
    ----------
    mean, std : Floats
        Of normal predictions, shape (n,), std above 0.
    aim : float
        The value that is looked for.
    distance : float
        Of the nearest value that is known.

    Examples
    --------
    >>> expected_approach(np.array([3.0, 9.0]), np.full(2, 1e-9), 3.0, 0.5).round(4).tolist()
    [0.5, 0.0]
    """
    left, top, right = (
        expected_improvement(mean, std, end) for end in (aim - distance, aim, aim + distance)
    )
    return np.maximum(left - 2 * top + right, 0.0)


def upper_confidence_bound(mean: Floats, std: Floats) -> Floats:
    """Return the value that is thought possible: mean + :data:`DEVIATIONS` std, shape (n,)."""
    return mean + DEVIATIONS * std
