"""Reactions with an excess of sodium against pymatgen and against the full hull."""

import json
import warnings
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from kinks import kinks
from pymatgen.analysis.interface_reactions import InterfacialReactivity
from pymatgen.analysis.phase_diagram import GrandPotentialPhaseDiagram, PDEntry, PhaseDiagram
from pymatgen.core.composition import Composition
from pymatgen.core.periodic_table import Element

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.chemistry.formula import ELEMENTS, parse_formula
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.hulls.facets import join_facets, lower_facets
from maiscreen.candidates.precursors.precursor import Precursor
from maiscreen.candidates.snapshot.columns import SCHEMA
from maiscreen.candidates.snapshot.snapshot import (
    Snapshot,
    formation_energies_ev_atom,
    load_snapshot,
    phase_arrays,
    phase_system,
)
from maiscreen.descriptors.reaction import sodium_excess
from maiscreen.descriptors.reaction.path import reaction_path
from maiscreen.descriptors.reaction.sodium_excess import (
    closed_form_ev,
    excess_tables,
    limit_holds,
    reaction_energies,
    reaction_products,
)

SNAPSHOT = load_snapshot()
COLUMNS = phase_arrays(SNAPSHOT)
HALIDES = np.flatnonzero(
    (COLUMNS.counts[:, 0] == 0) & (COLUMNS.halogen != "") & np.isin(COLUMNS.metal, METALS)
)
METAL = np.array([ELEMENTS.index(m) for m in COLUMNS.metal[HALIDES].tolist()])
METAL_COUNT = COLUMNS.counts[HALIDES, 1]
HALOGEN_COUNT = COLUMNS.counts[HALIDES, 2][:, None] * (
    COLUMNS.halogen[HALIDES][:, None] == np.array(HALOGENS)
)
OWN = COLUMNS.energy_ev_atom[HALIDES]
FAILS = {
    "F": "Li Ca Sr Y Ba La Pr Nd Sm Eu Gd Tb Dy Ho Er Yb",
    "Cl": "Li K Rb Sr Cs Ba Yb",
    "Br": "K Rb Sr Cs Ba",
    "I": "K Rb Sr Cs Ba",
}


def full_hull() -> np.ndarray:
    """ΔE of every halide from the kink next to sodium of the full hull, eV for a formula unit."""
    pairs = sorted({*zip(COLUMNS.metal[HALIDES], COLUMNS.halogen[HALIDES], strict=True)})
    systems = [phase_system(SNAPSHOT, str(m), str(x)) for m, x in pairs]
    hulls = join_facets([lower_facets(one.counts, one.energy_ev_atom) for one in systems])
    number = [
        pairs.index(pair)
        for pair in zip(COLUMNS.metal[HALIDES], COLUMNS.halogen[HALIDES], strict=True)
    ]
    found = kinks(hulls, np.array([1, 0, 0]), COLUMNS.counts[HALIDES], np.array(number))
    last = found.start[1:] - 2
    atoms = METAL_COUNT + HALOGEN_COUNT.sum(axis=1)
    return atoms * (found.energy_ev_atom[last] / (1 - found.mixing[last]) - OWN)


def diagram(metal: str, halogens: tuple[str, ...]) -> PhaseDiagram:
    entries = {}
    for halogen in halogens:
        system = phase_system(SNAPSHOT, metal, halogen)
        for f, n, e in zip(
            system.formula.tolist(), system.counts, system.energy_ev_atom.tolist(), strict=True
        ):
            entries[f] = PDEntry(Composition(f), e * n.sum())
    return PhaseDiagram(list(entries.values()))


