"""Addresses at which people look a compound up. They are printed, and never opened from here."""

from collections.abc import Mapping
from urllib.parse import quote

_BY_TEXT = {
    "PubChem": "https://pubchem.ncbi.nlm.nih.gov/#query={text}",
    "ECHA": "https://chem.echa.europa.eu/substance-search?searchText={text}",
    "Sigma-Aldrich": "https://www.sigmaaldrich.com/search/{text}?focus=products&type=product",
    "Gelest": "https://www.gelest.com/?s={text}",
    "Fisher Scientific": "https://www.fishersci.com/us/en/catalog/search/products?keyword={text}",
}
"""Searches by CAS number, name or formula: two of substances, three of suppliers. Quoted from
memory, and not opened for this: an address may have moved, the name in front of it has not."""


def addresses(formula: str, cas: str = "", name: str = "") -> Mapping[str, str]:
    """Return where to look a compound up, by whose search it is.

    Parameters
    ----------
    formula : str
        Asked for where there is neither CAS number nor name.
    cas, name : str, optional
        Empty where not known; a CAS number finds one substance alone, and goes first.

    Examples
    --------
    >>> addresses("SnCl4", "7646-78-8")["PubChem"]
    'https://pubchem.ncbi.nlm.nih.gov/#query=7646-78-8'
    """
    text = quote(cas or name or formula, safe="")
    return {whose: address.format(text=text) for whose, address in _BY_TEXT.items()}
