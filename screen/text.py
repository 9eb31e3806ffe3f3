"""How the reports write numbers, formulas and names."""

import math
import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


_ROMAN = ((50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def roman(number: int) -> str:
    """Write the number of a tier, from 1.

    Examples
    --------
    >>> [roman(number) for number in (1, 4, 9, 14, 48)]
    ['I', 'IV', 'IX', 'XIV', 'XLVIII']
    """
    text = ""
    for size, letters in _ROMAN:
        text += letters * (number // size)
        number %= size
    return text


def finite_or_none(value: object) -> float | None:
    """Return a number, or None for anything else."""
    good = isinstance(value, int | float) and math.isfinite(value)
    return float(value) if good else None  # type: ignore[arg-type]


def number(value: object, digits: int = 2) -> str:
    """Round to decimals; a dash where nothing is known."""
    known = finite_or_none(value)
    return "–" if known is None else f"{known:.{digits}f}".replace("-", "−")


def worth(value: object) -> str:
    """Round a score, or what an attribute is worth; what is not 0 is never written as 0.

    Examples
    --------
    >>> worth(0.8494), worth(0.048), worth(0.0033), worth(1e-6), worth(None)
    ('0.85', '0.05', '<0.01', '<0.01', '–')
    """
    known = finite_or_none(value)
    return "<0.01" if known is not None and 0 < known < 0.005 else number(known)


def significant(value: object, digits: int = 2) -> str:
    """Round to significant digits; powers of ten only where zeros would have to be counted.

    Examples
    --------
    >>> significant(3176.9), significant(2.6e-6), significant(None)
    ('3200', '2.6·10⁻⁶', '–')
    """
    known = finite_or_none(value)
    if known is None:
        return "–"
    rounded = float(f"{known:.{digits}g}")
    if rounded == 0 or 1e-3 <= abs(rounded) < 1e7:
        whole, _, rest = f"{rounded:,.10f}".partition(".")
        # A narrow space between thousands, once there are more than four digits.
        whole = whole.replace(",", "\u202f" if abs(rounded) >= 1e4 else "")
        return f"{whole}.{rest}".rstrip("0").rstrip(".").replace("-", "−")
    mantissa, _, exponent = f"{known:.{digits - 1}e}".partition("e")
    return f"{mantissa}·10{str(int(exponent)).translate(_RAISED)}".replace("-", "−")


def formula(text: object) -> Any:
    """Set the counts of a formula or an equation as subscripts.

    Examples
    --------
    >>> str(formula("4 Na + SnCl4"))
    '4 Na + SnCl<sub>4</sub>'
    """
    # Escaped first: what is marked up below cannot hold anything but digits.
    return Markup(re.sub(r"(?<=[A-Za-z)])(\d+)", r"<sub>\1</sub>", str(escape(text or "–"))))  # noqa: S704


def error_words(std: object, *, logarithmic: bool) -> str | None:
    """State a standard deviation, of what spans decades in decades.

    Examples
    --------
    >>> error_words(0.138, logarithmic=False), error_words(2.03, logarithmic=True)
    ('± 0.14', '± 2 decades')
    """
    known = finite_or_none(std)
    if known is None:
        return None
    return f"± {significant(known)}{' decades' if logarithmic else ''}"


def plain_words(name: object) -> str:
    """Turn the name of a column or a setting into words."""
    return str(name).replace("youngs", "Young's").replace("_", " ")


def join_names(names: list[Any]) -> Any:
    """Join names as a sentence does.

    Examples
    --------
    >>> str(join_names(["a", "b", "c"]))
    'a, b and c'
    """
    if len(names) < 2:
        return Markup(", ").join(names)
    return Markup(" and ").join([Markup(", ").join(names[:-1]), names[-1]])


_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def subscripts(formula: object) -> str:
    """Lower the counts of a formula, for text in a drawing.

    Examples
    --------
    >>> subscripts("Na15Sn4"), subscripts("1-chloropropane")
    ('Na₁₅Sn₄', '1-chloropropane')
    """
    return re.sub(r"(?<=[A-Za-z)])\d+", lambda found: found[0].translate(_LOWERED), str(formula))


def printable(text: str) -> str:
    """Drop tabs, line breaks and control characters: spreadsheets and terminals act on them."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def recipe(shares: Mapping[str, float]) -> str:
    """Write a blend such that all spellings of it are the same; shares keep their digits.

    Examples
    --------
    >>> recipe({"SiCl4": 0.125, "SnCl4": 0.875}), recipe({"SnCl4": 1})
    ('0.875 SnCl4 + 0.125 SiCl4', 'SnCl4')
    """
    if len(shares) == 1:
        return next(iter(shares))
    ordered = sorted(shares.items(), key=lambda one: (-round(one[1], 9), one[0]))
    return " + ".join(f"{share:.9g} {formula}" for formula, share in ordered)


def read_recipe(text: str) -> str:
    """Write a recipe of a wide campaign's ranking in the same way.

    Examples
    --------
    >>> read_recipe("0.3 SiCl4 + 0.7 SnCl4"), read_recipe("SnCl4")
    ('0.7 SnCl4 + 0.3 SiCl4', 'SnCl4')
    """
    if " + " not in text:
        return text
    pairs = [part.split(" ", 1) for part in text.split(" + ")]
    return recipe({formula: float(share) for share, formula in pairs})
