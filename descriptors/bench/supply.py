"""Whether a compound is in commerce, by regulatory inventories: a class with its evidence.

The classes, and their thresholds, were fixed before any ranking under them was looked at:
docs/decisions/0044-to-buy-keep-and-pour.md. The lists are of 2012 to 2016; they know neither
today's catalogues nor purity nor price.
"""

from collections.abc import Iterable
from functools import cache
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.handbook.identities import identities
from maiscreen.candidates.handbook.inventories import Listing, listings

Strings = NDArray[np.str_]

BULK, REPORTED, INVENTORIED, UNLISTED = "bulk", "reported", "inventoried", "unlisted"

CLASSES = (BULK, REPORTED, INVENTORIED, UNLISTED)
"""From what is made by the thousand tonnes to what no list has."""

ANY = "any"
"""What a campaign asks for that takes whatever there is."""

ASKED = (ANY, INVENTORIED, REPORTED, BULK)
"""What a campaign may ask for, the mildest first."""

BULK_TONNES = 1000.0
"""Tonnes a year: OECD's line of a high production volume, taken for the other lists as well."""

NOWHERE = "on no inventory: hardly for sale"
NO_NUMBER = "no CAS number is known here, so that no inventory can be asked: hardly for sale"


def supply(cas: Iterable[str]) -> tuple[Strings, Strings]:
    """Class compounds by what the inventories say of their CAS numbers, shape (n,).

    Parameters
    ----------
    cas : iterable of str
        Empty where there is none.

    Returns
    -------
    tuple[Strings, Strings]
        Class (one of :data:`CLASSES`) and evidence.

    Examples
    --------
    >>> supply(["7646-78-8", "7550-45-0", "13830-68-7"])[0].tolist()
    ['bulk', 'bulk', 'unlisted']
    """
    numbers = [str(one) for one in cas]
    others = frozenset(numbers) - identities().keys() - {""}
    known = _of_halides() | (listings(others) if others else {})
    found = [known.get(one, Listing()) for one in numbers]
    told = [evidence(one, bool(number)) for one, number in zip(found, numbers, strict=True)]
    return np.array([class_of(one) for one in found], dtype=np.str_), np.array(told, dtype=np.str_)


@cache
def _of_halides() -> dict[str, Listing]:
    """Read the lists once for every element and binary halide there is."""
    return listings(identities())


def class_of(listing: Listing) -> str:
    """Choose the class of a compound.

    Examples
    --------
    >>> class_of(Listing(("TSCA 2016",), us_tonnes=32.0)), class_of(Listing(("NLP",)))
    ('reported', 'inventoried')
    """
    bands = [tonnes_from(band) for band in listing.bands]
    if listing.is_high_volume or any(t >= BULK_TONNES for t in (listing.us_tonnes, *bands)):
        return BULK
    if listing.bands or not isnan(listing.us_tonnes):
        return REPORTED
    return INVENTORIED if listing.inventories else UNLISTED


def tonnes_from(band: str) -> float:
    """Read the lower end of one of ECHA's bands, t a year; NaN where it tells none.

    Examples
    --------
    >>> [tonnes_from(b) for b in ("1,000 - 10,000 tonnes per annum", "10+ tonnes per annum")]
    [1000.0, 10.0]
    >>> tonnes_from("Intermediate Use Only")
    nan
    """
    first = band.partition(" ")[0].rstrip("+").replace(",", "")
    return float(first) if first.isdigit() else nan


def evidence(listing: Listing, has_number: bool = True) -> str:
    """Tell what a class rests on: volumes first, then the lists, each with its year.

    Examples
    --------
    >>> evidence(Listing(("TSCA 2016", "DSL 2015"), us_tonnes=31.9))
    'EPA 2012: 32 t made or imported; on TSCA 2016, DSL 2015'
    """
    parts = ["OECD 2015: high production volume"] if listing.is_high_volume else []
    parts += [f"REACH: {_band_text(band)}" for band in listing.bands]
    if listing.us_tonnes > 0:
        parts.append(f"EPA 2012: {listing.us_tonnes:,.0f} t made or imported")
    elif listing.us_tonnes == 0:
        parts.append("EPA 2012: reported, the volume not public")
    if listing.inventories:
        parts.append(f"on {', '.join(listing.inventories)}")
    return "; ".join(parts) or (NOWHERE if has_number else NO_NUMBER)


def _band_text(band: str) -> str:
    text = band.replace("tonnes per annum", "t a year")
    return text if text != band else band[:1].lower() + band[1:].lower()


def accepted_classes(asked: str) -> tuple[str, ...]:
    """List the classes that are as good as what is asked for (:data:`ASKED`), or better.

    Examples
    --------
    >>> accepted_classes("reported")
    ('bulk', 'reported')
    """
    return CLASSES if asked == ANY else CLASSES[: CLASSES.index(asked) + 1]


def scarcest(classes: Iterable[str]) -> str:
    """Choose the class of a blend: that of its part that is hardest to have.

    Examples
    --------
    >>> scarcest(["bulk", "inventoried"])
    'inventoried'
    """
    return max(classes, key=CLASSES.index)
