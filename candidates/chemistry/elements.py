"""Element symbols and what the screen takes for a metal."""

HALOGENS = ("F", "Cl", "Br", "I")

SYMBOLS = tuple(
    """H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se
    Br Kr Rb Sr Y Zr Nb Mo Tc Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy
    Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf
    Es Fm Md No Lr""".split()
)
"""Symbols by atomic number, hydrogen first."""

SUPERHEAVY = tuple("Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og".split())
"""Elements after lawrencium, by atomic number."""

NON_METALS = frozenset("H He N O F Ne Cl Ar Br Kr I Xe At Rn C P S Se As".split())

HALIDE_FORMING_NON_METALS = ("C", "N", "P", "S", "As", "Se")
"""Non-metals whose halides are screened beside those of metals and metalloids."""

TRANSITION_METALS = frozenset(
    """Sc Ti V Cr Mn Fe Co Ni Cu Y Zr Nb Mo Tc Ru Rh Pd Ag La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm
    Yb Lu Hf Ta W Re Os Ir Pt Au Ac Th Pa U Np Pu""".split()
)
"""Transition metals in Miedema's sense, noble metals and f elements included, zinc's group not."""

METALS = tuple(
    symbol
    for symbol in SYMBOLS
    if (symbol not in NON_METALS or symbol in HALIDE_FORMING_NON_METALS) and symbol != "Na"
)
"""M of the space MXₙ: metals, metalloids and the halide-forming non-metals, sodium left out."""

# Pauling electronegativity orders the halogens F > Cl > Br > I; every M of the space but
# nitrogen (3.04, above Br and I) and carbon/sulfur/selenium (2.55–2.58, below I 2.66) lies below.
_HALOGEN_RANK = {"F": 4, "Cl": 3, "Br": 2, "I": 1}


def is_more_electronegative(x: str, m: str) -> bool:
    """Tell whether halogen ``x`` is named as the anion beside ``m``.

    IUPAC names nitrogen's halides as halides whatever the electronegativities (NI3 is nitrogen
    triiodide), and interhalogens by the lighter halogen (ICl is iodine monochloride).

    Examples
    --------
    >>> is_more_electronegative("Cl", "I"), is_more_electronegative("I", "Cl")
    (True, False)
    """
    return _HALOGEN_RANK.get(x, 0) > _HALOGEN_RANK.get(m, 0) and m != "O"