def one(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    counts = parse_formula(text)
    (metal,) = [m for m in counts if m not in HALOGENS]
    halogens = [[counts.get(x, 0) for x in HALOGENS]]
    return np.array([ELEMENTS.index(metal)]), np.array([counts[metal]]), np.array(halogens)


def test_limit_fails_where_the_docstring_says() -> None:
    holds = excess_tables(SNAPSHOT).limit_holds
    places = [ELEMENTS.index(m) for m in METALS]
    for k, x in enumerate(HALOGENS):
        failing = [m for m, z in zip(METALS, places, strict=True) if not holds[z, k]]
        assert failing == FAILS[x].split()
        assert f"- {x}: {FAILS[x]}\n" in sodium_excess.__doc__
    assert (~holds[places]).sum() == 33 and len(places) * 4 == 356


def test_closed_form_is_the_full_hull_where_the_limit_holds() -> None:
    tables = excess_tables(SNAPSHOT)
    closed = closed_form_ev(tables, METAL, METAL_COUNT, HALOGEN_COUNT, OWN)
    holds, full = limit_holds(tables, METAL, HALOGEN_COUNT), full_hull()
    assert len(HALIDES) == 860 and 700 < holds.sum() < 860
    assert np.abs(closed - full)[holds].max() < 1e-9
    # And nowhere else, but for halides so rich in M that they lie beside the phase that is there.
    assert (full - closed)[~holds].max() < -1e-3


def test_every_halide_is_that_of_the_full_hull() -> None:
    found = reaction_energies(SNAPSHOT, METAL, METAL_COUNT, HALOGEN_COUNT, OWN)
    assert np.abs(found.energy_ev - full_hull()).max() < 1e-9
    holds = limit_holds(excess_tables(SNAPSHOT), METAL, HALOGEN_COUNT)
    assert (found.closed_form == holds).all()
    assert found.energy_kj_mol == pytest.approx(found.energy_ev * 96.48533, rel=1e-6)


@pytest.mark.parametrize("row", range(0, len(HALIDES), 13))
def test_energy_is_that_of_pymatgen(row: int) -> None:
    metal, halogen = str(COLUMNS.metal[HALIDES[row]]), str(COLUMNS.halogen[HALIDES[row]])
    formula, phases = Composition(str(COLUMNS.formula[HALIDES[row]])), diagram(metal, (halogen,))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # endothermic: pymatgen takes the hull's energy instead
        reaction = InterfacialReactivity(Composition("Na"), formula, phases, norm=True)
        points = [(float(x), float(e)) for _, x, e, _, _ in reaction.get_kinks() if x < 1 - 1e-9]
    x, energy = max(points)
    found = reaction_energies(
        SNAPSHOT, METAL[[row]], METAL_COUNT[[row]], HALOGEN_COUNT[[row]], OWN[[row]]
    )
    mixture = found.energy_ev[0] / formula.num_atoms * (1 - x)
    above = OWN[row] - phases.get_hull_energy_per_atom(formula) if OWN[row] > 0 else 0.0
    assert mixture == pytest.approx(energy - above * (1 - x), abs=1e-9)


@pytest.mark.parametrize(
    "text",
    ["SnCl3F", "SnF2I2", "CaFCl", "CaF2Cl2", "YF2Br", "LaFClBrI", "KClI", "LiFCl", "TiCl3Br",
     "YbFCl", "SmF2I", "BaClI"],
)  # fmt: skip
def test_mixed_halides_are_those_of_the_grand_potential(text: str) -> None:
    metal, metal_count, halogen_count = one(text)
    halogens = tuple(x for x in HALOGENS if x in text.replace("Fe", ""))
    grand = GrandPotentialPhaseDiagram(
        diagram(ELEMENTS[metal[0]], halogens).all_entries, {Element("Na"): 0.0}
    )
    counts = parse_formula(text)
    own = np.array([-1.0])
    found = reaction_energies(SNAPSHOT, metal, metal_count, halogen_count, own)
    expected = (grand.get_hull_energy_per_atom(Composition(text)) + 1.0) * sum(counts.values())
    assert found.energy_ev[0] == pytest.approx(expected, abs=1e-9)
    products = reaction_products(SNAPSHOT, metal, metal_count, halogen_count)
    entries = grand.get_decomposition(Composition(text))
    theirs = {e.original_comp.reduced_formula for e, w in entries.items() if w > 1e-9}
    there = products.phase[0] >= 0
    names = products.formula[products.phase[0, there]].tolist()
    assert {Composition(f).reduced_formula for f in names} == theirs


def test_products_hold_the_atoms_and_the_energy() -> None:
    found = reaction_products(SNAPSHOT, METAL, METAL_COUNT, HALOGEN_COUNT)
    energies = reaction_energies(SNAPSHOT, METAL, METAL_COUNT, HALOGEN_COUNT, OWN)
    known = formation_energies_ev_atom(SNAPSHOT)
    rows = zip(found.phase.tolist(), found.amount.tolist(), strict=True)
    for row, (phases, amounts) in enumerate(rows):
        held, energy = dict.fromkeys(ELEMENTS, 0.0), 0.0
        for phase, amount in zip(phases, amounts, strict=True):
            assert (phase < 0) == (amount == 0)
            if phase >= 0:
                counts = parse_formula(str(found.formula[phase]))
                energy += amount * sum(counts.values()) * known.get(str(found.formula[phase]), 0.0)
                for element, n in counts.items():
                    held[element] += amount * n
        wanted = parse_formula(str(COLUMNS.formula[HALIDES[row]]))
        atoms = sum(wanted.values())
        wanted["Na"] = found.sodium[row]
        assert {e: n for e, n in held.items() if n} == pytest.approx(
            {e: n for e, n in wanted.items() if n}, abs=1e-9
        )
        assert energy - atoms * OWN[row] == pytest.approx(energies.energy_ev[row], abs=1e-9)


def test_products_are_those_of_the_path() -> None:
    for text in ("SnCl4", "CaF2", "TiCl4", "LaF3", "KCl"):
        metal, metal_count, halogen_count = one(text)
        found = reaction_products(SNAPSHOT, metal, metal_count, halogen_count)
        there = found.phase[0] >= 0
        names = found.formula[found.phase[0, there]].tolist()
        step = reaction_path(SNAPSHOT, Precursor.parse(text)).steps[1]
        assert dict(zip(names, found.amount[0, there], strict=True)) == pytest.approx(
            {f: n for f, n in step.products if n > 1e-9}
        )
        assert found.sodium[0] == pytest.approx(step.sodium, abs=1e-9)


def test_what_is_not_known_stays_so() -> None:
    tin, counts, chlorine = one("SnCl4")
    nan = np.array([np.nan])
    assert np.isnan(reaction_energies(SNAPSHOT, tin, counts, chlorine, nan).energy_ev).all()
    neon = np.array([ELEMENTS.index("Ne")])
    found = reaction_energies(SNAPSHOT, neon, counts, chlorine, np.zeros(1))
    assert np.isnan(found.energy_ev[0]) and not found.closed_form[0]
    products = reaction_products(SNAPSHOT, neon, counts, chlorine)
    assert (products.phase == -1).all() and np.isnan(products.sodium[0])


def small(tmp_path: Path, rows: list[tuple[str, str, str, int, int, int, float]]) -> Snapshot:
    columns = {name: [None] * len(rows) for name in SCHEMA.names}
    names = ("formula", "metal", "halogen", "na_count", "metal_count", "halogen_count")
    for name, values in zip(
        (*names, "formation_energy_ev_atom"), zip(*rows, strict=True), strict=True
    ):
        columns[name] = list(values)
    columns["chemical_system"] = [""] * len(rows)
    columns["energy_above_hull_ev_atom"] = [0.0] * len(rows)
    columns["volume_a3_atom"] = [np.nan] * len(rows)
    columns["legacy_formation_energy_ev_atom"] = [0.0] * len(rows)
    columns["legacy_decomposition_energy_ev_atom"] = [0.0] * len(rows)
    manifest = json.loads('{"query": {"metals": ["Sn"], "halogens": ["Cl"]}, "files": {}}')
    return Snapshot(pa.table(columns, schema=SCHEMA), manifest, tmp_path)


def test_a_small_snapshot_says_what_it_holds(tmp_path: Path) -> None:
    rows = [
        ("NaCl", "", "Cl", 1, 0, 1, -2.0),
        ("NaSn", "Sn", "", 1, 1, 0, -0.2),
        ("Na3Sn", "Sn", "", 3, 1, 0, -0.1),
        ("NaSn2", "Sn", "", 1, 2, 0, 0.1),
    ]
    snapshot = small(tmp_path, rows)
    tables = excess_tables(snapshot)
    tin, counts, chlorine = one("SnCl4")
    # NaSn and Na3Sn are -0.4 eV for each Sn: the richer one stands.
    assert tables.metal_ev[tin[0]] == pytest.approx(-0.4)
    assert tables.formula[tables.metal[tin[0]]] == "Na3Sn"
    found = reaction_energies(snapshot, tin, counts, chlorine, np.array([-1.0]))
    assert found.energy_ev.tolist() == pytest.approx([4 * -4.0 - 0.4 + 5.0])
    for text in ("SnBr4", "SnCl3Br", "PbCl2"):
        other = reaction_energies(snapshot, *one(text), np.array([-1.0]))
        assert np.isnan(other.energy_ev[0]) and not other.closed_form[0]


def test_a_halogen_in_the_place_of_the_metal_ends_as_its_salt() -> None:
    iodine = np.array([ELEMENTS.index("I")])
    counts = np.array([1]), np.array([[5, 0, 0, 0]])
    found = reaction_products(SNAPSHOT, iodine, *counts)
    assert found.formula[found.phase[0, :2]].tolist() == ["NaI", "NaF"]
    assert found.sodium.tolist() == [6.0]


@pytest.mark.parametrize(
    ("metal", "metal_count", "halogens"),
    [(-1, 1, [0, 4, 0, 0]), (118, 1, [0, 4, 0, 0]), (49, 0, [0, 4, 0, 0]), (49, 1, [0, -1, 0, 0])],
)
def test_bad_input_is_refused(metal: int, metal_count: int, halogens: list[int]) -> None:
    arrays = np.array([metal]), np.array([metal_count]), np.array([halogens])
    with pytest.raises(InputError):
        reaction_energies(SNAPSHOT, *arrays, np.zeros(1))
    with pytest.raises(InputError):
        reaction_products(SNAPSHOT, *arrays)


def test_nothing_gives_nothing() -> None:
    none = np.zeros(0, dtype=np.int64)
    found = reaction_energies(SNAPSHOT, none, none, np.zeros((0, 4), dtype=np.int64), np.zeros(0))
    assert found.energy_ev.shape == (0,)
