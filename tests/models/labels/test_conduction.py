"""Tensors of the embedded labels: computed again, and walked."""

import numpy as np
import pytest
from random_walk import walk

from maiscreen.descriptors.layer.diffusion import CM2_PER_A2
from maiscreen.descriptors.layer.transport import ATTEMPT_FREQUENCY_HZ
from maiscreen.models.crystals.percolation import Edge, percolate
from maiscreen.models.labels.conduction import conduction_barrier_ev, hops_of, tensor_cm2_s
from maiscreen.models.labels.labels import Label, load_labels

LABELS = [one for one in load_labels() if one.property == "migration_barrier" and one.value]
CUBIC = {"Na", "NaF", "NaCl", "NaBr", "NaI", "Na2S", "Na2Se", "Na2Te", "Na15Sn4", "Na15Pb4", "NaTl"}


@pytest.mark.parametrize("label", LABELS, ids=lambda one: f"{one.formula}-{one.model}")
def test_the_tensor_is_that_of_the_hops(label: Label) -> None:
    known = np.array(label.details["diffusivity_cm2_s"])
    assert tensor_cm2_s(label.details) == pytest.approx(known, rel=1e-6, abs=1e-8 * known.max())
    if label.formula in CUBIC:
        assert known == pytest.approx(known[0, 0] * np.eye(3), abs=1e-3 * known.max())


@pytest.mark.parametrize("label", LABELS, ids=lambda one: f"{one.formula}-{one.model}")
def test_the_hops_connect_the_crystal_at_the_barriers_of_the_simulation(label: Label) -> None:
    # Each hop of a cell has the saddle that was simulated for it, and not that of a similar one.
    site_ev, _ = hops_of(label.details)
    edges = [
        Edge(start, end, tuple(shift), hop["saddle_ev"])
        for hop in label.details["hops"]
        for start, end, shift in hop["members"]
    ]
    barriers = [way.energy_ev - min(site_ev[list(way.sites)]) for way in percolate(edges)]
    assert barriers == pytest.approx(label.details["barrier_by_dimension_ev"], abs=1e-9)


@pytest.mark.parametrize("label", LABELS, ids=lambda one: f"{one.formula}-{one.model}")
def test_the_way_through_the_crystal_bounds_its_barrier(label: Label) -> None:
    # No grain conducts better than its easiest direction, nor much worse than its hardest;
    # numbers and lengths of hops are worth some 0.1 eV.
    details = label.details
    barrier = conduction_barrier_ev(details["diffusivity_cm2_s"], details["a3_per_sodium"])
    easiest, *_, hardest = [*details["barrier_by_dimension_ev"]] * 2
    assert easiest - 0.12 < barrier < hardest + 0.02


def test_it_needs_less_where_it_is_warmer() -> None:
    [salt] = [one for one in LABELS if (one.formula, one.model) == ("NaCl", "7net-0")]
    cold, warm = (tensor_cm2_s(salt.details, t)[0, 0] for t in (298.15, 333.15))
    slope_ev = np.log(warm / cold) * 8.617333262e-5 / (1 / 298.15 - 1 / 333.15)
    assert slope_ev == pytest.approx(salt.value)


@pytest.mark.parametrize("formula", ["NaCl", "NaSn", "Na15Sn4", "NaSb", "Na3Sb", "Na3Bi"])
def test_walkers_come_as_far_through_crystals(formula: str) -> None:
    # At 1,000 K the rare hops are frequent enough to be met.
    [label] = [one for one in LABELS if (one.formula, one.model) == (formula, "7net-0")]
    walked = walk(*hops_of(label.details), 1000.0, 2000, 300)
    exact = tensor_cm2_s(label.details, 1000.0) / CM2_PER_A2 / ATTEMPT_FREQUENCY_HZ
    assert walked == pytest.approx(exact, abs=0.08 * exact.max())
