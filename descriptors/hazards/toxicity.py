"""Acute toxicity and the GHS statements of each compound, from a table, or by what is in it.

What no table has and no rule covers says so: a blank could be taken for safety.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.hazards.statements import GRAVITY, bare, gravest, in_three_words, phrase

Strings = NDArray[np.str_]
Bools = NDArray[np.bool_]

NO_ENTRY = "no entry"
"""At a glance, where nothing was found."""

NOT_FOUND = "no classification found here, which is no sign of safety"

VOLATILE_PA = 100.0
"""Above this vapour pressure, at 25 °C or in the process, a halide is breathed [judgement]."""

HF_FIRST_AID = (
    "gives HF with moisture, which poisons through the skin: calcium gluconate gel at hand before "
    "the start, rinse, gel, and to a physician at once, with pain or without"
)
"""HF: H300, H310, H330, H314 (CLP Annex VI). Calcium gluconate on the burn: ICSC 0220 of SbF5
(ilo.org), read."""

_INERT = frozenset(("SF6", "NF3", "N2F4"))
"""Fluorides that moisture does not attack; those of carbon beside them."""

_ZONES = {"A": "H330", "B": "H330", "C": "H331", "D": "H331"}
"""H statement of a hazard zone of 49 CFR 173.116: its LC50 of an hour, halved for four, are the
limits of categories 1 (zone A), 2 (B) and 3 (C and D) of the GHS for gases, quoted from memory. Of
17 gases that were found with a zone and in Annex VI, 13 have the same (NH3, BF3, F2, HCl, H2S, SO2,
COCl2, NO2, AsH3, PH3, CO, CH3SH, SO2F2), three a milder one there (Cl2, HBr, HI), BCl3 a graver."""

_DOUBTFUL = frozenset(("memory", "group"))

_BURNS = {"H314", "H315", "H318", "H319"}
"""Statements on what it does to skin and eyes."""

_SHORT = {"harmonised": "CLP Annex VI", "memory": "suppliers, quoted from memory"}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table.

    Attributes
    ----------
    formula : str
        Of the compound, or an element, whose compounds are meant that have no entry of their own.
    codes : tuple of str
        GHS statements, with a question mark where nobody read the source for this.
    basis : str
        harmonised, supplier, transport, group or memory.
    source : str
        Where they are from.
    """

    formula: str
    codes: tuple[str, ...]
    basis: str
    source: str


class Toxicity(NamedTuple):
    """What is known of n compounds, arrays of shape (n,).

    ``ghs`` are codes, those with a question mark derived or from memory; ``toxicity`` says in words
    what they are, ``danger`` in three, and ``source`` where they come from.
    """

    ghs: Strings
    toxicity: Strings
    danger: Strings
    source: Strings


def toxicity(
    formula: Strings, cas: Strings, metal: Strings, fluoride: Bools, volatile: Bools
) -> Toxicity:
    """Classify compounds by the table, and by rule what it does not have.

    A compound is looked up by its CAS number, by its formula where it has none. Volatile fluorides
    that moisture attacks are taken for fatal if inhaled, as seven binary ones of the table are
    (BF3, WF6, SiF4, PF5, SF4, SeF6, TeF6). Two have a milder statement and are raised to it on
    purpose [judgement]: GeF4 (transport: toxic) and SbF5 (Annex VI, by the group of antimony:
    harmful), since either gives as much HF as the seven. Volatile halides without a statement on
    skin and eyes are taken for corrosive, by their acid. Both are marked as derived.

    Parameters
    ----------
    formula, cas, metal : ndarray of str, shape (n,)
        CAS number empty where there is none.
    fluoride : ndarray of bool, shape (n,)
        Whether there is fluorine in it.
    volatile : ndarray of bool, shape (n,)
        Whether enough of it evaporates to be breathed.

    Examples
    --------
    >>> found = toxicity(*map(np.array, (["GeF4", "SnCl4"], ["", ""], ["Ge", "Sn"], [True, False],
    ...                                  [True, True])))
    >>> found.danger.tolist(), found.ghs.tolist()
    (['fatal if inhaled?', 'severe burns'], ['H330?, H314, H280?', 'H314, H412, H335?'])
    """
    rows = zip(
        *(array.tolist() for array in (formula, cas, metal, fluoride, volatile)), strict=True
    )
    classified = [_classified(*row) for row in rows]
    columns = zip(*classified, strict=True) if classified else ((),) * 4
    return Toxicity(*(np.array(column, dtype=np.str_) for column in columns))


