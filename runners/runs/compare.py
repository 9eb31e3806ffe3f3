"""Candidates compared, of a finished campaign or of one that is ranked for it."""

import os
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError, one_text, teaching
from maiscreen.screen.campaign.campaign import Campaign, checked_campaign

if TYPE_CHECKING:
    from maiscreen.screen.facts.findings import Findings


@teaching
def compare(
    *candidates: str, campaign: Campaign | str | os.PathLike[str] | None = None
) -> dict[str, Any]:
    """Compare candidates: which stands first, how surely, and why.

    Parameters
    ----------
    *candidates : str
        Two or more, by formula, name or CAS number; of a wide campaign by recipe.
    campaign : Campaign, str or path, optional
        A campaign of homoleptic halides, which is ranked now, the default one if left out; or the
        folder of a finished campaign, wide or not.

    Returns
    -------
    dict
        As :func:`maiscreen.screen.facts.compare.compare`: ``candidates``, ``probability`` (by A and
        B, P(A > B)), ``pairs`` and ``read_as``.

    Raises
    ------
    InputError
        If a candidate is not known, or there is no such campaign.

    Examples
    --------
    >>> tin = Campaign(metals=("Si", "Sn"), halogens=("Cl",), samples=100)
    >>> chance = compare("SnCl4", "SiCl4", campaign=tin)["probability"]
    >>> chance["SnCl4"]["SiCl4"] + chance["SiCl4"]["SnCl4"]
    1.0
    """
    from maiscreen.screen.facts import compare

    for candidate in candidates:
        if isinstance(candidate, list | tuple):
            shown = ", ".join(map(repr, candidate))
            raise InputError("candidate", candidate, f"give them one by one: compare({shown})")
        one_text("candidate", candidate)
    findings = _ranked(campaign or Campaign())
    return compare.compare(findings, candidates)


def _ranked(campaign: Campaign | str | os.PathLike[str]) -> "Findings":
    """Read a finished campaign, or rank one."""
    from maiscreen.screen.describe.describe import describe_precursors, halides_of, pin_own_data
    from maiscreen.screen.facts.findings import Findings
    from maiscreen.screen.paper.comparison import rank_with_controls

    if not isinstance(campaign, Campaign):
        if not isinstance(campaign, str | os.PathLike):
            checked_campaign(campaign)
        from maiscreen.runners.folder.ownership import read_drawable
        from maiscreen.runners.folder.place import campaign_folder

        ranking, finished, _ = read_drawable(campaign_folder("DIR", os.fspath(campaign)))
        return Findings(finished, ranking)
    if campaign.space.is_wide:
        raise InputError("campaign", campaign.name, "is wide: run it, and give its folder")
    pinned = pin_own_data(campaign)
    described = describe_precursors(pinned, halides_of(pinned))
    return Findings(pinned, rank_with_controls(pinned, described))
