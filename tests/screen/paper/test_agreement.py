"""Published lives beside scores: the statistics against brute force, SciPy and planted orders."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kendalltau

from maiscreen.candidates.errors import InputError
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.paper.agreement import (
    Lives,
    bootstrap_interval,
    chance_probability,
    judge_cells,
    kendall_tau,
)
from maiscreen.screen.paper.published import COLUMNS, embedded_cells, read_cells

HALIDES = ["SnCl4", "GeCl4", "SbCl5", "SiBr4", "TiCl4", "BBr3", "VCl4", "WF6", "SiF4", "SnBr4"]


def lives_of(*rows: tuple[float, bool, int]) -> Lives:
    life, censored, group = zip(*rows, strict=True)
    return Lives(np.array(life, float), np.array(censored), np.array(group))


ROWS = st.lists(
    st.tuples(
        st.sampled_from([0.0, 50.0, 100.0, 650.0]),
        st.booleans(),
        st.integers(0, 1),
        st.sampled_from([0.1, 0.5, 0.9]),
    ),
    min_size=2,
    max_size=8,
)


@given(ROWS)
def test_pairs_and_tau_by_brute_force(rows: list[tuple[float, bool, int, float]]) -> None:
    lives, scores = lives_of(*(row[:3] for row in rows)), np.array([row[3] for row in rows])
    total, count = 0.0, 0
    for one, two in combinations(rows, 2):
        for (life, alive, group, score), (other, other_alive, same, its) in (
            (one, two),
            (two, one),
        ):
            outlived = life > other or (life == other and alive)
            if group == same and outlived and not other_alive:
                total, count = total + np.sign(score - its), count + 1
    found = float(kendall_tau(scores, lives.pairs()))
    assert len(lives.pairs()) == count
    assert found == pytest.approx(total / count) if count else np.isnan(found)


@given(st.permutations(range(7)))
def test_without_ties_and_censoring_it_is_kendalls(order: list[int]) -> None:
    lives = lives_of(*((float(i), False, 0) for i in range(7)))
    expected = kendalltau(order, range(7)).statistic
    assert kendall_tau(np.array(order, float), lives.pairs()) == pytest.approx(expected)


def test_the_chance_of_a_perfect_order_is_one_in_its_orders() -> None:
    lives = lives_of(*((float(i), False, 0) for i in range(5)))
    scores = np.stack([np.arange(5.0), -np.arange(5.0), np.ones(5)])
    assert chance_probability(scores, lives, 1) == pytest.approx([1 / 120, 1, 1])
    # Groups are dealt apart: 3! times 2! orders.
    apart = lives_of((1, False, 0), (2, False, 0), (3, False, 0), (1, False, 1), (9, False, 1))
    assert chance_probability(np.array([1, 2, 3, 1, 9.0]), apart, 1) == pytest.approx(1 / 12)


def test_many_orders_are_drawn() -> None:
    lives = lives_of(*((float(i), False, 0) for i in range(12)))
    found = chance_probability(np.stack([np.arange(12.0), np.sin(np.arange(12.0))]), lives, 1)
    assert found[0] < 0.002
    assert 0.05 < found[1] < 0.95
    low, high = bootstrap_interval(np.arange(12.0), lives, 1)
    assert low == high == 1


def test_what_was_still_alive_says_nothing_of_what_lived_longer() -> None:
    lives = lives_of((100, True, 0), (200, False, 0), (100, False, 0))
    assert lives.pairs().tolist() == [[0, 2], [1, 2]]


def table(path: Path, lives: list[float], **columns: str) -> Path:
    extra = "".join(f",{value}" for value in columns.values())
    rows = [f"{h},{life}{extra}" for h, life in zip(HALIDES, lives, strict=True)]
    path.write_text("\n".join([f"precursor,life{''.join(f',{name}' for name in columns)}", *rows]))
    return path


@pytest.mark.slow
def test_a_planted_order_is_found_and_a_shuffled_one_is_chance(tmp_path: Path) -> None:
    flat = read_cells(table(tmp_path / "flat.csv", [1.0] * len(HALIDES)))
    scores = [row["score"] for row in judge_cells(Campaign(), flat)["scored"]]
    planted = judge_cells(
        Campaign(), read_cells(table(tmp_path / "a.csv", [900 * s for s in scores]))
    )
    assert planted["kendall_tau"] > 0.9
    assert planted["chance_probability"] < 0.002
    assert planted["interval"][0] > 0.7
    rng = np.random.default_rng(3)
    taus, chances = [], []
    for i in range(8):
        lives = rng.permutation([900 * s for s in scores]).tolist()
        found = judge_cells(Campaign(), read_cells(table(tmp_path / f"{i}.csv", lives)))
        taus.append(found["kendall_tau"])
        chances.append(found["chance_probability"])
    assert abs(np.mean(taus)) < 0.3
    assert np.median(chances) > 0.1


def test_the_embedded_table_is_the_papers_comparison() -> None:
    found = judge_cells(Campaign())
    assert found["kendall_tau"] == pytest.approx(0.0)
    assert found["pairs"] == 10
    # 71 of the 120 orders of five cells agree as well.
    assert found["chance_probability"] == pytest.approx(71 / 120)
    misses = {(miss["scored_higher"], miss["its_life"], miss["life"]) for miss in found["misses"]}
    assert misses == {
        ("SnCl2, additive", 100, 220),
        ("SnCl2, additive", 100, 150),
        ("1-chloropropane, vapour", 40, 220),
        ("1-chloropropane, vapour", 40, 150),
        ("TiCl4, vapour", 150, 220),
    }
    assert {row["reason"] for row in found["left_out"]} >= {
        "quoted, not read",
        "has no number of its life",
        "on Li: the engine knows sodium",
    }
    assert len(found["scored"]) + len(found["left_out"]) == len(embedded_cells())
    assert {state: set(by) for state, by in found["states"].items()} == {
        "as_formed": {"F0", "F1", "F2"},
        "in_operation": {"F0", "F1", "F2"},
    }


def test_cells_under_other_conditions_are_not_compared(tmp_path: Path) -> None:
    same = table(tmp_path / "a.csv", [float(i) for i in range(10)], electrolyte="1 M NaPF6")
    rows = same.read_text().splitlines()
    rows[1:] = [f"{row} {i}" for i, row in enumerate(rows[1:])]
    (tmp_path / "b.csv").write_text("\n".join(rows))
    assert judge_cells(Campaign(), read_cells(same))["pairs"] > 30
    apart = judge_cells(Campaign(), read_cells(tmp_path / "b.csv"))
    assert apart["pairs"] == 0
    assert np.isnan(apart["kendall_tau"])
    assert np.isnan(apart["chance_probability"])


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("precursor,cycles\nSnCl4,5\n", "has no row of headings with precursor and life"),
        ("precursor,life\n", "holds a header and no rows"),
        ("precursor,life\nSnCl4,about five\n", "row 2, life"),
        ("precursor,life\nSnCl4,-5\n", "row 2, life = -5"),
        ("precursor,life,censored\nSnCl4,5,maybe\n", "row 2, censored = 'maybe'"),
        ("precursor,life,evidence\nSnCl4,5,rumour\n", "row 2, evidence = 'rumour'"),
        ("precursor,life\nSnCl4,5,6\n", "row 2 has 3 cells"),
    ],
)
def test_a_bad_table_is_named(tmp_path: Path, text: str, what: str) -> None:
    (tmp_path / "cells.csv").write_text(text)
    with pytest.raises(InputError, match="--cells") as caught:
        read_cells(tmp_path / "cells.csv")
    assert what in str(caught.value)


def test_a_table_as_spreadsheets_write_it(tmp_path: Path) -> None:
    head = ";".join(COLUMNS)
    row = "Na;SnCl4;Vapor 10 s;NaSn;0,5;1;> 650;Cycles;;1 M NaPF6;25;somebody;read"
    (tmp_path / "cells.csv").write_text(f"{head}\n{row}\n", encoding="utf-8-sig")
    [cell] = read_cells(tmp_path / "cells.csv")
    assert (cell.route, cell.life, cell.censored, cell.life_unit) == ("vapour", 650, True, "cycles")
    assert (cell.current_density_ma_cm2, cell.temperature_c) == (0.5, 25)


def test_nothing_to_score_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text("precursor,life,host\nSnCl4,5,Li\nLiF,5,Na\n")
    found = judge_cells(Campaign(), read_cells(tmp_path / "cells.csv"))
    assert found["pairs"] == 0
    assert len(found["left_out"]) + len(found["scored"]) == 2
