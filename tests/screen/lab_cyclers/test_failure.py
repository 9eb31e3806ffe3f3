"""Cycles to failure of simulated cells whose life is known, whoever wrote the export."""

import numpy as np
import pytest
from cycler_files import MAKERS, biologic, full, neware, symmetric
from hypothesis import given, settings
from hypothesis import strategies as st

from maiscreen.candidates.errors import InputError
from maiscreen.screen.lab_cyclers.cycles import Cycles, cycles_of
from maiscreen.screen.lab_cyclers.export import is_export, read_export
from maiscreen.screen.lab_cyclers.failure import Life, life_of

ACTIVATED = [0.060, 0.045, 0.040, 0.036, 0.033, 0.031, 0.030]
"""Mean |V| of the first cycles of a cell whose interphase forms."""


def cycles(content: bytes) -> Cycles:
    return cycles_of(read_export(content, "cell"), "cell")


def life(content: bytes, cell: str = "symmetric") -> Life:
    return life_of(cycles(content), cell, "cell")


@pytest.mark.parametrize("maker", MAKERS)
def test_a_short_circuit_is_found_in_every_format(maker: str) -> None:
    content = MAKERS[maker](symmetric([*ACTIVATED, *[0.030] * 33, *[0.004] * 12]))
    assert is_export(content)
    export = read_export(content, "cell")
    assert export.maker == maker
    told = cycles_of(export, "cell")
    assert (len(told), told.counted, told.formation, told.ended) == (52, 52, 0, False)
    assert told.current_ma == pytest.approx(2.26)
    assert told.charge_mah == pytest.approx(np.full((52, 2), 2.26 * 0.5), rel=1e-6)
    # Trapezium or not, the mean of a whole period is the mean; ends weigh half of a step.
    assert told.polarisation_v[20] == pytest.approx(0.030, rel=0.03)
    found = life_of(told, "symmetric", "cell")
    assert (found.cycles, found.censored, found.criterion) == (40, False, "short circuit")
    assert found.evidence == "cycle 41: mean |V| 4 mV, 30 mV before"


def test_activation_and_one_odd_cycle_are_no_failure() -> None:
    volts = [*ACTIVATED, *[0.030] * 20]
    volts[15], volts[20] = 0.010, 0.5
    found = life(neware(symmetric(volts)))
    assert (found.cycles, found.censored, found.criterion) == (27, True, "")


def test_a_cell_that_polarises_has_failed() -> None:
    found = life(neware(symmetric([*[0.030] * 12, 0.1, 0.16, 0.2, 0.4, 0.8])))
    assert (found.cycles, found.criterion) == (13, "overpotential")


@pytest.mark.parametrize(
    ("volts", "cycles", "criterion"),
    [
        ([0.1] * 2 + [0.002] * 98, 2, "short circuit"),
        ([0.1] * 3 + [0.002] * 97, 3, "short circuit"),
        ([0.1] * 3 + [0.002] * 2, 3, "short circuit"),
        ([0.1, 0.002], 1, "short circuit"),
        ([0.1] + [0.9] * 99, 1, "overpotential"),
        # The reference of a later cycle is five cycles, not an odd first one.
        ([0.01] + [0.03] * 9 + [0.06] * 5, 15, ""),
        ([0.1, 0.1], 2, ""),
    ],
)
def test_a_cell_that_fails_in_its_first_cycles_is_no_survivor(
    volts: list[float], cycles: int, criterion: str
) -> None:
    found = life(biologic(symmetric(volts, records=4)))
    assert (found.cycles, found.censored, found.criterion) == (cycles, not criterion, criterion)


def test_one_cycle_alone_cannot_be_judged() -> None:
    with pytest.raises(InputError, match="too few cycles to judge; fill in a sheet"):
        life(biologic(symmetric([0.1])))


def test_the_last_cycle_counts_if_it_is_whole() -> None:
    told = symmetric([0.03] * 10)
    for name in ("time", "volts", "current", "cycle"):
        setattr(told, name, getattr(told, name)[:-6])
    cut = cycles(neware(told))
    assert (len(cut), cut.ended) == (9, True)


def test_formation_at_another_current_is_not_counted_and_a_later_change_is_asked_about() -> None:
    slow_first = symmetric([0.01] * 3 + [0.03] * 10, currents=[0.5] * 3 + [2.0] * 10)
    told = cycles(neware(slow_first))
    assert (len(told), told.formation, told.current_ma) == (10, 3, pytest.approx(2.0))
    later = symmetric([0.03] * 10 + [0.08] * 4, currents=[2.0] * 10 + [5.0] * 4)
    with pytest.raises(InputError, match="current changes at cycle 11, from 2 to 5 mA"):
        cycles(neware(later))


def test_a_full_cell_fails_by_capacity_or_by_efficiency() -> None:
    fading = [1.0 - 0.01 * i for i in range(40)]
    found = life(neware(full(fading, [0.99] * 40)), "full")
    # Reference 0.99: below 0.792 from cycle 22 on, where 0.79 is left.
    assert (found.cycles, found.criterion) == (21, "capacity loss")
    leaks = [0.99] * 15 + [0.6] * 5
    found = life(neware(full([1.0] * 20, leaks)), "full")
    assert (found.cycles, found.criterion) == (15, "short circuit")
    assert life(neware(full([1.0] * 20, [0.99] * 20)), "full").censored


def test_a_half_cell_fails_by_what_comes_out() -> None:
    found = life(neware(full([1.0] * 20, [0.97] * 12 + [0.5] * 8)), "half")
    assert (found.cycles, found.criterion) == (12, "short circuit")


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.integers(3, 10), st.floats(0.02, 0.2), st.floats(0.02, 0.4))
def test_life_is_that_of_the_simulation(good: int, bad: int, volts: float, left: float) -> None:
    content = biologic(symmetric([volts] * good + [left * volts] * bad, records=4))
    found = life(content)
    assert (found.cycles, found.censored) == (good, False)


def test_pulses_and_noise_do_not_make_halves() -> None:
    told = symmetric([0.03] * 10)
    told.current[5] = -told.current[5]
    for i in range(0, len(told.current), 7):
        if told.current[i] == 0.0:
            told.current[i] = 1e-4
    assert len(cycles(neware(told))) == 10
