"""Where to look a compound up, and what the regulatory inventories say of it."""

import re

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.bench.look_up import addresses
from maiscreen.descriptors.bench.supply import supply
from maiscreen.screen.facts.precursors import Catalogue

_NUMBER = re.compile(r"[0-9]{2,7}-[0-9]{2}-[0-9]")


def look_up(text: str, catalogue: Catalogue | None = None) -> dict[str, object]:
    """Look a compound up in the inventories, and name the addresses that know more.

    Parameters
    ----------
    text : str
        Formula, name or CAS number; a sound number need not be of a compound known here.
    catalogue : Catalogue, optional
        All that is known here, if it was made already.

    Raises
    ------
    InputError
        If it is no compound known here, or no CAS number.

    Examples
    --------
    >>> found = look_up("SnCl4")
    >>> found["cas"], found["supply"]
    ('7646-78-8', 'bulk')
    """
    known = catalogue or Catalogue()
    cas = text.strip() if _NUMBER.fullmatch(text.strip()) else ""
    try:
        one = known.known("" if cas else text, cas)
    except InputError as error:
        raise InputError("compound", text, error.remedy) from None
    formula, name, number = (one.formula, one.name, one.cas) if one else ("", "", cas)
    classes, on_lists = supply([number])
    return {
        "formula": formula or None,
        "name": name or None,
        "cas": number or None,
        "supply": str(classes[0]),
        "evidence": str(on_lists[0]),
        "look_up": dict(addresses(formula, number, name)),
    }
