"""A precursor explained, by formula, name or CAS number, with how to do it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import teaching
from maiscreen.runners.runs.explanation import Explanation
from maiscreen.screen.campaign.campaign import Campaign, checked_campaign

if TYPE_CHECKING:
    from maiscreen.screen.facts.jar import JarSetup


@teaching
def explain(
    precursor: str,
    temperature_c: float = 25.0,
    campaign: Campaign | None = None,
    setup: "JarSetup | None" = None,
) -> Explanation:
    """Tell everything about one precursor.

    Parameters
    ----------
    precursor : str
        A homoleptic halide, or the paper's control 1-chloropropane: formula, name or CAS number;
        wrong capitals are mended where they can mean one thing alone.
    temperature_c : float
        Process temperature, °C.
    campaign : Campaign, optional
        Whose gates and weights apply; the default one if left out.
    setup : JarSetup, optional
        Jar, thickness and area that doses are for; the paper's if left out.

    Returns
    -------
    Explanation
        A dict that shows itself, as :func:`maiscreen.screen.advice.explain.explain`, and under
        ``how_to`` dose, times and amounts with unit, error and source.
        Its keys are attributes as well: ``explain("SnCl4").score``.

    Raises
    ------
    InputError
        If it is no halide that is screened, or may be several.

    Examples
    --------
    >>> explain("tin tetrachloride")["formula"], explain("7646-78-8")["formula"]
    ('SnCl4', 'SnCl4')
    """
    from maiscreen.screen.advice import explain as advice
    from maiscreen.screen.facts.meant import halide_meant_by

    meant = halide_meant_by(precursor).precursor
    settings = replace(checked_campaign(campaign), temperature_c=temperature_c)
    row = advice.explain(meant, temperature_c, settings)
    return Explanation({**row, "how_to": _how_to(row, settings, setup)})


def _how_to(row: Mapping[str, Any], campaign: Campaign, setup: "JarSetup | None") -> dict[str, Any]:
    """Tell how to do it; of the control, which is no halide of a metal, nothing."""
    from maiscreen.screen.facts.how_to import how_to
    from maiscreen.screen.facts.how_to_columns import as_amounts
    from maiscreen.screen.facts.jar import PAPER_SETUP
    from maiscreen.screen.paper.controls import CHLOROPROPANE

    if row["formula"] == CHLOROPROPANE.formula:
        why = "a liquid without a metal: the paper poured it as it poured SnCl4"
        return {"dose": None, "reasons": {"dose": why}}
    facts = how_to([row], campaign, setup or PAPER_SETUP)[0]
    return {"process_temperature_c": campaign.temperature_c, **as_amounts(facts)}
