"""From the legacy corrections of the Materials Project to those of 2020.

The source table holds formation energies under the scheme of 2011–2020 (pymatgen's
``MPCompatibility.yaml``). The scheme since then (``MP2020Compatibility.yaml``) moves a compound by
a constant for each anion, and the fluorides of eight metals calculated with a Hubbard U by another
for each metal atom. Both files come with pymatgen; :func:`derive_shifts_ev` reads them, so that a
test holds the constants below to what pymatgen says.
"""

import numpy as np
from numpy.typing import NDArray

ANION_SHIFT_EV = {"F": 0.029, "Cl": -0.019, "Br": -0.534, "I": -0.379}
"""MP2020 − legacy, eV for each halide ion.

F and Cl: the legacy scheme replaced the energy of the element by one fitted to solids
(F₂ −1.42055, Cl₂ −1.25385 eV/atom), which amounts to a correction of −0.491 and −0.595 eV per
ion; MP2020 gives −0.462 and −0.614. Br and I had none and have −0.534 and −0.379.
"""

HUBBARD_FLUORIDE_SHIFT_EV = {
    "V": -0.018,
    "Cr": 0.014,
    "Mn": 0.01285,
    "Fe": 0.477,
    "Co": 0.236,
    "Ni": -0.377,
    "Mo": 0.329,
    "W": -0.087,
}
"""MP2020 − legacy, eV for each metal atom of a fluoride calculated with +U."""

UNCORRECTED_ELEMENT_EV_ATOM = {"F": -1.9115, "Cl": -1.8485}
"""PBE energy of solid F₂ and Cl₂, eV/atom, without correction (Materials Project)."""


def shift_ev_atom(
    metal: NDArray[np.str_],
    halogen: NDArray[np.str_],
    metal_count: NDArray[np.int64],
    halogen_count: NDArray[np.int64],
    atoms: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Return what to add to a legacy formation energy, in eV/atom, shape (n,).

    Alloys (no halogen) stay as they are. MP2020 also corrects Sb, Te, Se, S, N, H, O and Si as
    anions; those terms are not applied here (see SOURCES for their size).

    Examples
    --------
    >>> one = np.array([1])
    >>> shift_ev_atom(np.array(["Sn"]), np.array(["Cl"]), one, one * 4, one * 5).round(4).tolist()
    [-0.0152]
    """
    anion = np.array([ANION_SHIFT_EV.get(x, 0.0) for x in halogen.tolist()])
    hubbard = np.array([HUBBARD_FLUORIDE_SHIFT_EV.get(m, 0.0) for m in metal.tolist()])
    total = anion * halogen_count + hubbard * metal_count * (halogen == "F")
    return np.asarray(total / atoms, dtype=np.float64)


def derive_shifts_ev() -> tuple[dict[str, float], dict[str, float]]:
    """Derive both tables from the correction files of the installed pymatgen.

    Returns
    -------
    tuple of dict
        As :data:`ANION_SHIFT_EV` and :data:`HUBBARD_FLUORIDE_SHIFT_EV`.
    """
    from importlib.resources import files

    from monty.serialization import loadfn

    folder = files("pymatgen.analysis.compatibility")
    old = loadfn(str(folder / "MPCompatibility.yaml"))["Advanced"]
    new = loadfn(str(folder / "MP2020Compatibility.yaml"))["Corrections"]
    ions, metals = new["CompositionCorrections"], new["GGAUMixingCorrections"]["F"]
    fitted = {x: old["CompoundEnergies"][f"{x}2"] for x in UNCORRECTED_ELEMENT_EV_ATOM}
    legacy = {x: UNCORRECTED_ELEMENT_EV_ATOM[x] - fit for x, fit in fitted.items()}
    anion = {x: ions[x] - legacy.get(x, 0.0) for x in ANION_SHIFT_EV}
    return anion, {m: metals[m] - old["UCorrections"]["F"][m] for m in metals}
