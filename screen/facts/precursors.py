"""Which precursor a row means: exactly one that is known, or none and a suggestion."""

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.handbook.identities import iupac_spelling
from maiscreen.screen.text import recipe

MAX_PARTS = 4
"""Precursors in a blend."""

MAX_NEAREST = 50
"""Unknown texts that are compared with every name there is; later ones get no suggestion."""

BARE = frozenset(
    ("bare sodium", "bare na", "na", "untreated", "unbehandelt", "pristine na", "pristine sodium",
     "sodium", "natrium")
)  # fmt: skip
"""What the control without any precursor is called."""

_LOOKALIKES = str.maketrans({"i": "l", "1": "l", "|": "l", "0": "o", "!": "l"})
_SHARE = re.compile(r"(?:([0-9]+(?:[.,][0-9]+)?)\s*(%?)\s*)?(.+)")
CAS_NUMBER = re.compile(r"([0-9]{2,7})-([0-9]{2})-([0-9])")


@dataclass(frozen=True, slots=True)
class KnownPrecursor:
    """A precursor that results may be of.

    Attributes
    ----------
    formula, name, cas : str
        As in the tables; name and CAS number may be empty.
    """

    formula: str
    name: str = ""
    cas: str = ""


@dataclass(frozen=True, slots=True)
class ResolvedPrecursor:
    """The precursor or blend that a row of results refers to.

    Attributes
    ----------
    precursor : str
        Formula, or a blend as ``0.7 SnCl4 + 0.3 SiCl4``, or ``bare sodium``.
    formulas : tuple of str
        Of the precursors in it; none for bare sodium.
    cas : str
        CAS number of a precursor by itself.
    rule : str
        How it was recognised.
    """

    precursor: str
    formulas: tuple[str, ...]
    cas: str
    rule: str


