"""What to try next is one text, made from the ranking and the cells known so far."""

from dataclasses import replace

import pyarrow as pa
import pytest

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.lab_learning.decision import Decision, decide, layers_of, learn
from maiscreen.screen.lab_learning.known import known_cells, paper_cells
from maiscreen.screen.lab_learning.next import propose
from maiscreen.screen.lab_sheet.record import LabRecord


@pytest.fixture(scope="module")
def fresh(finished: pa.Table) -> Decision:
    decision = decide(Campaign(), finished, known_cells([]))
    assert decision is not None
    return decision


def test_it_names_nothing_published_and_what_it_rests_on(
    finished: pa.Table, fresh: Decision
) -> None:
    first = fresh.proposal
    assert first is not None
    assert first.precursor not in {one.precursor for one in paper_cells()}
    assert (first.beats, fresh.lived, fresh.cells, fresh.precursors) == ("SnCl4", "> 650", 5, 5)
    lines = fresh.lines()
    assert lines[0].startswith(f"Try next: {first.precursor} ({first.name})")
    assert (
        f"the best known (> 650 cycles), with a probability of {100 * first.p_better:.0f} %"
        in (lines[1])
    )
    # The chance levels stand beside it: 1 in 6, and the mean over what could have been tried.
    assert first.p_by_chance == pytest.approx(1 / 6)
    assert 0 < first.p_by_lot < first.p_better < 1
    assert "the last of 6 equals 17 %" in lines[1]
    [danger] = [row["danger"] for row in finished.to_pylist() if row["key"] == first.precursor]
    assert lines[2].startswith(f"Against it: {str(danger).rstrip('?')}")
    assert lines[3].startswith("Measure first: ") and "thickness" in lines[3]
    assert lines[4].startswith("It rests on 5 cells of 5 precursors and controls, all of the paper")


def test_a_text_is_the_same_however_the_results_come(finished: pa.Table, fresh: Decision) -> None:
    """The sheet of the paper, imported with its empty electrolyte, is the same evidence."""
    imported = [replace(one, electrolyte="") for one in reversed(paper_cells())]
    assert str(decide(Campaign(), finished, known_cells(imported))) == str(fresh)


def test_own_cells_count_and_a_failure_is_not_proposed_first(
    finished: pa.Table, fresh: Decision
) -> None:
    assert fresh.proposal is not None
    failed = [
        replace(paper_cells()[0], precursor=fresh.proposal.precursor, cycles=20, censored=False,
                replicate=str(i), note="")
        for i in range(3)
    ]  # fmt: skip
    later = decide(Campaign(), finished, known_cells(failed))
    assert later is not None and later.proposal is not None
    assert later.proposal.precursor != fresh.proposal.precursor
    assert (later.cells, later.of_paper) == (8, 5)
    assert "5 of the paper" in later.lines()[-1]


def test_what_was_seen_to_live_longer_is_said(finished: pa.Table, fresh: Decision) -> None:
    """Cells in another electrolyte tell little of the paper's, but they are known."""
    assert "the best known (> 650 cycles)" in fresh.lines()[1]
    long = [
        replace(
            paper_cells()[0],
            precursor=name,
            cycles=cycles,
            censored=False,
            note="",
            electrolyte="1 M NaClO4 in EC",
        )
        for name, cycles in (("SbCl5", 2000), ("GeCl4", 1500))
    ]
    later = decide(Campaign(), finished, known_cells(long))
    assert later is not None and later.proposal is not None
    assert later.proposal.beats == "SnCl4"
    told = "SnCl4, expected to live longest of all that was tried (> 650 cycles; SbCl5 was seen to"
    assert told in later.lines()[1]
    assert "live 2000)" in later.lines()[1]


def test_without_any_cell_it_says_so(finished: pa.Table) -> None:
    decision = decide(Campaign(), finished, known_cells([], with_paper=False))
    assert decision is not None and decision.proposal is not None
    assert decision.proposal.beats == "bare sodium"
    assert "the last of 2 equals 50 %" in decision.lines()[1]
    assert decision.lines()[-1].startswith("It rests on no cell")


def test_nothing_is_decided_where_nothing_passed_or_can_be_drawn(finished: pa.Table) -> None:
    rejected = finished.filter(pa.compute.invert(finished["passed"]))
    assert decide(Campaign(), rejected, known_cells([])) is None
    assert decide(Campaign(), finished.drop(["score_std"]), known_cells([])) is None


def test_gains_that_draws_cannot_tell_apart_follow_the_ranking(finished: pa.Table) -> None:
    campaign, records = Campaign(), known_cells([])
    layers = layers_of(campaign, finished)
    batch = propose(campaign, layers, *learn(campaign, layers, records), 5)
    ranks = [one.rank for one in batch if one.gain > batch[0].gain * 0.997]
    assert batch[0].rank == min(ranks)  # type: ignore[type-var]


def test_a_dangerous_or_unusual_record_cannot_break_the_text(finished: pa.Table) -> None:
    odd = LabRecord(row=2, precursor="no such thing", cycles=10, current_density_ma_cm2=2.0,
                    capacity_mah_cm2=1.0)  # fmt: skip
    assert decide(Campaign(), finished, known_cells([odd])) is not None
