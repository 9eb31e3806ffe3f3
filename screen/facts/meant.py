"""Which precursor a question means: by formula, name or CAS number, in whatever capitals.

A sheet of results is read by `Catalogue.find`, which takes no wrong capitals: what is kept has to
be certain. A question keeps nothing, so that here capitals are mended where that can mean one thing
alone, and whoever asked is told how it was read (decision 47).
"""

import re
from dataclasses import replace

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.errors import InputError, one_text
from maiscreen.candidates.handbook.identities import (
    formula_of_cas,
    iupac_spelling,
    symbols_by_name,
)
from maiscreen.candidates.precursors.precursor import Precursor
from maiscreen.candidates.precursors.refusals import why_no_candidate
from maiscreen.descriptors.hazards.hazards import ORGANIC
from maiscreen.screen.facts.precursors import CAS_NUMBER, Catalogue, ResolvedPrecursor
from maiscreen.screen.paper.controls import CHLOROPROPANE

CAPITALS = "formula in other capitals"
"""How a formula was recognised that is written in other capitals."""

AS_WRITTEN = "formula"
"""How a formula was recognised that stands there as it is."""

_LIKE_FORMULA = re.compile(r"[A-Z][A-Za-z]*[0-9][A-Za-z0-9]*")
_STOCK = re.compile(r"([a-z]+)\s*\(\s*([ivx]+)\s*\)\s*([a-z]+)", re.IGNORECASE)
_SEVERAL = re.compile(r"\s*[A-Z][A-Za-z]*\d+(\s*[,;]\s*[A-Z][A-Za-z]*\d+)+\s*")
_PLAIN_SALT = re.compile(r"(ammonium|hydrogen|sodium) (fluoride|chloride|bromide|iodide)")
_PLAIN_ATOMS = {"ammonium": {"N": 1, "H": 4}, "hydrogen": {"H": 1}, "sodium": {"Na": 1}}
_NO_COUNT = re.compile(r"([a-z]+) (fluoride|chloride|bromide|iodide)")
_LATIN = {
    "stannic": "tin(IV)", "stannous": "tin(II)", "titanic": "titanium(IV)", "plumbic": "lead(IV)",
    "plumbous": "lead(II)", "ferric": "iron(III)", "ferrous": "iron(II)", "cupric": "copper(II)",
    "cuprous": "copper(I)", "mercuric": "mercury(II)",
}  # fmt: skip
"""Names that still stand on bottles; not mercurous, whose halides have two atoms of mercury."""

_ANIONS = {"fluoride": "F", "chloride": "Cl", "bromide": "Br", "iodide": "I"}


def meant_by(text: str, catalogue: Catalogue) -> ResolvedPrecursor:
    """Find the precursor that a text means.

    Parameters
    ----------
    text : str
        Formula, name, CAS number, or a blend as ``0.7 SnCl4 + 0.3 SiCl4``.
    catalogue : Catalogue
        What there is.

    Raises
    ------
    InputError
        If it means nothing that is known, or may mean several things.

    Examples
    --------
    >>> known = Catalogue()
    >>> [meant_by(t, known).precursor for t in ("7646-78-8", "tin (iv) chloride", "sncl4")]
    ['SnCl4', 'SnCl4', 'SnCl4']
    """
    plain = " ".join(text.split())
    if not plain:
        raise InputError("precursor", text, "is empty; give a formula, a name or a CAS number")
    if CAS_NUMBER.fullmatch(plain):
        return _numbered(plain, catalogue)
    refuse_several("precursor", plain)
    why = _why_refused(plain) or _which(plain, catalogue)
    if why:
        near = sorted(catalogue.in_other_capitals(plain))
        guess = f"; did you mean {' or '.join(near)}?" if near else ""
        raise InputError("precursor", text, why + guess)
    stock = _STOCK.fullmatch(plain)
    if stock:
        plain = f"{stock[1].lower()}({stock[2].upper()}) {stock[3].lower()}"
    first, _, anion = plain.casefold().partition(" ")
    if first in _LATIN and anion in _ANIONS:
        plain = f"{_LATIN[first]} {anion}"
    try:
        return catalogue.find(plain, "")
    except InputError as error:
        return _in_other_capitals(plain, catalogue, error)


