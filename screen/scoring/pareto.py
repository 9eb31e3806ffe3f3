"""The Pareto front: what nothing else beats in every attribute."""

import numpy as np
from numpy.typing import NDArray


def pareto_front(goods: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Mark the rows that no other row dominates.

    A row dominates another when it is at least as good in every column and better in one.

    Parameters
    ----------
    goods : NDArray[np.float64]
        More is better, shape (n, columns), no NaN.

    Returns
    -------
    NDArray[np.bool_]
        Shape (n,). Equal rows are on the front together.

    Examples
    --------
    >>> pareto_front(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 0.5]])).tolist()
    [True, True, False]
    """
    at_least = np.ones((len(goods), len(goods)), dtype=bool)
    better = np.zeros_like(at_least)
    for column in goods.T:
        at_least &= column[:, None] >= column[None, :]
        better |= column[:, None] > column[None, :]
    return np.asarray(~(at_least & better).any(axis=0))
