"""What to try next, on a terminal; and the cells of the paper, which count from the start."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from maiscreen.runners.cli.text import columns, decision_text

if TYPE_CHECKING:
    from maiscreen.runners.folder.place import Place
    from maiscreen.screen.lab_sheet.record import LabRecord


def beside_the_paper(out: Place, results: str, *, with_paper: bool) -> str:
    """Return a table of results between what to try next and the paper's cells."""
    from maiscreen.runners.folder.ownership import read_ranking
    from maiscreen.runners.runs.lab import known_results
    from maiscreen.screen.lab_learning.decision import decide

    ranking, campaign, _ = read_ranking(out)
    records = known_results(out, with_paper=with_paper)
    decision = decision_text(str(decide(campaign, ranking, records) or ""))
    return "\n\n".join(filter(None, (decision, results, paper_table(records))))


def paper_table(records: Sequence[LabRecord]) -> str:
    """Return the cells that count from the start; empty where they are left out."""
    from maiscreen.screen.lab_learning.known import is_of_paper

    rows = [
        (
            one.precursor,
            one.route,
            f"{'> ' if one.censored else ''}{one.cycles}",
            f"{one.current_density_ma_cm2:g}",
            f"{one.capacity_mah_cm2:g}",
            one.electrolyte,
        )
        for one in records
        if is_of_paper(one)
    ]
    head = ("the paper's cells", "route", "cycles", "mA/cm²", "mAh/cm²", "electrolyte")
    note = "they count in what to try next; --without-paper leaves them out"
    return f"{columns([head, *rows])}\n{note}" if rows else ""
