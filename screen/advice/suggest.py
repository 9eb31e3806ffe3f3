"""What to learn next, so that the shortlist of a campaign gets better, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.rounding import shared_places
from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, LOGARITHMIC
from maiscreen.models.acquisition import Gain, choose_batch, estimate_gains, top_membership
from maiscreen.models.labels.evidence import why_unusable
from maiscreen.screen.advice.simulated import why_not_simulated
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.scoring.ranking import weights
from maiscreen.screen.scoring.score import score
from maiscreen.screen.screens.choose import screen_of
from maiscreen.screen.screens.screen import ALLOY_FORMATION, Quantity
from maiscreen.screen.text import error_words

_SIMULATED = {
    "adhesion": ("adhesion", "work_of_adhesion"),
    "ionic_conductivity": ("migration", "migration_barrier"),
    "youngs_modulus": ("elasticity", "youngs_modulus"),
}
"""Quantity of `maiscreen labels run` and property of its label, by attribute."""

MEASURED = {
    "adhesion": "contact angle of molten sodium, or peel test, on the layer",
    "ionic_conductivity": "impedance of the layer between blocking electrodes",
    "youngs_modulus": "nanoindentation of the layer under argon",
    "electrolyte_permeability": "uptake of electrolyte, or a cross-section of the layer",
    ALLOY_FORMATION: "X-ray diffraction of the layer on sodium: does this phase form?",
    "test": "make the layer and cycle a symmetric cell",
}
"""Experiments that settle an attribute [judgement]."""

MEASURED_TOGETHER = {
    "adhesion": "contact angle of molten sodium on NaCl",
    "ionic_conductivity": "impedance of the layer from SnCl4, once more",
    "youngs_modulus": MEASURED["youngs_modulus"],
    "electrolyte_permeability": "share of organics in the layer of an additive",
}
"""Experiments that settle what all layers share [judgement]."""


def how_to_label(phase: str, attribute: str, fidelity: str) -> str:
    """State how an attribute of a phase could be labelled.

    Parameters
    ----------
    phase, attribute : str
        Formula, and one of the four attributes, ``alloy_formation`` or ``test``.
    fidelity : str
        Of the value that there is.

    Examples
    --------
    >>> how_to_label("NaGe", "alloy_formation", "F0")
    'experiment: X-ray diffraction of the layer on sodium: does this phase form?'
    """
    experiment = f"experiment: {MEASURED[attribute]}"
    if attribute not in _SIMULATED:
        return experiment
    quantity, name = _SIMULATED[attribute]
    if fidelity == "F2":
        return f"{experiment} (a simulated label is in use already)"
    if phase not in _structures():
        return f"{experiment} (no crystal structure is embedded to simulate {phase})"
    why = why_unusable(phase, name)
    if why and "no label" not in why:
        return f"{experiment} ({why_not_simulated(name, why)})"
    return f"maiscreen labels run --phases {phase} --quantities {quantity}; or {experiment}"


@cache
def _structures() -> frozenset[str]:
    from maiscreen.models.crystals.prototypes import prototypes

    return frozenset(prototype.formula for prototype in prototypes())


Floats = NDArray[np.float64]

KINDS = ("phases", "candidates")
"""What labels can be of: one attribute of a phase, or a candidate itself, made and tested."""

SAMPLES = 4096
"""Draws that gains are computed from: their standard errors are then some thousandths."""

DEGREE = 3
"""Of the regression of who belongs to the top k on the errors; attributes are clipped at both ends,
so that a straight line would not do."""

IN_A_REASON = 8
"""Candidates that a reason names; of a wide campaign a label may bear on hundreds."""

AIMS = ("members", "score")
"""What the shortlist is to gain: right members of the top k, or mean score."""

SHOWN_GAIN = {"members": 0.005, "score": 0.00005}
"""What is shown as more than 0, with two and with four decimals."""

TEST = "test"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A label worth having.

    Attributes
    ----------
    place : int
        In the batch, 1 for the first.
    phase, attribute : str
        What is to be labelled.
    candidates : tuple of str
        Keys of those that it bears on.
    gain, gain_error : float
        Right members of the top k that the shortlist gains if this alone is known, and the
        standard error of its estimate.
    gain_score, gain_score_error : float
        Mean score of the shortlist gained if this alone is known.
    gain_batch, gain_batch_error : float
        Members or mean score, whichever was asked for, gained if everything down to here is known.
    p_top_k : tuple of float
        P(in the top k) of the candidates now.
    value, std : float
        Of the attribute of the first of the candidates now, or of the one in which a salt has the
        widest error; log10 where it is logarithmic.
    unit, fidelity, source : str
        Of that value.
    reason, how : str
        Why, and how it could be had.
    """

    place: int
    phase: str
    attribute: str
    candidates: tuple[str, ...]
    gain: float
    gain_error: float
    gain_score: float
    gain_score_error: float
    gain_batch: float
    gain_batch_error: float
    p_top_k: tuple[float, ...]
    value: float
    std: float
    unit: str
    fidelity: str
    source: str
    reason: str
    how: str


