"""The homoleptic halides of a campaign, each by itself."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS
from maiscreen.candidates.precursors.space import HalideSpace, halide_space
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.layer.layer import Errors
from maiscreen.screen.campaign.campaign import STATES
from maiscreen.screen.describe.describe import describe_precursors, identities
from maiscreen.screen.paper.comparison import rank_with_controls
from maiscreen.screen.paper.controls import candidates_of
from maiscreen.screen.scoring.draws import (
    Outcomes,
    Source,
    draw_worths,
    metal_index,
    outcomes,
)
from maiscreen.screen.scoring.gates import count_gates, first_rejection, gates, sum_gates
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

Floats = NDArray[np.float64]


NEEDED = (
    *("key", "metal", "halogen", "passed", "score", "score_std", *ATTRIBUTES),
    *(f"{name}_{state}" for name in ("alloy", "p_alloy", "p_alloy_kinetic") for state in STATES),
    *(
        f"{name}_{state}{what}"
        for name in ATTRIBUTES
        for state in (*STATES, "bare")
        for what in ("", *(f"_std_{cause}" for cause in Errors._fields), "_source", "_fidelity")
    ),
)
"""Columns of a ranking that draws are made from."""


class Halides(Screen):
    """Homoleptic halides: few, so that all are ranked, with their errors and the controls."""

    seconds_each = 1e-4  # 1,391 in 0.12 s
    ranks_everyone = True
    needed = NEEDED

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
        return Summary(count_gates(first_rejection(gates(part, self.campaign)).tolist()))

    def rank(self, parts: Iterable[pa.Table], summaries: Sequence[Summary]) -> Ranked:
        """Rank all of them, and add the controls that are no halides."""
        described = pa.concat_tables(parts, promote_options="default").combine_chunks()
        table = rank_with_controls(self.campaign, described)
        reasons = candidates_of(table)["rejected_reason"].to_pylist()
        counts, rejected = sum_gates([count_gates(reasons)])
        return Ranked(table, counts, rejected)

    def distinct(self, ranking: pa.Table) -> pa.Table:
        """Choose those that passed."""
        return ranking.filter(ranking["passed"])

    def draw_worths(
        self, rows: pa.Table, samples: int, without: Source | None = None
    ) -> dict[str, Floats]:
        """Draw desirabilities over the errors by their cause."""
        return draw_worths(outcomes(rows, self.campaign.state), self.errors(samples, without))

    def draw_quantities(self, rows: pa.Table, samples: int) -> tuple[tuple[Quantity, ...], Floats]:
        """List what labels would settle of the alloys and the salts."""
        possible = outcomes(rows, self.campaign.state)
        errors = self.errors(samples)
        alloys = rows[f"alloy_{self.campaign.state}"].to_pylist()
        listed = ListedQuantities()
        for metal in dict.fromkeys(possible.metal.tolist()):
            on = tuple(np.flatnonzero(possible.metal == metal).tolist())
            column = int(metal_index(np.array([metal]))[0])
            phase, chance = alloys[on[0]] or metal, float(possible.p_formed[on[0]])
            for name in ATTRIBUTES:
                known = _known(possible, name, on[0], "phase")
                listed.add(Quantity(phase, name, on, *known), errors.phase[name][:, column])
            if SETTLED < chance < 1 - SETTLED:
                both = float(possible.p_alloy[on[0]]), float(possible.p_kinetic[on[0]])
                listed.add(formation(phase, on, chance), errors.alloyed(column, *both))
        for column, halogen in enumerate(HALOGENS):
            on = tuple(np.flatnonzero(possible.halogen == halogen).tolist())
            for name in ATTRIBUTES if on else ():
                ends = (state[name].errors.salt for state in (possible.alloy, possible.bare))
                row = widest(np.where(possible.p_formed >= 0.5, *ends), on)
                known = _known(possible, name, row, "salt")
                listed.add(Quantity(f"Na{halogen}", name, on, *known), errors.salt[name][:, column])
        return listed.stacked()

    def identify(self, index: int) -> Mapping[str, object]:
        """Tell which halide a number stands for."""
        return identities(self.space.slice(index, index + 1))[0]


def _known(
    possible: Outcomes, name: str, row: int, cause: str
) -> tuple[float, float, str, str, str]:
    """Return value, standard deviation by a cause, unit, fidelity and source of an attribute."""
    likelier = possible.alloy if possible.p_formed[row] >= 0.5 else possible.bare
    estimate = likelier[name]
    numbers = float(estimate.value[row]), float(getattr(estimate.errors, cause)[row])
    return *numbers, unit_of(name), str(estimate.fidelity[row]), str(estimate.source[row])
