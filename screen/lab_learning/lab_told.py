"""What the learned weights say, in words and tables, and what they would change in the ranks."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.lab_learning.likelihood import STRENGTH, prior_std
from maiscreen.screen.lab_learning.trials import Trials
from maiscreen.screen.lab_learning.weights import Posterior
from maiscreen.screen.scoring.choose import weights
from maiscreen.screen.scoring.score import score

DIGITS = 3
"""Of a weight that is handed on: far below its error."""


def new_weights(posterior: Posterior) -> dict[str, float]:
    """Give the expected weights by attribute, rounded, with sum 1 but for that."""
    return {n: round(float(w), DIGITS) for n, w in zip(ATTRIBUTES, posterior.mean, strict=True)}


def new_ranks(
    campaign: Campaign, ranking: pa.Table, given: Mapping[str, float]
) -> list[dict[str, Any]]:
    """Rank those that passed with other weights, best first, beside rank and score as they were."""
    passed = ranking.filter(ranking["passed"])
    worth = {name: passed[f"desirability_{name}"].to_numpy() for name in ATTRIBUTES}
    values = score(worth, dict(given))
    keys = passed["key"].to_pylist()
    rows = zip(keys, passed["rank"].to_pylist(), passed["score"].to_pylist(), values.tolist(),
               strict=True)  # fmt: skip
    ordered = sorted(rows, key=lambda row: (-round(row[3], 12), row[0]))
    return [
        {"key": key, "rank": rank, "score": old, "new_rank": place, "new_score": new}
        for place, (key, rank, old, new) in enumerate(ordered, start=1)
    ]


def told(
    campaign: Campaign, ranking: pa.Table, trials: Trials, posterior: Posterior
) -> dict[str, Any]:
    """Give everything as plain values, ready for JSON."""
    had = weights(campaign)
    total = sum(had.values())
    given = new_weights(posterior)
    percent = zip(ATTRIBUTES, posterior.mean, posterior.std, posterior.low, posterior.high,
                  strict=True)  # fmt: skip
    found = posterior.points

    def middle(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float]:
        order = np.argsort(values)
        ends = np.cumsum(posterior.chance[order])
        return [
            float(values[order][np.searchsorted(ends, q * ends[-1])]) for q in (0.05, 0.5, 0.95)
        ]

    return {
        "weights": {
            name: {
                "campaign": had[name] / total,
                "prior": 1 / len(ATTRIBUTES),
                "prior_std": prior_std(),
                "mean": float(mean),
                "std": float(std),
                "low": float(low),
                "high": float(high),
            }
            for name, mean, std, low, high in percent
        },
        "prior_strength": STRENGTH,
        "cells": trials.cells,
        "running": len(trials.running),
        "precursors": len(trials.layers),
        "groups": len(trials.groups),
        "left_out": [{"precursor": p, "reason": why, "cells": n} for p, why, n in trials.left_out],
        "slope": middle(found.slope),
        "misfit_ln": middle(found.misfit),
        "scatter_ln": middle(found.scatter),
        "effective_points": posterior.effective,
        "ranks": new_ranks(campaign, ranking, given),
        "toml": toml(given),
        "set": arguments(given),
    }


def toml(given: Mapping[str, float]) -> str:
    """Write the table of a campaign file.

    Examples
    --------
    >>> print(toml({"adhesion": 0.25}))
    [weights]
    adhesion = 0.25
    """
    return "\n".join(["[weights]", *(f"{name} = {value:g}" for name, value in given.items())])


def arguments(given: Mapping[str, float]) -> str:
    """Write the options of ``maiscreen run``.

    Examples
    --------
    >>> arguments({"adhesion": 0.25, "youngs_modulus": 0.75})
    '--set weights.adhesion=0.25 --set weights.youngs_modulus=0.75'
    """
    return " ".join(f"--set weights.{name}={value:g}" for name, value in given.items())
