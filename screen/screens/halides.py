"""The homoleptic halides of a campaign, each by itself."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.precursors.space import HalideSpace, halide_space
from maiscreen.descriptors.columns import ATTRIBUTES, LOGARITHMIC
from maiscreen.descriptors.layer.layer import Estimate
from maiscreen.screen.campaign.campaign import STATES
from maiscreen.screen.describe.describe import describe_precursors, identities
from maiscreen.screen.paper.comparison import rank_with_controls
from maiscreen.screen.scoring.gates import first_rejection, gates
from maiscreen.screen.scoring.ranking import (
    Outcomes,
    metal_index,
    outcomes,
    sample_errors,
    sample_worths,
)
from maiscreen.screen.screens.screen import (
    Quantity,
    Ranked,
    Screen,
    Seconds,
    Summary,
    formation,
    unit_of,
)

Floats = NDArray[np.float64]


NEEDED = (
    *("key", "metal", "passed", "score", "score_std", "ionic_conductivity_std_log10", *ATTRIBUTES),
    *(f"{name}_{state}" for name in ("alloy", "p_alloy") for state in STATES),
    *(
        f"{name}_{state}{what}"
        for name in ATTRIBUTES
        for state in (*STATES, "bare")
        for what in ("", "_std", "_source", "_fidelity")
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
        rejected = first_rejection(gates(part, self.campaign)).tolist()
        return Summary(Counter(text.split(":")[0] for text in rejected))

    def rank(self, parts: Iterable[pa.Table], summaries: Sequence[Summary]) -> Ranked:
        """Rank all of them, and add the controls that are no halides."""
        described = pa.concat_tables(parts, promote_options="default").combine_chunks()
        rejected = sum((Counter(one.gates) for one in summaries), Counter[str]())
        passed = rejected.pop("", 0)
        counts = {"passed": passed, "rejected": rejected.total(), "failed": 0}
        return Ranked(rank_with_controls(self.campaign, described), counts, dict(rejected))

    def distinct(self, ranking: pa.Table) -> pa.Table:
        """Choose those that passed."""
        return ranking.filter(ranking["passed"])

    def draw_worths(self, rows: pa.Table, samples: int) -> dict[str, Floats]:
        """Draw desirabilities; precursors of one metal share the errors of its alloy."""
        possible = _possible_outcomes(rows, self.campaign.state)
        return sample_worths(possible, samples, self.campaign.seed)

    def draw_quantities(self, rows: pa.Table, samples: int) -> tuple[tuple[Quantity, ...], Floats]:
        """List what labels would settle of the alloys."""
        possible = outcomes(rows, self.campaign.state)
        formed, errors = sample_errors(tuple(possible.alloy), samples, self.campaign.seed)
        alloys = rows[f"alloy_{self.campaign.state}"].to_pylist()
        quantities: list[Quantity] = []
        drawn: list[Floats] = []
        for metal in dict.fromkeys(possible.metal.tolist()):
            on = tuple(np.flatnonzero(possible.metal == metal).tolist())
            column = int(metal_index(np.array([metal]))[0])
            phase, chance = alloys[on[0]] or metal, float(possible.p_alloy[on[0]])
            likelier = possible.alloy if chance >= 0.5 else possible.bare
            for name in ATTRIBUTES:
                quantities.append(Quantity(phase, name, on, *_known(likelier[name], name, on[0])))
                drawn.append(errors[name][:, column])
            if 0 < chance < 1:
                quantities.append(formation(phase, on, chance))
                drawn.append((formed[:, column] < chance).astype(np.float64))
        return tuple(quantities), np.stack(drawn, axis=1)

    def identify(self, index: int) -> Mapping[str, object]:
        """Tell which halide a number stands for."""
        return identities(self.space.slice(index, index + 1))[0]


def _known(estimate: Estimate, name: str, row: int) -> tuple[float, float, str, str, str]:
    """Return value, standard deviation, unit, fidelity and source of an attribute."""
    numbers = float(estimate.value[row]), float(estimate.std[row])
    return *numbers, unit_of(name), str(estimate.fidelity[row]), str(estimate.source[row])


def _possible_outcomes(ranking: pa.Table, state: str) -> Outcomes:
    """Read what may come of candidates; of a control, which can become one thing alone."""
    possible = outcomes(ranking, state)
    certain = {name: _control_values(ranking, name) for name in ATTRIBUTES}
    metal = np.array([one or "" for one in ranking["metal"].to_pylist()], dtype=np.str_)
    return Outcomes(
        metal,
        np.where(np.isnan(possible.p_alloy), 0.0, possible.p_alloy),
        {name: _fill_controls(possible.alloy[name], certain[name], metal) for name in ATTRIBUTES},
        {name: _fill_controls(possible.bare[name], certain[name], metal) for name in ATTRIBUTES},
    )


def _control_values(ranking: pa.Table, name: str) -> tuple[Floats, Floats]:
    value = ranking[name].to_numpy().astype(np.float64)
    if name not in LOGARITHMIC:
        return value, ranking[f"{name}_std"].to_numpy().astype(np.float64)
    with np.errstate(divide="ignore"):
        return np.log10(value), ranking[f"{name}_std_log10"].to_numpy().astype(np.float64)


def _fill_controls(
    estimate: Estimate, certain: tuple[Floats, Floats], metal: NDArray[np.str_]
) -> Estimate:
    control = metal == ""
    value = np.where(control, certain[0], estimate.value)
    return Estimate(
        value, np.where(control, certain[1], estimate.std), estimate.source, estimate.fidelity
    )
