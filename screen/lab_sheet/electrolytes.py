"""Electrolytes as chemistry: salts with concentrations, solvents with shares, additives.

What cannot be read word by word is kept as text, and equal to the same text alone.
"""

import math
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

SALTS = {
    "NaPF6": ("sodium hexafluorophosphate", "natriumhexafluorophosphat"),
    "NaClO4": ("sodium perchlorate", "natriumperchlorat"),
    "NaBF4": ("sodium tetrafluoroborate", "natriumtetrafluoroborat"),
    "NaOTf": ("nacf3so3", "naso3cf3", "natf", "natriflate", "sodium triflate",
              "sodium trifluoromethanesulfonate", "natriumtriflat"),
    "NaFSI": ("nan(so2f)2", "na[n(so2f)2]", "na(fso2)2n", "sodium bis(fluorosulfonyl)imide",
              "na[fsi]"),
    "NaTFSI": ("nan(so2cf3)2", "na[n(so2cf3)2]", "na(cf3so2)2n", "natfsa", "na[tfsi]",
               "sodium bis(trifluoromethanesulfonyl)imide"),
    "NaDFOB": ("naodfb", "sodium difluoro(oxalato)borate", "sodium difluorooxalatoborate"),
    "NaBOB": ("sodium bis(oxalato)borate",),
    "NaBPh4": ("sodium tetraphenylborate",),
    "NaI": ("sodium iodide", "natriumiodid"),
    "NaNO3": ("sodium nitrate", "natriumnitrat"),
}  # fmt: skip
"""Salts of sodium, by the name that is kept, with other names."""

SOLVENTS = {
    "DME": ("monoglyme", "glyme", "g1", "1,2-dimethoxyethane", "dimethoxyethane",
            "ethylene glycol dimethyl ether", "dimethoxyethan", "monoglym"),
    "diglyme": ("g2", "dg", "dgm", "degdme", "dglyme", "diglym", "bis(2-methoxyethyl) ether",
                "bis(2-methoxyethyl)ether", "diethylene glycol dimethyl ether",
                "2-methoxyethyl ether", "diethylenglycoldimethylether"),
    "triglyme": ("g3", "tregdme", "triegdme", "triglym", "triethylene glycol dimethyl ether"),
    "tetraglyme": ("g4", "tegdme", "tetraegdme", "tetraglym",
                   "tetraethylene glycol dimethyl ether"),
    "EC": ("ethylene carbonate", "ethylencarbonat"),
    "PC": ("propylene carbonate", "propylencarbonat"),
    "DMC": ("dimethyl carbonate", "dimethylcarbonat"),
    "DEC": ("diethyl carbonate", "diethylcarbonat"),
    "EMC": ("ethyl methyl carbonate", "ethylmethylcarbonat"),
    "FEC": ("fluoroethylene carbonate", "fluorethylencarbonat"),
    "VC": ("vinylene carbonate", "vinylencarbonat"),
    "DOL": ("1,3-dioxolane", "dioxolane", "dioxolan", "1,3-dioxolan"),
    "THF": ("tetrahydrofuran",),
    "2-MeTHF": ("methf", "2-methyltetrahydrofuran"),
    "acetonitrile": ("acn", "mecn", "acetonitril"),
    "TMP": ("trimethyl phosphate", "trimethylphosphat"),
    "TEP": ("triethyl phosphate", "triethylphosphat"),
    "sulfolane": ("sl", "tms", "sulfolan"),
    "BTFE": ("bis(2,2,2-trifluoroethyl) ether",),
    "TTE": ("1,1,2,2-tetrafluoroethyl-2,2,3,3-tetrafluoropropyl ether",),
}  # fmt: skip
"""Solvents and liquid additives, by the name that is kept, with other names. TEGDME is the
tetraglyme of nearly all papers."""

_ADDITIVES = {"NaNO3", "NaI", "SnCl2", "SnCl4", "SbF3", "SbCl3", "BiCl3", "InCl3", "ZnCl2", "KPF6",
              "LiPF6", "LiNO3", "Na2S6", "Na2S", "SbF5", "SnF2", "AlCl3"}  # fmt: skip

