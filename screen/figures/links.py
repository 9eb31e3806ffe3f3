"""Plain links out of the page, made of what has the shape of a CAS number or a formula."""

import re

PUBCHEM = "https://pubchem.ncbi.nlm.nih.gov/compound/"
MATERIALS_PROJECT = "https://next-gen.materialsproject.org/materials?formula="

_CAS = re.compile(r"[1-9][0-9]{1,6}-[0-9]{2}-[0-9]")
_FORMULA = re.compile(r"(?:[A-Z][a-z]?[0-9]{0,4}){1,8}")


def pubchem(cas: object) -> str:
    """Return where PubChem tells of a substance; empty for what is no CAS number.

    Examples
    --------
    >>> pubchem("7646-78-8"), pubchem("javascript:1")
    ('https://pubchem.ncbi.nlm.nih.gov/compound/7646-78-8', '')
    """
    text = str(cas)
    return f"{PUBCHEM}{text}" if _CAS.fullmatch(text) else ""


def materials_project(formula: object) -> str:
    """Return where the Materials Project lists the phases of a formula; empty for what is none.

    Examples
    --------
    >>> materials_project("Na15Sn4"), materials_project("a b")
    ('https://next-gen.materialsproject.org/materials?formula=Na15Sn4', '')
    """
    text = str(formula)
    return f"{MATERIALS_PROJECT}{text}" if _FORMULA.fullmatch(text) else ""
