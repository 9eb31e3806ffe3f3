"""Headings by their words: what a laboratory calls a column, in English or German.

A heading is recognised if every word of it belongs to the subject of one column: ``Zyklen bis zum
Versagen`` has a word of cycles, and of the end of a cell, and nothing else. A word too many, as in
``cycle time``, and it is not recognised; `maiscreen.screen.lab_sheet.questions` then asks.
"""

import re
import unicodedata
from collections.abc import Sequence

LONGEST = 40
"""Letters of a word; longer ones are none of these, and could be tried in too many ways."""

_CYCLE = "cycles?|cyc|zyklen|zyklus"
_END = (
    "failures?|fail(?:ed|s)?|breakdown|death|dead|life|lifetimes?|lifespan|endurance|short|shorted"
    "|shorting|circuits?|circuited|circuiting|shortcircuits?|ausfalls?|versagens?|kurzschluss(?:es)?"
    "|lebensdauer|haltbarkeit|defekts?|ende?|tod|survived|completed|reached|achieved|erreicht"
    "|erreichte|überlebt|durchlaufen|absolviert"
)
_COUNT = "number|counts?|no|nr|num|n|anzahl|zahl|total|gesamt"
_SMALL = (
    "to|until|till|before|up|at|of|by|the|a|in|on|for|per|first|used|bis|zum|zur|zu|vor|beim|bei|im"
    "|am|der|des|die|das|ersten|vom|von|mit|with|from"
)
_REASON = (
    "reasons?|modes?|causes?|criterion|criteria|type|mechanism|grund|art|ursache|kriterium|modus"
    "|mechanismus"
)
_MAKING = (
    "exposure|expositions?|treatment|behandlungs?|bedampfungs?|reaction|reaktions?|einwirk|"
    "einwirkungs?|contact|kontakt|dampf|vapou?r|dwell"
)
_CYCLING = "cycling|plating|stripping|plated|stripped|zyklierens?|zyklierung|abscheidung"

_SPECS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("cycles", (_CYCLE,), f"{_END}|{_COUNT}"),
    ("failure_criterion", (_END, _REASON), "cell|zelle"),
    ("current_density_ma_cm2", ("current|strom", "density|dichte"),
     f"areal|applied|flächen|{_CYCLING}"),
    ("capacity_mah_cm2", ("capacity|kapazität",),
     f"areal|flächen|fläche|area|half|pro|{_CYCLE}|{_CYCLING}"),
    ("impedance_ohm_cm2", ("impedance|impedanz|resistance|widerstand",),
     "interfacial|interface|interphase|grenzflächen|area|areal|specific|spezifischer?|layer"
     "|schicht|flächen"),
    ("thickness_nm", ("thickness|dicke",),
     "layer|schicht|interphase|film|coating|sem|mean|average|mittlere|measured|gemessene?"),
    ("electrolyte", ("electrolyte|elektrolyt",), "composition|zusammensetzung|liquid|cell|zelle"),
    ("exposure_s", (_MAKING, "time|zeit|dauer|duration"), "sodium|natrium"),
    ("temperature_c", ("temperature|temperatur|temp", _MAKING), ""),
    ("replicate", ("replicate|replikat|cells?|zellen?|zell|samples?|proben?",
                   "no|nr|number|nummer|id|name|code|label|bezeichnung"), ""),
    ("precursor", ("precursor|präkursor|vorläufer|compound|verbindung|halides?|halogenid|chemical"
                   "|chemikalie|substance|substanz",), "formula|formel|name|used|verwendete?"),
    ("phases", ("phases?|phasen",),
     "xrd|seen|found|observed|detected|gefunden|gefundene|beobachtet|beobachtete|gesehen"),
)  # fmt: skip
"""Field, words of which it needs one each, words that may stand beside them."""


def words(heading: str) -> list[str]:
    """Return the words of a heading, in small letters.

    Examples
    --------
    >>> words("Zyklen_bis [Kurzschluß]")
    ['zyklen', 'bis', 'kurzschluss']
    """
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return [word for word in re.split(r"[\W_]+", plain) if word]


def _compiled(needs: Sequence[str], beside: str) -> tuple[list[re.Pattern[str]], re.Pattern[str]]:
    every = "|".join(filter(None, (*needs, beside)))
    # German joins words: Zyklenlebensdauer, Versagenszyklus, Stromdichte.
    whole = re.compile(rf"(?:(?:{every})(?:s|en)?)+|{_SMALL}")
    return [re.compile(rf"(?:{need})(?:s|en)?|.*(?:{need})|(?:{need}).*") for need in needs], whole


_PATTERNS = [(name, *_compiled(needs, beside)) for name, needs, beside in _SPECS]


def field_of(heading: str) -> str:
    """Return the name of the field that a heading means by its words; empty if none, or several.

    Examples
    --------
    >>> [field_of(h) for h in ("Zyklen bis zum Versagen", "Zyklen bis Kurzschluss", "Cycle number",
    ...     "Life (cycles)", "Zyklenlebensdauer", "Cycles until short-circuit")]
    ['cycles', 'cycles', 'cycles', 'cycles', 'cycles', 'cycles']
    >>> field_of("Strom-Dichte"), field_of("Reason of failure"), field_of("cycle time")
    ('current_density_ma_cm2', 'failure_criterion', '')
    """
    written = words(heading[:200])
    fields = [
        name
        for name, needs, whole in _PATTERNS
        if written
        and max(map(len, written)) <= LONGEST
        and all(whole.fullmatch(word) for word in written)
        and all(any(need.fullmatch(word) for word in written) for need in needs)
    ]
    return fields[0] if len(fields) == 1 else ""


_OF_LIFE = re.compile(f"(?:{_END}|{_CYCLE}|.*(?:zykl|lebensdauer|versagen|kurzschlu|ausfall).*)")


def is_about_life(heading: str) -> bool:
    """Return whether a heading speaks of cycles, or of the end of a cell.

    Examples
    --------
    >>> is_about_life("Zeit bis Kurzschluss / h"), is_about_life("Wetter")
    (True, False)
    """
    return any(_OF_LIFE.fullmatch(word) for word in words(heading[:200]))