def _numbered(cas: str, catalogue: Catalogue) -> ResolvedPrecursor:
    """Find a CAS number; of what is registered and no candidate, say what it is."""
    known = catalogue.by_cas(cas)
    if known is not None:
        return ResolvedPrecursor(known.formula, (known.formula,), cas, "CAS number")
    formula = formula_of_cas(cas)
    if not formula:
        raise InputError(
            "precursor", cas, "is the CAS number of nothing known here; give a formula"
        )
    why = _why_refused(formula) or "is no halide that is known here"
    why = f"is of {formula}, which {why}"
    raise InputError("precursor", cas, why)


def _in_other_capitals(plain: str, catalogue: Catalogue, error: InputError) -> ResolvedPrecursor:
    """Read a text that is no formula as it stands in other capitals, if that means one thing."""
    formulas = set() if _atoms(plain) else catalogue.in_other_capitals(plain)
    if len(formulas) > 1:
        remedy = f"may be {' or '.join(sorted(formulas))}; write it with its capitals"
        raise InputError("precursor", plain, remedy)
    if not formulas:
        raise InputError("precursor", plain, error.remedy)
    (formula,) = formulas
    return replace(catalogue.find(formula, ""), rule=CAPITALS)


def _atoms(text: str) -> dict[str, int]:
    """Return the atoms of a formula; none of a text that is no formula."""
    try:
        return dict(parse_formula(text))
    except InputError:
        return {}


def _why_refused(text: str) -> str:
    """Explain why a formula, or the name of a plain salt or acid, is no candidate."""
    if text in OUTSIDE:
        return ""
    salt = _PLAIN_SALT.fullmatch(text.casefold())
    if salt:
        return (
            f"is {salt[0]}, and {why_no_candidate(_PLAIN_ATOMS[salt[1]] | {_ANIONS[salt[2]]: 1})}"
        )
    counts = _atoms(text)
    return why_no_candidate(counts) if counts and any(x in counts for x in HALOGENS) else ""


def _which(text: str, catalogue: Catalogue) -> str:
    """List the registered halides of a metal, if a name does not say which is meant."""
    named = _NO_COUNT.fullmatch(text.casefold())
    symbol = symbols_by_name().get(iupac_spelling(named[1])) if named else None
    if not named or not symbol:
        return ""
    known = catalogue.registered({symbol, _ANIONS[named[2]]})
    return f"may be {', '.join(known[:-1])} or {known[-1]}; say which" if len(known) > 1 else ""


OUTSIDE = frozenset((CHLOROPROPANE.formula, *ORGANIC))
"""Halides outside the space that are known by themselves."""


def refuse_several(field: str, text: str) -> None:
    """Refuse formulas in one text, with commas between them.

    Raises
    ------
    InputError
        With how to give them.
    """
    if _SEVERAL.fullmatch(text):
        apart = " ".join(re.split(r"[\s,;]+", text.strip()))
        raise InputError(field, text, f"is several; give each by itself: {apart}")


def halide_meant_by(text: str) -> ResolvedPrecursor:
    """Find the homoleptic halide, known or not, that a text means, or one of `OUTSIDE`.

    Parameters
    ----------
    text : str
        Formula, name or CAS number.

    Raises
    ------
    InputError
        Of the field ``formula``, if it is none: what it is, or may be.

    Examples
    --------
    >>> halide_meant_by("Cl4Sn").precursor
    'SnCl4'
    """
    one_text("formula", text)
    refuse_several("formula", text)
    if text.strip() in OUTSIDE:
        return ResolvedPrecursor(text.strip(), (text.strip(),), "", AS_WRITTEN)
    try:
        formula = Precursor.parse(text).formula
    except InputError as error:
        return _halide_by_name(text, error)
    return ResolvedPrecursor(formula, (formula,), "", AS_WRITTEN)


def _halide_by_name(text: str, error: InputError) -> ResolvedPrecursor:
    """Find the halide of a text that is no formula of one; the error says why it is none."""
    try:
        meant = meant_by(text, Catalogue())
    except InputError as other:
        # Of what looks like a formula that nobody is near to, the formula's own error says more.
        own = _LIKE_FORMULA.fullmatch(text) and other.remedy.startswith("is no halide")
        raise InputError("formula", text, error.remedy if own else other.remedy) from None
    if meant.precursor in OUTSIDE:
        return meant
    if len(meant.formulas) != 1:
        raise InputError("formula", text, "is no halide by itself; give one, such as SnCl4")
    try:
        Precursor.parse(meant.precursor)
    except InputError as why:
        remedy = error.remedy if _atoms(text) else f"is {meant.precursor}, which {why.remedy}"
        raise InputError("formula", text, remedy) from None
    return meant