_MOLAR = {
    "m": ("mol/kg", 1.0), "M": ("mol/L", 1.0), "mM": ("mol/L", 1e-3), "mol/l": ("mol/L", 1.0),
    "mol/dm3": ("mol/L", 1.0), "mmoll-1": ("mol/L", 1e-3), "moll-1": ("mol/L", 1.0),
    "moldm-3": ("mol/L", 1.0),
    "mmol/l": ("mol/L", 1e-3), "molar": ("mol/L", 1.0), "mol/kg": ("mol/kg", 1.0),
    "molkg-1": ("mol/kg", 1.0), "molal": ("mol/kg", 1.0), "%": ("%", 1.0), "wt%": ("wt%", 1.0),
    "vol%": ("vol%", 1.0), "gew%": ("wt%", 1.0), "w%": ("wt%", 1.0), "v%": ("vol%", 1.0),
}  # fmt: skip
"""Units of concentrations, as they are kept, with the factor to it."""

ROUNDING = 0.25
"""Percent by which percentages may miss 100 that were rounded to a decimal."""

MAX_TEXT = 300
"""Characters; longer texts are kept as text."""


@dataclass(frozen=True, slots=True)
class Electrolyte:
    """An electrolyte.

    Attributes
    ----------
    salts : tuple of (str, float or None, str)
        Name, concentration and its unit (``mol/L``, ``mol/kg``), sorted; None if none is stated.
    solvents : tuple of (str, float or None)
        Name and share of the whole, sorted; None if of several none has a share.
    by : str
        Whether shares are by ``volume`` or ``weight``; volume if it is not said.
    additives : tuple of (str, float or None, str)
        Name, amount and its unit, sorted.
    text : str
        What could not be read; empty if all could.
    """

    salts: tuple[tuple[str, float | None, str], ...] = ()
    solvents: tuple[tuple[str, float | None], ...] = ()
    by: str = ""
    additives: tuple[tuple[str, float | None, str], ...] = ()
    text: str = ""

    def __str__(self) -> str:
        """Return it as it is always written: ``1 mol/L NaPF6 in diglyme``."""
        if self.text or not (self.salts or self.solvents):
            return self.text
        salts = " + ".join(_amount(*salt) for salt in self.salts)
        added = "".join(f" + {_amount(*one)}" for one in self.additives)
        return " in ".join(filter(None, (salts, _mixture(self.solvents, self.by)))) + added


def _amount(name: str, amount: float | None, unit: str) -> str:
    return name if amount is None else f"{amount:g} {unit} {name}"


def _mixture(solvents: Iterable[tuple[str, float | None]], by: str) -> str:
    names = [name for name, _ in solvents]
    shares = [f"{100 * share:.3g}" for _, share in solvents if share is not None]
    if len(names) < 2 or not shares:
        return ":".join(names)
    return f"{':'.join(names)} {':'.join(shares)} by {by}"


def _plain(text: str) -> str:
    plain = (
        unicodedata.normalize("NFKC", text)
        .replace("\u2212", "-")
        .replace("·", " ")
        .replace("^", "")
    )
    return " ".join(plain.split())


