"""What is proposed next: by what was tried, and never what the gates reject."""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from lab_sim import cell, layers

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import describe_precursors, halides_of
from maiscreen.screen.lab_learning.lives import draw_lives
from maiscreen.screen.lab_learning.next import NEGLIGIBLE, Proposal, Race, propose
from maiscreen.screen.lab_learning.trials import trials, worths
from maiscreen.screen.lab_learning.weights import learn_weights
from maiscreen.screen.lab_sheet.record import LabRecord
from maiscreen.screen.paper.comparison import rank_with_controls

DEFAULT = Campaign()
WARM = Campaign(temperature_c=60.0, metals=("Sn", "Sb", "Ge", "Si"))
KNOWN = layers(30, draws=1024)
PAPER = [
    cell("SnCl4", 650, True),
    cell("SiCl4", 220),
    cell("TiCl4", 150),
    cell("SnCl2", 100, route="additive"),
    cell("C3H7Cl", 40),
]


@pytest.fixture(scope="module")
def table(default_ranking: pa.Table) -> pa.Table:
    """Those that passed, the controls, and a few that did not."""
    wanted = {"SnCl2 additive", "C3H7Cl", "bare sodium", "CCl4", "SnBr4", "WF6"}
    rows = zip(
        default_ranking["passed"].to_pylist(), default_ranking["key"].to_pylist(), strict=True
    )
    return default_ranking.filter(pa.array([p or key in wanted for p, key in rows]))


@pytest.fixture(scope="module")
def warm_table() -> pa.Table:
    """Halides of four metals at 60 °C, where two of tin come first."""
    return rank_with_controls(WARM, describe_precursors(WARM, halides_of(WARM)))


def proposed(
    table: pa.Table, records: list[LabRecord], count: int = 5, campaign: Campaign = DEFAULT
) -> tuple[Proposal, ...]:
    drawn = worths(campaign, table)
    known = trials(records, drawn.keys)
    return propose(campaign, table, known, learn_weights(known, drawn), count)


def test_the_second_to_try_is_of_another_metal_than_the_second_by_rank(
    warm_table: pa.Table,
) -> None:
    found = proposed(warm_table, [], campaign=WARM)
    by_rank = sorted(found, key=lambda one: one.rank or 0)
    assert [one.metal for one in by_rank[:2]] == ["Sn", "Sn"]
    assert [one.metal for one in found[:2]] == ["Sn", "Sb"]
    # By itself a second precursor of tin would gain more.
    assert by_rank[1].gain > found[1].gain


def test_without_results_bare_sodium_is_to_be_beaten(table: pa.Table) -> None:
    found = proposed(table, [])
    assert [one.place for one in found] == [1, 2, 3, 4, 5]
    assert {one.beats for one in found} == {"bare sodium"}
    assert all(b.gain_batch > a.gain_batch for a, b in pairwise(found))
    assert "bare sodium in" in found[0].reason
    # A bare control says nothing more.
    bare = [cell("bare sodium", 30, route="none")]
    assert [one.precursor for one in proposed(table, bare)] == [one.precursor for one in found]


def test_what_was_tried_and_what_the_gates_reject_is_not_proposed(table: pa.Table) -> None:
    found = proposed(table, PAPER, 30)
    names = [one.precursor for one in found]
    passed = {r["formula"] for r in table.to_pylist() if r["passed"]}
    assert {*names} <= passed
    assert not {"SnCl4", "SiCl4", "TiCl4"} & {one.precursor for one in found if not one.repeat}
    assert {one.beats for one in found} == {"SnCl4"}
    assert all(0 <= one.p_better <= 1 and one.gain >= 1 for one in found)
    assert len({*names}) == len(names)


def test_a_repeat_is_proposed_where_two_are_nearly_equal(table: pa.Table) -> None:
    near = [cell("SnCl4", 300), cell("SiCl4", 290)]
    found = proposed(table.filter(pa.array([k in ("SnCl4", "SiCl4", "TiCl4")
                     for k in table["key"].to_pylist()])), near, 3)  # fmt: skip
    repeat = [one for one in found if one.repeat]
    assert repeat
    assert "a repeat" in repeat[0].reason
    settled = [
        cell(k, n + i, replicate=str(i))
        for k, n in (("SnCl4", 600), ("SiCl4", 60))
        for i in range(8)
    ]
    assert not [one for one in proposed(table, settled) if one.repeat]


