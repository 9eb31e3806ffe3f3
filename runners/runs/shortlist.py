"""The shortlist of a campaign's folder, for Python and notebooks."""

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError, teaching
from maiscreen.descriptors.bench.handling import HANDLINGS
from maiscreen.runners.folder.place import campaign_folder

if TYPE_CHECKING:
    from maiscreen.runners.folder.place import Place
    from maiscreen.screen.facts.jar import JarSetup
    from maiscreen.screen.shortlist.shortlist import Shortlist

PER_METAL = 1
"""Rows with the same metal of a diverse shortlist, if nothing else is said."""

MOST = 1_000_000
"""Rows that can be asked for."""


@teaching
def shortlist(
    folder: str | os.PathLike[str],
    top: int = 10,
    diverse: bool = False,
    per_metal: int | None = None,
    setup: "JarSetup | None" = None,
    handling: str | None = None,
    with_paper: bool = True,
) -> "Shortlist":
    """Read the shortlist of a finished campaign; a notebook shows it as a table.

    Parameters
    ----------
    folder : str or path
        The ``--out`` of a run; an address such as ``s3://bucket/first`` as well.
    top : int
        How many rows at most.
    diverse : bool
        Whether each metal has its best precursor alone: greedy by rank.
    per_metal : int, optional
        As many precursors of each metal instead of one; makes it diverse.
    setup : JarSetup, optional
        Jar, thickness and area that doses are for (`maiscreen.screen.facts.jar`); the paper's jar
        and its layer of 6 µm, on 1 cm², if left out.
    handling : str, optional
        ``bottle`` or ``cylinder`` alone; bottles first, then cylinders, if left out.
    with_paper : bool
        Whether the paper's cells count in what to try next.

    Returns
    -------
    Shortlist
        Rows as mappings, and ``to_csv()``, ``to_json()``, ``to_parquet()``, ``to_xlsx()`` and
        ``to_cards()``, which gives a PDF.

    Raises
    ------
    InputError
        If the folder holds no finished campaign, a number is out of range, or there is no such
        handling.
    """
    if handling is not None and handling not in HANDLINGS:
        raise InputError("handling", handling, f"give {' or '.join(HANDLINGS)}")
    for name, value in (("top", top), ("per_metal", 1 if per_metal is None else per_metal)):
        if type(value) is not int or not 1 <= value <= MOST:
            raise InputError(name, value, f"give a whole number from 1 to {MOST}")
    limit = PER_METAL if diverse and per_metal is None else per_metal
    if not isinstance(folder, str | os.PathLike):
        raise InputError("folder", folder, "give the folder of a finished run, as a text or a path")
    place = campaign_folder("DIR", str(folder))
    return read(place, top, limit, setup, handling, with_paper=with_paper)


def read(
    place: "Place",
    top: int,
    per_metal: int | None,
    setup: "JarSetup | None" = None,
    handling: str | None = None,
    *,
    with_paper: bool = True,
) -> "Shortlist":
    """Read the shortlist from where a campaign lies."""
    from maiscreen.runners.folder.ownership import read_findings
    from maiscreen.runners.runs.lab import known_results
    from maiscreen.screen.facts.jar import PAPER_SETUP
    from maiscreen.screen.lab_learning.decision import decide
    from maiscreen.screen.shortlist.shortlist import of_campaign

    found = read_findings(place)
    records = known_results(place, with_paper=with_paper)
    found = replace(found, decision=str(decide(found.campaign, found.ranking, records) or ""))
    return of_campaign(found, top, per_metal, setup or PAPER_SETUP, handling)