def suggest(
    campaign: Campaign, ranking: pa.Table, count: int, of: str = "phases", by: str = "members"
) -> tuple[Suggestion, ...]:
    """Name the labels that would most improve the shortlist, as a batch.

    Parameters
    ----------
    campaign : Campaign
        What was screened.
    ranking : pyarrow.Table
        Its ranking, all candidates.
    count : int
        How many at most.
    of : str
        One of :data:`KINDS`.
    by : str
        One of :data:`AIMS`.

    Returns
    -------
    tuple of Suggestion
        The first first; none where no label can change the shortlist. A label is taken to settle
        its input, so gains are what the best possible label would bring.

    Notes
    -----
    The shortlist is the k candidates that most likely belong to the true top k, or those of highest
    expected score. Errors are those of the campaign, drawn by their cause, so that one label bears
    on all precursors of a metal or a halogen. Where candidates are nearly equal, a right member
    more is worth little in score: both gains are given.
    """
    return suggest_useful(campaign, ranking, count, of, by)[0]


def suggest_useful(
    campaign: Campaign, ranking: pa.Table, count: int, of: str = "phases", by: str = "members"
) -> tuple[tuple[Suggestion, ...], int]:
    """Name the labels as :func:`suggest` does, and count those of the batch that gain nothing.

    Notes
    -----
    A label gains nothing if, known alone, it adds no more to what is asked for than the standard
    error of that estimate (which may be below 0), and in the batch no more than that of the batch;
    or so little that it would be shown as 0 (`SHOWN_GAIN`).
    """
    screen = screen_of(campaign)
    passed = screen.distinct(ranking)
    if passed.num_rows <= campaign.top_k:
        return (), 0
    scores = score(screen.draw_worths(passed, SAMPLES), weights(campaign))
    members = top_membership(scores, campaign.top_k)
    if of == "candidates":
        quantities, drawn = _candidates(passed, scores)
    else:
        quantities, drawn = screen.draw_quantities(passed, SAMPLES)
    worth = members if by == "members" else scores / campaign.top_k

    def gains(of_what: Floats, *chosen: int) -> Sequence[Gain]:
        return estimate_gains(of_what, drawn, campaign.top_k, chosen, DEGREE)

    picks = [pick.input for pick in choose_batch(worth, drawn, campaign.top_k, count, DEGREE)]
    alone = {index: gains(worth, index)[0] for index in picks}
    useful = _useful(picks, alone, gains(worth, *picks), SHOWN_GAIN[by])
    table = _PassedCandidates(campaign, passed["key"].to_pylist(), members.mean(axis=0))
    suggestions = tuple(
        table.suggestion(
            place, quantities[index], gains(members, index)[0], together, gains(scores, index)[0]
        )
        for place, (index, together) in enumerate(
            zip(useful, gains(worth, *useful), strict=True), start=1
        )
    )
    return suggestions, len(picks) - len(useful)


def _useful(
    picks: Sequence[int], alone: Mapping[int, Gain], together: Sequence[Gain], least: float
) -> list[int]:
    """Keep the inputs that gain something, alone or in the batch."""
    kept, before = [], 0.0
    for index, gain in zip(picks, together, strict=True):
        by_itself = alone[index].value > max(alone[index].error, least)
        if by_itself or gain.value - before > max(gain.error, least):
            kept.append(index)
        before = gain.value
    return kept


def _candidates(passed: pa.Table, scores: Floats) -> tuple[tuple[Quantity, ...], Floats]:
    """List the candidates themselves; their draws are the normal scores of their scores."""
    from scipy.special import ndtri

    known = zip(*(passed[name].to_pylist() for name in ("key", "score", "score_std")), strict=True)
    quantities = tuple(
        Quantity(key, TEST, (row,), value, std, "", "", "")
        for row, (key, value, std) in enumerate(known)
    )
    return quantities, ndtri((_mean_ranks(scores) - 0.5) / len(scores))


