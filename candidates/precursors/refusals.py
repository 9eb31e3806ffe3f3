"""Why a halide is no candidate: it holds no metal, or a group, or sodium itself."""

from collections.abc import Mapping

from maiscreen.candidates.chemistry.elements import HALOGENS

ASK = "give a metal halide such as SnCl4"

GROUP_ATOMS = frozenset("HCNOS")
"""Atoms of groups that stand in the place of a metal."""

_GROUPS = (
    (frozenset("NH"), "ammonium or an amine", "ammonia or an amine, and hydrogen"),
    (frozenset("PH"), "phosphonium", "phosphine, a poison that catches fire, and hydrogen"),
    (frozenset("CH"), "an organic group", "hydrocarbons, as from the paper's control C3H7Cl"),
)  # fmt: skip
"""Atoms beside the halogen, what they are, and what sodium makes of them beside NaX."""


def why_no_candidate(counts: Mapping[str, int]) -> str:
    """Explain why a formula with a halogen has no metal that could alloy; empty if it has one.

    Parameters
    ----------
    counts : mapping of str to int
        Atoms by symbol.

    Examples
    --------
    >>> why_no_candidate({"H": 1, "Cl": 1})[:46]
    'is an acid and not screened: it has hydrogen i'
    >>> why_no_candidate({"Sn": 1, "Cl": 4})
    ''
    """
    others = frozenset(counts) - frozenset(HALOGENS)
    salt = next((f"Na{symbol}" for symbol in counts if symbol in HALOGENS), "")
    if not salt:
        return f"is not a halide; {ASK}"
    if not others:
        return _of_halogens(counts, salt)
    if "Na" in others:
        return _of_sodium(others, salt)
    if others == {"H"}:
        return (
            "is an acid and not screened: it has hydrogen in the place of the metal, so that "
            f"sodium gives {salt} and hydrogen, a layer of salt with nothing to alloy; {ASK}"
        )
    return _of_group(others, salt)


def _of_halogens(counts: Mapping[str, int], salt: str) -> str:
    """Explain an element; interhalogens are screened, and rejected as explosive."""
    if len(counts) > 1:
        return ""
    return (
        f"is not a homoleptic halide but a halogen: sodium burns in it to {salt}, and nothing is "
        f"left to alloy; {ASK}"
    )


def _of_sodium(others: frozenset[str], salt: str) -> str:
    if len(others) > 1:
        return "holds sodium already; give the halide of the other metal alone"
    return (
        f"is what sodium turns into: every reaction here leaves {salt}, which sodium cannot "
        "reduce; give another halide"
    )


def _of_group(others: frozenset[str], salt: str) -> str:
    """Explain a halide of a group; one element alone is no group."""
    known = [one for one in _GROUPS if others == one[0]]
    if known:
        _, group, rest = known[0]
    elif len(others) > 1 and others <= GROUP_ATOMS:
        group, rest = f"a group of {', '.join(sorted(others))}", "what is left of the group"
    else:
        return ""
    return (
        f"is not a homoleptic halide but has {group} in the place of the metal: sodium gives "
        f"{salt} and {rest}; nothing is left to alloy; {ASK}"
    )
