"""Numbers of the pages that come from the default ranking: what they say is what comes out."""

import re
from pathlib import Path
from typing import Any

import pytest
from doc_blocks import ROOT

import maiscreen
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.paper.comparison import paper_outcomes
from maiscreen.screen.paper.variance import variance
from maiscreen.screen.scoring.draws import ErrorDraws, draw_scores
from maiscreen.screen.scoring.ranking import weights

NUMBER = r"\d+(?:\.\d+)?"


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def table(text: str, heading: str) -> list[list[str]]:
    """Give the cells of the rows below the line that begins with a heading and its rule."""
    lines = [line.strip() for line in text.splitlines()]
    start = next(i for i, line in enumerate(lines) if line.startswith(heading)) + 2
    end = next(i for i in range(start, len(lines)) if not lines[i].startswith("|"))
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[start:end]]


def agrees(written: str, value: float) -> bool:
    """Tell whether a value rounds to what is written, by as many digits as are written."""
    decimals = len(written.partition(".")[2])
    return abs(float(written) - value) <= 0.5 * 10**-decimals + 1e-9


def names(text: str) -> list[str]:
    """Give the formulas of a sentence in their order."""
    return re.findall(r"\b[A-Z][a-z]?\d?(?:Cl|Br|F|I)\d\b", text)


def test_how_often_one_cell_of_the_paper_beats_another() -> None:
    campaign = Campaign()
    drawn = ErrorDraws.of(campaign.samples, campaign.seed)
    scores = draw_scores(paper_outcomes(campaign, campaign.state), weights(campaign), drawn)
    beats = (scores[:, :, None] > scores[:, None, :]).mean(axis=0)
    rows = table(page("validation.md"), "| | SnCl4 | SiCl4 | TiCl4 | SnCl2, additive")
    assert len(rows) == len(beats)
    for i, (_, *cells) in enumerate(rows):
        assert cells[i] == ""
        for j in set(range(len(rows))) - {i}:
            assert agrees(cells[j], beats[i, j]), (rows[i][0], j, beats[i, j])


@pytest.mark.slow
def test_the_table_of_where_the_width_comes_from() -> None:
    found = variance(Campaign())
    now, *rows = table(page("validation.md"), "| source | P(order) halved")
    assert agrees(now[1], found["now"]["p_order"])
    assert agrees(now[2], found["now"]["places"])
    assert [row[0] for row in rows] == [one["source"] for one in found["sources"]]
    columns = (
        *("p_order_halved", "p_order_without", "places_halved", "places_without"),
        *("SnCl4_first", "SnCl4_total", "SiCl4_first", "SiCl4_total"),
    )
    for row, one in zip(rows, found["sources"], strict=True):
        written = re.findall(NUMBER, " ".join(row[1:]))
        for word, name in zip(written, columns, strict=True):
            assert agrees(word, one[name]), (one["source"], name, one[name])


def ranked(folder: Path, **settings: Any) -> list[dict[str, Any]]:
    rows = maiscreen.run(Campaign(**settings), folder, serially=True, quiet=True).to_pylist()
    return sorted((r for r in rows if r["rank"] is not None), key=lambda r: r["rank"])


@pytest.mark.slow
def test_ranks_of_the_shortlist_at_the_bench(tmp_path: Path) -> None:
    rows, text = ranked(tmp_path / "c"), page("shortlist.md")
    bottles = [row for row in rows if row["handling"] == "bottle"]
    for cells, row in zip(table(text, "| no., rank |"), bottles[:10], strict=True):
        assert cells[:2] == [f"{row['place_in_list']}, {row['rank']}", row["formula"]]
        assert cells[4] == row["danger"]
    said = re.search(r"From a cylinder, .*?: (BCl3.*?)\. Each", text, re.DOTALL)
    assert said
    gases = [row for row in rows if row["handling"] == "cylinder"]
    assert names(said[1]) == [row["formula"] for row in gases]
    assert re.findall(r"\((?:rank )?(\d+),", said[1]) == [str(row["rank"]) for row in gases]


ORDERS = (
    ({"handling": ("bottle",)}, r"13 are ranked among themselves: (.*?);", 13),
    ({"temperature_c": 60}, r"20 out of a bottle: (.*?)\. New", 7),
    ({"halogens": ("Cl", "Br", "I")}, r"its first seven are (.*?)\.\n", 7),
)
"""Settings, the sentence of docs/shortlist.md that gives their order, and how many it names."""


@pytest.mark.slow
@pytest.mark.parametrize(("settings", "sentence", "count"), ORDERS)
def test_orders_of_other_campaigns(
    settings: dict[str, Any], sentence: str, count: int, tmp_path: Path
) -> None:
    said = re.search(sentence, page("shortlist.md"), re.DOTALL)
    assert said
    rows = ranked(tmp_path / "c", **settings)
    assert names(said[1]) == [row["formula"] for row in rows[:count]]


@pytest.mark.slow
def test_places_without_conductivity(tmp_path: Path) -> None:
    rows = ranked(tmp_path / "c", weights={"ionic_conductivity": 0})
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    said = re.search(r"SnCl4 would be (\d)th, behind (.*?) by expected place, and (\d)th", readme)
    assert said
    by_place = [r["formula"] for r in sorted(rows, key=lambda r: float(r["expected_place"]))]
    by_score = [r["formula"] for r in sorted(rows, key=lambda r: -float(r["score"]))]
    assert names(said[2]) == by_place[: by_place.index("SnCl4")]
    place, score = (int(one) for one in said.group(1, 3))
    assert (place, score) == (by_place.index("SnCl4") + 1, by_score.index("SnCl4") + 1)
