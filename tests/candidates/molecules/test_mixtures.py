from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.molecules.mixtures import NOTHING, MixtureSpace

SPACES = st.builds(
    lambda n, v, *rest: MixtureSpace(n, tuple(range(n - min(n, v), n)), *rest),
    st.integers(1, 12),
    st.integers(0, 7),
    st.integers(1, 3),
    st.integers(2, 7),
    st.integers(1, 3),
    st.integers(1, 3),
)


def by_hand(space: MixtureSpace) -> list[tuple[object, ...]]:
    """Every candidate, by loops."""
    steps, recipes = space.ratio_steps, [((i,), (1.0,)) for i in range(space.ingredients)]
    for count in range(2, space.blends + 1):
        for chosen in combinations(space.blended, count):
            recipes += [
                (chosen, tuple(p / steps for p in parts))
                for parts in np.ndindex(*(steps,) * count)
                if min(parts) > 0 and sum(parts) == steps
            ]
    return [
        (chosen, shares, t, e)
        for chosen, shares in recipes
        for t in range(space.temperatures)
        for e in range(space.exposures)
    ]


def decoded(space: MixtureSpace, start: int, stop: int) -> list[tuple[object, ...]]:
    found = space.slice(start, stop)
    return [
        (tuple(i for i in who if i != NOTHING), tuple(x for x in share if x), t, e)
        for who, share, t, e in zip(
            found.ingredient.T.tolist(),
            found.fraction.T.tolist(),
            found.temperature.tolist(),
            found.exposure.tolist(),
            strict=True,
        )
    ]


@given(SPACES)
def test_every_candidate_is_there_once(space: MixtureSpace) -> None:
    expected = by_hand(space)
    found = decoded(space, 0, space.size)
    assert space.size == len(expected) == len(set(found))
    assert set(found) == set(expected)


@given(SPACES, st.data())
def test_any_slice_is_that_of_the_whole(space: MixtureSpace, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, space.size))
    stop = data.draw(st.integers(start, space.size + 3))
    assert decoded(space, start, stop) == decoded(space, 0, space.size)[start:stop]


@given(SPACES, st.integers(1, 500))
def test_a_limit_takes_an_even_sample(space: MixtureSpace, limit: int) -> None:
    thin = MixtureSpace(**{**vars_of(space), "limit": limit})
    places = thin.slice(0, thin.size).index
    assert thin.size == min(limit, space.size)
    assert (places == [k * space.size // thin.size for k in range(thin.size)]).all()
    assert decoded(thin, 0, thin.size) == [decoded(space, p, p + 1)[0] for p in places]


def vars_of(space: MixtureSpace) -> dict[str, object]:
    return {name: getattr(space, name) for name in MixtureSpace.__dataclass_fields__}


def test_a_space_of_billions_decodes_its_ends_at_once() -> None:
    space = MixtureSpace(20_000, tuple(range(400)), 3, 50, 8, 5)
    assert space.size == pytest.approx(5e11, rel=0.05)
    last = space.slice(space.size - 1, space.size)
    assert last.ingredient[:, 0].tolist() == [397, 398, 399]
    assert last.fraction[:, 0].sum() == pytest.approx(1)
    thin = MixtureSpace(20_000, tuple(range(400)), 3, 50, 8, 5, limit=10_000_000)
    places = thin.slice(thin.size - 3, thin.size).index
    expected = [k * space.size // thin.size for k in range(thin.size - 3, thin.size)]
    assert places.tolist() == expected
