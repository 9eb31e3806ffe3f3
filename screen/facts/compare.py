"""Which of several candidates stands first, how surely, and why: attribute by attribute."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, ATTRIBUTES, LOGARITHMIC
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.find import find_rows, read_as
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.paper.variance import source_words
from maiscreen.screen.scoring.draws import Source, sources
from maiscreen.screen.scoring.ranking import STANDING, weights
from maiscreen.screen.scoring.score import log_desirability, score
from maiscreen.screen.scoring.tiers import beats
from maiscreen.screen.screens.choose import screen_of
from maiscreen.screen.text import finite_or_none, plain_words

Row = Mapping[str, Any]
Floats = NDArray[np.float64]


def compare(findings: Findings, names: Sequence[str]) -> dict[str, Any]:
    """Compare two or more candidates over the campaign's draws of their errors.

    Parameters
    ----------
    findings : Findings
        Of the campaign, whose ranking has what draws are made from.
    names : sequence of str
        Formulas, names, CAS numbers or keys; of a wide campaign recipes. What failed a gate has no
        place, but can be compared.

    Returns
    -------
    dict
        Ready for JSON. ``candidates``: place, tier, score and attributes of each. ``probability``:
        by key of A and of B, P(A > B). ``pairs``: of each two what makes the difference, attribute
        by attribute, and error by error: P(A > B) if a source of error were gone. ``read_as``:
        of each name that is no key, the ``key`` and the ``rule`` by which it was recognised.

    Raises
    ------
    InputError
        If one is not there or has no value of an attribute, or there are fewer than two.
    """
    rows = find_rows(findings, names, "candidate")
    if len(rows) < 2:
        raise InputError("candidate", ", ".join(names), "give two different candidates or more")
    for row in rows:
        _check_scored(row)
    keys = [str(row["key"]) for row in rows]
    worths = _draw_worths(findings, keys)
    chance = beats(score(worths, weights(findings.campaign))).tolist()
    without = {source: _chances(findings, keys, source).tolist() for source in sources()}
    return {
        "read_as": _read_as(findings, names),
        "draws": findings.campaign.samples,
        "top_k": findings.campaign.top_k,
        "tier_probability": findings.campaign.tier_probability,
        "candidates": [_candidate(row) for row in rows],
        "probability": {
            a: dict(zip(keys, line, strict=True)) for a, line in zip(keys, chance, strict=True)
        },
        "pairs": _pairs(rows, chance, worths, without, findings.campaign),
    }


def _read_as(findings: Findings, names: Sequence[str]) -> dict[str, dict[str, str]]:
    """Tell how names were read that are no keys; recipes are read by their parts alone."""
    if findings.is_wide:
        return {}
    read = read_as(findings.ranking, names, "candidate")
    return {text: {"key": key, "rule": rule} for text, (key, rule) in read.items()}


def rows_of(ranking: pa.Table, keys: Sequence[str]) -> pa.Table:
    """Take the rows of a ranking that have these keys, in their order."""
    return ranking.take(pc.index_in(pa.array(keys), value_set=ranking["key"].combine_chunks()))


def chances(findings: Findings, rows: Sequence[Row]) -> Floats:
    """Return P(A > B) of rows of the ranking, (rows, rows); empty where nothing can be drawn."""
    if not {*screen_of(findings.campaign).needed} <= {*findings.ranking.column_names}:
        return np.empty((0, 0))
    return _chances(findings, [str(row["key"]) for row in rows])


def _chances(findings: Findings, keys: Sequence[str], without: Source | None = None) -> Floats:
    drawn = _draw_worths(findings, keys, without)
    return beats(score(drawn, weights(findings.campaign)))


def _draw_worths(
    findings: Findings, keys: Sequence[str], without: Source | None = None
) -> dict[str, Floats]:
    """Draw desirabilities as the campaign did, by attribute, shape (samples, keys)."""
    screen, rows = screen_of(findings.campaign), rows_of(findings.ranking, keys)
    return screen.draw_worths(rows, findings.campaign.samples, without)


def _check_scored(row: Row) -> None:
    """Refuse what has no score that could be drawn."""
    missing = [plain_words(n) for n in ATTRIBUTES if finite_or_none(row.get(n)) is None]
    if missing:
        remedy = f"cannot be compared: no value for {', '.join(missing)}"
        raise InputError("candidate", str(row["key"]), row.get("failed_reason") or remedy)


def _candidate(row: Row) -> dict[str, Any]:
    names = ("key", "label", *STANDING, "score", "score_low", "score_high", "rejected_reason")
    return {
        **{name: row.get(name) for name in names},
        "attributes": {name: _attribute(row, name) for name in ATTRIBUTES},
    }


def _attribute(row: Row, name: str) -> dict[str, Any]:
    """Return value, error, unit, fidelity, source and desirability, None where not known."""
    error = "std_log10" if name in LOGARITHMIC else "std"
    parts = (error, "fidelity", "source")
    return {
        "value": row[name],
        **{part: row.get(f"{name}_{part}") for part in parts},
        "unit": ATTRIBUTE_UNITS[name],
        "desirability": row.get(f"desirability_{name}"),
    }


def _pairs(
    rows: Sequence[Row],
    chance: Sequence[Sequence[float]],
    worths: dict[str, Floats],
    without: Mapping[Source, Sequence[Sequence[float]]],
    of: Campaign,
) -> list[dict[str, Any]]:
    """Explain each two: what parts them by the nominal values, and over the draws.

    A score is a product of powers of desirabilities, so that the logarithm of the ratio of two
    scores is the sum of what the attributes contribute.
    """
    nominal = {n: np.array([[row[f"desirability_{n}"] for row in rows]]) for n in worths}
    usual, drawn = (_log_scores(one, of) for one in (nominal, worths))
    beats_each = {n: beats(worths[n]).tolist() for n in drawn}
    pairs = []
    for a, b in combinations(range(len(rows)), 2):
        said = {
            n: {**_contribution(usual[n][0], drawn[n], a, b), "favours": beats_each[n][a][b]}
            for n in drawn
        }
        pairs.append(
            {
                "a": rows[a]["key"],
                "b": rows[b]["key"],
                "probability": chance[a][b],
                "log_score_ratio": sum(one["contribution"] for one in said.values()),
                "log_score_ratio_mean": sum(one["contribution_mean"] for one in said.values()),
                "attributes": said,
                "without": {source_words(s): table[a][b] for s, table in without.items()},
            }
        )
    return pairs


def _log_scores(worths: Mapping[str, Floats], campaign: Campaign) -> dict[str, Floats]:
    """Return what each attribute contributes to the logarithm of the score, any shape."""
    total = sum(weights(campaign).values())
    return {
        name: weight / total * log_desirability(worths[name])
        for name, weight in weights(campaign).items()
        if weight > 0
    }


def _contribution(usual: Floats, drawn: Floats, a: int, b: int) -> dict[str, float]:
    """Return what an attribute adds to ln(score of A / score of B)."""
    return {
        "contribution": float(usual[a] - usual[b]),
        "contribution_mean": float((drawn[:, a] - drawn[:, b]).mean()),
    }
