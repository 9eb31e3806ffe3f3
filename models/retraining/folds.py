"""Rows of the user that are held back to compare models: whole groups, or those they choose."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import Compositions, compositions
from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.splits import (
    FOLDS,
    GROUPS,
    RANDOM,
    SYSTEMS,
    Fold,
    left_out_element,
)
from maiscreen.models.learning.training import Training

SHARE = 0.2
"""Share of the user's groups that is held back."""

ENOUGH_ROWS, ENOUGH_SYSTEMS = 50, 10
"""With fewer rows, or groups, than these held back, every row is tested once instead, by five
models."""


def held_back_folds(
    user: Compositions,
    base: Compositions,
    seed: int,
    split: str = SYSTEMS,
    groups: NDArray[np.str_] | None = None,
) -> tuple[Fold, ...]:
    """Hold back whole groups of the user's rows, and what is of these groups of the base.

    Parameters
    ----------
    user, base : Compositions
        Of the user's rows, and of the base's, which stand before them.
    seed : int
        Decides which are held back.
    split : str
        What is kept together: of :mod:`maiscreen.models.learning.splits`.
    groups : NDArray[np.str_], optional
        The user's own groups, shape (n,).

    Returns
    -------
    tuple of (train, test)
        Numbers of rows, the base's before the user's.

    Raises
    ------
    InputError
        If there is one group alone, or no row with the element that is to be left out.
    """
    element = left_out_element(split)
    if element:
        held = user.contains(element)
        if not 0 < int(held.sum()) < len(user):
            count = int(held.sum())
            raise InputError("split", split, f"{count} of {len(user)} compositions hold {element}")
        return (_fold(held, user, base, base.contains(element)),)
    own_groups, base_groups = _groups(user, base, split, groups)
    names, place = np.unique(own_groups, return_inverse=True)
    if len(names) < 2:
        raise InputError("split", split, "all rows are of one group")
    order = np.random.default_rng(seed).permutation(len(names))

    def fold(held: NDArray[np.bool_]) -> Fold:
        return _fold(held, user, base, np.isin(base_groups, own_groups[held]))

    held = order[place] < round(SHARE * len(names))
    if held.sum() >= ENOUGH_ROWS and len(np.unique(place[held])) >= ENOUGH_SYSTEMS:
        return (fold(held),)
    folds = min(FOLDS, len(names))
    return tuple(fold(order[place] % folds == k) for k in range(folds))


def _groups(
    user: Compositions, base: Compositions, split: str, groups: NDArray[np.str_] | None
) -> tuple[NDArray[np.str_], NDArray[np.str_]]:
    """Return the groups of the user's rows, and those of the base's that are among them."""
    if split == RANDOM:  # whole compositions: the base has these as well
        return user.key, base.key
    if split != GROUPS:
        return user.chemical_system, base.chemical_system
    if groups is None:
        raise InputError("split", split, "needs a column of groups; name it: group_column")
    return groups, np.full(len(base), "\n")


def _fold(
    held: NDArray[np.bool_], user: Compositions, base: Compositions, tested: NDArray[np.bool_]
) -> Fold:
    """Test rows of the user; learn from the others, and from what of the base bears on neither."""
    spared = tested | np.isin(base.key, user.key)
    own = np.arange(len(user)) + len(base)
    return np.concatenate([np.flatnonzero(~spared), own[~held]]), own[held]


def fold_of_the_user(
    user: Compositions, base: Compositions, held_back: Training
) -> tuple[Fold, ...]:
    """Test what the user holds back; learn from the rest.

    Parameters
    ----------
    user, base : Compositions
        Of the user's rows, and of the base's, which stand before them.
    held_back : Training
        Stands after both.

    Raises
    ------
    InputError
        If a composition stands on both sides.
    """
    batch = compositions(held_back.formulas)
    both = np.intersect1d(user.key, batch.key)
    if len(both):
        some = ", ".join(both[:5].tolist())
        remedy = f"has {len(both)} compositions that are learned from ({some}); leave them out"
        raise InputError("held_back", held_back.source, remedy)
    tested = np.isin(base.chemical_system, batch.chemical_system)
    train, _ = _fold(np.zeros(len(user), dtype=bool), user, base, tested)
    return ((train, np.arange(len(batch)) + len(base) + len(user)),)
