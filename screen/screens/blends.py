"""The wide space of a campaign: whatever it asks for beside homoleptic halides, and blends."""

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.molecules.mixtures import NOTHING
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.layer.layer import Attribute
from maiscreen.screen.blends.blends import Blends as Evaluated
from maiscreen.screen.blends.blends import (
    evaluate_recipes,
    layer_attributes,
    likely_alloys,
    metal_sets,
)
from maiscreen.screen.blends.front_runners import draw_worths, rank_front_runners
from maiscreen.screen.blends.ingredients import ingredients_to_bytes
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import SLOTS, describe_blends
from maiscreen.screen.blends.words import (
    add_names,
    best_of_each_set,
    ingredient_table,
    number_lists,
)
from maiscreen.screen.describe.describe import describe_precursors
from maiscreen.screen.scoring.draws import ANIONS, Source, metal_index, salt_formula
from maiscreen.screen.scoring.front import BestCandidates, histogram
from maiscreen.screen.scoring.gates import sum_gates
from maiscreen.screen.screens.screen import (
    SETTLED,
    ListedQuantities,
    Quantity,
    Ranked,
    Screen,
    Seconds,
    Summary,
    formation,
    unit_of,
    widest,
)
from maiscreen.screen.text import read_recipe

Floats = NDArray[np.float64]

PRECURSORS = [f"precursor_{k + 1}" for k in SLOTS]

TASK_ROWS = 1 << 20
"""Candidates in a task, at most: some seconds of work, and some hundred MiB."""

LEAST_ROWS = 1 << 14
"""And at least, where the plan is cut up for every worker to have some tasks."""

TASKS_PER_WORKER = 4


