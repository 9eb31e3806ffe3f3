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
"""Of the codes, two for a value."""

LEVELS = len(DIGITS) ** 2
"""Codes that there are, so that a value is off by half of 1/4095 of its attribute's span."""

MOST_VALUES = 240_000
"""Values in a page, two bytes each; of more candidates there are fewer draws of each."""


def embedded_draws(findings: Findings, keys: list[str]) -> dict[str, Any] | None:
    """Embed the logarithms of desirabilities, as the campaign drew them.

    Parameters
    ----------
    findings : Findings
        Of a campaign of halides.
    keys : list of str
        Candidates of the ranking, n of them.

    Returns
    -------
    dict, optional
        ``samples`` of ``of`` draws, from the first on; ``lowest`` and ``step`` by attribute: a
        value is lowest + step × code; ``within``: by which share of itself a score may be off;
        ``codes``: two digits each, an attribute after the other, in it a candidate after the other.
        None without candidates, or where the ranking lacks what draws are made from.
    """
    if not keys or not {*screen_of(findings.campaign).needed} <= {*findings.ranking.column_names}:
        return None
    total = findings.campaign.samples
    worths = screen_of(findings.campaign).draw_worths(rows_of(findings.ranking, keys), total)
    kept = min(total, max(1, MOST_VALUES // (len(ATTRIBUTES) * len(keys))))
    logs = np.stack([log_desirability(worths[name][:kept]).T for name in ATTRIBUTES])
    if not np.isfinite(logs).all():
        return None
    lowest, step, codes = _quantise(logs)
    return {
        "samples": kept,
        "of": total,
        "lowest": lowest.tolist(),
        "step": step.tolist(),
        "within": float(np.expm1(step.max() / 2)),
        "codes": _digits(codes),
    }


def _quantise(logs: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Round values, shape (attributes, n, samples), to codes between each attribute's ends."""
    lowest, highest = logs.min(axis=(1, 2)), logs.max(axis=(1, 2))
    step = (highest - lowest) / (LEVELS - 1)
    # Where all are equal any step does.
    step[step == 0] = 1.0
    codes = np.rint((logs - lowest[:, None, None]) / step[:, None, None])
    return lowest, step, codes.astype(np.int64)


def _digits(codes: NDArray[np.int64]) -> str:
    alphabet = np.frombuffer(DIGITS, np.uint8)
    pairs = np.stack(np.divmod(codes.ravel(), len(DIGITS)), axis=1)
    return alphabet[pairs].tobytes().decode("ascii")