@dataclass(slots=True)
class Catalogue:
    """All precursors that results may be of.

    First those of the campaign, then the other homoleptic halides, mixed halides, oxyhalides,
    organo- and hydrohalides that are embedded, then the controls of the paper.

    Parameters
    ----------
    campaign : iterable of KnownPrecursor
        What the campaign has.
    """

    campaign: Iterable[KnownPrecursor] = ()
    _formula: dict[str, KnownPrecursor] = field(default_factory=dict)
    _cas: dict[str, KnownPrecursor] = field(default_factory=dict)
    _name: dict[str, set[str]] = field(default_factory=dict)
    _atoms: dict[str, set[str]] = field(default_factory=dict)
    _looks: dict[str, set[str]] = field(default_factory=dict)
    _folded: dict[str, set[str]] = field(default_factory=dict)
    _nearest: int = 0
    _met: dict[tuple[str, str], ResolvedPrecursor | InputError] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for known in (*self.campaign, *_embedded()):
            kept = self._formula.setdefault(known.formula, known)
            if known.cas:
                self._cas.setdefault(known.cas, kept)
            if known.name:
                self._name.setdefault(_normalise_name(known.name), set()).add(kept.formula)
        for formula in self._formula:
            self._atoms.setdefault(_atoms(formula), set()).add(formula)
            self._looks.setdefault(_look_key(formula), set()).add(formula)

    def find(self, text: str, cas: str) -> ResolvedPrecursor:
        """State what a formula, name or blend means, and hold it against a CAS number.

        Raises
        ------
        InputError
            If it is not known, or the two do not belong together.
        """
        if (text, cas) not in self._met:
            try:
                self._met[text, cas] = self._find(text, cas)
            except InputError as error:
                self._met[text, cas] = error
        meant = self._met[text, cas]
        if isinstance(meant, InputError):
            raise InputError(*meant.args)
        return meant

    def entry(self, formula: str) -> KnownPrecursor:
        """Return what is known of a formula that `find` gave."""
        return self._formula[formula]

    def _find(self, text: str, cas: str) -> ResolvedPrecursor:
        numbered = self.by_cas(cas) if cas else None
        if not text:
            if numbered is None:
                raise InputError("precursor", text, "is empty; give a formula or a CAS number")
            return ResolvedPrecursor(numbered.formula, (numbered.formula,), cas, "CAS number")
        meant = self._blend(text) if "+" in text else self._alone(text)
        if not cas:
            return meant
        if numbered is None and len(meant.formulas) == 1 and not meant.cas:
            return ResolvedPrecursor(meant.precursor, meant.formulas, cas, meant.rule)
        if numbered is None or meant.formulas != (numbered.formula,):
            is_of = f"is that of {numbered.formula}" if numbered else "is of nothing known here"
            remedy = f"{is_of}, not of {meant.precursor}"
            raise InputError("CAS", cas, f"{remedy}; correct one of them")
        return ResolvedPrecursor(
            meant.precursor, meant.formulas, cas, f"{meant.rule}, CAS number agrees"
        )

    def _alone(self, text: str) -> ResolvedPrecursor:
        plain = _normalise_name(text)
        if plain in BARE:
            return ResolvedPrecursor("bare sodium", (), "", "control without precursor")
        formula = _one_formula(text)
        formulas, rule = self._written(formula)
        if not formulas:
            formulas, rule = self._named(text, plain), "name"
        if len(formulas) > 1:
            remedy = f"may be {_name_list(formulas)}; give a CAS number alone"
            raise InputError("precursor", text, remedy)
        if not formulas:
            raise InputError("precursor", text, self._unknown(formula, plain))
        (one,) = formulas
        return ResolvedPrecursor(one, (one,), self._formula[one].cas, rule)

    def _written(self, formula: str) -> tuple[set[str], str]:
        """Find a formula as it is written, or with its elements in another order."""
        looks = self._looks.get(_look_key(formula), set())
        if formula in self._formula:
            # TlCl4, which nobody has seen, is a slip for TiCl4.
            registered = {f for f in looks if self._formula[f].cas}
            slip = not self._formula[formula].cas and registered
            return (registered | {formula} if slip else {formula}), "formula"
        same = self._atoms.get(_atoms(formula), set()) if not looks else set()
        return same, "formula, elements in another order"

    def _named(self, text: str, plain: str) -> set[str]:
        """Find a name of the tables, or one such as tin(IV) chloride or tin tetrabromide."""
        from maiscreen.candidates.handbook.identities import halide_by_name

        stock = halide_by_name(text[:1].upper() + text[1:])
        if stock in self._formula:
            return {stock}
        own = _systematic().get(plain)
        return self._name.get(plain) or ({own} if own in self._formula else set())

    def by_cas(self, cas: str) -> KnownPrecursor | None:
        """Find a CAS number; None where it is sound but not in the tables.

        Raises
        ------
        InputError
            If it is none.
        """
        parts = CAS_NUMBER.fullmatch(cas)
        digits = f"{parts[1]}{parts[2]}" if parts else ""
        weighed = sum(i * int(d) for i, d in enumerate(reversed(digits), 1))
        if parts is None or weighed % 10 != int(parts[3]):
            raise InputError(
                "CAS", cas, "is no CAS number: its check digit is wrong; read it again"
            )
        return self._cas.get(cas)

    def in_other_capitals(self, text: str) -> set[str]:
        """Find the formulas that a text is, but for capitals, blanks and small digits.

        Examples
        --------
        >>> Catalogue().in_other_capitals("sncl4"), Catalogue().in_other_capitals("SnCI4")
        ({'SnCl4'}, set())
        """
        if not self._folded:
            for formula in self._formula:
                self._folded.setdefault(formula.casefold(), set()).add(formula)
        return self._folded.get(_one_formula(text).casefold(), set())

    def registered(self, elements: set[str]) -> list[str]:
        """List the formulas of these elements alone that have a CAS number, in their order.

        Examples
        --------
        >>> Catalogue().registered({"Ti", "Cl"})
        ['TiCl', 'TiCl2', 'TiCl3', 'TiCl4']
        """
        tokens = re.compile("[A-Z][a-z]?")
        every = (f for f, known in self._formula.items() if known.cas)
        return sorted(f for f in every if {*tokens.findall(f)} == elements)

    def suggest(self, text: str) -> str:
        """Return what a text that is no formula of a halide may mean; empty if nobody can guess.

        Examples
        --------
        >>> [Catalogue().suggest(text) for text in ("SNCL4", "tin tetrachloride", "water")]
        ['SnCl4', 'SnCl4', '']
        """
        formula, plain = _one_formula(text), _normalise_name(text)
        meant = self._written(formula)[0] or self._named(text, plain)
        return _name_list((meant or self._likely(formula, plain)) - {text})

    def _unknown(self, formula: str, plain: str) -> str:
        meant = _name_list(self._likely(formula, plain))
        if meant:
            return f"is not known; did you mean {meant}?"
        return "is no halide that is known here, nor a control of the paper"

    def _likely(self, formula: str, plain: str) -> set[str]:
        """Find what looks the same as a formula, or else is the nearest to it, or to a name."""
        looks = self._looks.get(_look_key(formula), set())
        self._nearest += not looks
        if looks or self._nearest > MAX_NEAREST or len(plain) > 60:
            return looks
        near = (
            difflib.get_close_matches(plain, self._name, 1, 0.88)
            or difflib.get_close_matches(formula, self._formula, 1, 0.9)
            or [f for f in self._formula if sorted(_look_key(f)) == sorted(_look_key(formula))]
        )
        return {*near[:1]}

    def _blend(self, text: str) -> ResolvedPrecursor:
        parts = [part.strip() for part in text.split("+")]
        read = [_SHARE.fullmatch(part) for part in parts[: MAX_PARTS + 1]]
        if len(parts) > MAX_PARTS or not all(read):
            raise InputError("precursor", text, "is no blend; write it 0.7 SnCl4 + 0.3 SiCl4")
        matches = [one for one in read if one]
        shares = [float((one[1] or "nan").replace(",", ".")) for one in matches]
        shares = [s / 100 if one[2] else s for s, one in zip(shares, matches, strict=True)]
        if not all(shares):
            raise InputError("precursor", text, "holds a share of zero; leave it out")
        if not abs(sum(shares) - 1) <= 0.011:
            remedy = "needs mole fractions in the liquid that sum to 1: 0.7 SnCl4 + 0.3 SiCl4"
            raise InputError("precursor", text, remedy)
        named = [self._alone(one[3].strip()).precursor for one in matches]
        if len({*named}) < len(named) or "bare sodium" in named:
            raise InputError("precursor", text, "is no blend of different precursors")
        return ResolvedPrecursor(
            recipe(dict(zip(named, shares, strict=True))), tuple(named), "", "blend"
        )


