"""What to try next: what a cell would tell, and how much longer a layer may live."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.rounding import significant
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.answer import explain_place
from maiscreen.screen.facts.findings import complete_row
from maiscreen.screen.facts.how_to import how_to
from maiscreen.screen.facts.how_to_blends import blend_how_to
from maiscreen.screen.facts.reasons import Draws
from maiscreen.screen.facts.substance import Facts
from maiscreen.screen.lab_learning.lives import Lives, draw_lives
from maiscreen.screen.lab_learning.trials import Trials, Worths, worths
from maiscreen.screen.lab_learning.weights import Posterior
from maiscreen.screen.text import worth

Floats = NDArray[np.float64]

NEGLIGIBLE = 0.005
"""Gain in ln cycles, half a percent of the cycles, below which nothing more is proposed: a few
thousand draws tell no less."""

BARE = "bare sodium"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A precursor to try.

    Attributes
    ----------
    place : int
        In the batch, 1 for the first.
    precursor, name, cas, metal, route : str
    repeat : bool
        Whether it was tried already, and another cell is worth more than another precursor.
    cells : int
        Of it that were cycled before.
    p_better : float
        Probability that it lives longer than the best so far.
    p_by_lot, p_by_chance : float
        Its chance levels: the mean of this probability over all that passed and was not tried, of
        one drawn by lot; and that of the last of equals, 1/(n + 1) beside n precursors and controls
        in equal cells, which asks no model.
    gain : float
        By which factor the best of all cells is expected to live longer if this one alone is tried
        beside what was tried: exp(expected improvement in ln cycles).
    gain_batch : float
        The same for everything down to here.
    score, score_low, score_high : float
        Median and 90 % of its score, with the weights and attributes as they are known now.
    rank : int or None
        In the campaign.
    temperature_c, vapour_pressure_pa : float or None
        Of the process.
    beats : str
        What the best so far is.
    dose, times_to_try : str
        What to pour or dose into the paper's jar, and times with the thickness expected.
    handling : str
        ``bottle``, ``cylinder``, or empty where that is not known.
    caution : str
        What to beware of.
    against : str
        What speaks against it: the gravest danger, what holds its score back, whether its alloy
        forms.
    measure_first : str
        What its place hangs on that an experiment can settle.
    reason : str
        Why, in plain words.
    """

    place: int
    precursor: str
    name: str
    cas: str
    metal: str
    route: str
    repeat: bool
    cells: int
    p_better: float
    p_by_lot: float
    p_by_chance: float
    gain: float
    gain_batch: float
    score: float
    score_low: float
    score_high: float
    rank: int | None
    temperature_c: float | None
    vapour_pressure_pa: float | None
    beats: str
    dose: str
    times_to_try: str
    handling: str
    caution: str
    against: str
    measure_first: str
    reason: str


COLUMNS = (*(f.name for f in fields(Proposal)), "campaign")
"""Of the rows."""


def propose(
    campaign: Campaign,
    ranking: pa.Table,
    trials: Trials,
    posterior: Posterior,
    count: int,
    handling: str | None = None,
    replicates: int = 1,
    one_temperature: bool = True,
) -> tuple[Proposal, ...]:
    """Name the precursors to try next, as a batch.

    Parameters
    ----------
    campaign : Campaign
        What was screened; only what passed its gates is proposed.
    ranking : pyarrow.Table
        Its ranking, all candidates.
    trials : Trials
        What was tried.
    posterior : Posterior
        Of the weights.
    count : int
        How many at most.
    handling : str, optional
        ``bottle`` or ``cylinder`` alone; both if left out.
    replicates : int
        Cells that are made of each: their mean scatters by so much less.
    one_temperature : bool
        Whether the batch has one process temperature, that of the batch worth most.

    Returns
    -------
    tuple of Proposal
        The first first. Fewer than asked for where no more could be expected to help.

    Notes
    -----
    Greedy joint expected improvement (q-EI) over shared draws: the batch is worth what the best of
    it and of what was tried is expected to show, over what the best so far is expected to be. One
    cell shows a layer's life but for its scatter; so a layer that was tried often gains nothing
    more, and one whose single cell failed early or late by chance may be worth another. Cells that
    are on the cycler still count as members of the batch: what they are expected to show is not
    counted again, and they are not proposed.
    """
    table = keep_wanted(ranking, trials)
    drawn = worths(campaign, table)
    expected = draw_lives(posterior, drawn)
    race = Race.of(expected, trials.tried, replicates)
    rows = {row["key"]: row for row in table.to_pylist()}
    fits = [k for k in drawn.keys if handling is None or rows[k].get("handling") == handling]
    open_to = [k for k in fits if rows[k]["passed"] and k not in trials.pending]
    batches: dict[float | None, list[str]] = {}
    for key in open_to:
        at = _process_c(rows[key], campaign) if one_temperature else None
        batches.setdefault(at, []).append(key)
    found = [race.batch(keys, count, list(trials.pending)) for keys in batches.values()]
    picks, totals = max(found, key=_worth_of_batch, default=([], []))
    words = _Words(drawn, expected, race, trials, rows, Draws.of(table, campaign))
    return tuple(
        words.proposal(campaign, place, key, totals[place - 1], picks[: place - 1])
        for place, key in enumerate(picks, start=1)
    )