def worst(dangers: Iterable[str]) -> str:
    """Name the gravest of some dangers; what has no entry is told beside it.

    Examples
    --------
    >>> worst(["severe burns", "fatal if inhaled?"]), worst(["severe burns", "no entry"])
    ('fatal if inhaled?', 'severe burns; no entry')
    """
    distinct = [*dict.fromkeys(dangers)]
    order = [words for _, words in GRAVITY]
    named = [one for one in distinct if one.rstrip("?") in order]
    # A doubtful word and the same without doubt: the one without.
    named.sort(key=lambda one: (order.index(one.rstrip("?")), one.endswith("?")))
    return "; ".join([*named[:1], *([NO_ENTRY] if NO_ENTRY in distinct else [])])


def warned(danger: Strings, names: Iterable[str]) -> Bools:
    """Tell which dangers are among the names, with or without doubt, shape (n,)."""
    return np.isin(np.char.rstrip(danger, "?"), list(names))


@cache
def _classified(
    formula: str, cas: str, metal: str, fluoride: bool, volatile: bool
) -> tuple[str, str, str, str]:
    """Return codes, words, three words and source of a compound."""
    entries = _entries(formula, cas, metal)
    codes = [code for entry in entries for code in entry.codes]
    sources = [_told(entry) for entry in entries]
    hydrolyses = metal != "C" and formula not in _INERT
    evaluated = any(e.basis in ("harmonised", "supplier") and _inhaled(e.codes) for e in entries)
    if volatile and hydrolyses and fluoride and not evaluated and "H330" not in codes:
        codes.append("H330?")
        sources.append("H330? derived: a volatile fluoride")
    if volatile and hydrolyses and not {bare(code) for code in codes} & _BURNS:
        codes.append("H314?")
        sources.append("H314? derived: its acid burns")
    shown = gravest(codes)
    said = [phrase(code) for code in shown] or [NOT_FOUND]
    if fluoride and hydrolyses:
        said.append(HF_FIRST_AID)
    danger = in_three_words(shown) or NO_ENTRY
    return ", ".join(shown), "; ".join(said), danger, "; ".join(sources) or "no table read here"


def _inhaled(codes: Iterable[str]) -> bool:
    return any(code.startswith(("H330", "H331", "H332")) for code in codes)


def _told(entry: Entry) -> str:
    """Return what an entry says, and where: in short where the table says more."""
    return f"{' '.join(entry.codes)}: {_SHORT.get(entry.basis, entry.source)}"


def _entries(formula: str, cas: str, metal: str) -> tuple[Entry, ...]:
    """Find the rows of a compound; the group of its element where Annex VI does not name it."""
    by_cas, by_formula, by_element = _table()
    own = by_cas.get(cas, ()) if cas else by_formula.get(formula, ())
    if any(entry.basis == "harmonised" for entry in own):
        return own
    return (*own, *by_element.get(metal, ()))


Entries = Mapping[str, tuple[Entry, ...]]


@cache
def _table() -> tuple[Entries, Entries, Entries]:
    """Read the table: by CAS number, by formula, and by element for whole groups."""
    path = files("maiscreen.descriptors") / "data" / "ghs.csv"
    by_cas: dict[str, tuple[Entry, ...]] = {}
    by_formula: dict[str, tuple[Entry, ...]] = {}
    by_element: dict[str, tuple[Entry, ...]] = {}
    for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines()):
        entry = _entry(row)
        places = [(by_cas, row["cas"]), (by_formula, entry.formula)]
        for table, key in places if row["cas"] else [(by_element, entry.formula)]:
            table[key] = (*table.get(key, ()), entry)
    return by_cas, by_formula, by_element


def _entry(row: Mapping[str, str]) -> Entry:
    codes = row["statements"].split()
    if row["zone"]:
        codes.append(_ZONES[row["zone"]])
    doubt = "?" if row["basis"] in _DOUBTFUL and row["source_checked"] != "true" else ""
    marked = tuple(f"{code}{doubt}" for code in codes)
    return Entry(row["formula"], marked, row["basis"], row["source"])
