"""Formation energies under a potential, with the corrections of the Materials Project."""

import warnings
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from maiscreen.models.crystals.prototypes import prototype
from maiscreen.models.labels.potentials import MP2020
from maiscreen.models.simulation.potential import Potential
from maiscreen.models.simulation.relax import relax_crystal

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure


ELEMENT_FORCE_EV_A = 0.02
ELEMENT_STRESS_GPA = 0.05
"""Limits for relaxed elements, wider than for phases: molecular crystals are soft and slow.

The error is V·σ²/2K = 0.1 meV/atom for σ = 0.05 GPa, V = 25 Å3 and K = 2 GPa, and f²/2k = 2 meV
for a force of 0.02 eV/Å against the softest of springs, k = 0.1 eV/Å2.
"""


@dataclass(frozen=True, slots=True)
class FormationEnergy:
    """Formation energy at 0 K from the elements under the same potential, eV/atom.

    Attributes
    ----------
    plain_ev_atom : float
        As the potential gives it.
    mp2020_ev_atom, legacy_ev_atom : float
        What the correction schemes of the Materials Project add: that of 2020, and for a phase
        without a halogen that of the years before, which the snapshot's alloys follow.
    """

    plain_ev_atom: float
    mp2020_ev_atom: float
    legacy_ev_atom: float

    @property
    def value_ev_atom(self) -> float:
        """With the corrections of 2020 (A. Wang et al., Sci. Rep. 11, 15496 (2021))."""
        return self.plain_ev_atom + self.mp2020_ev_atom


def formation_energy(
    structure: "Structure", energy_ev: float, potential: Potential
) -> FormationEnergy:
    """Return the formation energy of a relaxed crystal.

    Potentials trained on energies without corrections have elements without corrections for
    references, as in the scheme: solid halogens among them. Where the energies of a potential hold
    the corrections of 2020 already, these are taken off first.

    Parameters
    ----------
    structure : Structure
        The crystal.
    energy_ev : float
        Of the whole cell under the potential.
    potential : Potential
        Also for the elements, which are relaxed once in a process.

    Raises
    ------
    InputError
        If there is no prototype of one of the elements.
    SimulationError
        If one of the elements does not relax.
    """
    counts = structure.composition.get_el_amt_dict()
    elements = sum(n * element_energy_ev_atom(symbol, potential) for symbol, n in counts.items())
    formula, atoms = structure.composition.reduced_formula, len(structure)
    of_2020, legacy = correction_ev_atom(formula), legacy_correction_ev_atom(structure)
    plain = (energy_ev - elements) / atoms
    if potential.energies == MP2020:
        plain -= of_2020
    return FormationEnergy(plain, of_2020, legacy)


@cache
def element_energy_ev_atom(symbol: str, potential: Potential) -> float:
    """Return the energy of an element's relaxed prototype, eV/atom."""
    crystal = relax_crystal(
        prototype(symbol).structure(),
        potential,
        fmax_ev_a=ELEMENT_FORCE_EV_A,
        max_stress_gpa=ELEMENT_STRESS_GPA,
    )
    return crystal.energy_ev / len(crystal.structure)


def correction_ev_atom(formula: str) -> float:
    """Return what the corrections of 2020 add for anions, eV/atom.

    Energies of oxides and fluorides of transition metals would need those for a Hubbard U too.

    Parameters
    ----------
    formula : str
        Elements have no correction.

    Examples
    --------
    >>> correction_ev_atom("NaCl"), correction_ev_atom("Na3Bi"), correction_ev_atom("Na")
    (-0.307, 0.0, 0.0)
    """
    from pymatgen.core.composition import Composition
    from pymatgen.entries.computed_entries import ComputedEntry

    composition = Composition(formula)
    if len(composition) == 1:
        return 0.0
    entry = ComputedEntry(composition, 0.0, parameters={"run_type": "GGA", "hubbards": {}})
    with warnings.catch_warnings():  # for alloys: "failed to guess oxidation states"
        warnings.simplefilter("ignore")
        adjustments = _scheme_of_2020().get_adjustments(entry)
    return float(sum(one.value for one in adjustments)) / composition.num_atoms


def legacy_correction_ev_atom(structure: "Structure") -> float:
    """Return what the corrections of 2011–2020 add to a phase of sodium and no halogen, eV/atom.

    They know sulfides and oxides alone; sulfur that is bound to sulfur has none.
    """
    import pymatgen.analysis.structure_analyzer as analyzer

    untyped: Any = analyzer
    share = structure.composition.get_atomic_fraction("S")
    if share in (0.0, 1.0) or untyped.sulfide_type(structure) != "sulfide":
        return 0.0
    return float(share * _legacy_sulfide_ev())


@cache
def _scheme_of_2020() -> Any:
    from pymatgen.entries.compatibility import MaterialsProject2020Compatibility

    return MaterialsProject2020Compatibility(check_potcar=False)


@cache
def _legacy_sulfide_ev() -> float:
    """Read eV for each S from the file that pymatgen installs."""
    from monty.serialization import loadfn

    path = files("pymatgen.analysis.compatibility") / "MPCompatibility.yaml"
    return float(loadfn(str(path))["SulfideCorrections"]["sulfide"])
