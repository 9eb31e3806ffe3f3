"""Whether a halide carries the correction that its scheme has for it."""

from collections.abc import Mapping
from functools import cache

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.materials_project.query import PBE

CORRECTION_TOLERANCE_EV = 0.005
"""How far a correction may be from that of the scheme, eV for each halogen atom: energies come
with many digits, the smallest correction (Br) is 0.379 eV."""


def correction_fault(counts: Mapping[str, int], change_ev: float, thermo_type: str) -> str:
    """Say what is wrong with the correction of a halide; empty where it is that of the scheme.

    The compatibility scheme leaves the correction of an anion out where it can't tell oxidation
    states (pymatgen, issues 2529 and 4636), and such a chloride then lies 0.6 eV too high for each
    chlorine atom.

    Parameters
    ----------
    counts : Mapping of str to int
        Atoms in the formula.
    change_ev : float
        Corrected minus uncorrected energy of that formula, eV.
    thermo_type : str
        Scheme.

    Examples
    --------
    >>> correction_fault({"Sn": 1, "Cl": 4}, 4 * -0.614, "GGA_GGA+U")
    ''
    >>> correction_fault({"Sn": 1, "Cl": 4}, 0.0, "GGA_GGA+U")
    'correction of Cl missing: 0.000 eV per formula, -2.456 in the scheme'
    """
    halogens = [e for e in counts if e in HALOGENS]
    if len(halogens) != 1 or len(counts) == 1:
        return ""
    tolerance = CORRECTION_TOLERANCE_EV * counts[halogens[0]]
    if thermo_type != PBE:
        wrong = abs(change_ev) > tolerance
        return f"carries a correction of {change_ev:.3f} eV, r2SCAN has none" if wrong else ""
    sums = _allowed(counts, halogens[0])
    if any(abs(change_ev - one) <= tolerance for one in sums):
        return ""
    word = "missing" if change_ev > sums[0] + tolerance else "wrong"
    found = f"{change_ev + 0.0:.3f} eV per formula, {sums[0]:.3f} in the scheme"
    return f"correction of {halogens[0]} {word}: {found}"


def _allowed(counts: Mapping[str, int], halogen: str) -> list[float]:
    """Give what MP2020 may add: for the halide, with or without Hubbard's U and M as an anion."""
    anions, hubbard = mp2020_corrections_ev()
    sums = [anions[halogen] * counts[halogen]]
    for element, count in counts.items():
        if element == halogen:
            continue
        if halogen == "F" and element in hubbard:
            sums += [one + hubbard[element] * count for one in sums]
        if element in anions:
            sums += [one + anions[element] * count for one in sums]
    return sums


@cache
def mp2020_corrections_ev() -> tuple[dict[str, float], dict[str, float]]:
    """Read MP2020 from the installed pymatgen: eV by anion, and by metal of a +U fluoride."""
    from importlib.resources import files

    from monty.serialization import loadfn

    folder = files("pymatgen.analysis.compatibility")
    all_of_it = loadfn(str(folder / "MP2020Compatibility.yaml"))["Corrections"]
    return all_of_it["CompositionCorrections"], all_of_it["GGAUMixingCorrections"]["F"]
