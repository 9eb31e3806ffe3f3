"""The wide space of a campaign: whatever it asks for beside homoleptic halides, and blends."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from maiscreen.candidates.molecules.mixtures import NOTHING
from maiscreen.screen.blends.blends import metal_sets
from maiscreen.screen.blends.front_runners import rank_front_runners
from maiscreen.screen.blends.ingredients import ingredients_to_bytes
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.blends.table import SLOTS, describe_blends
from maiscreen.screen.blends.words import add_names, ingredient_table
from maiscreen.screen.scoring.front import BestCandidates, histogram
from maiscreen.screen.screens.screen import Ranked, Screen, Seconds, Summary

TASK_ROWS = 1 << 20
"""Candidates in a task, at most: some seconds of work, and some hundred MiB."""

LEAST_ROWS = 1 << 14
"""And at least, where the plan is cut up for every worker to have some tasks."""

TASKS_PER_WORKER = 4


class Blends(Screen):
    """Candidates of a wide space: too many to be ranked, so that the best of each part are kept."""

    seconds_each = 4e-6
    ranks_everyone = False

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
        rejected = sum((Counter(one.gates) for one in summaries), Counter[str]())
        passed = rejected.pop("", 0)
        counts = {"passed": passed, "rejected": rejected.total(), "failed": 0}
        made_of = {"ingredients.parquet": ingredient_table(self.space)}
        return Ranked(add_names(self.space, table), counts, dict(rejected), bound, made_of)

    def prepared(self) -> bytes:
        """Return the ingredients, which take a second to gather."""
        return ingredients_to_bytes(self.space.ingredients)

    def adopt(self, prepared: bytes) -> None:
        """Take the ingredients that another process has gathered."""
        if "space" not in vars(self):  # the process that prepared them has them already
            self.space = BlendSpace(self.campaign, prepared)
