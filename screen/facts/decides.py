"""What decides how a candidate stands: the input whose error matters most, in a few words."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.rounding import significant
from maiscreen.screen.facts.compare import rows_of
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.reasons import RankCause, first_order
from maiscreen.screen.scoring.draws import ALLOY, ErrorDraws, Source
from maiscreen.screen.scoring.ranking import weights
from maiscreen.screen.scoring.score import score
from maiscreen.screen.screens.choose import screen_of
from maiscreen.screen.screens.screen import ALLOY_FORMATION, Quantity

Row = Mapping[str, Any]
Floats = NDArray[np.float64]


def decides(findings: Findings, rows: Sequence[Row]) -> list[str]:
    """Name for each row the input that it hangs on most, with its share of the variance.

    Of a precursor by itself that is the variance of its place; of a recipe that of its score,
    since the places of all front-runners are not drawn again.
    """
    if findings.is_wide:
        return [str(cause) for cause in _of_recipes(findings, rows)]
    causes = [findings.draws and findings.draws.cause(str(row["key"])) for row in rows]
    return [str(cause or "–") for cause in causes]


def measurable_causes(findings: Findings, rows: Sequence[Row]) -> list[RankCause]:
    """Return for each recipe the input that its score hangs on most and experiments can settle."""
    return _of_recipes(findings, rows, without=("threshold",))


def _of_recipes(
    findings: Findings, rows: Sequence[Row], without: Sequence[str] = ()
) -> list[RankCause]:
    """Find the input that each score hangs on most; causes may be left out."""
    campaign = findings.campaign
    screen, table = screen_of(campaign), rows_of(findings.ranking, [str(r["key"]) for r in rows])
    worths = screen.draw_worths(table, campaign.samples)
    scores = significant(score(worths, weights(campaign)))  # rounding is no variance
    weighed = [name for name, weight in weights(campaign).items() if weight > 0]
    common = _common(screen.errors(campaign.samples), weighed)
    quantities, drawn = screen.draw_quantities(table, campaign.samples)
    said: list[RankCause] = []
    for row, own in enumerate(scores.T):
        shares = [("", of, first_order(errors, own)) for of, errors in common.items()
                  if of.cause not in without]  # fmt: skip
        for of, errors in zip(quantities, drawn.T, strict=True):
            if row in of.rows and (source := _source_of(of, weighed)):
                shares.append((of.phase, source, first_order(errors, own)))
        phase, what, share = max(shares, key=lambda one: one[2])
        said.append(RankCause(phase, "", {what: share}))  # its name tells phase from salt
    return said


def _source_of(quantity: Quantity, weighed: Sequence[str]) -> Source | None:
    """Return the source of error that a quantity of a phase is; none if it enters no score."""
    if quantity.attribute == ALLOY_FORMATION:
        return ALLOY
    return Source("phase", quantity.attribute) if quantity.attribute in weighed else None


def _common(errors: ErrorDraws, weighed: Sequence[str]) -> dict[Source, Floats]:
    """Return what is drawn once for all layers, shape (samples,) each."""
    drawn = {
        Source(cause, name): getattr(errors, cause)[name][:, 0]
        for name in weighed
        for cause in ("shared", "threshold")
    }
    return drawn | {Source("structure"): errors.structure[:, 0]}
