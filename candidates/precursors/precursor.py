"""A metal-halide precursor: one frozen record, and the same as arrays."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import (
    HALOGENS,
    METALS,
    is_more_electronegative,
    periodic_table,
)
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.precursors.refusals import why_no_candidate

MAX_HALOGENS = 24
"""Largest halogen count that is taken for a molecule, not for a slip of the key."""


@dataclass(frozen=True, slots=True, order=True)
class Precursor:
    """A homoleptic halide M_a X_b and the way that it meets the sodium.

    Attributes
    ----------
    metal, halogen : str
        Element symbols of M and X.
    metal_count, halogen_count : int
        a and b.
    route : str
        ``vapour`` or ``additive`` (dissolved in the electrolyte).
    origin : str
        ``enumerated``, ``molecule`` (a polynuclear one), ``control`` or ``user``.

    Examples
    --------
    >>> Precursor.parse("Cl4Sn").formula
    'SnCl4'
    """

    metal: str
    halogen: str
    metal_count: int
    halogen_count: int
    route: str = "vapour"
    origin: str = "enumerated"

    @property
    def formula(self) -> str:
        """The formula, metal first, counts as they are in the molecule."""
        return _formula(self.metal, self.metal_count) + _formula(self.halogen, self.halogen_count)

    @classmethod
    def parse(cls, text: str, origin: str = "user") -> "Precursor":
        """Read a formula such as ``SnCl4``.

        Raises
        ------
        InputError
            If the text is not the formula of a homoleptic halide.
        """
        counts = parse_formula(text)
        why = why_no_candidate(counts)
        if why:
            raise InputError("formula", text, why)
        if len(counts) != 2:
            raise InputError(
                "formula",
                text,
                "is not a homoleptic halide: give one element and one halogen, as in SnCl4",
            )
        first, second = counts
        halogen = second if is_more_electronegative(second, first) else first
        if halogen not in HALOGENS:
            raise InputError("formula", text, "is not a halide: its anion is not F, Cl, Br or I")
        metal = first if halogen == second else second
        if metal not in METALS and metal not in HALOGENS:
            raise InputError("formula", text, f"holds no metal: {metal} is not screened")
        if counts[halogen] > MAX_HALOGENS or counts[metal] > MAX_HALOGENS:
            raise InputError(
                "formula", text, f"is out of range: give at most {MAX_HALOGENS} atoms of an element"
            )
        return cls(metal, halogen, counts[metal], counts[halogen], origin=origin)


@dataclass(frozen=True, slots=True)
class Precursors:
    """Precursors as arrays, all of shape (n,): what the descriptors work on."""

    metal: NDArray[np.str_]
    halogen: NDArray[np.str_]
    metal_count: NDArray[np.int64]
    halogen_count: NDArray[np.int64]
    route: NDArray[np.str_]
    origin: NDArray[np.str_]

    @classmethod
    def of(cls, records: Iterable[Precursor]) -> "Precursors":
        """Gather records into arrays."""
        rows = [
            (p.metal, p.halogen, p.metal_count, p.halogen_count, p.route, p.origin) for p in records
        ]
        metal, halogen, a, b, route, origin = zip(*rows, strict=True) if rows else ((),) * 6
        return cls(
            np.array(metal, dtype=np.str_),
            np.array(halogen, dtype=np.str_),
            np.array(a, dtype=np.int64),
            np.array(b, dtype=np.int64),
            np.array(route, dtype=np.str_),
            np.array(origin, dtype=np.str_),
        )

    def __len__(self) -> int:
        return len(self.metal)

    def __iter__(self) -> Iterator[Precursor]:
        """Go through the records."""
        for row in zip(
            self.metal.tolist(),
            self.halogen.tolist(),
            self.metal_count.tolist(),
            self.halogen_count.tolist(),
            self.route.tolist(),
            self.origin.tolist(),
            strict=True,
        ):
            yield Precursor(*row)

    def take(self, rows: NDArray[np.intp]) -> "Precursors":
        """Keep some, in the order given."""
        return Precursors(*(getattr(self, name)[rows] for name in self.__slots__))

    def joined(self, other: "Precursors") -> "Precursors":
        """Append others."""
        pairs = ((getattr(self, name), getattr(other, name)) for name in self.__slots__)
        return Precursors(*(np.concatenate(pair) for pair in pairs))

    @property
    def formula(self) -> NDArray[np.str_]:
        """Formulas, shape (n,)."""
        return np.array([p.formula for p in self], dtype=np.str_)

    @property
    def halogens_per_metal(self) -> NDArray[np.float64]:
        """Halogen atoms for each atom of M, shape (n,): the mean oxidation state."""
        return self.halogen_count / self.metal_count


def _formula(symbol: str, count: int) -> str:
    return symbol if count == 1 else f"{symbol}{count}"


MULTIPLIERS = tuple(
    """- mono di tri tetra penta hexa hepta octa nona deca undeca dodeca trideca tetradeca pentadeca
    hexadeca heptadeca octadeca nonadeca icosa henicosa docosa tricosa tetracosa""".split()
)
"""Multiplicative prefixes by number, up to ``MAX_HALOGENS``, as read in
en.wikipedia.org/wiki/IUPAC_numerical_multiplier (IUPAC's Nomenclature of Inorganic Chemistry, 2005,
table IV, was not opened)."""

_HALIDE = {"F": "fluoride", "Cl": "chloride", "Br": "bromide", "I": "iodide"}

# A name fit to be read: words, and an oxidation state in brackets. Registries also hold numbers,
# inverted names and generated ones ("13768-60-0", "silane, fluoro-", "tris(chloranyl)vanadium").
_READABLE = re.compile(r"[a-z]+( \([ivIV]+\))?( [a-z]+)*")
_GENERATED = re.compile(r"(an|lambda)yl|^ctk|^[a-z]+\d|^[a-z]{1,5}$")


@cache
def systematic_name(precursor: Precursor) -> str:
    """Return the compositional name of a halide (IUPAC 2005, IR-5.2).

    Examples
    --------
    >>> systematic_name(Precursor.parse("SbF5")), systematic_name(Precursor.parse("S2Cl2"))
    ('antimony pentafluoride', 'disulfur dichloride')
    >>> systematic_name(Precursor.parse("Si5Cl12"))
    'pentasilicon dodecachloride'
    """
    metal = periodic_table()[precursor.metal]["Name"].lower()
    several = MULTIPLIERS[precursor.metal_count] if precursor.metal_count > 1 else ""
    return f"{several}{metal} {MULTIPLIERS[precursor.halogen_count]}{_HALIDE[precursor.halogen]}"


def is_readable(name: str) -> bool:
    """Tell a chemist's name from a registry's.

    Examples
    --------
    >>> [is_readable(n) for n in ("tin tetrachloride", "silane, fluoro-", "ctk4c5965", "")]
    [True, False, False, False]
    """
    return bool(_READABLE.fullmatch(name)) and not _GENERATED.search(name)
