"""Where the width of the intervals comes from: every source of error, halved and without.

Sobol, Math. Comput. Simul. 55, 271 (2001), by the estimators of Saltelli et al., Comput. Phys.
Commun. 181, 259 (2010), as SciPy has them.
"""

from collections.abc import Mapping
from math import factorial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import describe_precursors, halides_of
from maiscreen.screen.paper.comparison import falls, paper_outcomes
from maiscreen.screen.paper.controls import PRECURSORS
from maiscreen.screen.scoring.draws import (
    SHARED_CAUSES,
    STRUCTURE,
    ErrorDraws,
    Outcomes,
    Source,
    Stream,
    draw_scores,
    outcomes,
    random_stream,
    sources,
)
from maiscreen.screen.scoring.gates import first_rejection, gates
from maiscreen.screen.scoring.ranking import weights
from maiscreen.screen.scoring.tiers import places
from maiscreen.screen.text import plain_words

Floats = NDArray[np.float64]

SOBOL_DRAWS = 2048
"""Of each matrix of Saltelli's scheme, a power of two: indices are then good to some hundredths."""


NOTHING = 0.0005
"""Shares below it are none."""


def source_words(source: Source) -> str:
    """Name a source of error.

    Examples
    --------
    >>> source_words(Source("salt", "adhesion"))
    'adhesion of the salts'
    """
    if source.cause == "alloying":
        return "whether the alloys are stable"
    if source.cause == "kinetics":
        return "whether the alloys form in time"
    if source.cause == "structure":
        return STRUCTURE
    if source.cause == "shared":
        return SHARED_CAUSES[source.attribute]
    if source.cause == "threshold":
        return f"what is asked of {plain_words(source.attribute)}"
    holders = {"phase": "the metal phases", "salt": "the salts"}
    return f"{plain_words(source.attribute)} of {holders[source.cause]}"


def variance(campaign: Campaign) -> dict[str, Any]:
    """Take the width of the intervals apart, source by source.

    Returns
    -------
    dict
        ``now``: P(Sn > Si > Ti), the mean width of the place intervals of the halides that pass
        the gates, and that of SnCl4. ``sources``, one row for each that has any effect: the same
        with its error halved and without it, and its first-order and total share of the variance
        of the scores of the paper's three precursors.
    """
    passed, paper = _passed(campaign), paper_outcomes(campaign, campaign.state)
    drawn = ErrorDraws.of(campaign.samples, campaign.seed)
    first, total = sobol_indices(paper.take(slice(0, len(PRECURSORS))), campaign)
    now, rows = _widths(campaign, passed, paper, drawn), []
    for source in sources():
        halved = _widths(campaign, passed, paper, drawn.scaled(source, 0.5))
        without = _widths(campaign, passed, paper, drawn.scaled(source, 0.0))
        if without == now and total[source].max() < NOTHING:
            continue
        row: dict[str, Any] = {"source": source_words(source)}
        row |= {f"{name}_halved": value for name, value in halved.items()}
        row |= {f"{name}_without": value for name, value in without.items()}
        for place, case in enumerate(PRECURSORS):
            row[f"{case.formula}_first"] = round(float(first[source][place]), 3)
            row[f"{case.formula}_total"] = round(float(total[source][place]), 3)
        rows.append(row)
    return {
        "state": campaign.state,
        "chance_probability": 1 / factorial(len(PRECURSORS)),
        "now": now,
        "sources": rows,
    }


def _passed(campaign: Campaign) -> tuple[list[str], Outcomes]:
    described = describe_precursors(campaign, halides_of(campaign))
    kept = described.filter(first_rejection(gates(described, campaign)) == "")
    return kept["key"].to_pylist(), outcomes(kept, campaign.state)


def _widths(
    campaign: Campaign, passed: tuple[list[str], Outcomes], paper: Outcomes, drawn: ErrorDraws
) -> dict[str, float]:
    keys, possible = passed
    order = falls(draw_scores(paper, weights(campaign), drawn)[:, : len(PRECURSORS)])
    widths = {"p_order": round(float(order.mean()), 4)}
    if keys:
        standing = places(draw_scores(possible, weights(campaign), drawn), campaign.top_k)
        wide = standing.high - standing.low + 1
        width = dict(zip(keys, wide.tolist(), strict=True))
        widths["places"] = round(float(wide.mean()), 2)
        if (best := PRECURSORS[0].formula) in width:
            widths[f"{best}_places"] = width[best]
    return widths


def sobol_indices(
    possible: Outcomes, campaign: Campaign
) -> tuple[Mapping[Source, Floats], Mapping[Source, Floats]]:
    """Return first-order and total shares of the variance of scores, by source, shape (n,)."""
    from scipy.stats import norm, sobol_indices, uniform

    every = sources()

    def scores(x: Floats) -> Floats:
        columns = dict(zip(every, x[:, :, None], strict=True))
        return draw_scores(possible, weights(campaign), ErrorDraws.given(columns)).T

    found = sobol_indices(
        func=scores,
        n=SOBOL_DRAWS,
        dists=[norm() if one.attribute else uniform() for one in every],
        rng=random_stream(campaign.seed, Stream.SOBOL),
    )
    first, total = (
        dict(zip(every, np.nan_to_num(one).clip(0, 1).T, strict=True))
        for one in (np.atleast_2d(found.first_order), np.atleast_2d(found.total_order))
    )
    return first, total
