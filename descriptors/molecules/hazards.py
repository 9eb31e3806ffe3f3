"""Hazards and cautions of molecules that are no homoleptic halides.

The rules of ``hazards.py`` hold by metal and by the homoleptic halides that a molecule shares its
bonds with; what is special to a kind is added here.
"""

# Sources: IARC Monographs 100C (chromium(VI), group 1); Bretherick's Handbook of Reactive Chemical
# Hazards (chromyl chloride and organic matter, vanadium oxytrichloride and alkali metals,
# trichlorosilane, alkylaluminium halides), quoted from memory; Davies, Organotin Chemistry (2004)
# and Greenwood & Earnshaw, Chemistry of the Elements (toxicity of organotin and organolead).

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.molecules.molecule import Molecules
from maiscreen.candidates.precursors.precursor import Precursors
from maiscreen.candidates.rounding import at_least
from maiscreen.descriptors.hazards.hazards import OXIDISER, TOXIC_METAL, cautions, hazards
from maiscreen.descriptors.hazards.toxicity import VOLATILE_PA, toxicity

Strings = NDArray[np.str_]

SURVIVES = "M–C bonds may survive as R3M–MR3, which stays in the layer"
HYDROGEN = "gives hydrogen with sodium"
PYROPHORIC = "may catch fire in air"
REDISTRIBUTES = "redistributes its halogens, so that the vapour holds several halides"
POLYMERISES = "unsaturated groups polymerise on sodium"
OXYGEN = "leaves Na2O or a sodium oxometallate in the layer"

_ORGANIC_CAUTION = {
    "Sn": "organotin halides are toxic and volatile",
    "Pb": "organolead halides are very toxic and volatile",
    "Sb": "organoantimony halides are toxic",
}
_CHROMIUM = "chromium(VI): a volatile carcinogen (IARC group 1) that ignites organic matter"
_OXYFLUORIDES = frozenset({"ReOF5", "ReO2F3", "OsOF4", "CrOF4", "CrO2F2", "SeOF4"})
_BY_FORMULA = {
    "VOCl3": "reacts violently with alkali metals when heated (Bretherick)",
    "CrO2Cl2": "ignites organic matter (Bretherick)",
}


def molecule_hazards(molecules: Molecules) -> tuple[Strings, Strings]:
    """Name the hazard of each molecule and say why.

    Returns
    -------
    tuple[Strings, Strings]
        Hazard (one of :data:`maiscreen.descriptors.hazards.hazards.HAZARDS`, empty for none) and
        reason, shape (n,).

    Examples
    --------
    >>> from maiscreen.candidates.molecules.space import oxyhalides
    >>> found = Molecules.of(oxyhalides(["V", "P"], ["Cl"]))
    >>> dict(zip(found.formula.tolist(), molecule_hazards(found)[0].tolist()))["POCl3"]
    'toxic hydride'
    """
    name = np.full(len(molecules), "", dtype="U64")
    reason = np.full(len(molecules), "", dtype="U128")
    for i in range(len(HALOGENS)):
        here = np.flatnonzero((molecules.halogens[:, i] > 0) & (name == ""))
        found, why = hazards(_homoleptic(molecules.take(here), i))
        name[here], reason[here] = found, why
    six = (molecules.metal == "Cr") & (_valence(molecules) == 6) & (molecules.kind == "oxyhalide")
    name[six], reason[six] = TOXIC_METAL, _CHROMIUM
    strong = np.isin(molecules.formula, sorted(_OXYFLUORIDES)) & (name == "")
    name[strong] = OXIDISER
    reason[strong] = "an oxyfluoride of a high oxidation state that gives its fluorine away"
    return name, reason


def molecule_dangers(molecules: Molecules, log10_pa: NDArray[np.float64]) -> Strings:
    """Name the gravest GHS statement of each molecule in three words, shape (n,).

    Parameters
    ----------
    molecules : Molecules, shape (n,)
        Looked up by their CAS numbers.
    log10_pa : ndarray, shape (n, t)
        Vapour pressures, Pa; NaN where they are not known.
    """
    volatile = at_least(np.fmax.reduce(10.0**log10_pa, axis=1), VOLATILE_PA)
    fluoride = molecules.halogens[:, 0] > 0
    of = molecules.formula, molecules.cas, molecules.metal
    return toxicity(*of, fluoride, volatile).danger


def _valence(molecules: Molecules) -> NDArray[np.int64]:
    return np.asarray(molecules.halogens.sum(axis=1) + 2 * molecules.oxygen, dtype=np.int64)


def _homoleptic(molecules: Molecules, halogen: int) -> Precursors:
    """Return the halides of one halogen with as many halogens as each molecule has."""
    return Precursors(
        molecules.metal,
        np.full(len(molecules), HALOGENS[halogen]),
        molecules.metal_count,
        molecules.halogens.sum(axis=1),
        np.full(len(molecules), "vapour"),
        np.full(len(molecules), "molecule"),
    )


def molecule_cautions(molecules: Molecules) -> Strings:
    """State what to beware of with each molecule, whether or not it is ruled out, shape (n,)."""
    main = molecules.halogens.argmax(axis=1)
    text = np.full(len(molecules), "", dtype="U512")
    for i in range(len(HALOGENS)):
        here = np.flatnonzero(main == i)
        if len(here):
            text[here] = cautions(_homoleptic(molecules.take(here), i))
    organic, hydro = molecules.kind == "organohalide", molecules.kind == "hydrohalide"
    ligands = molecules.ligands
    hydrogen = hydro | (organic & (np.char.find(np.char.add(" ", ligands), " H:") >= 0))
    open_bond = (np.char.find(ligands, "C2H3:") >= 0) | (np.char.find(ligands, "C3H5:") >= 0)
    for metal, why in _ORGANIC_CAUTION.items():
        text = _append_note(text, organic & (molecules.metal == metal), why)
    for hit, why in (
        (organic, SURVIVES),
        (open_bond, POLYMERISES),
        (hydrogen, HYDROGEN),
        (hydrogen | (organic & np.isin(molecules.metal, ["Al", "B", "Ga", "In"])), PYROPHORIC),
        (molecules.oxygen > 0, OXYGEN),
        (molecules.kind == "mixed_halide", REDISTRIBUTES),
        *((molecules.formula == formula, why) for formula, why in _BY_FORMULA.items()),
    ):
        text = _append_note(text, hit, why)
    return text


def _append_note(text: Strings, hit: NDArray[np.bool_], why: str) -> Strings:
    return np.where(hit, np.char.add(text, f"; {why}"), text)