class Blends(Screen):
    """Candidates of a wide space: too many to be ranked, so that the best of each part are kept."""

    seconds_each = 2e-6  # 10,000,000 in 9.2 s by two workers
    ranks_everyone = False
    needed = ("index", "key", "recipe", "rank", "score", "score_std")

    @cached_property
    def space(self) -> BlendSpace:
        """Span the space of the campaign."""
        return BlendSpace(self.campaign)

    @property
    def size(self) -> int:
        """Count the candidates."""
        return self.space.mixtures.size

    def task_rows(self, workers: int) -> int:
        """Choose the size of the tasks: some for each worker, of seconds."""
        share = math.ceil(self.size / (TASKS_PER_WORKER * workers))
        return max(LEAST_ROWS, min(TASK_ROWS, share))

    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        """Describe recipes: columns :data:`maiscreen.descriptors.columns.WIDE_COLUMNS`."""
        return describe_blends(self.space, start, stop, seconds)

    def columns_to_write(self, part: pa.Table) -> pa.Table:
        """Choose the columns that the campaign asks for."""
        asked = self.campaign.space.columns
        return part.select(list(asked)) if asked else part

    def summary(self, part: pa.Table) -> Summary:
        """Keep gates, the best, and the histogram of optimistic scores."""
        counted = pc.value_counts(part["rejected"].combine_chunks().cast(pa.string())).to_pylist()
        poured = [
            pc.fill_null(part[f"precursor_{k + 1}"].combine_chunks().indices, NOTHING).to_numpy()
            for k in SLOTS
        ]
        best = BestCandidates.of(
            part["index"].to_numpy(),
            part["score"].to_numpy(),
            metal_sets(self.space, np.stack(poured).astype(np.int64)),
            self.campaign.space.front_runners,
        )
        return Summary(
            {gate["values"] or "": gate["counts"] for gate in counted},
            best,
            histogram(part["score_optimistic"].to_numpy()),
        )

    def rank(self, parts: Iterable[pa.Table], summaries: Sequence[Summary]) -> Ranked:
        """Rank the front-runners, with their errors, and say who else could be among the first."""
        front = BestCandidates.empty()
        for summary in summaries:
            front = front.joined(summary.best, self.campaign.space.front_runners)
        optimistic = np.sum([summary.optimistic for summary in summaries], axis=0)
        table, bound = rank_front_runners(self.space, front, optimistic)
        counts, rejected = sum_gates(summary.gates for summary in summaries)
        made_of = {"ingredients.parquet": ingredient_table(self.space)}
        named = number_lists(add_names(self.space, table))
        return Ranked(named, counts, rejected, bound, made_of)

    def distinct(self, ranking: pa.Table) -> pa.Table:
        """Choose the best of each set of precursors: other ratios of the same are no other idea."""
        rows = ranking.select(PRECURSORS).to_pylist()
        best = best_of_each_set({**row, "row": place} for place, row in enumerate(rows))
        return ranking.take(pa.array([row["row"] for row in best], pa.int64()))

    def layers(self, ranking: pa.Table) -> pa.Table:
        """Return the first row of each recipe; those passed that are candidates of their own."""
        own = set(self.distinct(ranking)["index"].to_pylist())
        recipes = [read_recipe(text) for text in ranking["recipe"].to_pylist()]
        first = {text: row for row, text in reversed(list(enumerate(recipes)))}
        kept = sorted(first.values())
        table = ranking.take(pa.array(kept, pa.int64()))
        passed = [index in own for index in table["index"].to_pylist()]
        for name, values in {"key": [recipes[row] for row in kept], "passed": passed}.items():
            place = table.schema.get_field_index(name)
            table = table.set_column(place, table.schema.field(name), pa.array(values))
        return table

    def draw_worths(
        self, rows: pa.Table, samples: int, without: Source | None = None
    ) -> dict[str, Floats]:
        """Draw desirabilities: the errors of a blend are those of its metals and salts."""
        return draw_worths(self.space, self._poured(rows), self.errors(samples, without))

    def draw_quantities(self, rows: pa.Table, samples: int) -> tuple[tuple[Quantity, ...], Floats]:
        """List what labels would settle of phases and salts; a blend shares in each of its own.

        Fidelity and source are those of the phase beside sodium chloride, as halides have them.
        """
        blends = self._poured(rows)
        known = layer_attributes(self.space, blends, likely_alloys(self.space, blends))
        errors, listed = self.errors(samples), ListedQuantities()
        present = np.unique(blends.metal[blends.metal != NOTHING])
        chlorides = [Precursor(METALS[i], "Cl", 1, 1) for i in present.tolist()]
        described = describe_precursors(self.campaign, Precursors.of(chlorides)).to_pylist()
        for place, alone in zip(present.tolist(), described, strict=True):
            on = tuple(np.flatnonzero((blends.metal == place).any(axis=0)).tolist())
            column = int(metal_index(np.array([METALS[place]]))[0])
            both = [
                float(alone[f"{name}_{self.campaign.state}"])
                for name in ("p_alloy", "p_alloy_kinetic")
            ]
            chance = both[0] * both[1]
            phase = str(alone[f"alloy_{self.campaign.state}"] or METALS[place])
            for name in ATTRIBUTES:
                about = _words(alone, name, self.campaign.state if chance >= 0.5 else "bare")
                numbers = _numbers(known[name], "phase", on[0])
                listed.add(
                    Quantity(phase, name, on, *numbers, *about), errors.phase[name][:, column]
                )
            if SETTLED < chance < 1 - SETTLED:
                listed.add(formation(phase, on, chance), errors.alloyed(column, *both))
        held = self.space.salt_cm3[:, blends.recipes.ingredient] * blends.metal_share
        for column, anion in enumerate(ANIONS):
            on = tuple(np.flatnonzero((held[column] > 0).any(axis=0)).tolist())
            for name in ATTRIBUTES if on else ():
                numbers = _numbers(known[name], "salt", widest(known[name].errors.salt, on))
                quantity = Quantity(salt_formula(anion), name, on, *numbers, unit_of(name), "", "")
                listed.add(quantity, errors.salt[name][:, column])
        return listed.stacked()

    def _poured(self, rows: pa.Table) -> Evaluated:
        recipes = self.space.mixtures.at(rows["index"].to_numpy())
        return evaluate_recipes(self.space, recipes)

    def prepared(self) -> bytes:
        """Return the ingredients, which take a second to gather."""
        return ingredients_to_bytes(self.space.ingredients)

    def adopt(self, prepared: bytes) -> None:
        """Take the ingredients that another process has gathered."""
        if "space" not in vars(self):  # the process that prepared them has them already
            self.space = BlendSpace(self.campaign, prepared)


def _numbers(attribute: Attribute, cause: str, row: int) -> tuple[float, float]:
    """Return an attribute of a layer, and its error by a cause, as they are drawn."""
    return float(attribute.value[row]), float(getattr(attribute.errors, cause)[row])


def _words(alone: Mapping[str, Any], name: str, state: str) -> tuple[str, str, str]:
    """Return unit, fidelity and source of an attribute of a precursor by itself."""
    fidelity, source = (str(alone[f"{name}_{state}_{x}"]) for x in ("fidelity", "source"))
    return unit_of(name), fidelity, source
