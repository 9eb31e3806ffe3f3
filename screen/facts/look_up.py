"""Where to look a compound up, and what the regulatory inventories say of it."""

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.bench.look_up import addresses
from maiscreen.descriptors.bench.supply import supply
from maiscreen.screen.facts.meant import meant_by
from maiscreen.screen.facts.precursors import CAS_NUMBER, Catalogue, KnownPrecursor


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
    one = _compound(text.strip(), catalogue or Catalogue())
    formula, name, number = one.formula, one.name, one.cas
    classes, on_lists = supply([number])
    return {
        "formula": formula or None,
        "name": name or None,
        "cas": number or None,
        "supply": str(classes[0]),
        "evidence": str(on_lists[0]),
        "look_up": dict(addresses(formula, number, name)),
    }


def _compound(text: str, catalogue: Catalogue) -> KnownPrecursor:
    """Find the one compound that a text means; of a number that nobody knows here, the number."""
    try:
        if CAS_NUMBER.fullmatch(text):
            return catalogue.by_cas(text) or KnownPrecursor("", "", text)
        formulas = meant_by(text, catalogue).formulas
    except InputError as error:
        raise InputError("compound", text, error.remedy) from None
    if len(formulas) != 1:
        raise InputError("compound", text, "is no compound by itself; give one at a time")
    return catalogue.entry(formulas[0])
