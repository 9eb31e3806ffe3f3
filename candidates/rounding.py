"""Numbers whose last bits depend on the processor, before they decide anything.

NumPy and the mathematics library choose their kernels by the processor. Sums, products, quotients
and square roots come out the same everywhere, bit for bit, as long as their order is fixed (IEEE
754); exponentials, logarithms, powers and the sums of BLAS do not. Where such a number is compared,
sorted, or put before a tree, it is rounded first: then no last bit changes a decision.
"""

from decimal import Context, Decimal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.int32]

BITS = 30
"""Significant bits that mean something: nine decimal digits. Kernels agree to fifteen."""

_EXACT = Context(prec=40)


def significant(values: Floats | float) -> Floats:
    """Round to :data:`BITS` significant bits, below 1 to multiples of 2^-BITS; any shape.

    So what should be zero and is 1e-16 becomes zero. Without logarithm or power, so exactly.

    Examples
    --------
    >>> sums = np.array([0.1 + 0.2, 0.3, 1 / 3, 1e-16])
    >>> (significant(sums) == significant(sums[[1, 0, 2, 3]])).tolist(), significant(sums).min()
    ([True, True, True, True], np.float64(0.0))
    """
    size = step(values)
    rounded = np.asarray(values / size)
    np.rint(rounded, out=rounded)
    rounded *= size
    return rounded


def step(values: Floats | float) -> Floats:
    """Return what numbers are rounded to multiples of by :func:`significant`, any shape.

    Examples
    --------
    >>> (step(np.array([0.0, 0.3, 1.0, 5.0])) * 2**30).tolist()
    [1.0, 1.0, 2.0, 8.0]
    """
    # The bits of the exponent alone are the power of two below a number.
    bits = np.asarray(values, dtype=np.float64).view(np.int64)
    power = np.asarray(bits & _EXPONENT).view(np.float64)
    np.maximum(power, 0.5, out=power)
    power *= 2.0 ** (1 - BITS)
    return power


_EXPONENT = 0x7FF << 52


def shared_places(values: Floats) -> tuple[Places, Places]:
    """Return the places that values take within their row, 1 for the highest; equal ones share.

    Parameters
    ----------
    values : Floats
        Shape (rows, n). They are equal if :func:`significant` makes them so.

    Returns
    -------
    tuple of Places
        The first and the last of the places that a value shares, shape (rows, n) each; they are
        the same where no other value of the row is equal.

    Examples
    --------
    >>> [ends.tolist() for ends in shared_places(np.array([[0.2, 0.1 + 0.2, 0.3, 0.9]]))]
    [[[4, 2, 2, 1]], [[4, 3, 3, 1]]]
    """
    first, last = (np.empty(values.shape, dtype=np.int32) for _ in range(2))
    block = max(1, _AT_A_TIME // max(values.shape[1], 1))
    for start in range(0, len(values), block):
        rows = slice(start, start + block)
        first[rows], last[rows] = _shared_places(-significant(values[rows]))
    return first, last


_AT_A_TIME = 1 << 18
"""Values whose places are found together."""


def _shared_places(rising: Floats) -> tuple[Places, Places]:
    order = np.argsort(rising, axis=1)
    ordered = np.take_along_axis(rising, order, axis=1)
    place = np.arange(1, rising.shape[1] + 1, dtype=np.int32)
    end = np.ones((len(rising), rising.shape[1] + 1), dtype=bool)
    end[:, 1:-1] = ordered[:, 1:] != ordered[:, :-1]
    opened = np.maximum.accumulate(np.where(end[:, :-1], place, 1), axis=1)
    closed = np.where(end[:, 1:], place, place[-1:])[:, ::-1]
    closed = np.minimum.accumulate(closed, axis=1)[:, ::-1]
    first, last = np.empty_like(opened), np.empty_like(opened)
    np.put_along_axis(first, order, opened, axis=1)
    np.put_along_axis(last, order, closed, axis=1)
    return first, last


def share_of_top(first: Places, last: Places, top: int) -> Floats:
    """Return how much of each place among the first belongs to who shares it, any shape.

    Of m equal values of which r fit among the first ``top``, each gets r/m: what lots would give
    it on the mean. So a row sums to ``top``, or to the number of values if there are fewer.

    Examples
    --------
    >>> share_of_top(np.array([4, 2, 2, 1]), np.array([4, 3, 3, 1]), 2).tolist()
    [0.0, 0.5, 0.5, 1.0]
    """
    return np.clip((top + 1.0 - first) / (last + 1.0 - first), 0.0, 1.0)


def half_up(values: Floats | float, decimals: int) -> Floats:
    """Round to decimals, any shape, for comparing; what lies half-way goes up.

    Lengths of crystals are written with few decimals, so that half of one lies just half-way, and
    its last bits would decide. What lies 1e-4 of a last decimal below goes up with it.

    Examples
    --------
    >>> half_up(np.array([0.25, 0.25 - 1e-12, 0.249]), 1).tolist()
    [0.3, 0.3, 0.2]
    """
    scale = 10.0**decimals
    return np.asarray(np.floor(np.asarray(values) * scale + (0.5 + _HALF_WAY)) / scale)


_HALF_WAY = 1e-4


def at_least(values: Floats, bound: float) -> NDArray[np.bool_]:
    """Find which values reach a bound but for their last digits, any shape; NaN reaches none.

    Examples
    --------
    >>> at_least(np.array([10.0, 10.0 - 1e-12, 9.9, np.nan]), 10.0).tolist()
    [True, True, False, False]
    """
    return np.asarray(values >= bound - _LAST_DIGITS * abs(bound))


_LAST_DIGITS = 1e-9


def exponential(values: Floats) -> Floats:
    """Return exp, correctly rounded and so the same on every machine, any shape; slowly.

    Examples
    --------
    >>> exponential(np.array([0.0, 1.0])).tolist()
    [1.0, 2.718281828459045]
    """
    distinct, place = np.unique(values, return_inverse=True)
    found = [float(Decimal(one).exp(_EXACT)) for one in distinct.tolist()]
    return np.array(found, dtype=np.float64)[place].reshape(np.shape(values))
