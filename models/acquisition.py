"""Which inputs to learn next, so that a choice of the best gets better: value of information.

A choice takes the `top` candidates that are expected to be worth most. Knowing an input changes
what is expected of the candidates, and so the choice: the gain is how much more the choice is then
expected to be worth,

    gain(b | a) = E[ max over sets of E[worth | a, b] ] − E[ max over sets of E[worth | a] ],

the expected value of partial perfect information, with the inputs `a` known already. A batch is
built one input after the other, each the one of highest gain given those before it, so that two
inputs that say the same are not both asked for. What is worth most may be the score itself, or to
belong to the true best (:func:`top_membership`): the gain is then the number of right members more.

Conditional expectations come from joint draws alone, by regression on the inputs (Strong, Oakley &
Brennan, Med. Decis. Making 34, 311 (2014)); nothing is simulated again. The knowledge gradient is
Frazier, Powell & Dayanik, INFORMS J. Comput. 21, 599 (2009); membership for a set of fixed size is
the nonmyopic search of Jiang et al., ICML 2017, with the set in the place of the budget.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.rounding import share_of_top, shared_places, significant

Floats = NDArray[np.float64]
Rows = NDArray[np.int64] | slice

EVERY = slice(None)

SPREADS = 4.0
"""An effect counts where its sum of squares is this many standard deviations above that of an
input without effect: one in some hundred still passes."""

NEGLIGIBLE = 1e-9
"""Share of an input's variance, or of a term's, below which it says nothing new."""


class Pick(NamedTuple):
    """An input of a batch.

    Attributes
    ----------
    input : int
        Its column.
    gain : float
        Worth gained by knowing it besides those picked before it.
    """

    input: int
    gain: float


class Gain(NamedTuple):
    """Worth gained by a choice, with the standard error of its estimate."""

    value: float
    error: float


@dataclass(frozen=True, slots=True)
class Beliefs:
    """What is expected of each candidate in each draw, given the inputs known so far.

    Attributes
    ----------
    worth : Floats
        Shape (draws, n).
    inputs : Floats
        Shape (draws, m): what the known inputs do not say of them, variance 1; 0 if they say all.
    expected : Floats
        Shape (draws, n).
    left : Floats
        What the expectations leave of the worth, in the draws that the regression sees.
    squares : Floats
        Sums of squares of the columns of `left`, shape (n,).
    degree : int
        Of the regression: highest total power of its terms.
    fit : slice or array of int
        Draws that the regression sees.
    known : tuple of int
        Inputs known so far.
    """

    worth: Floats
    inputs: Floats
    expected: Floats
    left: Floats
    squares: Floats
    degree: int
    fit: Rows
    known: tuple[int, ...] = ()

    @classmethod
    def of(cls, worth: Floats, inputs: Floats, degree: int, fit: Rows = EVERY) -> "Beliefs":
        """Start with nothing known.

        Raises
        ------
        ValueError
            If the draws are not as many, or something is not finite.
        """
        if len(worth) != len(inputs) or not (
            np.isfinite(worth).all() and np.isfinite(inputs).all()
        ):
            raise ValueError("worth and inputs need the same draws, all finite")
        start = cls(worth, _standardise(inputs), worth, worth, worth, degree, fit)
        return start._expecting(np.broadcast_to(worth.mean(axis=0), worth.shape))

    def given(self, index: int) -> Floats:
        """Return what is expected of each candidate once one more input is known, (draws, n)."""
        terms = self._terms(index)
        columns, change = self._change(terms)
        expected = self.expected.copy()
        expected[:, columns] += change
        return expected

    def bound(self, index: int, bar: Floats) -> float:
        """Bound the gain of one more input from above.

        Whoever is taken has to be worth the bar, shape (draws, 1), and gets what is above it: at
        any bar that is at least what the choice is worth (Lagrange), and it asks only for those
        candidates on which the input bears.
        """
        columns, change = self._change(self._terms(index))
        above = self.expected[:, columns] - bar
        rise = np.maximum(above + change, 0) - np.maximum(above, 0)
        return float(rise.sum(axis=1).mean())

    def learn(self, index: int) -> "Beliefs":
        """Add an input to what is known."""
        said = self.inputs[:, index]
        size = max(float(said @ said), NEGLIGIBLE)
        left = self.inputs - np.outer(said, said @ self.inputs / size)
        left[:, index] = 0.0
        # Rounding is all that is left of an input that the known ones determine.
        left[:, (left**2).mean(axis=0) < NEGLIGIBLE] = 0.0
        known = (*self.known, index)
        inputs = np.array(self.inputs)
        new = [i for i in range(inputs.shape[1]) if i not in self.known]
        inputs[:, new] = _standardise(left)[:, new]
        inputs[:, index] = said  # kept for the products with inputs known later
        return replace(self, inputs=inputs, known=known)._expecting(self.given(index))

    def is_determined(self, one: int) -> bool:
        """Return whether an input is known, or determined by the known ones."""
        return one in self.known or not self.inputs[:, one].any()

    def _expecting(self, expected: Floats) -> "Beliefs":
        """Expect something else."""
        left = self.worth[self.fit] - expected[self.fit]
        return replace(self, expected=expected, left=left, squares=(left**2).sum(axis=0))

    def _terms(self, one: int) -> Floats:
        """Return Hermite polynomials of an input and its products with known ones, (draws, p)."""
        z = self.inputs[:, one]
        powers = np.polynomial.hermite_e.hermevander(z, self.degree)[:, 1:]
        if self.degree == 1 or not self.known:
            return np.asarray(powers, dtype=np.float64)
        products = self.inputs[:, list(self.known)] * z[:, None]
        return np.concatenate([powers, products], axis=1)

    def _change(self, terms: Floats) -> tuple[NDArray[np.int64], Floats]:
        """Regress what is not yet explained: candidates with an effect, and it, (draws, some)."""
        terms = terms - terms[self.fit].mean(axis=0)
        size, axes = np.linalg.eigh(terms[self.fit].T @ terms[self.fit])
        sound = size > NEGLIGIBLE * max(size[-1], NEGLIGIBLE)
        terms = terms @ (axes[:, sound] / np.sqrt(size[sound]))
        coefficients = terms[self.fit].T @ self.left
        count = int(sound.sum())
        by_chance = (count + SPREADS * np.sqrt(2 * count)) / len(self.left)
        columns = np.flatnonzero((coefficients**2).sum(axis=0) > by_chance * self.squares)
        return columns, terms @ coefficients[:, columns]


def top_membership(scores: Floats, top: int) -> Floats:
    """Tell how much of each candidate belongs to the best in each draw.

    Parameters
    ----------
    scores : Floats
        Shape (draws, n).
    top : int
        How many the best are; all if there are no more.

    Returns
    -------
    Floats
        1 for members, else 0, shape (draws, n); equal scores share the places that are left.

    Examples
    --------
    >>> top_membership(np.array([[0.1, 0.7, 0.7, 0.3]]), 1)
    array([[0. , 0.5, 0.5, 0. ]])
    """
    return share_of_top(*shared_places(scores), top)


def choose_batch(
    worth: Floats, inputs: Floats, top: int, count: int, degree: int = 1
) -> tuple[Pick, ...]:
    """Choose the inputs whose knowledge, together, would most improve the choice.

    Parameters
    ----------
    worth : Floats
        Worth of each candidate in joint draws, shape (draws, n).
    inputs : Floats
        Inputs in the same draws, shape (draws, m); in any unit.
    top : int
        How many candidates the choice takes.
    count : int
        How many inputs to choose at most.
    degree : int
        Of the regression: 1 where everything is jointly normal.

    Returns
    -------
    tuple of Pick
        In the order of the choice; fewer than asked for where no other input changes anything.

    Raises
    ------
    ValueError
        If the draws do not fit together or are not finite.

    Notes
    -----
    Gains are those of the draws that chose; `estimate_gains` gives them without that bias.

    Examples
    --------
    Of two candidates, only the uncertain one is worth a look:

    >>> z = np.random.default_rng(0).standard_normal((4000, 2))
    >>> worth = np.stack([z[:, 0], np.full(4000, 0.1)], axis=1)
    >>> [pick.input for pick in choose_batch(worth, z, top=1, count=2)]
    [0]
    """
    beliefs = Beliefs.of(worth, inputs, degree)
    picks: list[Pick] = []
    while len(picks) < count and top < worth.shape[1]:
        pick = _best_input(beliefs, top)
        if pick.gain <= NEGLIGIBLE:
            break
        picks.append(pick)
        beliefs = beliefs.learn(pick.input)
    return tuple(picks)


def _best_input(beliefs: Beliefs, top: int) -> Pick:
    """Find the input of highest gain; most are ruled out by a bound of their gain."""
    bar = _top_values(beliefs.expected, top).min(axis=1, keepdims=True)
    now = _mean_top_sum(beliefs.expected, top)
    new = (i for i in range(beliefs.inputs.shape[1]) if not beliefs.is_determined(i))
    bounds = {i: beliefs.bound(i, bar) for i in new}
    best = Pick(-1, 0.0)
    # Of inputs whose gains differ by rounding alone, the first is taken.
    for i in sorted(bounds, key=lambda i: -bounds[i]):
        if bounds[i] < best.gain - NEGLIGIBLE:
            break
        found = _mean_top_sum(beliefs.given(i), top) - now
        apart = found - best.gain
        if apart > NEGLIGIBLE or (apart > -NEGLIGIBLE and i < best.input):
            best = Pick(i, found)
    return best


def estimate_gains(
    worth: Floats, inputs: Floats, top: int, known: tuple[int, ...], degree: int = 1
) -> tuple[Gain, ...]:
    """Estimate what a choice gains by knowing inputs, without the bias of its own regression.

    One half of the draws teaches what to expect, the other half lives with the choice, and the
    other way round. So noise cannot raise the gain; a poor regression can only lower it.

    Parameters
    ----------
    worth, inputs, top, degree
        As for :func:`choose_batch`.
    known : tuple of int
        Inputs in the order in which they are learnt.

    Returns
    -------
    tuple of Gain
        With the first input known, the first two, and so on: in the unit of the worth, summed
        over the choice; exactly 0 if the choice cannot change.
    """
    before = _top_indices(worth.mean(axis=0)[None, :], top)[0]
    rows = np.arange(len(worth))
    differences = np.empty((len(known), len(worth)))
    for half in (0, 1):
        fit, live = rows[rows % 2 == half], rows[rows % 2 != half]
        beliefs = Beliefs.of(worth, inputs, degree, fit)
        held = worth[live][:, before].sum(axis=1)
        for place, one in enumerate(known):
            beliefs = beliefs if beliefs.is_determined(one) else beliefs.learn(one)
            after = _top_indices(beliefs.expected[live], top)
            taken = np.take_along_axis(worth[live], after, axis=1).sum(axis=1)
            differences[place, live] = taken - held
    return tuple(_gain(one) for one in differences)


def _gain(differences: Floats) -> Gain:
    if np.abs(differences).max(initial=0.0) < NEGLIGIBLE:
        return Gain(0.0, 0.0)
    error = differences.std(ddof=1) / np.sqrt(len(differences))
    return Gain(float(differences.mean()), float(error))


def _standardise(inputs: Floats) -> Floats:
    """Scale each input to mean 0 and variance 1; 0 throughout where it does not vary."""
    centred = inputs - inputs.mean(axis=0)
    spread = np.sqrt((centred**2).mean(axis=0))
    varies = spread > NEGLIGIBLE * np.maximum(1.0, np.abs(inputs).max(axis=0, initial=0.0))
    return np.asarray(np.where(varies, centred / np.where(varies, spread, 1.0), 0.0))


def _top_indices(expected: Floats, top: int) -> NDArray[np.int64]:
    """Choose in each row, shape (rows, top); of equals the first."""
    return np.argsort(-significant(expected), axis=1, kind="stable")[:, :top]


def _mean_top_sum(expected: Floats, top: int) -> float:
    """Return the mean over the rows of the sum of the highest."""
    return float(_top_values(expected, top).sum(axis=1).mean())


def _top_values(expected: Floats, top: int) -> Floats:
    """Return the highest of each row, in any order, shape (rows, top)."""
    split = expected.shape[1] - top
    return np.partition(expected, split, axis=1)[:, split:] if split > 0 else expected
