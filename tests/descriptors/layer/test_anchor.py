"""The measured layer: what it asks of its metal phase, and that it gets it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from maiscreen.candidates.chemistry.constants import BOLTZMANN_EV_K
from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.descriptors.layer.anchor import (
    ANCHOR_FACTOR,
    ANCHOR_STD_EV,
    SHIFT_STD_EV,
    anchor_std_ev,
    anchored_barrier_ev,
    measured_layer,
    phase_barrier,
)
from maiscreen.descriptors.layer.transport import (
    better_phase_ln,
    effective_medium_ln,
    hop_conductivity_ms_cm,
    ionic_conductivity,
    salt_barrier,
)
from maiscreen.models.attributes.attributes import Assumptions
from maiscreen.screen.describe.interphase import alloy_states, interphases, layers

THRESHOLD = 0.16


def conductivity_ms_cm(barrier_ev: float, threshold: float = THRESHOLD) -> float:
    layer = measured_layer()
    phase = phase_barrier(layer.phase, barrier_ev)
    return 10 ** ionic_conductivity(layer, 298.15, threshold, phase, salt_barrier(layer)).value[0]


@given(st.floats(-12, 2), st.floats(0, 14), st.floats(0.05, 1.0), st.sampled_from([0.1, 0.16, 0.3]))
def test_the_better_phase_comes_back_from_the_mixture(
    worse: float, contrast: float, fraction: float, threshold: float
) -> None:
    # Near the threshold and below it the mixture says next to nothing of the better phase.
    ends = np.array([worse]), np.array([fraction]), threshold
    better = np.array([worse + contrast])
    mixture = effective_medium_ln(better, *ends)
    slope = (effective_medium_ln(better + 1e-3, *ends) - mixture)[0] / 1e-3
    returned = better_phase_ln(mixture, *ends)[0]
    assert returned == pytest.approx(better[0], abs=1e-9 + 1e-11 / max(slope, 1e-6))


@given(st.floats(0.01, 0.99), st.floats(0.05, 0.5), st.floats(0.1, 20))
def test_no_phase_is_better_than_a_superconductor(
    fraction: float, threshold: float, above: float
) -> None:
    # Below the threshold a superconductor gives 1/s ln(1/(1 - f/threshold)) above the worse phase.
    worse, share = np.array([0.0]), np.array([fraction])
    shorted = -0.87 * np.log(1 - fraction / threshold) if fraction < threshold else np.inf
    answer = better_phase_ln(np.array([above]), worse, share, threshold)[0]
    if abs(above - shorted) > 1e-6:
        assert np.isfinite(answer) == (above < shorted)


def test_the_measured_layer_is_the_one_that_is_screened() -> None:
    batch = Precursors.of([Precursor.parse("SnCl4")])
    for fidelity in ("F0", "F1", "F2"):
        states = alloy_states(batch.metal, 0.05, Assumptions(fidelity=fidelity))
        screened, ours = layers(batch, states)["as_formed"], measured_layer()
        for name in ours.__slots__:
            one, other = getattr(ours, name)[0], getattr(screened, name)[0]
            assert one == (other if isinstance(other, str) else pytest.approx(other, rel=1e-12))


@pytest.mark.parametrize("fidelity", ["F0", "F1", "F2"])
@pytest.mark.parametrize("threshold", [0.1, THRESHOLD, 0.2])
def test_the_layer_from_sncl4_has_the_measured_conductivity(
    fidelity: str, threshold: float
) -> None:
    batch = Precursors.of([Precursor.parse("SnCl4")])
    assumptions = Assumptions(fidelity=fidelity, percolation_threshold=threshold)
    states = alloy_states(batch.metal, 0.05, assumptions)
    found = interphases(batch, states, assumptions)["as_formed"]["ionic_conductivity"]
    assert 10 ** found.value[0] == pytest.approx(0.22, rel=1e-9)
    decades = ANCHOR_STD_EV / (BOLTZMANN_EV_K * 298.15 * np.log(10))
    assert found.std[0] == pytest.approx(decades) == pytest.approx(np.log10(3))


def test_the_barrier_against_a_search_for_it() -> None:
    searched = brentq(lambda ev: np.log(conductivity_ms_cm(ev) / 0.22), 0.05, 0.5)
    assert anchored_barrier_ev(THRESHOLD, 0.64) == pytest.approx(searched, abs=1e-9)


def test_a_metal_that_does_not_connect_anchors_nothing() -> None:
    share = measured_layer().volumes.phase_fraction[0]
    assert np.isnan(anchored_barrier_ev(1 / 3, 0.64))
    assert np.isnan(anchored_barrier_ev(share + 1e-3, 0.64))
    assert anchored_barrier_ev(share - 2e-3, 0.64) > 0
    assert conductivity_ms_cm(0.0, 1 / 3) < 0.22


def test_the_error_of_the_measurement_is_a_factor_of_the_layer() -> None:
    barrier = anchored_barrier_ev(THRESHOLD, 0.64)
    for sign in (-1, 1):
        factor = conductivity_ms_cm(barrier - sign * ANCHOR_STD_EV) / 0.22
        assert factor == pytest.approx(ANCHOR_FACTOR**sign, rel=0.01)
    # The paper's numbers: 6 µm, discs of 7.6 mm, 3.5 ohm, one layer or two.
    for layers_in_series, expected in ((1, 0.38), (2, 0.76)):
        area_cm2 = np.pi * 0.38**2
        found = 1e3 * layers_in_series * 6e-4 / (3.5 * area_cm2)
        assert found == pytest.approx(expected, abs=0.01)
        assert found / 0.22 < ANCHOR_FACTOR**1.2


def test_the_error_of_the_shift_is_that_of_an_even_distribution() -> None:
    drawn = np.random.default_rng(1).uniform(0, anchored_barrier_ev(THRESHOLD, 0.64), 200_000)
    assert drawn.std() == pytest.approx(SHIFT_STD_EV, abs=1e-3)
    phases = np.array(["Na7Sn12", "NaSn"])
    assert anchor_std_ev(phases) == pytest.approx(
        [ANCHOR_STD_EV, np.hypot(ANCHOR_STD_EV, SHIFT_STD_EV)]
    )


def test_the_phase_needs_more_than_the_layer_has() -> None:
    needed = hop_conductivity_ms_cm(
        measured_layer().sodium_mol / measured_layer().phase_cm3,
        np.array([anchored_barrier_ev(THRESHOLD, 0.64)]),
        298.15,
    )[0]
    assert needed == pytest.approx(71, abs=0.5)
