"""The front-runners of a wide space: ranked with their errors, and who else could be among them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.molecules.mixtures import MOST_IN_A_BLEND, NOTHING
from maiscreen.candidates.rounding import significant
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC, to_table
from maiscreen.descriptors.layer.layer import Attribute, Errors
from maiscreen.screen.blends.blends import (
    Blends,
    evaluate_recipes,
    layer_attributes,
    likely_alloys,
    p_formed,
    p_kinetic,
)
from maiscreen.screen.blends.bound import MISSED
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import SLOTS, describe_recipes
from maiscreen.screen.scoring.draws import (
    AT_A_TIME,
    ErrorDraws,
    Stream,
    add_errors,
    metal_index,
    random_stream,
)
from maiscreen.screen.scoring.front import BestCandidates, Bound, bin_of, histogram
from maiscreen.screen.scoring.ranking import (
    mark_pareto,
    rank,
    summarise_draws,
    weights,
)
from maiscreen.screen.scoring.score import THRESHOLD_STD, desirability, score

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LOW_TAIL = 0.025
"""Chance that the k-th best drawn score is below the threshold of the bound."""

AUDITED, AUDITED_AT_MOST = 1000, 20_000
"""Others that are drawn to see what the bound is worth, and candidates looked at to find them."""


def draw_scores(space: BlendSpace, blends: Blends) -> Floats:
    """Draw scores by Monte Carlo, shape (samples, n).

    As :func:`maiscreen.screen.scoring.draws.draw_scores` does for precursors by themselves, and
    the same for these to the last digit: the errors belong to metals and salts. Those of a blend
    are drawn from those of its metals, by their shares of the metal atoms, and of its salts, by
    their shares of the salts' volume.
    """
    drawn = ErrorDraws.of(space.campaign.samples, space.campaign.seed)
    scores = np.empty((space.campaign.samples, len(blends)))
    for first in range(0, len(blends), AT_A_TIME):
        rows = np.arange(first, min(first + AT_A_TIME, len(blends)))
        worths = draw_worths(space, blends.take(rows), drawn)
        scores[:, rows] = score(worths, weights(space.campaign))
    return scores


def draw_worths(space: BlendSpace, blends: Blends, drawn: ErrorDraws) -> dict[str, Floats]:
    """Draw desirabilities by attribute, shape (samples, n), as :func:`draw_scores` scores them."""
    if not len(blends):
        return {name: np.empty((len(drawn.formed), 0)) for name in ATTRIBUTES}
    column_of = metal_index(np.append(np.array(METALS), ""))[blends.metal]
    p_alloy, in_time = space.tables.p_alloy[blends.metal], p_kinetic(space, blends)
    alloyed = [drawn.alloyed(column_of[k], p_alloy[k], in_time[k]) for k in SLOTS]
    outcome = np.sum([flags.astype(np.int64) << k for k, flags in enumerate(alloyed)], axis=0)
    seen, place = np.unique(outcome, return_inverse=True)
    place = place.reshape(outcome.shape)
    possible = [_attributes_of_outcome(space, blends, code) for code in seen.tolist()]
    mixed = MixedErrors.of(space, blends, column_of)
    worths = {}
    for name in ATTRIBUTES:
        parts = zip(*((one[name].value, *one[name].errors) for one in possible), strict=True)
        value, *errors = (np.take_along_axis(np.stack(part), place, axis=0) for part in parts)
        own = mixed.of_metals(drawn.phase[name]), mixed.of_salts(drawn.salt[name])
        noise = Errors(*own, drawn.shared[name], drawn.structure)
        with_errors = add_errors(value, Errors(*errors), noise)
        shift = THRESHOLD_STD[name] * drawn.threshold[name]
        worths[name] = desirability(name, with_errors, shift)
    return worths


def _attributes_of_outcome(space: BlendSpace, blends: Blends, code: int) -> dict[str, Attribute]:
    """Describe blends with the k-th metal alloyed where the k-th bit is set."""
    alloyed = np.array([[bool(code >> k & 1)] for k in SLOTS])
    return layer_attributes(space, blends, np.broadcast_to(alloyed, blends.metal.shape))


@dataclass(frozen=True, slots=True, eq=False)
class MixedErrors:
    """What a blend makes of the errors of its metals and salts: sums with variance 1.

    Attributes
    ----------
    metal : Integers
        Columns of the draws, shape (3, n).
    metal_part : Floats
        What each is multiplied by, shape (3, n).
    salt_part : Floats
        The same of each salt, shape (5, n).
    """

    metal: Integers
    metal_part: Floats
    salt_part: Floats

    @classmethod
    def of(cls, space: BlendSpace, blends: Blends, metal: Integers) -> "MixedErrors":
        """Weigh metals by their atoms, salts by their volume; ``metal`` are columns, (3, n)."""
        share, place = blends.metal_share, blends.metal
        together = (place[:, None] == place[None]) & (place[:, None] != NOTHING)
        variance = (share[:, None] * share[None] * together).sum(axis=(0, 1))
        each = space.salt_cm3[:, blends.recipes.ingredient]  # (5, 3, n)
        salts = (each * share).sum(axis=1)
        salts = salts / salts.sum(axis=0)
        return cls(metal, share / np.sqrt(variance), salts / np.sqrt((salts**2).sum(axis=0)))

    def of_metals(self, error: Floats) -> Floats:
        """Mix errors of metals, shape (samples, metals), to (samples, n)."""
        # One after the other: the order of a sum must not depend on the processor.
        return np.asarray(sum(self.metal_part[k] * error[:, self.metal[k]] for k in SLOTS))

    def of_salts(self, error: Floats) -> Floats:
        """Mix errors of salts, shape (samples, 5), to (samples, n)."""
        return np.asarray(sum(p * error[:, [k]] for k, p in enumerate(self.salt_part)))


def with_errors(space: BlendSpace, blends: Blends) -> dict[str, tuple[Floats, Floats]]:
    """Return the attributes of the likelier outcome, with the error of all, shape (n,) each.

    The variance is that of the mixture of all outcomes about the likelier one, as in
    :func:`maiscreen.models.attributes.attributes.mix_outcomes`.
    """
    p_alloy = p_formed(space, blends)
    nominal = layer_attributes(space, blends, likely_alloys(space, blends))
    variance = {name: np.zeros(len(blends)) for name in nominal}
    for code in reversed(range(1 << MOST_IN_A_BLEND)):
        chance = _probability(blends.metal, p_alloy, code)
        if not (chance > 0).any():
            continue
        for name, (value, errors) in _attributes_of_outcome(space, blends, code).items():
            square = errors.std**2 + (value - nominal[name].value) ** 2
            variance[name] += np.where(chance > 0, chance * square, 0.0)
    return {name: (one.value, np.sqrt(variance[name])) for name, one in nominal.items()}


def _probability(metal: Integers, p_alloy: Floats, code: int) -> Floats:
    """Return the chance that metals alloy as the bits of a code say; one metal does one thing."""
    chance = np.ones(metal.shape[1])
    for k in SLOTS:
        alloys = bool(code >> k & 1)
        factor = p_alloy[k] if alloys else 1 - p_alloy[k]
        for earlier in range(k):
            agrees = float(bool(code >> earlier & 1) == alloys)
            factor = np.where(metal[k] == metal[earlier], agrees, factor)
        chance = chance * np.where(metal[k] == NOTHING, float(not alloys), factor)
    return chance


def rank_front_runners(
    space: BlendSpace, front: BestCandidates, optimistic: Integers
) -> tuple[pa.Table, Bound]:
    """Rank the front-runners, with their errors.

    Parameters
    ----------
    space : BlendSpace
        What is screened.
    front : BestCandidates
        The best candidates of the whole space.
    optimistic : Integers
        Histogram of the optimistic scores of all candidates, shape (BINS,).

    Returns
    -------
    tuple
        One row for each, best first, and who else could be among the first.
    """
    recipes = space.mixtures.at(front.index)
    blends = evaluate_recipes(space, recipes)
    table = pa.Table.from_batches([describe_recipes(space, recipes, {})])
    drawn = draw_scores(space, blends)
    everyone = np.ones(len(blends), dtype=bool)
    ranked = rank(front.score, drawn, front.index, everyone, space.campaign)
    columns: dict[str, Any] = {**summarise_draws(drawn), **ranked.columns()}
    values = with_errors(space, blends)
    worth = {name: desirability(name, value) for name, (value, _) in values.items()}
    columns |= {"passed": everyone, "pareto": mark_pareto(worth, everyone)}
    for name, (_, std) in values.items():
        columns[f"{name}_std_log10" if name in LOGARITHMIC else f"{name}_std"] = std
        columns[f"desirability_{name}"] = worth[name]
    for field in (described := to_table(columns)).schema:
        table = table.append_column(field, described[field.name])
    bound = _bound(space, table, drawn, optimistic)
    return table.take(pa.array(np.argsort(ranked.rank))), bound


def _bound(space: BlendSpace, table: pa.Table, drawn: Floats, optimistic: Integers) -> Bound:
    k = min(space.campaign.top_k, drawn.shape[1])
    if drawn.shape[1] < space.settings.front_runners:
        return Bound(0.0, 0.0, 0, drawn.shape[1])  # everyone who passed was drawn
    kth = np.partition(drawn, -k, axis=1)[:, -k]
    threshold = float(np.quantile(kth, LOW_TAIL))
    others = optimistic - histogram(table["score_optimistic"].to_numpy())
    reached = int(others[int(bin_of(np.array(threshold))) :].sum())
    chance = MISSED + LOW_TAIL
    audited, surprises = _audit(space, table["index"].to_numpy(), kth, chance)
    share = share_upper_bound(surprises, audited)
    return Bound(chance, threshold, reached, drawn.shape[1], audited, surprises, share)


def _audit(space: BlendSpace, known: Integers, kth: Floats, chance: float) -> tuple[int, int]:
    """Draw others at random: how many there were, and how many are among the first too often."""
    mixtures = space.mixtures
    at = random_stream(space.campaign.seed, Stream.AUDIT).integers(
        0, mixtures.size, AUDITED_AT_MOST
    )
    recipes = mixtures.numbered(np.unique(at))
    blends = evaluate_recipes(space, recipes)
    passed = (blends.rejected == 0) & ~np.isin(recipes.index, known)
    blends = blends.take(np.flatnonzero(passed)[:AUDITED])
    if not len(blends):
        return 0, 0
    reaches = significant(draw_scores(space, blends)) >= significant(kth)[:, None]
    often = reaches.mean(axis=0)
    return len(blends), int((often > chance).sum())


def share_upper_bound(hits: int, looked_at: int) -> float:
    """Return the upper end of the interval of Clopper and Pearson for a share, 95 %, one-sided.

    Clopper & Pearson, Biometrika 26, 404 (1934).

    Examples
    --------
    >>> round(share_upper_bound(0, 1000), 4)
    0.003
    """
    from scipy.special import betaincinv

    return 1.0 if hits >= looked_at else float(betaincinv(hits + 1, looked_at - hits, 0.95))
