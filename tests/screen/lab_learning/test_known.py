"""The paper's cells count from the start, and once."""

from dataclasses import replace

import pyarrow as pa

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.lab_learning.known import (
    is_of_paper,
    known_cells,
    paper_cells,
    with_paper_layers,
)
from maiscreen.screen.lab_learning.trials import key_of
from maiscreen.screen.lab_sheet.record import LabRecord
from maiscreen.screen.paper.cells import CELLS


def test_the_embedded_cells_are_those_of_the_comparison() -> None:
    cycles = {key_of(one): (one.cycles, one.censored) for one in paper_cells()}
    assert cycles == {
        case.key: (case.cycles, case.key == "SnCl4") for case in CELLS if case.cycles is not None
    }
    assert {one.electrolyte for one in paper_cells()} == {"1 M NaCF3SO3 in diglyme"}
    assert all(map(is_of_paper, paper_cells()))


def test_a_cell_of_the_paper_counts_once_and_may_be_left_out() -> None:
    own = LabRecord(row=2, precursor="GeCl4", cycles=300, current_density_ma_cm2=2.0,
                    capacity_mah_cm2=1.0)  # fmt: skip
    imported = replace(paper_cells()[0], electrolyte="", note="", row=9)
    assert known_cells([]) == [*paper_cells()]
    assert known_cells([own], with_paper=False) == [own]
    both = known_cells([own, imported])
    assert len(both) == len(paper_cells()) + 1 and imported in both
    # Who happens to count as many cycles in a cell of their own has made another cell.
    alike = replace(imported, replicate="1")
    assert not is_of_paper(alike)
    assert len(known_cells([alike])) == len(paper_cells()) + 1


def test_layers_of_the_paper_are_beside_any_candidates(finished: pa.Table) -> None:
    assert with_paper_layers(Campaign(), finished).equals(finished)
    few = finished.filter(pa.array([key == "GeCl4" for key in finished["key"].to_pylist()]))
    rows = with_paper_layers(Campaign(metals=("Ge",)), few).to_pylist()
    assert {row["key"] for row in rows} >= {"GeCl4", *(case.key for case in CELLS)}
    assert [row["key"] for row in rows if row["passed"]] == ["GeCl4"]
    by_key = {row["key"]: row for row in finished.to_pylist()}
    tin = next(row for row in rows if row["key"] == "SnCl4")
    assert tin["score"] == by_key["SnCl4"]["score"] and tin["rank"] is None
