"""The facets against pymatgen's phase diagrams and reactions, and against the exact section."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinks import kinks
from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import PDEntry, PhaseDiagram
from pymatgen.core.composition import Composition

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.hulls.facets import Facets, decompose, join_facets, lower_facets
from maiscreen.candidates.hulls.section import hull_along
from maiscreen.candidates.snapshot.snapshot import load_snapshot, phase_arrays, phase_system

SNAPSHOT = load_snapshot()
ELEMENTS = "Na Sn Sb Ti Cl F Br I".split()
SEEDS = st.integers(0, 2**32 - 1)


def random_system(seed: int, d: int, phases: int, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw phases of small whole numbers; a coarse step of energies makes many coplanar."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(0, 5, (phases, d))
    counts = counts[counts.sum(axis=1) > 0]
    energy = rng.uniform(-2, 0.3, len(counts))
    energy = np.round(energy / step) * step if step else energy
    energy[(counts > 0).sum(axis=1) == 1] = 0.1  # another form of an element, not stable
    return np.concatenate([np.eye(d, dtype=int), counts]), np.concatenate([np.zeros(d), energy])


def composition(counts: np.ndarray) -> Composition:
    return Composition(dict(zip(ELEMENTS, counts.tolist(), strict=False)))


def diagram(counts: np.ndarray, energy: np.ndarray) -> PhaseDiagram:
    pairs = zip(counts, (energy * counts.sum(axis=1)).tolist(), strict=True)
    return PhaseDiagram([PDEntry(composition(n), e) for n, e in pairs])


def summed(hull: Facets, phase: np.ndarray, amount: np.ndarray) -> np.ndarray:
    """Add up the elements that the products hold, shape (m, d)."""
    return (np.where(phase >= 0, amount, 0)[..., None] * hull.fraction[phase]).sum(axis=1)


@settings(max_examples=60, deadline=None)
@given(SEEDS, st.integers(2, 6), st.integers(0, 14), st.sampled_from([0.0, 0.25, 0.5]))
def test_decomposition_is_that_of_pymatgen(seed: int, d: int, phases: int, step: float) -> None:
    counts, energy = random_system(seed, d, phases, step)
    hull, reference = lower_facets(counts, energy), diagram(counts, energy)
    rng = np.random.default_rng(seed)
    asked = np.concatenate([rng.uniform(0, 3, (6, d)), rng.integers(0, 3, (6, d)), counts])
    asked = asked[asked.sum(axis=1) > 0]
    found = decompose(hull, asked)
    assert (found.phase >= -1).all() and (found.amount >= 0).all()
    assert summed(hull, found.phase, found.amount) == pytest.approx(asked, abs=1e-9)
    for row, n in enumerate(asked):
        expected = reference.get_hull_energy_per_atom(composition(n))
        assert found.energy_ev_atom[row] == pytest.approx(expected, abs=1e-9)
        if step == 0:  # among coplanar phases the choice is free
            parts = reference.get_decomposition(composition(n))
            named = {entry.composition.reduced_formula: w for entry, w in parts.items()}
            ours = {
                composition(counts[p]).reduced_formula: a / n.sum()
                for p, a in zip(found.phase[row], found.amount[row], strict=True)
                if p >= 0
            }
            assert ours == pytest.approx({k: w for k, w in named.items() if w > 1e-8}, abs=1e-8)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(2, 5), st.integers(0, 12), st.sampled_from([0.0, 0.5]))
def test_kinks_are_those_of_pymatgen(seed: int, d: int, phases: int, step: float) -> None:
    counts, energy = random_system(seed, d, phases, step)
    hull, reference = lower_facets(counts, energy), diagram(counts, energy)
    ends = np.random.default_rng(seed).integers(0, 4, (4, d))
    ends = ends[ends[:, 1:].sum(axis=1) > 0]
    start = np.eye(d)[0]
    found = kinks(hull, start, ends)
    for line, n in enumerate(ends):
        points = slice(found.start[line], found.start[line + 1])
        mixing, ours = found.mixing[points], found.energy_ev_atom[points]
        assert mixing[0] == 0 and mixing[-1] == pytest.approx(1, abs=1e-12)
        own = reference.get_hull_energy_per_atom(composition(n))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the end is no phase: pymatgen takes the hull's energy
            reaction = InterfacialReactivity(
                Composition("Na"), composition(n), reference, norm=True, use_hull_energy=True
            )
        theirs = sorted((float(x), float(e)) for _, x, e, _, _ in reaction.get_kinks())
        x, e = np.array(theirs).T
        # Points of theirs between coplanar facets are no corners: they lie on our lines, and every
        # corner of ours is one of theirs.
        assert np.interp(x, mixing, ours - (1 - mixing) * own) == pytest.approx(e, abs=1e-9)
        assert np.abs(mixing[:, None] - x).min(axis=1) == pytest.approx(0, abs=1e-9)
        if step == 0:
            assert len(mixing) == len(x)
        between = np.linspace(0, 1, 15)
        points = np.outer(1 - between, n / n.sum()) + np.outer(between, start)
        hulls = decompose(hull, points).energy_ev_atom
        assert np.interp(between, mixing, ours) == pytest.approx(hulls, abs=3e-9)
    mixture = (1 - found.mixing)[:, None] * np.repeat(
        ends / ends.sum(axis=1, keepdims=True), np.diff(found.start), axis=0
    ) + found.mixing[:, None] * start
    assert summed(hull, found.phase, found.amount) == pytest.approx(mixture, abs=1e-9)
    assert found.energy_ev_atom == pytest.approx(decompose(hull, mixture).energy_ev_atom, abs=1e-9)


@given(SEEDS, st.integers(2, 4), st.integers(1, 12))
def test_energy_is_the_highest_plane(seed: int, d: int, phases: int) -> None:
    counts, energy = random_system(seed, d, phases, 0.25)
    hull = lower_facets(counts, energy)
    fraction = np.random.default_rng(seed).dirichlet(np.ones(d), 20)
    # Chemical potentials of the elements over each facet: the hull is the highest of its planes.
    potential = np.einsum("fij,fj->fi", hull.inverse, energy[hull.vertices])
    planes = fraction @ potential.T
    assert decompose(hull, fraction).energy_ev_atom == pytest.approx(planes.max(axis=1), abs=1e-9)
    inside = hull.fraction @ potential.T
    assert (energy[:, None] >= inside - 1e-9).all()


def test_all_halides_have_the_kinks_of_the_exact_section() -> None:
    columns = phase_arrays(SNAPSHOT)
    rows = zip(columns.metal.tolist(), columns.halogen.tolist(), columns.counts, strict=True)
    halides = [(m, x, n) for m, x, n in rows if n[0] == 0 and m in METALS]
    assert len(halides) == 860
    pairs = sorted({(m, x) for m, x, _ in halides})
    systems = [phase_system(SNAPSHOT, *pair) for pair in pairs]
    hulls = join_facets([lower_facets(one.counts, one.energy_ev_atom) for one in systems])
    number = np.array([pairs.index((m, x)) for m, x, _ in halides])
    found = kinks(hulls, np.array([1, 0, 0]), np.array([n for *_, n in halides]), number)
    for line, (_, _, n) in enumerate(halides):
        exact = hull_along(systems[number[line]], int(n[1]), int(n[2]))
        points = slice(found.start[line], found.start[line + 1])
        assert found.mixing[points] == pytest.approx(exact.sodium_fraction, abs=1e-12)
        assert found.energy_ev_atom[points] == pytest.approx(exact.energy_ev_atom, abs=1e-12)
        for ours, both, weights in zip(
            found.phase[points] - hulls.first_phase[number[line]],
            exact.phases,
            exact.weights,
            strict=True,
        ):
            assert set(ours[ours >= 0]) == set(both[weights > 1e-9])


def test_a_bend_in_two_points_close_by_is_not_lost() -> None:
    counts = np.array([[1, 0], [0, 1], [1, 1], [1 + 4e-8, 1]])
    found = kinks(lower_facets(counts, np.array([0, 0, -0.01, -0.01])), counts[0], counts[1:2])
    assert found.mixing == pytest.approx([0, 0.5, 1], abs=1e-7)
    assert found.energy_ev_atom == pytest.approx([0, -0.01, 0], abs=1e-9)


def test_many_systems_at_once_are_each_by_itself() -> None:
    systems = [lower_facets(*random_system(seed, 3, seed, 0.0)) for seed in range(12)]
    hulls = join_facets(systems)
    rng = np.random.default_rng(0)
    asked, number = rng.dirichlet(np.ones(3), 5000), rng.integers(0, 12, 5000)
    together = decompose(hulls, asked, number)
    lines = kinks(hulls, np.array([1, 0, 0]), asked, number)
    for k, one in enumerate(systems):
        alone = decompose(one, asked[number == k])
        assert (together.energy_ev_atom[number == k] == alone.energy_ev_atom).all()
        there = alone.phase >= 0
        shifted = np.where(there, alone.phase + hulls.first_phase[k], -1)
        assert (together.phase[number == k] == shifted).all()
        mine = np.repeat(number, np.diff(lines.start)) == k
        assert (
            lines.mixing[mine] == kinks(one, np.array([1, 0, 0]), asked[number == k]).mixing
        ).all()


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    hull = lower_facets(*random_system(3, 4, 12, 0.0))
    asked = np.random.default_rng(1).dirichlet(np.ones(4), 300)
    whole, lines = decompose(hull, asked), kinks(hull, np.eye(4)[0], asked)
    monkeypatch.setattr("maiscreen.candidates.hulls.facets._PAIRS_AT_ONCE", 50)
    assert (decompose(hull, asked).amount == whole.amount).all()
    again = kinks(hull, np.eye(4)[0], asked)
    assert (again.mixing == lines.mixing).all() and (again.start == lines.start).all()


@pytest.mark.parametrize("d", range(2, 9))
def test_elements_alone_decompose_into_themselves(d: int) -> None:
    hull = lower_facets(np.eye(d), np.zeros(d))
    asked = np.random.default_rng(d).uniform(0, 2, (5, d))
    found = decompose(hull, asked)
    assert (found.energy_ev_atom == 0).all()
    assert (found.phase == np.arange(d)).all()
    assert (found.amount == asked).all()
    line = kinks(hull, np.eye(d)[0], asked)
    assert np.diff(line.start).tolist() == [2] * 5


def test_eight_elements_are_those_of_pymatgen() -> None:
    counts, energy = random_system(5, 8, 14, 0.0)
    asked = np.random.default_rng(5).uniform(0, 1, (10, 8))
    found, reference = decompose(lower_facets(counts, energy), asked), diagram(counts, energy)
    expected = [reference.get_hull_energy_per_atom(composition(n)) for n in asked]
    assert found.energy_ev_atom == pytest.approx(expected, abs=1e-9)


def test_of_equal_phases_the_first_and_of_one_composition_the_lowest_stands() -> None:
    counts = np.array([[1, 0], [0, 1], [1, 1], [2, 2], [1, 1]])
    energy = np.array([0, 0, -0.5, -1.0, -1.0])
    assert set(lower_facets(counts, energy).vertices.ravel().tolist()) == {0, 1, 3}
    energy[3] = np.nan
    assert set(lower_facets(counts, energy).vertices.ravel().tolist()) == {0, 1, 4}


def test_nothing_asked_nothing_answered() -> None:
    hull = lower_facets(np.eye(3), np.zeros(3))
    assert decompose(hull, np.zeros((0, 3))).phase.shape == (0, 3)
    none = kinks(hull, np.array([1, 0, 0]), np.zeros((0, 3)))
    assert none.start.tolist() == [0] and none.phase.shape == (0, 3)


@pytest.mark.parametrize("bad", [[-1.0, 2.0], [0.0, 0.0], [np.nan, 1.0], [np.inf, 1.0]])
def test_bad_compositions_are_refused(bad: list[float]) -> None:
    with pytest.raises(InputError, match="give amounts of 0 or more"):
        decompose(lower_facets(np.eye(2), np.zeros(2)), np.array([[1.0, 1.0], bad]))


def test_elements_come_first_and_at_zero() -> None:
    with pytest.raises(InputError, match="elements first"):
        lower_facets(np.array([[1, 1], [0, 1]]), np.zeros(2))
    with pytest.raises(InputError, match="elements at zero"):
        lower_facets(np.eye(2), np.array([0.0, 0.1]))
