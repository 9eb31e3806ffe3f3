"""CAS number → formula and name, from the identifier files and from CRC's names and formulas."""

import re
from dataclasses import dataclass
from functools import cache

from maiscreen.candidates.chemistry.elements import (
    HALOGENS,
    SYMBOLS,
    is_more_electronegative,
    periodic_table,
)
from maiscreen.candidates.handbook.files import table_rows
from maiscreen.candidates.reading.packages import package_folder

MAX_NUCLEARITY = 4
"""Largest number of M atoms in a molecule that is read: Fe2Cl6, Cu3Cl3, not C9F20."""

IDENTIFIER_FILES = (
    "Inorganic db.tsv",
    "chemical identifiers pubchem small.tsv",
    "chemical identifiers pubchem large.tsv",
)

CRC_FILES = (
    "Misc/Physical Constants of Inorganic Compounds.csv",
    "Heat Capacity/CRC Standard Thermodynamic Properties of Chemical Substances.tsv",
    "Density/CRC Solid Inorganic Constant Densities.tsv",
    "Phase Change/CRC Handbook Heat of Fusion.tsv",
    "Phase Change/CRC Handbook Heat of Vaporization.tsv",
)
"""Tables of the package chemicals with CRC's names, the last two also with formulas."""

NAMED_OTHERWISE = {"53214-07-6": "Te2F10", "1302-01-8": "Ag2F"}
"""Binary halides that CRC ("Physical Constants of Inorganic Compounds") names without their
composition: tellurium decafluoride (English et al., J. Chem. Soc. 1953, 2479, as Te2F10) and silver
subfluoride."""

_HILL = re.compile(r"(?:[A-Z][a-z]?[0-9]*){1,2}")
_TOKEN = re.compile(r"([A-Z][a-z]?)([0-9]*)")
_CHARGE = re.compile(r"[+-][0-9]*$")
_ION_OR_MOLECULE = re.compile(rf"{_HILL.pattern}(?:{_CHARGE.pattern})?")
_STOCK_NAME = re.compile(r"([A-Z][a-z]+)\((I|II|III|IV|V|VI|VII|VIII)\) ([a-z]+)")
_CHAIN_NAME = re.compile(r"([A-Z][a-z]+?a)(fluoro|chloro|bromo|iodo)(di|tri|tetra)([a-z]+)")

_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII")
_HALIDE = {"fluoride": "F", "chloride": "Cl", "bromide": "Br", "iodide": "I"}
_HALO = {"fluoro": "F", "chloro": "Cl", "bromo": "Br", "iodo": "I"}
_HYDRIDE = {"borane": "B", "silane": "Si", "germane": "Ge"}
_TIMES = {"di": 2, "tri": 3, "tetra": 4, "hexa": 6, "octa": 8, "deca": 10}


@dataclass(frozen=True, slots=True)
class Identity:
    """CAS number, formula and name of a registered compound."""

    cas: str
    formula: str
    name: str
    inorganic: bool


def canonical_formula(counts: dict[str, int]) -> str | None:
    """Write an element or a binary halide with the metal first; None for anything else.

    Examples
    --------
    >>> [canonical_formula(one) for one in ({"Cl": 4, "Sn": 1}, {"H": 2, "O": 1}, {"Cl": 2})]
    ['SnCl4', None, 'Cl2']
    """
    if any(symbol not in SYMBOLS for symbol in counts):
        return None
    if len(counts) == 1:
        ((symbol, count),) = counts.items()
        return _formula(symbol, count)
    halogens = [symbol for symbol in counts if symbol in HALOGENS]
    if len(counts) != 2 or not halogens or "H" in counts or "O" in counts:
        return None
    first, second = counts
    halogen = second if is_more_electronegative(second, first) else first
    metal = first if halogen == second else second
    if counts[metal] > MAX_NUCLEARITY:
        return None
    return _formula(metal, counts[metal]) + _formula(halogen, counts[halogen])


def read_formula(text: str) -> str | None:
    """Read a formula of one or two elements in any order; None for anything else.

    Examples
    --------
    >>> read_formula("F5V"), read_formula("F5V-5"), read_formula("C2H5Cl")
    ('VF5', None, None)
    """
    if not _HILL.fullmatch(text):
        return None
    return canonical_formula({symbol: int(count or 1) for symbol, count in _TOKEN.findall(text)})


def _formula(symbol: str, count: int) -> str:
    return symbol if count == 1 else f"{symbol}{count}"


