import pyarrow as pa
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.figures.figure import Line, Point
from maiscreen.screen.figures.parallel import parallel


def test_better_is_upwards_on_every_axis(finished: pa.Table) -> None:
    findings = Findings(Campaign(), finished)
    (panel,) = parallel(findings).panels
    lines = {mark.key: mark.points for mark in panel.marks if isinstance(mark, Line)}
    assert {*lines} == {row["key"] for row in findings.ranked}
    for place, name in enumerate(ATTRIBUTES):
        heights = {row["key"]: lines[row["key"]][place] for row in findings.ranked}
        assert {x for x, _ in heights.values()} == {float(place)}
        worse = 1.0 if name == "electrolyte_permeability" else -1.0
        rows = sorted(findings.ranked, key=lambda row: worse * row[name])
        order = [heights[row["key"]][1] for row in rows]
        assert order == sorted(order, reverse=True)
        assert 0 < min(order) <= max(order) < 1
    marks = [mark.key for mark in panel.marks if isinstance(mark, Point)]
    assert all(marks.count(key) == len(ATTRIBUTES) for key in lines)


def test_nothing_to_draw(finished: pa.Table) -> None:
    with pytest.raises(InputError, match="nothing passed"):
        parallel(Findings(Campaign(), finished.filter(pa.array([False] * finished.num_rows))))
