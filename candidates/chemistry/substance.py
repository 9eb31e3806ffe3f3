"""Formulas with an odd electron that stand for no substance of their own."""

from maiscreen.candidates.chemistry.elements import HALOGENS, SYMBOLS

RADICAL_FORMERS = frozenset("B C N P S Se Te As Si Ge".split())
"""Elements whose halides with an odd electron are radicals without exception. In solids of other
elements the odd electron is a d electron (VCl4) or an average of two valences (GaCl2)."""


def is_radical(counts: dict[str, int]) -> bool:
    """Return whether a halide of ``RADICAL_FORMERS`` is a radical, and so no stable substance."""
    formers = RADICAL_FORMERS & counts.keys()
    return len(counts) > 1 and bool(formers) and has_odd_electrons(counts)


def why_no_substance(counts: dict[str, int]) -> str:
    """Explain why a formula with an odd electron is that of no substance; empty for all others.

    What registries and handbooks list under such a formula is another substance: SiBr3,
    7789-57-3, is tribromosilane, and HgCl, 7546-30-7, is calomel.

    Examples
    --------
    >>> why_no_substance({"Si": 1, "Br": 3}), why_no_substance({"Sn": 1, "Cl": 4})
    ('radical: odd electron count on Si', '')
    """
    metals = [symbol for symbol in counts if symbol not in HALOGENS]
    if is_radical(counts):
        return f"radical: odd electron count on {metals[0]}"
    if counts.get("Hg") == 1 and len(counts) > 1 and has_odd_electrons(counts):
        halogen = next(symbol for symbol in counts if symbol != "Hg")
        return f"odd electron count: mercury(I) is Hg2{halogen}2, the same composition"
    return ""


def has_odd_electrons(counts: dict[str, int]) -> bool:
    """Return whether the molecule has an odd number of electrons.

    Examples
    --------
    >>> has_odd_electrons({"Sn": 1, "Cl": 3}), has_odd_electrons({"Sn": 1, "Cl": 4})
    (True, False)
    """
    return bool(sum((SYMBOLS.index(symbol) + 1) * n for symbol, n in counts.items()) % 2)