def catalogue_of(rows: Iterable[Mapping[str, Any]]) -> Catalogue:
    """Gather the precursors of a campaign by rows with formula, name and CAS number."""
    return Catalogue(
        KnownPrecursor(str(row["formula"]), row.get("name") or "", row.get("cas") or "")
        for row in rows
        if row.get("formula") and row["formula"] != "Na"
    )


@cache
def _embedded() -> tuple[KnownPrecursor, ...]:
    """All that could be a candidate of some campaign, and the controls."""
    from maiscreen.candidates.handbook.identities import identities
    from maiscreen.candidates.molecules.space import molecules
    from maiscreen.candidates.precursors.space import halide_space
    from maiscreen.screen.paper.controls import CHLOROPROPANE

    space = halide_space()
    simple = space.slice(0, space.size).formula.tolist()
    registered = sorted(identities().values(), key=lambda one: (not one.inorganic, one.cas))
    among = frozenset(simple)
    named = [KnownPrecursor(o.formula, o.name, o.cas) for o in registered if o.formula in among]
    wide = molecules()
    listed = zip(wide.formula.tolist(), wide.name.tolist(), wide.cas.tolist(), strict=True)
    control = KnownPrecursor(CHLOROPROPANE.formula, "1-chloropropane", "540-54-5")
    return (
        *named,
        *map(KnownPrecursor, simple),
        *(KnownPrecursor(*one) for one in listed),
        control,
    )


@cache
def _systematic() -> dict[str, str]:
    """Formulas of the halides by their systematic names, which registries do not all have."""
    from maiscreen.candidates.precursors.precursor import systematic_name
    from maiscreen.candidates.precursors.space import halide_space

    space = halide_space()
    every = space.slice(0, space.size)
    return {_normalise_name(systematic_name(halide)): halide.formula for halide in every}


def _normalise_name(text: str) -> str:
    """Drop what names differ by: capitals, blanks, hyphens."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(iupac_spelling(plain).replace("-", " ").split())


def _look_key(formula: str) -> str:
    """Return what formulas share that look the same: I, l and 1; O and 0; capitals.

    Examples
    --------
    >>> _look_key("SnCI4") == _look_key("SnC14") == _look_key("Sncl4") == _look_key("SnCl4")
    True
    """
    return formula.casefold().translate(_LOOKALIKES)


def _one_formula(text: str) -> str:
    """Return a text as a formula is written: without blanks, small digits as digits."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _atoms(formula: str) -> str:
    """Return the atoms of a formula in alphabetical order; the text itself if it is none."""
    counts: dict[str, int] = {}
    tokens = re.findall(r"([A-Z][a-z]?)([0-9]{0,4})", formula)
    if "".join(s + n for s, n in tokens) != formula:
        return formula
    for symbol, number in tokens:
        counts[symbol] = counts.get(symbol, 0) + int(number or 1)
    return "".join(f"{symbol}{counts[symbol]}" for symbol in sorted(counts))


def _name_list(formulas: Sequence[str] | set[str]) -> str:
    first = sorted(formulas)[:4]
    return " or ".join(first)
