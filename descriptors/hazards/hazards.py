"""Hazards that rule a precursor out, each with its reason."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.precursors.precursor import Precursors
from maiscreen.descriptors.hazards.moisture import SHOCK_SENSITIVE

Strings = NDArray[np.str_]

EXPLOSIVE = "explosive with sodium"
TOXIC_HYDRIDE = "toxic hydride"
TOXIC_METAL = "toxic metal"
RADIOACTIVE = "radioactive"
OXIDISER = "violent fluorinating agent"
HAZARDS = (EXPLOSIVE, TOXIC_HYDRIDE, TOXIC_METAL, RADIOACTIVE, OXIDISER)
"""Names that a campaign may list under ``hazards_allowed``."""

# Sources: Bretherick's Handbook of Reactive Chemical Hazards (sodium with halocarbons, PCl5,
# sulfur chlorides, interhalogens, nitrogen halides; noble-metal hexafluorides); Sax's Dangerous
# Properties of Industrial Materials (Be, Cd, Hg, Tl; arsine and phosphine); Greenwood & Earnshaw,
# Chemistry of the Elements (fluorides of high oxidation states as fluorinating agents; H2Te, quoted
# from memory: a stronger acid than H2Se, falls apart above -2 degrees C).
_RADIOACTIVE = frozenset("Tc Pm Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr".split())
_BY_METAL = (
    (
        frozenset(("C", "N", *HALOGENS)),
        EXPLOSIVE,
        "halocarbons, nitrogen halides and interhalogens explode with sodium",
    ),
    (frozenset({"S"}), TOXIC_HYDRIDE, "sodium sulfide gives H2S with moisture"),
    (frozenset({"Se"}), TOXIC_HYDRIDE, "sodium selenide gives H2Se with moisture"),
    (frozenset({"Te"}), TOXIC_HYDRIDE, "sodium telluride gives H2Te with moisture"),
    (frozenset({"P"}), TOXIC_HYDRIDE, "sodium phosphide gives PH3 with moisture"),
    (frozenset({"As"}), TOXIC_HYDRIDE, "sodium arsenide gives AsH3 with moisture"),
    (frozenset(("Be", "Cd", "Hg", "Tl")), TOXIC_METAL, "a volatile or dusty compound of a poison"),
    (_RADIOACTIVE, RADIOACTIVE, "has no stable isotope"),
)
_BY_FORMULA = (
    {
        "PCl5": (EXPLOSIVE, "phosphorus pentachloride explodes with sodium"),
        # Inert is what liquisearch.com says of SF6 and molten sodium; the others from memory.
        "SF6": (
            TOXIC_HYDRIDE,
            "inert to sodium; what reacts leaves Na2S, which gives H2S with moisture",
        ),
        "SF4": (TOXIC_HYDRIDE, "a poison itself, and its sodium sulfide gives H2S with moisture"),
        "S2F10": (TOXIC_HYDRIDE, "a poison itself, and its sodium sulfide gives H2S with moisture"),
        "CF4": (EXPLOSIVE, "inert to cold sodium, violent with hot; leaves carbon, no alloy"),
        "C2F6": (EXPLOSIVE, "inert to cold sodium, violent with hot; leaves carbon, no alloy"),
        "AgF2": (OXIDISER, "silver difluoride fluorinates what it touches"),
        "CoF3": (OXIDISER, "cobalt trifluoride fluorinates what it touches"),
        "MnF4": (OXIDISER, "manganese tetrafluoride gives off fluorine"),
    }
    | {
        f"{m}F{n}": (OXIDISER, "a fluoride of a high oxidation state that gives its fluorine away")
        for m, n in (
            *((m, n) for m in ("Pt", "Ir", "Os", "Rh", "Ru") for n in (5, 6)),
            *(("Cr", n) for n in (5, 6)),
            *(("Au", n) for n in (3, 5)),
            *((m, 4) for m in ("Pb", "Ce", "Pt", "Pd")),
            ("Bi", 5),
            ("V", 5),
            ("Re", 7),
            ("Ni", 3),
            ("Ni", 4),
            ("Cu", 3),
            ("Ag", 3),
            ("Tl", 3),
        )
    }
    | {
        f"{sulfur}{halogen}": (
            EXPLOSIVE,
            "explodes with sodium; the product gives H2S with moisture",
        )
        for sulfur in ("S", "S2")
        for halogen in ("Cl", "Cl2", "Cl4", "Br", "Br2", "Br4", "Br6")
    }
)

ORGANIC = {
    "CHCl3": "chloroform explodes with sodium",
    "CH2Cl2": "dichloromethane explodes with sodium",
    "CHBr3": "bromoform explodes with sodium",
}
"""Halides outside the space that are worth a warning of their own."""

_CAUTION_BY_METAL = {
    "Sb": "sodium antimonide can give stibine (SbH3) with acid moisture",
    "Si": "sodium silicide catches fire with moisture",
    "Ge": "sodium germanide can give germane (GeH4) with acid moisture",
    "Pb": "lead is toxic",
    "B": "volatile boron halides are toxic",
    "Os": "osmium turns into OsO4 in air",
}
_CAUTION_BY_FORMULA = {
    "B2Cl4": "catches fire in air",
    "B2F4": "catches fire in air",
    "VCl4": "gives off chlorine slowly; keep the bottle cold and vented until it is poured",
} | dict.fromkeys(
    SHOCK_SENSITIVE,
    "its hydrolysis products are sensitive to shock and can catch fire: let no film of them dry up",
)
_STRONG_FLUORIDE = "a strong fluorinating agent: violent with organic matter"

NOTE = "moisture-sensitive and corrosive: dry argon glovebox, gas-tight vessel"
"""What holds for every precursor of the space."""


def hazards(precursors: Precursors) -> tuple[Strings, Strings]:
    """Name the hazard of each precursor and say why.

    Returns
    -------
    tuple[Strings, Strings]
        Hazard (one of :data:`HAZARDS`, empty for none) and reason, shape (n,).

    Examples
    --------
    >>> from maiscreen.candidates.precursors.precursor import Precursor
    >>> names, _ = hazards(Precursors.of([Precursor.parse("CCl4"), Precursor.parse("SnCl4")]))
    >>> names.tolist()
    ['explosive with sodium', '']
    """
    name = np.full(len(precursors), "", dtype="U64")
    reason = np.full(len(precursors), "", dtype="U128")
    for metals, hazard, why in _BY_METAL:
        hit = np.isin(precursors.metal, list(metals))
        name[hit], reason[hit] = hazard, why
    formula = precursors.formula
    for known, (hazard, why) in _BY_FORMULA.items():
        hit = formula == known
        name[hit], reason[hit] = hazard, why
    return name, reason


def cautions(precursors: Precursors) -> Strings:
    """State what to beware of with each precursor, whether or not it is ruled out, shape (n,).

    Examples
    --------
    >>> from maiscreen.candidates.precursors.precursor import Precursor
    >>> cautions(Precursors.of([Precursor.parse("SbF5")]))[0].split("; ")[1]
    'sodium antimonide can give stibine (SbH3) with acid moisture'
    """
    strong = (precursors.halogen == "F") & (precursors.halogens_per_metal >= 5)
    rows = zip(precursors.formula.tolist(), precursors.metal.tolist(), strong.tolist(), strict=True)
    return np.array([_caution(*row) for row in rows], dtype=np.str_)


def _caution(formula: str, metal: str, strong_fluoride: bool) -> str:
    own = (_CAUTION_BY_METAL.get(metal), _CAUTION_BY_FORMULA.get(formula))
    return "; ".join(filter(None, (NOTE, *own, _STRONG_FLUORIDE if strong_fluoride else None)))