def _mean_ranks(scores: Floats) -> Floats:
    """Rank each column from 1, equal values by the mean of their ranks; shape of ``scores``."""
    from_the_top: Floats = np.mean(shared_places(scores.T), axis=0)
    return len(scores) + 1 - from_the_top.T


@dataclass(frozen=True, slots=True)
class _PassedCandidates:
    """What is known of the candidates that passed."""

    campaign: Campaign
    keys: list[str]
    p_top: Floats

    def suggestion(
        self, place: int, quantity: Quantity, alone: Gain, together: Gain, score: Gain
    ) -> Suggestion:
        """Describe all of a suggestion."""
        top = self.campaign.top_k
        return Suggestion(
            place=place,
            phase=quantity.phase,
            attribute=quantity.attribute,
            candidates=tuple(self.keys[i] for i in quantity.rows),
            gain=alone.value,
            gain_error=alone.error,
            gain_batch=together.value,
            gain_batch_error=together.error,
            gain_score=score.value / top,
            gain_score_error=score.error / top,
            p_top_k=tuple(self.p_top[list(quantity.rows)].tolist()),
            value=quantity.value,
            std=quantity.std,
            unit=quantity.unit,
            fidelity=quantity.fidelity,
            source=quantity.source,
            reason=self._reason(quantity, alone),
            how=how_to_label(quantity.phase, quantity.attribute, quantity.fidelity),
        )

    def _reason(self, quantity: Quantity, alone: Gain) -> str:
        """Explain why in words."""
        top = self.campaign.top_k
        likeliest = sorted(quantity.rows, key=lambda i: -self.p_top[i])[:IN_A_REASON]
        shown = [f"{self.keys[i]} {self.p_top[i]:.2f}" for i in quantity.rows if i in likeliest]
        chances = shorten(shown, len(quantity.rows) - len(shown))
        now, effect = _what_is_known(quantity), _effect(alone, top)
        return f"P(top {top}) is open: {chances}; {now}; knowing it {effect}"


def _what_is_known(quantity: Quantity) -> str:
    """State what is known now of what is to be labelled."""
    if quantity.attribute == ALLOY_FORMATION:
        return f"{quantity.phase} forms with a probability of {quantity.value:.2f}"
    about = f" ({quantity.fidelity}, {quantity.source})" if quantity.fidelity else ""
    name = "score" if quantity.attribute == TEST else quantity.attribute.replace("_", " ")
    if quantity.attribute in LOGARITHMIC:
        unit = ATTRIBUTE_UNITS[quantity.attribute]
        error = error_words(quantity.std, logarithmic=True)
        return f"{name} {10**quantity.value:.2g} {unit} {error}{about}"
    return f"{name} {quantity.value:.3g} ± {quantity.std:.2g} {quantity.unit}".rstrip() + about


def shorten(names: Sequence[str], more: int) -> str:
    """List names, and say how many more there are.

    Examples
    --------
    >>> shorten(["SnCl4", "SnBr4"], 0), shorten(["SnCl4"], 7)
    ('SnCl4, SnBr4', 'SnCl4 and 7 more')
    """
    return ", ".join(names) + (f" and {more} more" if more else "")


def _effect(alone: Gain, top: int) -> str:
    """State what knowing an input brings."""
    if alone.value > 2 * alone.error:
        return f"puts {alone.value:.2f} ± {alone.error:.2f} more right ones into the top {top}"
    return "helps together with what stands above it rather than alone"


def as_dict(suggestion: Suggestion, fingerprint: str) -> dict[str, object]:
    """Return a suggestion as plain values, with the run that it comes from.

    Parameters
    ----------
    suggestion : Suggestion
        The suggestion.
    fingerprint : str
        Of the run, so that a label can be traced back to it.
    """
    return {**asdict(suggestion), "campaign": fingerprint[:12]}


def rows(suggestions: Iterable[Suggestion], fingerprint: str) -> list[dict[str, object]]:
    """Lay suggestions out as rows for a table, each cell a number or one text.

    Parameters
    ----------
    suggestions : iterable of Suggestion
        In their order.
    fingerprint : str
        Of the run.
    """
    return [
        {
            **as_dict(suggestion, fingerprint),
            "candidates": "; ".join(suggestion.candidates),
            "p_top_k": "; ".join(f"{p:.3f}" for p in suggestion.p_top_k),
        }
        for suggestion in suggestions
    ]


COLUMNS = (*(f.name for f in fields(Suggestion)), "campaign")
"""Columns of the rows."""