def formula_of_cas(cas: str) -> str:
    """Look up the formula of any registered compound, as PubChem writes it; empty if none is.

    Examples
    --------
    >>> formula_of_cas("12125-02-9"), formula_of_cas("99999-99-9")
    ('ClH4N', '')
    """
    for file in IDENTIFIER_FILES:
        path = package_folder("chemicals") / "Identifiers" / file
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                _, number, formula, _ = line.split("\t", 3)
                if number == cas:
                    return formula
    return ""


@cache
def identities() -> dict[str, Identity]:
    """CAS number → identity of every registered element and binary halide."""
    neutral: dict[str, Identity] = {}
    charged: dict[str, Identity] = {}
    for file in IDENTIFIER_FILES:
        path = package_folder("chemicals") / "Identifiers" / file
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                # Nearly all lines are of other compounds, which their formula tells.
                _, cas, text, _ = line.split("\t", 3)
                if not _ION_OR_MOLECULE.fullmatch(text) or cas in neutral:
                    continue
                cells = line.split("\t", 9)
                smiles = cells[4]
                into, formula = (
                    (neutral, read_formula(text))
                    if not _CHARGE.search(text)
                    else (charged, _neutral_salt(text, smiles))
                )
                # A labelled twin has the same formula and a mass in the brackets of its SMILES.
                if formula and not re.search(r"\[[0-9]", smiles):
                    name = _plain_name(cells[7:9])
                    into.setdefault(cas, Identity(cas, formula, name, "Inorganic" in file))
    for cas, (formula, name) in _crc_identities().items():
        neutral.setdefault(cas, Identity(cas, formula, name[0].lower() + name[1:], True))
    return charged | neutral


def _neutral_salt(text: str, smiles: str) -> str | None:
    """Read F5V-5, which PubChem writes as five fluoride ions beside a vanadium atom.

    A true ion has the charge on a bonded metal (HgI3⁻ as I[Hg-](I)I) or on its cation (AlF2⁺).
    """
    atoms = [part for part in smiles.split(".") if not re.fullmatch(r"\[(F|Cl|Br|I)-\]", part)]
    bare = len(atoms) == 1 and re.fullmatch(r"\[[A-Z][a-z]?\]", atoms[0])
    formula = read_formula(_CHARGE.sub("", text)) if bare else None
    return formula if formula and len(_TOKEN.findall(formula)) == 2 else None


def _plain_name(names: list[str]) -> str:
    iupac, common = names[0].strip(), names[1].strip()
    return common if common and "(" not in common else iupac


@cache
def _crc_identities() -> dict[str, tuple[str, str]]:
    """CAS number → formula and name of the binary halides that CRC tells by name or formula."""
    by_cas: dict[str, tuple[str, str]] = {}
    for file in CRC_FILES:
        for cas, row in table_rows(file):
            name = row["Chemical"]
            told = NAMED_OTHERWISE.get(cas) or halide_by_name(name)
            formula = told or read_formula(row.get("Formula") or "")
            if formula and len(_TOKEN.findall(formula)) == 2:
                by_cas.setdefault(cas, (formula, name))
    return by_cas


def halide_by_name(name: str) -> str | None:
    """Read a Stock name or that of a halogenated chain; None for anything else.

    Examples
    --------
    >>> [halide_by_name(n) for n in ("Vanadium(V) fluoride", "Hexachlorodisilane", "Borazine")]
    ['VF5', 'Si2Cl6', None]
    >>> halide_by_name("Mercury(I) chloride")
    'Hg2Cl2'
    """
    stock, chain = _STOCK_NAME.fullmatch(name), _CHAIN_NAME.fullmatch(name)
    if stock and stock[3] in _HALIDE:
        metal, valence = symbols_by_name().get(stock[1].lower()), _ROMAN.index(stock[2])
        number = 2 if (metal, valence) == ("Hg", 1) else 1
        halogen = _HALIDE[stock[3]]
        return canonical_formula({metal: number, halogen: number * valence}) if metal else None
    if chain and chain[4] in _HYDRIDE and chain[1].lower() in _TIMES:
        counts = {_HYDRIDE[chain[4]]: _TIMES[chain[3]], _HALO[chain[2]]: _TIMES[chain[1].lower()]}
        return canonical_formula(counts)
    return None


def iupac_spelling(name: str) -> str:
    """Spell the elements of a name in small letters as IUPAC does.

    Examples
    --------
    >>> iupac_spelling("aluminum chloride")
    'aluminium chloride'
    """
    return name.replace("aluminum", "aluminium")


@cache
def symbols_by_name() -> dict[str, str]:
    """Symbol by the English name in small letters."""
    return {element["Name"].lower(): symbol for symbol, element in periodic_table().items()}
