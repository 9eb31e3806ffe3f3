"""The shortlist of a wide campaign: the best recipes, each once."""

from collections.abc import Mapping, Sequence

from maiscreen.descriptors.blends.exposure import thickness_range_um
from maiscreen.screen.facts.answer import IN_TABLE
from maiscreen.screen.facts.columns import WIDE
from maiscreen.screen.facts.decides import measurable_causes
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.how_to_blends import blend_how_to
from maiscreen.screen.facts.how_to_words import THICKNESS
from maiscreen.screen.facts.jar import PAPER_SETUP, JarSetup
from maiscreen.screen.facts.reasons import RankCause
from maiscreen.screen.facts.substance import recipe_facts
from maiscreen.screen.screens.choose import screen_of
from maiscreen.screen.shortlist.choose import TO_FILL_IN, best_rows
from maiscreen.screen.text import finite_or_none

Row = dict[str, object]


COLUMNS = tuple(one.name for one in WIDE)
"""What is known of a recipe."""

NOT_DRAWN = f"{THICKNESS}; what the score hangs on is looked at for the first {IN_TABLE} rows alone"
"""What to measure first past them."""


def wide_shortlist(
    findings: Findings,
    top: int,
    per_metal: int | None = None,
    setup: JarSetup = PAPER_SETUP,
    handling: str | None = None,
) -> list[Row]:
    """Choose the best recipe of each of the best sets of precursors.

    Parameters
    ----------
    findings : Findings
        Of a wide campaign, whose ranking has its words.
    top : int
        How many rows at most.
    per_metal : int, optional
        Rows with the same metal in their layer at most; any number if left out.
    setup : JarSetup
        Jar that doses are for.
    handling : str, optional
        ``bottle`` or ``cylinder`` alone; bottles first, then cylinders, if left out.

    Returns
    -------
    list of dict
        With the columns `COLUMNS` and those to fill in.
    """
    best = best_rows(findings.listed(handling), top, per_metal)
    # As "phases" they would be read back as phases seen.
    found = [{**row, **recipe_facts(row), **_range(row), **blend_how_to(row, setup, cause),
              **_not_drawn(place), "expected_phases": row["phases"],
              "campaign": findings.fingerprint[:12]}
             for place, (row, cause) in enumerate(zip(best, _causes(findings, best), strict=True))
            ]  # fmt: skip
    return [{name: row.get(name) for name in (*COLUMNS, *TO_FILL_IN)} for row in found]


def _causes(findings: Findings, rows: Sequence[Mapping[str, object]]) -> Sequence[RankCause | None]:
    """Find what the scores of the first rows hang on; drawing for thousands would take minutes."""
    can_be_drawn = {*screen_of(findings.campaign).needed} <= {*findings.ranking.column_names}
    first = measurable_causes(findings, rows[:IN_TABLE]) if can_be_drawn and rows else []
    return [*first, *[None] * (len(rows) - len(first))]


def _not_drawn(place: int) -> Row:
    """State of a row past those of which it is looked at what they hang on that this is so."""
    return {"measure_first": NOT_DRAWN} if place >= IN_TABLE else {}


def _range(row: Mapping[str, object]) -> Row:
    """Return the ends of one standard deviation of the thickness."""
    exposure = finite_or_none(row.get("exposure_s"))
    if not exposure or exposure < 0:
        return {}
    _, low, high = thickness_range_um(exposure)
    return {"expected_thickness_low_um": low, "expected_thickness_high_um": high}