def keep_wanted(ranking: pa.Table, trials: Trials) -> pa.Table:
    """Keep the rows that passed, those that were tried, and those of cells that run."""
    keys = ranking["key"].to_pylist()
    passed = ranking["passed"].to_pylist()
    known = {*trials.tried, *trials.pending}
    wanted = [bool(p) or k in known for k, p in zip(keys, passed, strict=True)]
    return ranking.filter(pa.array(wanted))


def _worth_of_batch(batch: tuple[list[str], list[float]]) -> float:
    return float(significant(batch[1][-1])) if batch[1] else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Race:
    """How much longer layers live than the best so far, and how much of it one more cell shows.

    Attributes
    ----------
    keys : tuple of str
        n layers.
    best : str
        What is expected to live longest of all that was tried; bare sodium before that.
    ahead : Floats
        Draws of ln cycles, less those of the best in the same draw, shape (draws, n). What moves
        all layers alike drops out.
    shown : Floats
        The same, drawn together towards the mean by what the scatter of cells hides, shape
        (draws, n).
    """

    keys: tuple[str, ...]
    best: str
    ahead: Floats
    shown: Floats

    @classmethod
    def of(cls, expected: Lives, tried: Mapping[str, int], replicates: int = 1) -> "Race":
        """Set up what is known."""
        standing = {
            k: float(expected.life[:, i].mean()) for i, k in enumerate(expected.keys) if k in tried
        }
        standing[BARE] = float(expected.bare.mean())
        best = max(standing, key=lambda key: (float(significant(standing[key])), key))
        of_best = expected.bare if best == BARE else expected.life[:, expected.keys.index(best)]
        ahead = expected.life - of_best[:, None]
        mean, variance = ahead.mean(axis=0), ahead.var(axis=0)
        # Both ends of the difference scatter: the new cells, and those of the best.
        ends = 1 / replicates + 1 / max(tried.get(best, 1), 1)
        hidden = float((expected.scatter**2).mean()) * ends
        shown = mean + np.sqrt(variance / (variance + hidden)) * (ahead - mean)
        if best in expected.keys:
            # One more cell of the best matters if a rival that was tried might overtake it.
            rivals = [i for i, key in enumerate(expected.keys) if key in tried and key != best]
            of_rivals = shown[:, rivals].max(axis=1) if rivals else np.full(len(shown), -np.inf)
            shown[:, expected.keys.index(best)] = of_rivals
        return cls(expected.keys, best, ahead, shown)

    def gain(self, keys: Sequence[str]) -> float:
        """Return the improvement in ln cycles expected of one more cell of each of these."""
        columns = [self.keys.index(key) for key in keys]
        return float(np.maximum(self.shown[:, columns].max(axis=1), 0.0).mean())

    def batch(
        self, open_to: Sequence[str], count: int, pending: Sequence[str] = ()
    ) -> tuple[list[str], list[float]]:
        """Pick the batch greedily; give it, and its gain down to each of its members.

        The gain is that over what cells that run, `pending`, are expected to show. Gains closer
        than `NEGLIGIBLE` are equal, and the first of these in `open_to` is taken.
        """
        columns = [self.keys.index(key) for key in open_to]
        shown, reached = self.shown[:, columns], np.zeros(len(self.shown))
        for key in pending:
            if key in self.keys and key != self.best:
                reached = np.maximum(reached, self.shown[:, self.keys.index(key)])
        already = float(reached.mean())
        picks: list[str] = []
        totals: list[float] = []
        while len(picks) < min(count, len(open_to)):
            with_each = np.maximum(shown, reached[:, None]).mean(axis=0) - already
            # What the draws cannot tell apart stands as in the ranking: tier, then P(top k).
            pick = int((significant(with_each) >= with_each.max() - NEGLIGIBLE).argmax())
            if with_each[pick] - (totals[-1] if totals else 0.0) < NEGLIGIBLE:
                break
            reached = np.maximum(reached, shown[:, pick])
            picks.append(open_to[pick])
            totals.append(float(with_each[pick]))
        return picks, totals

    def p_better(self, key: str) -> float:
        """Return the probability that a layer lives longer than the best so far."""
        return float((self.ahead[:, self.keys.index(key)] > 0).mean())


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """The texts and numbers of proposals."""

    worths: Worths
    lives: Lives
    race: Race
    trials: Trials
    rows: Mapping[str, Mapping[str, Any]]
    draws: Draws | None

    def proposal(
        self, campaign: Campaign, place: int, key: str, total: float, before: Sequence[str]
    ) -> Proposal:
        """Describe all of one."""
        row, column = self.rows[key], self.race.keys.index(key)
        low, median, high = np.percentile(self.lives.score[:, column], (5, 50, 95)).tolist()
        route = row["route"] or "vapour"
        how = _how_to(row, campaign, self.draws)
        return Proposal(
            place=place,
            precursor=row["formula"],
            name=row["name"] or "",
            cas=row["cas"] or "",
            metal=row["metal"] or "",
            route=route,
            repeat=key in self.trials.tried,
            cells=self.trials.tried.get(key, 0),
            p_better=self.race.p_better(key),
            p_by_lot=self._by_lot(),
            p_by_chance=1 / (max(len(self.trials.layers), 1) + 1),
            gain=float(np.exp(self.race.gain([key]))),
            gain_batch=float(np.exp(total)),
            score=median,
            score_low=low,
            score_high=high,
            rank=row["rank"],
            temperature_c=_process_c(row, campaign) if route == "vapour" else None,
            vapour_pressure_pa=row["vapour_pressure_pa"],
            beats=self.race.best,
            dose=str(how.get("dose") or ""),
            times_to_try=str(how.get("times_to_try") or ""),
            handling=row.get("handling") or "",
            caution="; ".join(filter(None, (row.get("danger"), row["caution"]))),
            against=_against(row, campaign),
            measure_first=str(how.get("measure_first") or ""),
            reason=self._reason(key, before, (low, median, high)),
        )

    def _by_lot(self) -> float:
        """Return the probability of one drawn by lot from what passed and was not tried."""
        untried = [k for k, row in self.rows.items() if row["passed"] and k in self.race.keys]
        untried = [key for key in untried if key not in self.trials.tried]
        return float(np.mean([self.race.p_better(key) for key in untried])) if untried else 0.0

    def _reason(self, key: str, before: Sequence[str], score: tuple[float, ...]) -> str:
        low, median, high = score
        said = [
            f"{self._chance(key)}; score {median:.2f} ({worth(low)}–{worth(high)})",
            self._open(key),
            self._company(key, before),
        ]
        return "; ".join(one for one in said if one)

    def _chance(self, key: str) -> str:
        chance, best = self.race.p_better(key), self.race.best
        cells = self.trials.tried.get(key, 0)
        if not cells:
            return f"outlives {best} in {chance:.0%} of the draws"
        so_far = "1 cell" if cells == 1 else f"{cells} cells"
        what = "the best so far" if key == best else f"outlives {best} in {chance:.0%} of the draws"
        return f"a repeat: {what}, by {so_far} alone; one more tells more than another precursor"

    def _open(self, key: str) -> str:
        """Name the attribute whose error leaves most open."""
        drawn = self.worths.drawn[:, self.worths.keys.index(key)]
        name, spread = max(zip(ATTRIBUTES, drawn.std(axis=0), strict=True), key=lambda one: one[1])
        if spread < np.log(1.2):
            return "its attributes are well known"
        return f"its {name.replace('_', ' ').replace('youngs', 'Young’s')} is least certain"

    def _company(self, key: str, before: Sequence[str]) -> str:
        """State what else shares its metal, and so its errors."""
        if key in self.trials.tried:
            return ""
        metal = self.rows[key]["metal"]
        same = [k for k, row in self.rows.items() if row["metal"] == metal and k != key]
        tried = [k for k in same if k in self.trials.tried]
        batch = [k for k in same if k in before]
        if batch:
            above = self.rows[batch[0]].get("recipe") or batch[0]
            return f"of the metal of {above} above, with another salt"
        if tried:
            return f"{metal} was tried as {tried[0]}; what that showed counts here"
        return f"no {metal} was tried yet" if self.trials.tried and metal else ""


def _how_to(row: Mapping[str, Any], campaign: Campaign, draws: Draws | None) -> Facts:
    """Tell how to do it: of a recipe by its own temperature, else by the campaign's."""
    if campaign.space.is_wide:
        return blend_how_to(row)
    cause = None if draws is None else draws.cause(str(row["key"]))
    return how_to([row], campaign, causes=[cause])[0]


def _against(row: Mapping[str, Any], campaign: Campaign) -> str:
    """State what speaks against a precursor, the danger first."""
    danger = str(row.get("danger") or "")
    derived = " (derived, or from memory)" if danger.endswith("?") else ""
    known = [f"{danger.removesuffix('?')}{derived}."] if danger else []
    return " ".join([*known, *explain_place(complete_row(dict(row)), campaign)[:2]])


def _process_c(row: Mapping[str, Any], campaign: Campaign) -> float:
    """Return the process temperature of a row: a wide campaign has several."""
    return float(row.get("temperature_c", campaign.temperature_c))


def as_dict(one: Proposal, fingerprint: str) -> dict[str, object]:
    """Return a proposal as plain values, with the run that it comes from."""
    return {**asdict(one), "campaign": fingerprint[:12]}
