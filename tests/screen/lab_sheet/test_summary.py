"""Medians of replicates, some of which still run."""

from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maiscreen.screen.lab_sheet.record import LabRecord
from maiscreen.screen.lab_sheet.summary import kaplan_meier_median, summarise_results


def records(*cycles: int, **more: object) -> list[LabRecord]:
    given = {"current_density_ma_cm2": 2.0, "capacity_mah_cm2": 1.0} | more
    return [
        LabRecord(row=i, precursor="SnCl4", cycles=n, replicate=str(i), **given)  # type: ignore[arg-type]
        for i, n in enumerate(cycles, 2)
    ]


def test_equal_cells_lie_apart_by_a_factor_and_pending_ones_are_counted() -> None:
    runs = LabRecord(row=9, precursor="SnCl4", running=True, censored=True)
    spellings = (
        records(100, electrolyte="1 M NaPF6 in G2"),
        records(400, electrolyte="1M NaPF6 diglyme"),
    )
    (group,) = summarise_results([*spellings[0], *spellings[1], runs])
    assert (group.cells, group.running) == (3, 1)
    # ln 400 − ln 100 = 2 ln 2; over the root of 2 it is the standard deviation of two.
    assert group.scatter == pytest.approx(2 ** (2 / 2**0.5), rel=1e-5)
    (alone,) = summarise_results(records(100))
    assert alone.scatter is None


CYCLES = st.lists(st.integers(1, 2000), min_size=1, max_size=9)


@settings(deadline=None)
@given(CYCLES)
def test_without_running_cells_it_is_the_median(cycles: list[int]) -> None:
    found = kaplan_meier_median(cycles, [False] * len(cycles))
    assert found.reached
    assert found.cycles == median(cycles)
    # The estimate itself says so too: a cell that stopped before any failed tells nothing.
    assert kaplan_meier_median([*cycles, 0.5], [*[False] * len(cycles), True]) == found


@settings(deadline=None)
@given(CYCLES)
def test_if_all_run_it_exceeds_the_longest(cycles: list[int]) -> None:
    assert str(kaplan_meier_median(cycles, [True] * len(cycles))) == f"> {max(cycles):g}"


@pytest.mark.parametrize(
    ("cycles", "running", "shown"),
    [
        ([100, 650, 650], [0, 1, 1], "> 650"),
        ([100, 650], [0, 1], "> 375"),
        ([100, 200, 650], [0, 0, 1], "200"),
        # By hand: 5/6 after 6, then 4 at risk: 5/8 after 7, 3 left: 5/12 after 9.
        ([6, 6.5, 7, 8, 9, 10], [0, 1, 0, 1, 0, 1], "9"),
        # A cell that stopped early says nothing of later failures: of 20+ and 100, 100.
        ([20, 100], [1, 0], "100"),
    ],
)
def test_running_cells_count_as_long_as_they_were_seen(
    cycles: list[float], running: list[int], shown: str
) -> None:
    assert str(kaplan_meier_median(cycles, [bool(r) for r in running])) == shown


def test_cycles_of_other_conditions_are_not_mixed() -> None:
    same = {"precursor": "SnCl4", "capacity_mah_cm2": 1.0, "cell": "symmetric"}
    records = [
        LabRecord(row=2, cycles=600, current_density_ma_cm2=2.0, thickness_nm=100.0, **same),
        LabRecord(row=3, cycles=700, current_density_ma_cm2=2.0, thickness_nm=300.0, **same),
        LabRecord(row=4, cycles=90, current_density_ma_cm2=5.0, phases=("NaCl",), **same),
    ]
    first, second = summarise_results(records)
    assert (first.cells, str(first.cycles), first.thickness_nm) == (2, "650", 200)
    assert (second.cells, str(second.cycles), second.phases) == (1, "90", ("NaCl",))
