"""The space of what can be poured: precursors and their blends, at temperatures and exposures.

Nothing is listed: an index is a number in a mixed radix, and any slice of indices decodes itself
into arrays. First come the precursors alone, then the pairs, then the triples; of each blend the
ratios, of each ratio the temperatures, of each temperature the exposures.
"""

from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

MOST_IN_A_BLEND = 3
"""Precursors in a blend, at most."""

NOTHING = -1
"""In place of the second and third precursor where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Recipes:
    """What is poured, and how: arrays of n recipes.

    Attributes
    ----------
    index : Integers
        Place in the space, shape (n,).
    ingredient : Integers
        Precursors, by their place among the ingredients, shape (3, n); :data:`NOTHING` for none.
    fraction : NDArray[np.float64]
        Mole fractions in the liquid, shape (3, n); zero for none.
    temperature, exposure : Integers
        Places among the temperatures and the exposures, shape (n,).
    """

    index: Integers
    ingredient: Integers
    fraction: NDArray[np.float64]
    temperature: Integers
    exposure: Integers

    def __len__(self) -> int:
        return len(self.index)

    def take(self, rows: NDArray[np.intp]) -> "Recipes":
        """Keep some rows, in the order given."""
        return Recipes(
            self.index[rows],
            self.ingredient[:, rows],
            self.fraction[:, rows],
            self.temperature[rows],
            self.exposure[rows],
        )


@dataclass(frozen=True)
class MixtureSpace:
    """Precursors alone and in blends × temperatures × exposures.

    Attributes
    ----------
    ingredients : int
        How many precursors there are.
    blended : tuple of int
        Places of those that go into blends.
    blends : int
        Precursors in a blend, at most: 1 to 3.
    ratio_steps : int
        Mole fractions in a blend are multiples of 1/ratio_steps, above zero.
    temperatures, exposures : int
        How many of each.
    limit : int
        Candidates, at most: beyond it an even sample of the space is taken; 0 for all.
    """

    ingredients: int
    blended: tuple[int, ...]
    blends: int = 1
    ratio_steps: int = 10
    temperatures: int = 1
    exposures: int = 1
    limit: int = 0

    @property
    def full_size(self) -> int:
        """How many candidates there are before any limit."""
        return sum(self.recipes) * self.temperatures * self.exposures

    @property
    def size(self) -> int:
        """How many candidates there are."""
        return min(self.full_size, self.limit) if self.limit else self.full_size

    @cached_property
    def recipes(self) -> tuple[int, ...]:
        """How many recipes of one, two and three precursors there are."""
        pours = len(self.blended)
        counts = [comb(pours, k) * comb(self.ratio_steps - 1, k - 1) for k in range(2, 4)]
        return (self.ingredients, *counts[: self.blends - 1])

    def slice(self, start: int, stop: int) -> Recipes:
        """Decode the candidates from number ``start`` up to, not including, ``stop``."""
        return self.numbered(np.arange(start, min(stop, self.size), dtype=np.int64))

    def numbered(self, number: Integers) -> Recipes:
        """Decode the candidates of any numbers below :attr:`size`, shape (n,)."""
        return self.at(self._spread(number))

    def at(self, index: Integers) -> Recipes:
        """Decode places in the full space, shape (n,)."""
        rest, exposure = np.divmod(index, self.exposures)
        recipe, temperature = np.divmod(rest, self.temperatures)
        ingredient = np.full((MOST_IN_A_BLEND, len(index)), NOTHING, dtype=np.int64)
        fraction = np.zeros((MOST_IN_A_BLEND, len(index)))
        first = 0
        for count, size in enumerate(self.recipes, start=1):
            rows = np.flatnonzero((recipe >= first) & (recipe < first + size))
            if rows.size:
                chosen, shares = self._blend(recipe[rows] - first, count)
                ingredient[:count, rows], fraction[:count, rows] = chosen, shares
            first += size
        return Recipes(index, ingredient, fraction, temperature, exposure)

    def _spread(self, numbers: Integers) -> Integers:
        """Return the places of an even sample: ⌊number × full size / size⌋, exactly."""
        if self.size == self.full_size:
            return numbers
        whole, rest = divmod(self.full_size, self.size)
        return numbers * whole + numbers * rest // self.size

    def _blend(self, recipe: Integers, count: int) -> tuple[Integers, NDArray[np.float64]]:
        """Decode recipes of ``count`` precursors: these, and their mole fractions."""
        if count == 1:
            return recipe[None], np.ones((1, len(recipe)))
        ratios = _ratios(self.ratio_steps, count)
        group, ratio = np.divmod(recipe, ratios.shape[1])
        pours = np.array(self.blended, dtype=np.int64)
        return pours[_combination(group, count, len(pours))], ratios[:, ratio] / self.ratio_steps


def _ratios(steps: int, count: int) -> Integers:
    """List the whole numbers above zero that add up to ``steps``, shape (count, ratios)."""
    if count == 2:
        first = np.arange(1, steps)
        return np.stack([first, steps - first])
    first, second = np.triu_indices(steps - 1, k=1)
    return np.stack([first + 1, second - first, steps - 1 - second])


def _combination(number: Integers, count: int, pours: int) -> Integers:
    """Return the combinations of a number, in the combinatorial number system, shape (count, n)."""
    places = []
    for k in range(count, 0, -1):
        below = np.array([comb(j, k) for j in range(pours + 1)], dtype=np.int64)
        place = np.searchsorted(below, number, side="right") - 1
        number = number - below[place]
        places.append(place)
    return np.stack(places[::-1])
