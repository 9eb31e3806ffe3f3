import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.answer import IN_TABLE
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.funnel import funnel, read_losses
from maiscreen.screen.figures.links import MATERIALS_PROJECT, PUBCHEM
from maiscreen.screen.paper.validate import validate
from maiscreen.screen.report.page import render

MANIFEST = {
    "fingerprint": "f" * 64,
    "counts": {"passed": 4, "rejected": 4, "failed": 1},
    "sources": {"maiscreen": "0", "code": "c", "snapshot": "s", "packages": {"numpy": "2"}},
}
VOID = {"meta", "br", "link", "img", "hr", "input"}


class Page(HTMLParser):
    """Checks nesting, gathers identifiers, references and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            self.attributes.append((tag, name, value))
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
        if not {"script", "style"} & set(self.open):
            self.text += data


@pytest.fixture
def html(ranking: pa.Table, comparison: dict[str, Any]) -> str:
    return render(Findings(Campaign(), ranking, MANIFEST, comparison))


def test_page_is_well_formed_and_stands_alone(html: str) -> None:
    page = Page(html)
    assert len(page.ids) == len(set(page.ids))
    assert page.links
    inside = {link[1:] for link in page.links if link.startswith("#")}
    assert inside <= set(page.ids)
    outside = {link for link in page.links if not link.startswith("#")}
    assert outside
    assert {link for link in outside if not link.startswith((PUBCHEM, MATERIALS_PROJECT))} == set()
    linked = re.findall(r'<a href="https[^>]+>', html)
    assert len(linked) >= len(outside)
    assert all('rel="noopener noreferrer"' in one for one in linked)
    assert set(re.findall(r"url\(#([^)]+)\)", html)) <= set(page.ids)
    assert not re.search(r"<(link|img|iframe|object)|url\((?!#)|@import|<script src", html)


def test_nothing_may_act_but_what_the_policy_names(html: str) -> None:
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]
    for kind, tag in (("style", "style"), ("script", "script")):
        inner = re.search(rf"<{tag}>(.*?)</{tag}>", html, re.DOTALL)
        assert inner
        digest = base64.b64encode(hashlib.sha256(inner[1].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy[1]
    inline = [a for _, a, _ in Page(html).attributes if a == "style" or a.startswith("on")]
    assert inline == []


def test_a_screen_reader_finds_its_way(html: str) -> None:
    page = Page(html)
    captions = re.findall(r"<table[^>]*>\s*(<caption>)?", html)
    assert captions
    assert all(captions)
    drawings = re.findall(r"<svg [^>]+>", html)
    assert all('role="img" aria-label="' in one or "aria-hidden" in one for one in drawings)
    assert sum('role="img"' in one for one in drawings) > 6
    named = {value for _, name, value in page.attributes if name == "aria-labelledby"}
    assert len(named) > 8
    assert named <= set(page.ids)
    labelled = {value for tag, name, value in page.attributes if (tag, name) == ("label", "for")}
    assert labelled == set(), "without draws there is nothing to weigh"
    assert all(f"<{one}" in html for one in ("main", "nav", "header"))


def test_same_bytes_again(html: str, ranking: pa.Table, comparison: dict[str, Any]) -> None:
    assert render(Findings(Campaign(), ranking, MANIFEST, comparison)) == html


HOSTILE = "</script><script>hacked=1</script><img src=x onerror=hacked=1>\u2028"


def test_text_from_the_table_is_escaped(ranking: pa.Table, comparison: dict[str, Any]) -> None:
    rows = [
        {**row, **dict.fromkeys(("name", "caution", "cas", "alloy_in_operation"), HOSTILE)}
        for row in ranking.to_pylist()
    ]
    rows[3]["key"] = rows[3]["metal"] = rows[7]["formula"] = rows[7]["rejected_reason"] = HOSTILE
    manifest = {**MANIFEST, "fingerprint": HOSTILE}
    comparison["contradictions"].append(HOSTILE)
    campaign = replace(Campaign(), name="</title><script>1")
    html = render(Findings(campaign, pa.Table.from_pylist(rows), manifest, comparison))
    assert html.count("<script") == 2
    assert html.count("</script>") == 2
    assert "<img" not in html
    assert html.count("&lt;/script&gt;") > 10
    data = json.loads(html.partition('id="data">')[2].partition("</script>")[0])
    assert HOSTILE in [row["key"] for row in data["rows"]]


def test_says_what_there_is_to_say(html: str) -> None:
    text = " ".join(Page(html).text.split())
    for words in (
        "9 candidates",
        "Of 9 candidates 4 pass every gate",
        "SnCl4 comes first: over the errors of the inputs its expected place is 1.5, in 90 % of "
        "the draws 1 to 3; its score is 0.80. It beats the other one of tier I with a probability "
        "below 0.8",
        "SnCl4: rank 1, tier I, expected place 1.5 (1–3), score 0.80 (0.70–0.90), P 0.97",
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
    text = Page(render(Findings(Campaign(metals=("Ti",)), none, MANIFEST, {}))).text
    assert "No candidate passed every gate" in text
    assert "not in this campaign" in text


def test_funnel_ends_with_those_that_passed(ranking: pa.Table) -> None:
    assert funnel(read_losses(ranking)) == [
        ("all", 9),
        ("failed", 8),
        ("hazard", 6),
        ("volatility", 4),
    ]


def test_default_campaign(finished: pa.Table) -> None:
    first = finished["formula"][0].as_py()
    html = render(Findings(Campaign(), finished, MANIFEST, validate()))
    text = " ".join(Page(html).text.split())
    for words in (
        f"Of 1,400 candidates 18 pass every gate. {first} comes first: over the errors",
        "P(row > column) of the 10 best",
        "SnCl2 in the electrolyte > TiCl4 vapour (measured: 100 and 150 cycles)",
        "Under 4 of 4 other assumptions",
        "4 Na + SnCl4 → Sn + 4 NaCl",
        "liquid at 25 °C, melts at −34 °C, boils at 114 °C; CAS 7646-78-8",
        "Whether NaSi forms is an open question (probability 0.23: stable 0.67, in time 0.35)",
        "Ti forms no compound with sodium",
        "Na15Sn4 −0.161 0.000 0.10 0.08 yes",
        "compound 914",
        "ranking.parquet has every candidate",
    ):
        assert words in text, words
    assert len(html) < 1_250_000
    labels = {v for tag, name, v in Page(html).attributes if (tag, name) == ("label", "for")}
    assert {f"w-{name}" for name in ATTRIBUTES} <= labels
    for label in (
        "NaSn2 at 0.45 V, measured 0.53 V",
        "all: 1,400 left; compound: 486 left",
        "SnCl4 vapour: 650 cycles, score 0.9",
        "SnCl4, SiCl4, TiCl4, SnCl2, additive, 1-chloropropane, bare sodium, with one standard",
    ):
        assert label in html, label


def test_cells_outside_the_campaign_are_compared_all_the_same(finished: pa.Table) -> None:
    germanium = finished.filter(pc.equal(finished["metal"], "Ge"))
    html = render(Findings(Campaign(metals=("Ge",)), germanium, MANIFEST, {}))
    assert "SnCl4: not in this campaign" in " ".join(Page(html).text.split())
    assert "The four attributes of GeCl4, SnCl4, SiCl4, TiCl4, SnCl2, additive" in html


@pytest.mark.slow
def test_a_hundred_thousand_candidates_make_no_large_page(hundred_thousand: pa.Table) -> None:
    assert hundred_thousand.num_rows > 100_000
    html = render(Findings(Campaign(), hundred_thousand, MANIFEST, {}))
    assert len(html) < 2_400_000
    assert f"The first {IN_TABLE} of 1,350 that passed; all are in ranking.parquet" in html
    data = json.loads(html.partition('id="data">')[2].partition("</script>")[0])
    assert len(data["rows"]) == IN_TABLE


def test_no_attribute_left(finished: pa.Table) -> None:
    alone = Campaign().with_settings(
        [f"weights.{name}={int(name == 'adhesion')}" for name in ATTRIBUTES]
    )
    text = Page(render(Findings(alone, finished, MANIFEST, {}))).text
    assert "without adhesion" in text


@pytest.mark.parametrize(
    ("formulas", "words"),
    [
        (("SnCl4",), "1 passes every gate. SnCl4 comes first"),
        (("SnCl4", "TiCl4"), "2 pass every gate. SnCl4 comes first: over the errors"),
    ],
)
def test_the_answer_for_few(finished: pa.Table, formulas: tuple[str, ...], words: str) -> None:
    few = finished.filter(pc.is_in(finished["key"], value_set=pa.array(formulas)))
    text = " ".join(Page(render(Findings(Campaign(), few, MANIFEST, {}))).text.split())
    assert words in text
    assert "At least an even chance" not in text


def test_a_shared_first_place_is_said(finished: pa.Table) -> None:
    place = finished.schema.get_field_index("expected_place")
    field = finished.schema.field("expected_place")
    same = finished.set_column(place, field, pa.array([11.5] * finished.num_rows))
    text = " ".join(Page(render(Findings(Campaign(), same, MANIFEST, {}))).text.split())
    assert "its expected place is 11.5, which 17 others share" in text
