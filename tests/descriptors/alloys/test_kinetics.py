"""The rule of decision 46 against numbers worked out by hand, its limits and its order."""

from dataclasses import replace
from math import erf, exp, inf, log10, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.candidates.snapshot.sodium_uptake import sodium_uptakes
from maiscreen.descriptors.alloys import kinetics
from maiscreen.descriptors.alloys.alloying import alloying
from maiscreen.descriptors.alloys.kinetics import (
    FormationTime,
    FormationTimes,
    Process,
    formation_time,
    formation_times,
    quickening,
)

STATES = alloying(load_snapshot(), np.array(METALS))
GLOVEBOX = Process(25.0, 10.0)


def chance(metal: str, state: str, process: Process = GLOVEBOX) -> float:
    times = formation_times(np.array(METALS), getattr(STATES, state))
    return float(times.probability(process, state)[METALS.index(metal)])


def normal(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2


def test_antimony_by_hand() -> None:
    """The quicker of two rates: 54 s for 1.03 Na at 25 °C, a tenth of that in a layer."""
    found = formation_time("Sb", "Na3Sb", 3.0)
    assert found.log10_s == pytest.approx(log10(54 * (3 / 1.03) ** 2) - 1)
    assert found.decades == pytest.approx(1.2)
    assert chance("Sb", "in_operation") == pytest.approx(
        normal((log10(86410) - found.log10_s) / 1.2), abs=1e-6
    )


def test_germanium_by_hand() -> None:
    """One rate and two limits that disagree: their mean, and an error that covers both."""
    times = [log10(21 / 0.6**2) - 1, log10(36000 * 4), log10(36000 * 4)]
    found = formation_time("Ge", "NaGe", 1.0)
    assert found.log10_s == pytest.approx(sum(times) / 3)
    assert found.decades == pytest.approx(sqrt(1.2**2 + np.var(times)))
    assert found.activation_kj_mol == 70
    at_60 = 10 * exp(70e3 / 8.314462618 * (1 / 298.15 - 1 / 333.15))
    assert chance("Ge", "as_formed", Process(60, 10)) == pytest.approx(
        normal((log10(at_60) - found.log10_s) / found.decades), abs=1e-6
    )


def test_what_was_seen_in_a_layer_forms() -> None:
    assert chance("Sn", "as_formed") == 1
    assert formation_time("Sn", "Na7Sn12", 7 / 12).seen_s == 10
    # Not before that time, nor for another phase of tin.
    assert chance("Sn", "as_formed", Process(25, 5)) < 1
    # What was seen as Na7Sn12 is no bare tin when more sodium comes; of NaSn4 it says nothing.
    assert formation_time("Sn", "Na15Sn4", 3.75).seen_s == 10
    assert formation_time("Sn", "NaSn4", 0.25).seen_s == inf


def test_a_layer_counts_as_long_as_its_own_process_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was seen after ten seconds at 60 °C is seen then, and at 25 °C only after longer."""
    tin = sodium_uptakes()["Sn"]
    warm = tuple(replace(u, temperature_c=60.0) if u.kind == "layer" else u for u in tin)
    monkeypatch.setattr(kinetics, "sodium_uptakes", lambda: {"Sn": warm})
    formation_time.cache_clear()
    found = formation_time("Sn", "Na7Sn12", 7 / 12)
    formation_time.cache_clear()
    quicker = float(quickening(60.0, found.activation_kj_mol))
    assert quicker > 5
    assert found.seen_s == pytest.approx(10 * quicker)
    times = FormationTimes(*(np.array([getattr(found, n)]) for n in FormationTimes.__slots__))
    assert times.probability(Process(60.0, 10.0), "as_formed") == 1
    assert times.probability(Process(60.0, 9.0), "as_formed") < 1
    assert times.probability(Process(25.0, 10.0), "as_formed") < 1


def test_cells_of_tin_would_have_told_of_its_layer() -> None:
    """The check of decision 46: 2 s, a factor of 16, 0.73."""
    found = formation_time("Sn", "Na7Sn12", 7 / 12)
    assert 10**found.log10_s == pytest.approx(2, abs=0.2)
    assert normal((1 - found.log10_s) / found.decades) == pytest.approx(0.73, abs=0.01)


def test_what_is_made_at_a_thousand_degrees_does_not_form() -> None:
    for process in (GLOVEBOX, Process(97, 600)):
        assert chance("B", "as_formed", process) == chance("B", "in_operation", process) == 0


def test_heat_of_a_furnace_counts_only_where_nothing_is_known_nearer() -> None:
    silicon = formation_time("Si", "NaSi", 1.0)
    assert silicon.activation_kj_mol == 60
    assert "395 °C" not in silicon.evidence


def test_the_rule_for_activation_agrees_with_what_was_measured_for_germanium() -> None:
    at_55 = 8.314462618 * 328.15 * np.log(1e7 * 36000) / 1e3
    assert 50 < at_55 < 75


def test_nothing_known_is_even_odds_between_the_two_states() -> None:
    both = [chance("Ag", state) for state in ("as_formed", "in_operation")]
    assert both == pytest.approx([0.256, 0.744], abs=0.001)
    assert "no report" in formation_time("Ag", "NaAg2", 0.5).evidence


def test_without_a_phase_nothing_forms() -> None:
    times = formation_times(np.array(METALS), STATES.as_formed)
    none = STATES.as_formed.formula == ""
    assert (times.probability(GLOVEBOX, "as_formed")[none] == 0).all()
    assert set(times.evidence[none]) == {""}
    assert (times.evidence[~none] != "").all()


@given(st.sampled_from(METALS), st.floats(0, 97), st.floats(0, 97), st.floats(1, 600))
def test_warmer_is_not_less_likely_nor_is_longer(
    metal: str, first: float, second: float, seconds: float
) -> None:
    cold, warm = sorted((first, second))
    for state in ("as_formed", "in_operation"):
        less = chance(metal, state, Process(cold, seconds))
        assert 0 <= less <= chance(metal, state, Process(warm, seconds)) <= 1
        assert less <= chance(metal, state, Process(cold, 2 * seconds))


@given(st.sampled_from(METALS), st.floats(0.05, 6), st.floats(1, 3))
def test_more_sodium_takes_longer_by_the_square(metal: str, x: float, times: float) -> None:
    little, much = (formation_time(metal, "", y) for y in (x, x * times))
    if "no report" not in little.evidence:
        assert much.log10_s - little.log10_s == pytest.approx(2 * log10(times), abs=1e-9)
        assert much.decades == pytest.approx(little.decades)


def test_quickening_is_one_at_room_temperature_and_arrhenius_beyond() -> None:
    warm, hot = quickening(np.array([25.0, 60.0]), 0.0), quickening(60.0, 70.0)
    assert warm.tolist() == [1.0, 1.0]
    slope = np.log(hot) / (1 / 298.15 - 1 / 333.15) * 8.314462618e-3
    assert slope == pytest.approx(70)


def test_arrays_are_the_single_metals() -> None:
    metals = np.array(["Sn", "Ti", "Ge", "Sn"])
    states = alloying(load_snapshot(), metals).in_operation
    together = formation_times(metals, states)
    for name in FormationTime.__slots__:
        alone = [
            getattr(formation_time(m, f, x), name) if f else None
            for m, f, x in zip(
                metals.tolist(), states.formula.tolist(), states.sodium_per_metal.tolist(),
                strict=True,
            )
        ]  # fmt: skip
        for found, expected in zip(getattr(together, name).tolist(), alone, strict=True):
            assert expected is None or found == expected


def test_a_probability_is_that_of_a_normal_logarithm() -> None:
    """Against draws of the time itself."""
    rng = np.random.default_rng(2)
    times = FormationTimes(
        np.array([2.0]), np.array([1.5]), np.array([60.0]), np.array([inf]), np.array(["x"])
    )
    drawn = 10 ** (2.0 + 1.5 * rng.standard_normal(200_000))
    told = float(times.probability(Process(25, 30.0), "as_formed")[0])
    assert (drawn < 30.0).mean() == pytest.approx(told, abs=0.003)
