"""The homoleptic halides of a campaign, each by itself."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import pyarrow as pa

from maiscreen.candidates.precursors.space import HalideSpace, halide_space
from maiscreen.screen.describe.describe import describe_precursors, identities
from maiscreen.screen.paper.comparison import rank_with_controls
from maiscreen.screen.scoring.gates import first_rejection, gates
from maiscreen.screen.screens.screen import Ranked, Screen, Seconds, Summary


class Halides(Screen):
    """Homoleptic halides: few, so that all are ranked, with their errors and the controls."""

    seconds_each = 4e-4
    ranks_everyone = True

    @cached_property
    def space(self) -> HalideSpace:
        """Span the space of the campaign."""
        return halide_space(None, self.campaign.metals, self.campaign.halogens)

    @property
    def size(self) -> int:
        """Count the candidates."""
        return self.space.size

    def task_rows(self, workers: int) -> int:
        """Choose the size of the tasks: as the campaign says."""
        return self.campaign.chunk_size

    def describe(self, start: int, stop: int, seconds: Seconds | None = None) -> pa.Table:
        """Describe halides: columns :data:`maiscreen.descriptors.columns.COLUMNS`."""
        return describe_precursors(self.campaign, self.space.slice(start, stop))

    def summary(self, part: pa.Table) -> Summary:
        """Count what each gate rejects."""
        rejected = first_rejection(gates(part, self.campaign)).tolist()
        return Summary(Counter(text.split(":")[0] for text in rejected))

    def rank(self, parts: Iterable[pa.Table], summaries: Sequence[Summary]) -> Ranked:
        """Rank all of them, and add the controls that are no halides."""
        described = pa.concat_tables(parts, promote_options="default").combine_chunks()
        rejected = sum((Counter(one.gates) for one in summaries), Counter[str]())
        passed = rejected.pop("", 0)
        counts = {"passed": passed, "rejected": rejected.total(), "failed": 0}
        return Ranked(rank_with_controls(self.campaign, described), counts, dict(rejected))

    def identify(self, index: int) -> Mapping[str, object]:
        """Tell which halide a number stands for."""
        return identities(self.space.slice(index, index + 1))[0]
