"""Units of laboratory results, however they are written: "mA cm⁻²", "µm", "Ohm*cm^2"."""

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

Scale = tuple[float, float]
"""Factor and offset: value in our unit = factor · (value + offset)."""


def _scales(unit: str, **others: float) -> Mapping[str, Scale]:
    return MappingProxyType({unit: (1.0, 0.0)} | {u: (f, 0.0) for u, f in others.items()})


LENGTH = _scales("nm", **{"μm": 1e3, "um": 1e3, "micron": 1e3, "å": 0.1, "mm": 1e6})
TIME = _scales("s", sec=1, min=60, h=3600)
CURRENT_DENSITY = _scales(
    "ma/cm2", **{"macm2": 1, "a/m2": 0.1, "μa/cm2": 1e-3, "ua/cm2": 1e-3, "a/cm2": 1e3}
)
CAPACITY = _scales(
    "mah/cm2", **{"mahcm2": 1, "ah/m2": 0.1, "μah/cm2": 1e-3, "uah/cm2": 1e-3, "ah/cm2": 1e3}
)
IMPEDANCE = _scales("ohmcm2", **{"kohmcm2": 1e3, "ohmm2": 1e4})
TEMPERATURE: Mapping[str, Scale] = MappingProxyType(
    {"°c": (1.0, 0.0), "c": (1.0, 0.0), "degc": (1.0, 0.0), "k": (1.0, -273.15)}
)

_WORDS = {
    "ohms": "ohm",
    "ω": "ohm",
    "microns": "micron",
    "mikrometer": "μm",
    "micrometer": "μm",
    "nanometer": "nm",
    "ångström": "å",
    "angstrom": "å",
    "seconds": "s",
    "sekunden": "s",
    "sek": "s",
    "minutes": "min",
    "minuten": "min",
    "hours": "h",
    "stunden": "h",
    "gradc": "degc",
    "celsius": "degc",
    "kelvin": "k",
}
_PER_AREA = re.compile(r"(c?m)-2$")


def unit_key(text: str) -> str:
    """Give what all spellings of a unit share.

    Examples
    --------
    >>> [unit_key(t) for t in ("mA cm⁻²", "mA/cm²", "ma·cm^-2", "(mA per cm2)")]
    ['ma/cm2', 'ma/cm2', 'ma/cm2', 'ma/cm2']
    >>> [unit_key(t) for t in ("Ω·cm²", "Ohm cm^2", "µm", "°C")]
    ['ohmcm2', 'ohmcm2', 'μm', '°c']
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2212", "-").strip(" .()[]")
    plain = plain.replace(" per ", "/").replace("**", "").replace("\u2044", "/")
    plain = re.sub(r"[\s·⋅∙×*^_]", "", plain)
    plain = _WORDS.get(plain, plain)
    plain = re.sub(r"^(k?)(?:ohms?|ω)", r"\1ohm", plain)
    return _PER_AREA.sub(r"/\g<1>2", plain)
