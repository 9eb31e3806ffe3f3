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

BITS = 30
"""Significant bits that mean something: nine decimal digits. Kernels agree to fifteen."""

_EXACT = Context(prec=40)


def significant(values: Floats, bits: int = BITS) -> Floats:
    """Round to significant bits, any shape; without logarithm or power, so exactly.

    Examples
    --------
    >>> sums = np.array([0.1 + 0.2, 0.3, 1 / 3])
    >>> (significant(sums) == significant(sums[[1, 0, 2]])).tolist()
    [True, True, True]
    """
    mantissa, exponent = np.frexp(values)
    return np.asarray(np.ldexp(np.rint(np.ldexp(mantissa, bits)), exponent - bits))


def exponential(values: Floats) -> Floats:
    """Give exp, correctly rounded and so the same on every machine, any shape; slowly.

    Examples
    --------
    >>> exponential(np.array([0.0, 1.0])).tolist()
    [1.0, 2.718281828459045]
    """
    distinct, place = np.unique(values, return_inverse=True)
    found = [float(Decimal(one).exp(_EXACT)) for one in distinct.tolist()]
    return np.array(found, dtype=np.float64)[place].reshape(np.shape(values))
