"""The statements of the GHS: what a code says, and which of several is the gravest."""

from collections.abc import Iterable, Mapping

PHRASES: Mapping[str, str] = {
    "H220": "extremely flammable gas",
    "H224": "extremely flammable",
    "H225": "highly flammable",
    "H250": "catches fire in air",
    "H271": "a strong oxidiser",
    "H280": "gas under pressure",
    "H300": "fatal if swallowed",
    "H301": "toxic if swallowed",
    "H302": "harmful if swallowed",
    "H310": "fatal in contact with skin",
    "H311": "toxic in contact with skin",
    "H312": "harmful in contact with skin",
    "H314": "severe skin burns and eye damage",
    "H315": "skin irritation",
    "H317": "allergic skin reaction",
    "H318": "serious eye damage",
    "H319": "serious eye irritation",
    "H330": "fatal if inhaled",
    "H331": "toxic if inhaled",
    "H332": "harmful if inhaled",
    "H334": "asthma if inhaled",
    "H335": "respiratory irritation",
    "H340": "may cause genetic defects",
    "H341": "suspected of causing genetic defects",
    "H350": "may cause cancer",
    "H351": "suspected of causing cancer",
    "H360": "may damage fertility or the unborn child",
    "H361": "suspected of damaging fertility or the unborn child",
    "H370": "damages organs",
    "H372": "damages organs when repeated",
    "H373": "may damage organs when repeated",
    "H400": "very toxic to aquatic life",
    "H410": "very toxic to aquatic life, for long",
    "H411": "toxic to aquatic life, for long",
    "H412": "harmful to aquatic life, for long",
    "H420": "harms the ozone layer",
    "EUH014": "reacts violently with water",
    "EUH029": "gives a toxic gas with water",
}
"""Short forms of the phrases of Regulation (EC) No 1272/2008, Annex III, by code; the letters that
some codes end with (H350i, H360FD) change nothing here."""

LADDERS = (
    ("H330", "H331", "H332"),
    ("H310", "H311", "H312"),
    ("H300", "H301", "H302"),
    ("H314", "H318", "H315", "H319"),
    ("H350", "H351"),
    ("H340", "H341"),
    ("H360", "H361"),
    ("H370", "H372", "H373"),
    ("H410", "H400", "H411", "H412"),
)
"""Codes that say more or less of the same, gravest first; H410 says H400 as well."""

GRAVITY = (
    ("H330", "fatal if inhaled"),
    ("H331", "toxic if inhaled"),
    ("H350", "may cause cancer"),
    ("H310", "fatal through skin"),
    ("H300", "fatal if swallowed"),
    ("H314", "severe burns"),
    ("H311", "toxic through skin"),
    ("H301", "toxic if swallowed"),
    ("H370", "damages organs"),
    ("H372", "damages organs"),
    ("H360", "harms the unborn"),
    ("H318", "eye damage"),
    ("H332", "harmful if inhaled"),
    ("H302", "harmful if swallowed"),
    ("H315", "irritant"),
    ("H319", "irritant"),
    ("H335", "irritant"),
    ("H280", "gas under pressure"),
)
"""Codes by what a person at the glovebox has to know first [judgement], in three words."""

FATAL, TOXIC = GRAVITY[0][1], GRAVITY[1][1]
"""What a campaign may reject by; without that it is a warning."""

WARNINGS = (FATAL, TOXIC)
"""Names that a campaign may list under ``hazards_rejected``."""


def bare(code: str) -> str:
    """Drop what a code ends with: a letter, or the mark of doubt.

    Examples
    --------
    >>> bare("H360FD"), bare("H330?"), bare("EUH014")
    ('H360', 'H330', 'EUH014')
    """
    digits = code.upper().removeprefix("EU").lstrip("H")[:3]
    return f"{'EU' if code.startswith('EU') else ''}H{digits}"


def phrase(code: str) -> str:
    """State what a code says, with the code; the code alone where nobody wrote it down here.

    Examples
    --------
    >>> phrase("H330?"), phrase("H999")
    ('fatal if inhaled (H330?)', 'H999')
    """
    words = PHRASES.get(bare(code))
    return f"{words} ({code})" if words else code


def gravest(codes: Iterable[str]) -> list[str]:
    """Keep of the codes that say more or less of the same the gravest, in the order of the ladders.

    Of a code with and without doubt, the one without stays. Codes on no ladder come last, by
    number.

    Examples
    --------
    >>> gravest(["H315", "H314", "H331", "H330?", "H335"])
    ['H330?', 'H314', 'H335']
    """
    sure = sorted({*codes}, key=lambda code: code.endswith("?"))
    known: dict[str, str] = {}
    for code in sure:
        known.setdefault(bare(code), code)
    kept = [next((known[c] for c in ladder if c in known), "") for ladder in LADDERS]
    placed = {code for ladder in LADDERS for code in ladder}
    return [code for code in kept if code] + [known[c] for c in sorted(known.keys() - placed)]


def in_three_words(codes: Iterable[str]) -> str:
    """Name the gravest of some codes in three words; a question mark where its basis is weak.

    Examples
    --------
    >>> in_three_words(["H314", "H330?"]), in_three_words(["H412"])
    ('fatal if inhaled?', 'see the codes')
    """
    known = {bare(code): code for code in codes}
    for code, words in GRAVITY:
        if code in known:
            return f"{words}{'?' if known[code].endswith('?') else ''}"
    return "see the codes" if known else ""
