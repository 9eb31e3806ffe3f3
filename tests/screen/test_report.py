import re
from html.parser import HTMLParser
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from maiscreen.screen.campaign import Campaign
from maiscreen.screen.report import funnel, render

MANIFEST = {
    "fingerprint": "f" * 64,
    "counts": {"passed": 4, "rejected": 4, "failed": 1},
    "sources": {"maiscreen": "0", "code": "c", "snapshot": "s", "packages": {"numpy": "2"}},
}
VOID = {"meta", "br", "link", "img", "hr"}


class Page(HTMLParser):
    """Checks nesting, gathers identifiers, references and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name in ("href", "xlink:href", "src"):
                self.links.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.text += " " if tag in {"td", "th", "dt", "dd", "li", "b"} else ""

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def html(ranking: pa.Table, comparison: dict[str, Any]) -> str:
    return render(Campaign(), ranking, comparison, MANIFEST)


def test_page_is_well_formed_and_stands_alone(html: str) -> None:
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert page.links
    assert all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids)
    references = set(re.findall(r"url\(#([^)]+)\)", html))
    assert references <= set(page.ids)
    assert not re.search(r"<(script|link|img|iframe)|url\((?!#)|@import", html)


def test_same_bytes_again(html: str, ranking: pa.Table, comparison: dict[str, Any]) -> None:
    assert render(Campaign(), ranking, comparison, MANIFEST) == html


def test_text_from_the_table_is_escaped(html: str) -> None:
    assert "corrosive &lt;b&gt;" in html
    assert "corrosive <b>" not in html


def test_says_what_there_is_to_say(html: str) -> None:
    text = " ".join(Page(html).text.split())
    for words in (
        "9 candidates",
        "SnCl4: rank 1 (1–3), score 0.80 (0.70–0.90), P 0.97",
        "TiCl4: rejected – hazard: corrosive",
        "not a prediction of cycle life",
        "by chance once in six",
        "0.17 for the three",
        "as formed default SnCl4 > SiCl4 > TiCl4 yes",
        "in operation default SnCl4 > SiCl4 > TiCl4 no",
        "1-chloropropane vapour 40 0.20 (0.30–0.60)",
        "bare sodium – –",
        "Ti > Si > Sn in stiffness",
        "failed 1 UF6 (no such element)",
        "Materials Project (CC BY 4.0)",
    ):
        assert words in text, words
    assert "nan" not in text.lower().split()
    assert "None" not in text


def test_nothing_passed(ranking: pa.Table) -> None:
    none = ranking.filter(pc.is_null(ranking["rank"]))
    text = Page(render(Campaign(metals=("Ti",)), none, {}, MANIFEST)).text
    assert "No candidate passed every gate" in text
    assert "not in this campaign" in text


def test_funnel_ends_with_those_that_passed(ranking: pa.Table) -> None:
    steps = funnel(ranking.to_pylist())
    assert steps == [("all", 9), ("failed", 8), ("hazard", 6), ("volatility", 4)]


def test_figures_follow_no_setting_of_the_user(
    html: str, ranking: pa.Table, comparison: Any
) -> None:
    import matplotlib as mpl

    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9}):
        assert render(Campaign(), ranking, comparison, MANIFEST) == html
