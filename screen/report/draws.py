"""The draws of a campaign in its page, so that it ranks anew with other weights by itself."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.facts.compare import rows_of
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.scoring.score import log_desirability
from maiscreen.screen.screens.choose import screen_of

Floats = NDArray[np.float64]

DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
"""Of the codes."""

MOST_OFF = 0.002
"""Share of itself by which a code may change a desirability: it has as many digits as that takes
[judgement]."""

MOST_LOGIT = 30.0
"""Where a desirability is 1 to the last digit that decides anything."""

MOST_VALUES = 160_000
"""Values in a page, two or three bytes each; of more candidates there are fewer draws of each."""


def embedded_draws(findings: Findings, keys: list[str]) -> dict[str, Any] | None:
    """Embed desirabilities as the campaign drew them.

    They are rounded as logits, log(d/(1 − d)): evenly in what tells them apart near 0, and near 1,
    where their logarithms would all be the same.

    Parameters
    ----------
    findings : Findings
        Of a campaign of halides.
    keys : list of str
        Candidates of the ranking, n of them.

    Returns
    -------
    dict, optional
        ``samples`` of ``of`` draws, from the first on; ``within``: by which share of itself a score
        may be off; ``attributes``: of each ``lowest``, ``step``, ``digits`` and ``codes``, a logit
        being lowest + step × code, candidate after candidate. None without candidates, or where
        the ranking lacks what draws are made from.
    """
    if not keys or not {*screen_of(findings.campaign).needed} <= {*findings.ranking.column_names}:
        return None
    total = findings.campaign.samples
    worths = screen_of(findings.campaign).draw_worths(rows_of(findings.ranking, keys), total)
    kept = min(total, max(1, MOST_VALUES // (len(ATTRIBUTES) * len(keys))))
    logits = [_logit(worths[name][:kept].T) for name in ATTRIBUTES]
    if not np.isfinite(logits).all():
        return None
    attributes = [_encode(one) for one in logits]
    return {
        "samples": kept,
        "of": total,
        "within": float(np.expm1(max(one["step"] for one in attributes) / 2)),
        "attributes": attributes,
    }


def _logit(desirability: Floats) -> Floats:
    """Return log(d/(1 − d)), without an infinity."""
    log = log_desirability(desirability)
    with np.errstate(divide="ignore"):
        return np.minimum(log - np.log(-np.expm1(log)), MOST_LOGIT)


def _encode(logits: Floats) -> dict[str, Any]:
    """Round values, shape (n, samples), to steps between the lowest and the highest of them."""
    lowest, span = float(logits.min()), float(np.ptp(logits))
    digits = next(n for n in range(2, 8) if span / (len(DIGITS) ** n - 1) <= 2 * MOST_OFF)
    # Where all are equal any step does.
    step = span / (len(DIGITS) ** digits - 1) or MOST_OFF
    codes = np.rint((logits - lowest) / step).astype(np.int64)
    return {"lowest": lowest, "step": step, "digits": digits, "codes": _write(codes, digits)}


def _write(codes: NDArray[np.int64], digits: int) -> str:
    """Write codes as digits, the largest first."""
    powers = len(DIGITS) ** np.arange(digits - 1, -1, -1)
    digits_of = codes.ravel()[:, None] // powers % len(DIGITS)
    letters: bytes = np.frombuffer(DIGITS, np.uint8)[digits_of].tobytes()
    return letters.decode("ascii")