def _names(table: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {_bare(n): kept for kept, others in table.items() for n in (kept, *others)}


def _bare(name: str) -> str:
    return re.sub(r"[\s()\[\]]", "", name).casefold()


_SALT, _SOLVENT = _names(SALTS), _names(SOLVENTS)
_ADDED = {_bare(name): name for name in _ADDITIVES}
_UNIT = (
    r"(?:m?mol\s*(?:/\s*(?:[lL]|dm3|kg)|\s?(?:[lL]-1|dm-3|kg-1))|molar|molal|mM|M|m"
    r"|(?:(?:wt|vol|gew|w|v)[.\- ]*)?%)"
)
_NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
_CONCENTRATION = re.compile(rf"(?P<n>{_NUMBER})\s*-?\s*(?P<u>{_UNIT})(?![A-Za-z0-9])", re.ASCII)
_RATIO = re.compile(rf"{_NUMBER}(?:\s*[:/]\s*{_NUMBER})+")
_BY = {
    "volume": r"v\s*/\s*v(?:\s*/\s*v)*|v\s*:\s*v(?:\s*:\s*v)*|by vol(?:ume|\.)?|vol\.?\s*%?|volumen"
              r"|volume(?: ratio)?",
    "weight": r"w\s*/\s*w(?:\s*/\s*w)*|w\s*:\s*w(?:\s*:\s*w)*|by (?:weight|mass)|wt\.?\s*%?|weight"
              r"|gew\.?\s*%?",
}  # fmt: skip
_PLUS = re.compile(
    r"\s*(?:\+|&|,(?=\s*[0-9.]+\s*[a-z]*[.\- ]*%)"
    r"|\b(?:with|mit|plus|and|und)\b|\badditive:?)\s*",
    re.I,
)


@lru_cache(maxsize=4096)
def read_electrolyte(text: str) -> Electrolyte:
    """Read an electrolyte.

    Examples
    --------
    >>> for text in ("1 M NaPF6 in diglyme", "1M NaPF6 diglyme", "1 mol/L NaPF6 in G2",
    ...     "NaPF₆ (1,0 mol l⁻¹) / Diglyme"):
    ...     print(read_electrolyte(text))
    1 mol/L NaPF6 in diglyme
    1 mol/L NaPF6 in diglyme
    1 mol/L NaPF6 in diglyme
    1 mol/L NaPF6 in diglyme
    >>> print(read_electrolyte("1 M NaClO4 in EC/DEC (1:1 v/v) + 5 wt% FEC"))
    1 mol/L NaClO4 in DEC:EC 50:50 by volume + 5 wt% FEC
    >>> print(read_electrolyte("the usual one"))
    the usual one
    """
    plain = _plain(text)
    try:
        return _parsed(plain)
    except (ValueError, KeyError):
        return Electrolyte(text=plain)


def _parsed(plain: str) -> Electrolyte:
    if not plain or len(plain) > MAX_TEXT:
        raise ValueError("nothing, or too much, to read")
    pieces = [piece for piece in _PLUS.split(plain) if piece]
    salts: list[tuple[str, float | None, str]] = []
    additives: list[tuple[str, float | None, str]] = []
    solvents: tuple[tuple[str, float | None], ...] = ()
    by = ""
    for number, piece in enumerate(pieces):
        dissolved, rest = _take_salt(piece)
        if number and rest == "" and (dissolved is None or (solvents and dissolved)):
            additives.append(_additive(piece))
            continue
        if dissolved is not None:
            salts.append(dissolved)
        elif number:
            additives.append(_additive(piece))
            continue
        if rest:
            if solvents:
                raise ValueError("solvents in two places")
            solvents, by = _solvents(rest)
    if not salts and not solvents:
        raise ValueError("neither salt nor solvent")
    if len({name for name, *_ in salts}) < len(salts):
        raise ValueError("a salt twice")
    return Electrolyte(tuple(sorted(salts, key=repr)), solvents, by,
                       tuple(sorted(additives, key=repr)))  # fmt: skip


def _take_salt(piece: str) -> tuple[tuple[str, float | None, str] | None, str]:
    """Take concentration and salt off the begin of a piece; give them, and the rest."""
    amount, unit, without = _take_concentration(piece)
    for end in range(min(len(without), 60), 0, -1):
        name = without[:end].strip(" ,/")
        kept = _SALT.get(_bare(name))
        if kept and (end == len(without) or not without[end].isalnum()):
            rest = re.sub(r"^[\s,/()]*(?:\bin\b)?[\s:]*", "", without[end:], flags=re.I)
            return (kept, amount, unit), rest.strip(" ,")
    if amount is not None:
        return None, ""
    return None, re.sub(r"^in\b\s*", "", piece.strip(), flags=re.I)


def _take_concentration(piece: str) -> tuple[float | None, str, str]:
    """Take the one concentration out of a piece that stands before its salt, or behind it."""
    # Of vol% and wt%, those behind solvents are ratios.
    match = _CONCENTRATION.search(piece)
    if match is None:
        return None, "", piece.strip()
    key = re.sub(r"[\s.\-]" if "%" in match["u"] else r"\s", "", match["u"])
    unit, factor = _MOLAR[key if key in _MOLAR else key.casefold()]
    number = float(f"{float(match['n'].replace(',', '.')) * factor:.6g}")
    without = f"{piece[: match.start()]} {piece[match.end() :]}"
    return number, unit, " ".join(re.sub(r"\(\s*\)|\[\s*\]", " ", without).split())


def _additive(piece: str) -> tuple[str, float | None, str]:
    amount, unit, name = _take_concentration(piece)
    bare = _bare(name.strip(" ,:()"))
    for suffix in ("additive", "additiv"):
        bare = bare.removesuffix(suffix)
    kept = _SOLVENT.get(bare) or _SALT.get(bare) or _ADDED.get(bare)
    if kept is None:
        raise ValueError(f"{name} is not known")
    return kept, amount, unit


def _solvents(text: str) -> tuple[tuple[tuple[str, float | None], ...], str]:
    """Read ``EC:DEC (1:1 v/v)``."""
    by = "volume"
    rest = text
    for kind, pattern in _BY.items():
        without = re.sub(rf"(?<![A-Za-z])(?:{pattern})(?![A-Za-z])", " ", rest, flags=re.I)
        if without != rest:
            by, rest = kind, without
    rest = rest.replace("=", " ")
    ratio = _RATIO.search(rest)
    shares = [float(n.replace(",", ".")) for n in re.findall(_NUMBER, ratio[0])] if ratio else []
    if ratio:
        rest = f"{rest[: ratio.start()]} {rest[ratio.end() :]}"
    rest = re.sub(r"\(\s*\)|\[\s*\]", " ", rest).strip(" ,;.")
    names = _solvent_names(rest)
    if len({*names}) < len(names) or (shares and len(shares) != len(names)):
        raise ValueError("a solvent twice, or shares of others")
    if len(names) == 1:
        return ((names[0], 1.0),), by if by == "weight" and shares else ""
    total = math.fsum(shares)
    if shares and not total > 0:
        raise ValueError("shares of nothing")
    # Rounded percentages are what they are.
    total = 100.0 if abs(total - 100) < ROUNDING else total
    each: list[float | None] = [round(share / total, 3) for share in shares]
    each = each or [None] * len(names)
    return tuple(sorted(zip(names, each, strict=True), key=repr)), by if shares else ""


def _solvent_names(text: str) -> list[str]:
    whole = _SOLVENT.get(_bare(text))
    if whole:
        return [whole]
    for divider in (r"\s*[:/]\s*", r"\s*[:/,]\s*", r"\s*-\s*", r"\s+"):
        parts = [part for part in re.split(divider, text) if part]
        names = [_SOLVENT.get(_bare(part)) for part in parts]
        if len(parts) > 1 and all(names):
            return [name for name in names if name]
    raise ValueError(f"{text} is no solvent that is known")


def differences(first: Electrolyte, other: Electrolyte) -> list[str]:
    """State what makes two electrolytes unequal, field by field.

    Examples
    --------
    >>> differences(read_electrolyte("1 M NaPF6 in diglyme"), read_electrolyte("0.5 M NaPF6 in G1"))
    ['concentration of NaPF6: 1 mol/L, 0.5 mol/L', 'solvent: diglyme, DME']
    """
    if first == other:
        return []
    if first.text or other.text or not str(first) or not str(other):
        return [f"electrolyte: {str(first) or 'not given'}, {str(other) or 'not given'}"]
    said = []
    if [name for name, *_ in first.salts] != [name for name, *_ in other.salts]:
        salts = [" + ".join(name for name, *_ in e.salts) or "none" for e in (first, other)]
        said.append(f"salt: {salts[0]}, {salts[1]}")
    else:
        said += [
            f"concentration of {a[0]}: {_stated(a)}, {_stated(b)}"
            for a, b in zip(first.salts, other.salts, strict=True)
            if a != b
        ]
    if (first.solvents, first.by) != (other.solvents, other.by):
        mixed = [_mixture(e.solvents, e.by) or "none" for e in (first, other)]
        if mixed[0] == mixed[1]:
            mixed = [f"{m} {e.by}" for m, e in zip(mixed, (first, other), strict=True)]
        said.append(f"solvent: {mixed[0]}, {mixed[1]}")
    if first.additives != other.additives:
        added = [" + ".join(_amount(*a) for a in e.additives) or "none" for e in (first, other)]
        said.append(f"additive: {added[0]}, {added[1]}")
    return said


def _stated(salt: tuple[str, float | None, str]) -> str:
    return "not given" if salt[1] is None else f"{salt[1]:g} {salt[2]}"
