"""The metals of a blend against pymatgen's grand potential at the potential of sodium."""

from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from monty.serialization import loadfn
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry
from pymatgen.core.composition import Composition
from pymatgen.core.periodic_table import Element

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.training_data import energies
from maiscreen.descriptors.alloys import joint as joint_alloys
from maiscreen.descriptors.alloys.alloying import alloying
from maiscreen.descriptors.alloys.joint import JointPhases, joint_phases, joint_products

SNAPSHOT = load_snapshot()
SEEDS = st.integers(0, 2**32 - 1)
REAL = (
    "Sn Sb", "Sn Ge", "Sn Ti", "Si Ti", "Sn Sb Ge", "Sn Sb Ti", "Si Ge Sn", "Ti Al Si", "In Sb Sn",
    "Zn Cu Sn", "Mo W Si", "Bi In Pb",
)  # fmt: skip


def own_energies(metals: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Give sodium and energy of each metal's own phase, for each metal atom; 0 for the bare one."""
    state = alloying(SNAPSHOT, np.array(metals)).in_operation
    energy = state.formation_energy_ev_atom * (1 + state.sodium_per_metal)
    return state.sodium_per_metal, np.nan_to_num(energy)


def random_joint(seed: int, phases: int, step: float) -> tuple[JointPhases, np.ndarray]:
    """Draw compounds of two or three of four metals, and energies of the metals' own phases."""
    rng = np.random.default_rng(seed)
    count = rng.integers(0, 4, (phases, 4))
    count = count[((count > 0).sum(axis=1) >= 2) & ((count > 0).sum(axis=1) <= 3)]
    sodium = rng.integers(0, 5, len(count))
    metal_atoms = count.sum(axis=1)
    energy = rng.uniform(-1.5, 0.0, len(count))
    energy = np.round(energy / step) * step if step else energy
    symbols = ("Sn", "Sb", "Ti", "Ge")
    names = [
        Composition({"Na": float(n), **dict(zip(symbols, map(float, c), strict=True))}).formula
        for n, c in zip(sodium.tolist(), count.tolist(), strict=True)
    ]
    joint = JointPhases(
        np.array(names, dtype=np.str_),
        count / metal_atoms[:, None],
        sodium / metal_atoms,
        energy,
        np.full(len(count), np.nan),
    )
    return joint, -rng.integers(0, 4, 4) * 0.25


def grand(
    metals: tuple[str, ...], sodium: np.ndarray, own: np.ndarray, joint: JointPhases
) -> GrandPotentialPhaseDiagram:
    """Put own phases and joint compounds under metallic sodium; names tell the phases."""
    entries = [PDEntry(Composition("Na"), 0.0, name="-1")]
    for place, (metal, x, energy) in enumerate(zip(metals, sodium, own, strict=True)):
        entries.append(PDEntry(Composition(metal), max(0.0, energy), name=str(place)))
        if energy:
            entries.append(PDEntry(Composition({"Na": x, metal: 1}), energy, name=str(place)))
    for row, (fraction, x) in enumerate(
        zip(joint.metal_fraction, joint.sodium_per_metal, strict=True)
    ):
        atoms = {"Na": x, **dict(zip(metals, fraction.tolist(), strict=True))}
        name = str(len(metals) + row)
        entries.append(PDEntry(Composition(atoms), joint.energy_ev_metal[row], name=name))
    return GrandPotentialPhaseDiagram(entries, {Element("Na"): 0.0})


def total(phase: np.ndarray, held: np.ndarray, own: np.ndarray, joint: JointPhases) -> np.ndarray:
    """Give the energy of the products of each row, eV for the moles of metal."""
    energy = np.concatenate([own, joint.energy_ev_metal])
    return (np.where(phase >= 0, energy[phase], 0.0) * held).sum(axis=1)


def metal_atoms(phase: np.ndarray, held: np.ndarray, m: int, joint: JointPhases) -> np.ndarray:
    fraction = np.concatenate([np.eye(m), joint.metal_fraction])
    return (np.where(phase >= 0, held, 0.0)[..., None] * fraction[phase]).sum(axis=1)


def check_against_pymatgen(
    metals: tuple[str, ...],
    sodium: np.ndarray,
    own: np.ndarray,
    joint: JointPhases,
    metal: np.ndarray,
    amount: np.ndarray,
) -> None:
    phase, held = joint_products(metal, amount, own, joint)
    wanted = np.zeros((len(metal), len(metals)))
    for slot in range(3):
        there = metal[:, slot] >= 0
        wanted[there, metal[there, slot]] += amount[there, slot]
    assert metal_atoms(phase, held, len(metals), joint) == pytest.approx(wanted, abs=1e-9)
    diagram = grand(metals, sodium, own, joint)
    for row in range(len(metal)):
        inside = {m: float(n) for m, n in zip(metals, wanted[row], strict=True) if n > 0}
        expected = diagram.get_hull_energy_per_atom(Composition(inside)) * sum(inside.values())
        ours = total(phase[row : row + 1], held[row : row + 1], own, joint)[0]
        assert ours == pytest.approx(expected, abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(SEEDS, st.integers(0, 30), st.sampled_from([0.0, 0.25]))
def test_random_systems_are_those_of_pymatgen(seed: int, phases: int, step: float) -> None:
    joint, own = random_joint(seed, phases, step)
    rng = np.random.default_rng(seed)
    metal = rng.integers(-1, 4, (12, 3))
    metal[(metal < 0).all(axis=1), 0] = 0
    sodium = np.where(own < 0, 2.0, 0.0)
    check_against_pymatgen(
        ("Sn", "Sb", "Ti", "Ge"), sodium, own, joint, metal, rng.uniform(0.1, 3, (12, 3))
    )


@pytest.mark.parametrize("text", REAL)
def test_real_systems_are_those_of_pymatgen(text: str) -> None:
    metals = tuple(text.split())
    joint, (sodium, own) = joint_phases(metals), own_energies(metals)
    rng = np.random.default_rng(0)
    metal = np.array([rng.permutation(len(metals)) for _ in range(30)])
    metal = np.column_stack([metal, np.full((30, 3 - len(metals)), -1, dtype=np.int64)])
    check_against_pymatgen(metals, sodium, own, joint, metal, rng.uniform(0.01, 1, (30, 3)))


@given(SEEDS, st.integers(0, 30))
def test_a_single_metal_is_itself_to_the_last_digit(seed: int, phases: int) -> None:
    joint, own = random_joint(seed, phases, 0.0)
    rng = np.random.default_rng(seed)
    amount, one = rng.uniform(0, 1, (8, 3)), rng.integers(0, 4, 8)
    metal = np.full((8, 3), -1)
    metal[np.arange(8), rng.integers(0, 3, 8)] = one
    phase, held = joint_products(metal, amount, own, joint)
    assert phase.tolist() == [[k, -1, -1] for k in one.tolist()]
    assert held[:, 0].tolist() == amount[metal >= 0].tolist()
    assert not held[:, 1:].any()
    phase, held = joint_products(np.repeat(one[:, None], 3, axis=1), amount, own, joint)
    assert phase.tolist() == [[k, -1, -1] for k in one.tolist()]
    assert (held[:, 0] == amount[:, 0] + amount[:, 1] + amount[:, 2]).all()


def test_metals_without_a_compound_pass_in_the_order_given() -> None:
    metals = ("Ge", "Sn", "Pb")
    joint, own = joint_phases(metals), np.full(3, -5.0)  # nothing beats these
    amount = np.array([[0.1, 0.2, 0.3], [0.7, 0.0, 0.1], [0.1, 0.2, 0.3]])
    metal = np.array([[2, 0, 1], [1, 0, 2], [2, -1, 2]])
    phase, held = joint_products(metal, amount, own, joint)
    assert phase.tolist() == [[2, 0, 1], [1, 0, 2], [2, -1, -1]]
    assert held.tolist() == [[0.1, 0.2, 0.3], [0.7, 0.0, 0.1], [0.1 + 0.3, 0.0, 0.0]]


def test_what_is_not_there_makes_no_compound() -> None:
    metals = ("Sn", "Ti")
    joint, (_, own) = joint_phases(metals), own_energies(metals)
    amount = np.array([[1.0, 0.0, 0.0], [np.nan, 1.0, 0.0], [1.0, 3.0, 9.0]])
    phase, held = joint_products(np.tile([0, 1, -1], (3, 1)), amount, own, joint)
    assert phase[:2].tolist() == [[0, 1, -1], [0, 1, -1]]
    assert held[0].tolist() == [1.0, 0.0, 0.0] and np.isnan(held[1, 0]) and held[1, 1] == 1
    assert phase[2, 0] >= 2 and held[2].sum() == pytest.approx(4.0)
    assert (joint_products(np.tile([0, 1, -1], (3, 1)), amount, own * np.nan, joint)[0] < 2).all()


def test_tin_and_titanium_make_an_intermetallic() -> None:
    metals = ("Sn", "Ti")
    joint, (_, own) = joint_phases(metals), own_energies(metals)
    phase, held = joint_products(np.array([[0, 1, -1]]), np.array([[1.0, 3.0, 0.0]]), own, joint)
    assert joint.formula[phase[0, 0] - 2] == "SnTi3" and held[0].tolist() == [4.0, 0.0, 0.0]


def test_tin_and_antimony_stay_apart_in_an_excess_of_sodium() -> None:
    metals = ("Sn", "Sb")
    joint, (_, own) = joint_phases(metals), own_energies(metals)
    assert "NaSbSn" in joint.formula.tolist()
    # There are compounds, but in an excess of sodium Na15Sn4 and Na3Sb lie lower.
    assert (joint.energy_ev_metal > joint.metal_fraction @ own).all()
    phase, _ = joint_products(np.array([[1, 0, -1]]), np.array([[1.0, 1.0, 0.0]]), own, joint)
    assert phase.tolist() == [[1, 0, -1]]


def test_table_holds_what_the_data_say() -> None:
    metals = ("Sn", "Sb", "Ge", "Ti", "S", "Al")
    joint = joint_phases(metals)
    table = energies()
    rows = zip(*(table[name].to_pylist() for name in table.column_names), strict=True)
    known = {
        Composition(f).reduced_composition: (e, v)
        for f, e, v in rows
        if set(parse_formula(f)) <= {*metals, "Na"} - {"S"}
    }
    expected = {c for c in known if len({*c.elements} - {Element("Na")}) in (2, 3)}
    named = [Composition(f).reduced_composition for f in joint.formula.tolist()]
    assert len(named) == len(expected) and set(named) == expected
    assert len(expected) > 30
    for row, formula in enumerate(joint.formula.tolist()):
        counts = parse_formula(formula)
        sodium, atoms = counts.pop("Na", 0), sum(parse_formula(formula).values())
        assert formula.startswith("Na") == (sodium > 0)
        energy, volume = known[named[row]]
        assert joint.sodium_per_metal[row] == pytest.approx(sodium / (atoms - sodium))
        assert joint.energy_ev_metal[row] == pytest.approx(energy * atoms / (atoms - sodium))
        fraction = dict(zip(metals, joint.metal_fraction[row].tolist(), strict=True))
        assert {m: f for m, f in fraction.items() if f} == pytest.approx(
            {m: n / (atoms - sodium) for m, n in counts.items()}
        )
        cm3 = np.nan if volume is None else volume / 0.96 * 0.602214 * atoms / (atoms - sodium)
        assert joint.volume_cm3_mol_metal[row] == pytest.approx(cm3, rel=1e-5, nan_ok=True)


def test_corrections_of_metals_are_those_of_pymatgen() -> None:
    folder = files("pymatgen.analysis.compatibility")
    new = loadfn(str(folder / "MP2020Compatibility.yaml"))["Corrections"]["CompositionCorrections"]
    old = loadfn(str(folder / "MPCompatibility.yaml"))["Advanced"]["CompoundEnergies"]
    taken = set(METALS) - joint_alloys.SALT_FORMERS
    assert {m: new[m] for m in taken & set(new)} == joint_alloys.CORRECTION_2020_EV
    assert not {m for m in taken for text in old if m in parse_formula(text)}


def test_all_metals_at_once_are_each_set_by_itself() -> None:
    joint, (_, own) = joint_phases(METALS), own_energies(METALS)
    sets = [("Sn", "Ti", "Si"), ("Sb", "Sn"), ("Al", "Ti"), ("Ge", "Sn"), ("S", "Ti", "Al")]
    rng = np.random.default_rng(2)
    for metals in sets:
        places = np.array([METALS.index(m) for m in metals] + [-1] * (3 - len(metals)))
        amount = rng.uniform(0, 1, (20, 3))
        phase, held = joint_products(np.tile(places, (20, 1)), amount, own, joint)
        small, (_, few) = joint_phases(metals), own_energies(metals)
        local = np.where(places < 0, -1, np.arange(3))
        alone, amounts = joint_products(np.tile(local, (20, 1)), amount, few, small)
        names = np.concatenate([METALS, joint.formula, [""]])[phase]
        assert (
            np.sort(names) == np.sort(np.concatenate([metals, small.formula, [""]])[alone])
        ).all()
        assert np.sort(held) == pytest.approx(np.sort(amounts), abs=1e-12)


def test_rows_do_not_depend_on_their_company() -> None:
    joint, own = random_joint(11, 40, 0.0)
    rng = np.random.default_rng(3)
    metal, amount = rng.integers(-1, 4, (500, 3)), rng.uniform(0, 1, (500, 3))
    phase, held = joint_products(metal, amount, own, joint)
    for rows in (slice(0, 7), slice(7, 250), slice(499, 500)):
        part = joint_products(metal[rows], amount[rows], own, joint)
        assert (part[0] == phase[rows]).all() and (part[1] == held[rows]).all()


def test_bad_input_is_refused() -> None:
    for metals in (("Na", "Sn"), ("Sn", "Sn"), ("Xx",)):
        with pytest.raises(InputError, match="each once"):
            joint_phases(metals)
    joint = joint_phases(("Sn", "Ti"))
    with pytest.raises(InputError, match="places of the 2 metals"):
        joint_products(np.array([[0, 2, -1]]), np.ones((1, 3)), np.zeros(2), joint)
    none = joint_products(np.zeros((0, 3), dtype=np.int64), np.zeros((0, 3)), np.zeros(2), joint)
    assert none[0].shape == none[1].shape == (0, 3)