def test_cells_speak_of_their_own_layer_and_of_its_metal(table: pa.Table) -> None:
    """A tin layer that fails early lowers what is expected of tin, not of germanium."""
    drawn = worths(Campaign(), table)
    rivals = [
        cell(k, 300 + i, replicate=str(i)) for k in ("SiCl4", "TiCl4", "BCl3") for i in range(3)
    ]

    def expected(cycles: int) -> dict[str, float]:
        known = trials([*rivals, cell("SnBr4", cycles)], drawn.keys)
        found = draw_lives(learn_weights(known, drawn), drawn)
        return dict(zip(found.keys, found.score.mean(axis=0).tolist(), strict=True))

    early, late = expected(20), expected(4000)
    assert late["SnCl4"] - early["SnCl4"] > 0.02
    assert late["SnBr4"] - early["SnBr4"] > 0.02
    assert late["GeCl4"] <= early["GeCl4"]


def test_many_cells_fix_the_life_of_a_layer() -> None:
    records = [
        cell(k, n, replicate=str(i)) for k, n in (("L000", 300), ("L001", 110)) for i in range(40)
    ]
    known = trials(records, KNOWN.keys)
    found = draw_lives(learn_weights(known, KNOWN), KNOWN)
    apart = found.life[:, 0] - found.life[:, 1]
    assert apart.mean() == pytest.approx(np.log(300 / 110), abs=0.05)
    assert apart.std() < 0.1
    assert (found.score <= 1).all()
    before = draw_lives(learn_weights(trials([], KNOWN.keys), KNOWN), KNOWN)
    assert (before.life[:, 0] - before.life[:, 1]).std() > 0.5


def test_cells_that_run_are_part_of_the_batch(table: pa.Table) -> None:
    alone = proposed(table, PAPER, 4)
    first = alone[0].precursor
    for running in (
        cell(first, 30, True, running=True, replicate="x"),
        replace(cell(first, 0, True, running=True), cycles=None),
    ):
        beside = proposed(table, [*PAPER, running], 4)
        assert first not in [one.precursor for one in beside]
        # What the cell that runs is expected to show is not counted again.
        assert beside[0].gain_batch < alone[0].gain_batch
    stopped = cell(first, 30, True, replicate="x", failure_criterion="stopped")
    assert trials([*PAPER, stopped], worths(Campaign(), table).keys).pending == {}


def test_more_cells_of_each_show_more(table: pa.Table) -> None:
    campaign = Campaign()
    drawn = worths(campaign, table)
    known = trials(PAPER, drawn.keys)
    posterior = learn_weights(known, drawn)
    gains = [
        propose(campaign, table, known, posterior, 1, replicates=n)[0].gain_batch for n in (1, 4)
    ]
    assert gains[1] > gains[0]


def test_a_batch_has_one_temperature_unless_any_will_do(table: pa.Table) -> None:
    campaign = Campaign()
    at = [25.0 if key == "GeCl4" else 60.0 for key in table["key"].to_pylist()]
    warm = table.append_column("temperature_c", pa.array(at))
    drawn = worths(campaign, table)
    known = trials([], drawn.keys)
    posterior = learn_weights(known, drawn)
    batch = propose(campaign, warm, known, posterior, 5)
    assert {one.temperature_c for one in batch} == {60.0}
    mixed = propose(campaign, warm, known, posterior, 5, one_temperature=False)
    # Each pick may leave as much lying as the draws cannot tell apart.
    assert mixed[-1].gain_batch >= batch[-1].gain_batch * math.exp(-5 * NEGLIGIBLE)
    assert [one.precursor for one in mixed] == [
        one.precursor for one in propose(campaign, table, known, posterior, 5)
    ]


def test_shared_errors_make_a_batch_diverse() -> None:
    """Of layers that are equally good, one that shares nothing is taken before a twin."""
    rng = np.random.default_rng(0)
    first, other = rng.standard_normal((2, 4000))
    ahead = np.stack([first, first + 0.05, other], axis=1)
    race = Race(("A", "A'", "B"), "C", ahead, ahead)
    assert race.batch(["A", "A'", "B"], 2)[0] == ["A'", "B"]
    picks, totals = race.batch(["A", "A'", "B"], 3)
    assert totals[0] == pytest.approx(race.gain(["A'"]))
    assert totals[1] == pytest.approx(race.gain(picks[:2]))
    assert len(picks) == 2  # the twin of what is in it adds nothing
    # Nor does a twin of what runs, and what runs is not gained once more.
    rest, gains = race.batch(["A'", "B"], 3, ["A"])
    assert rest[0] == "B"
    assert gains[0] == pytest.approx(race.gain(["A", "B"]) - race.gain(["A"]))
