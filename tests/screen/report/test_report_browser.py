"""The report in a real browser: `make test-browser`."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.facts.answer import IN_TABLE, rerank
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.paper.validate import validate
from maiscreen.screen.report.page import render
from maiscreen.screen.text import roman

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser

MANIFEST = {"fingerprint": "f" * 64, "counts": {"passed": 22, "rejected": 1371, "failed": 0}}
Open = Callable[[str], "Chrome"]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Chrome]":
    from browsing import chromium

    with chromium(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture
def opened(browser: "Chrome", tmp_path: Path) -> Open:
    """Open a page afresh: nothing logged, bright, on a laptop."""

    def open_(html: str) -> "Chrome":
        file = tmp_path / "report.html"
        file.write_text(html, encoding="utf-8")
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
        browser.get("about:blank")
        requests(browser)
        browser.get_log("browser")
        browser.get(file.as_uri())
        return browser

    return open_


@pytest.fixture(scope="module")
def html(finished: pa.Table) -> str:
    return render(Findings(Campaign(), finished, MANIFEST, validate()))


def requests(browser: "Chrome") -> list[str]:
    """List what was asked for since the last call."""
    entries = (json.loads(one["message"])["message"] for one in browser.get_log("performance"))
    return [
        one["params"]["request"]["url"]
        for one in entries
        if one["method"] == "Network.requestWillBeSent"
    ]


def column(browser: "Chrome", number: int) -> list[str]:
    """Read a column of the ranking, as it is shown, without what is soft."""
    script = """const rows = [...document.querySelectorAll('#ranking tbody tr:not([hidden])')];
    return rows.map((row) => {
        const cell = row.cells[arguments[0]].cloneNode(true);
        for (const soft of cell.querySelectorAll('.soft, .hidden')) soft.remove();
        return cell.textContent.trim();
    })"""
    found: list[str] = browser.execute_script(script, number)
    return found


def said(browser: "Chrome") -> str:
    text: str = browser.execute_script("return document.getElementById('said').textContent")
    return text


def click_head(browser: "Chrome", number: int) -> str:
    script = """const head = document.querySelector('#ranking thead tr').cells[arguments[0]];
        head.querySelector('button').click(); return head.getAttribute('aria-sort')"""
    sort: str = browser.execute_script(script, number)
    return sort


def weigh(browser: "Chrome", weights: tuple[float, ...]) -> dict[str, int]:
    """Move the sliders, and read the ranks by key."""
    script = """arguments[0].forEach(([name, weight]) => {
            const slider = document.getElementById('w-' + name);
            slider.value = weight;
            slider.dispatchEvent(new Event('input', {bubbles: true}));
        });
        return Object.fromEntries([...document.querySelectorAll('#ranking tbody tr')].map(
            (row) => [row.dataset.key, Number(row.cells[0].dataset.v)]))"""
    ranks: dict[str, int] = browser.execute_script(
        script, list(zip(ATTRIBUTES, weights, strict=True))
    )
    return ranks


def test_opens_without_an_error_or_a_request(opened: Open, html: str) -> None:
    browser = opened(html)
    assert browser.title == "maiscreen – default"
    assert browser.get_log("browser") == []
    assert [url for url in requests(browser) if not url.startswith("file:")] == []
    assert len(column(browser, 0)) == 18
    assert said(browser) == "18 of 18 shown, sorted by Rank, ascending. "


@pytest.mark.parametrize("width", [1366, 800, 400])
def test_scrolls_down_alone(opened: Open, html: str, width: int) -> None:
    browser = opened(html)
    size = {"width": width, "height": 768, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    needed = browser.execute_script("return document.documentElement.scrollWidth")
    captions = browser.execute_script(
        "return [...document.querySelectorAll('caption')].map(c => c.getBoundingClientRect().right)"
    )
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert needed <= width
    assert max(captions) <= width, "what a table says of itself is read without scrolling it"


def test_sorts_both_ways(opened: Open, html: str, finished: pa.Table) -> None:
    browser = opened(html)
    rows = [row for row in finished.to_pylist() if row["rank"]]
    assert click_head(browser, 3) == "ascending"
    assert column(browser, 1) == [row["formula"] for row in rows]  # tiers rise along the ranks
    assert column(browser, 3) == [roman(row["tier"]) for row in rows]
    assert click_head(browser, 7) == "ascending"
    by_conductivity = sorted(rows, key=lambda row: (row["ionic_conductivity"], row["rank"]))
    assert column(browser, 1) == [row["formula"] for row in by_conductivity]
    assert click_head(browser, 7) == "descending"
    assert column(browser, 1)[0] == by_conductivity[-1]["formula"]
    assert click_head(browser, 15) == "ascending"
    alloys = column(browser, 15)
    assert alloys[-1] == "none"
    assert "Alloy in operation, ascending" in said(browser)
    only = "return document.querySelectorAll('#ranking [aria-sort]').length"
    assert browser.execute_script(only) == 1


def test_filters(opened: Open, html: str) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.select import Select

    browser = opened(html)
    browser.find_element(By.ID, "find").send_keys("7783-58-6")
    assert column(browser, 1) == ["GeF4"]
    assert said(browser).startswith("1 of 18 shown")
    browser.find_element(By.ID, "find").clear()
    browser.find_element(By.ID, "find").send_keys("chloro")
    Select(browser.find_element(By.ID, "metal")).select_by_visible_text("Si")
    assert column(browser, 1) == ["SiCl4", "Si2Cl6"]
    browser.find_element(By.ID, "find").clear()
    browser.find_element(By.ID, "find").send_keys(" ")
    Select(browser.find_element(By.ID, "metal")).select_by_visible_text("all")
    Select(browser.find_element(By.ID, "state")).select_by_visible_text("liquid")
    browser.find_element(By.ID, "front").click()
    assert {*column(browser, 1)} == {"SnCl4", "SiCl4", "Si2Cl6", "TiCl4"}
    Select(browser.find_element(By.ID, "halogen")).select_by_visible_text("Br")
    assert column(browser, 1) == []
    assert said(browser).startswith("0 of 18 shown")


@pytest.mark.parametrize(
    "weights", [(1, 1, 1, 1), (3, 0, 1, 0.5), (0, 0, 0, 1), (0.2, 3, 0, 0), (0.37, 0.11, 2.9, 1.3)]
)
def test_sliders_rank_as_python_does(
    opened: Open, html: str, finished: pa.Table, weights: tuple[float, ...]
) -> None:
    browser = opened(html)
    rows = [row for row in finished.to_pylist() if row["rank"]]
    usual = weights == (1, 1, 1, 1)
    wanted = [row["rank"] for row in rows] if usual else rerank(rows, weights)
    ranks = weigh(browser, weights)
    assert ranks == {row["key"]: rank for row, rank in zip(rows, wanted, strict=True)}
    assert column(browser, 0) == [str(rank) for rank in range(1, 19)]
    assert ("Ranked anew" in said(browser)) == (not usual)


def test_sliders_of_many_rank_as_python_does(opened: Open, hundred_thousand: pa.Table) -> None:
    campaign = Campaign().with_settings(["weights.adhesion=1000000", "weights.youngs_modulus=0"])
    browser = opened(render(Findings(campaign, hundred_thousand, MANIFEST, {})))
    ranked = [row for row in hundred_thousand.to_pylist() if row["rank"]]
    rows = [row for row in ranked if row["rank"] <= IN_TABLE]
    weights = (400_000.0, 900_000.0, 3.0, 120_000.0)
    found = weigh(browser, weights)
    assert found == {
        row["key"]: rank for row, rank in zip(rows, rerank(rows, weights), strict=True)
    }


def test_sliders_by_keyboard_and_back(opened: Open, html: str, finished: pa.Table) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    browser = opened(html)
    ranked = [row["formula"] for row in finished.to_pylist() if row["rank"]]
    assert column(browser, 1) == ranked
    slider = browser.find_element(By.ID, "w-ionic_conductivity")
    slider.send_keys(Keys.HOME)
    assert slider.get_attribute("aria-valuetext") == "0 %"
    assert browser.find_element(By.ID, "o-adhesion").text == "33 %"
    assert column(browser, 1) != ranked
    assert "▲ was" in browser.find_element(By.ID, "ranking").text
    assert "SnCl4 vapour" in browser.find_element(By.ID, "cells").text
    browser.find_element(By.ID, "reset").click()
    assert column(browser, 1) == ranked
    assert "was" not in browser.find_element(By.ID, "ranking").text
    weigh(browser, (0, 0, 0, 0))
    assert said(browser).startswith("Give at least one weight above 0")
    assert browser.get_log("browser") == []


def test_dark_and_bright(opened: Open, html: str) -> None:
    browser = opened(html)
    script = """const style = getComputedStyle(document.body);
        const soft = getComputedStyle(document.querySelector('caption'));
        return [style.backgroundColor, style.color, soft.color]"""
    for value in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": value}
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        page, ink, soft = (luminance(one) for one in browser.execute_script(script))
        assert (page > ink) == (value == "light")
        # Web Content Accessibility Guidelines 2.2, 1.4.3 and 1.4.6: 4.5 and 7.
        assert contrast(page, ink) > 7
        assert contrast(page, soft) > 4.5


def luminance(colour: str) -> float:
    """Relative luminance of rgb(r, g, b), as the guidelines define it."""
    channels = [int(one) / 255 for one in colour.strip("rgb()").split(",")]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: float, other: float) -> float:
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def test_every_control_has_a_name(opened: Open, html: str) -> None:
    browser = opened(html)
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    wanted = {"slider": 4, "searchbox": 1, "combobox": 4, "checkbox": 1, "main": 1, "navigation": 1}
    found: dict[str, list[str]] = {}
    for node in nodes:
        role = node.get("role", {}).get("value", "")
        found.setdefault(role, []).append(node.get("name", {}).get("value", ""))
    assert {role: len(found.get(role, [])) for role in wanted} == wanted
    nameless = [r for r in (*wanted, "button", "link", "table", "image", "region") if r != "main"]
    assert [role for role in nameless if "" in found.get(role, [])] == []


def test_prints_everything_bright(opened: Open, html: str, tmp_path: Path) -> None:
    browser = opened(html)
    dark = {"name": "prefers-color-scheme", "value": "dark"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print", "features": [dark]})
    script = """return [getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.getElementById('tools')).display]"""
    assert browser.execute_script(script) == ["rgb(255, 255, 255)", "none"]
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"]
    pdf = base64.b64decode(printed)
    assert pdf.startswith(b"%PDF-")
    assert 8 < pdf.count(b"/Type /Page\n") < 30
    closed = "return document.querySelectorAll('details:not([open])').length"
    assert browser.execute_script(closed) == 0


def test_a_link_opens_its_profile(opened: Open, html: str) -> None:
    browser = opened(html)
    script = """document.querySelector('#ranking a[href="#card-TiCl4"]').click();
        const card = document.getElementById('card-TiCl4');
        return new Promise((done) => setTimeout(() => done(card.open)))"""
    assert browser.execute_script("return document.getElementById('card-TiCl4').open") is False
    assert browser.execute_script(script) is True


def test_many_candidates_load_at_once(opened: Open, hundred_thousand: pa.Table) -> None:
    html = render(Findings(Campaign(), hundred_thousand, MANIFEST, {}))
    browser = opened(html)
    assert len(column(browser, 0)) == IN_TABLE
    # What a browser lays out does not grow with the candidates.
    elements = "return document.getElementsByTagName('*').length"
    assert browser.execute_script(elements) < 200 * IN_TABLE
    click_head(browser, 7)
    assert len(column(browser, 0)) == IN_TABLE
    assert browser.get_log("browser") == []


def test_nothing_hostile_acts(opened: Open, ranking: pa.Table, comparison: dict[str, Any]) -> None:
    hostile = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
    rows = ranking.to_pylist()
    rows[0]["name"] = rows[1]["key"] = rows[1]["metal"] = rows[1]["caution"] = hostile
    campaign = replace(Campaign(), name="</title><script>hacked=1</script>")
    browser = opened(render(Findings(campaign, pa.Table.from_pylist(rows), MANIFEST, comparison)))
    weigh(browser, (0, 1, 0, 0))
    assert browser.execute_script("return window.hacked") is None
    assert browser.get_log("browser") == []
    assert [url for url in requests(browser) if not url.startswith("file:")] == []


def test_a_wide_report_opens_too(browser: "Chrome", tmp_path: Path) -> None:
    from maiscreen.runners.runs.campaign import run_campaign

    space = Space(blends=2, front_runners=10)
    campaign = Campaign(
        metals=("Sn", "Ti"), halogens=("Cl",), fidelity="F0", samples=100, space=space
    )
    run_campaign(campaign, tmp_path / "wide", serially=True)
    requests(browser)
    browser.get_log("browser")
    browser.get((tmp_path / "wide" / "report.html").as_uri())
    assert "SnCl4" in browser.find_element("tag name", "table").text
    assert browser.get_log("browser") == []
    assert [url for url in requests(browser) if not url.startswith("file:")] == []


def test_nothing_passed_is_no_error(opened: Open, finished: pa.Table) -> None:
    none = finished.filter(pc.is_null(finished["rank"]))
    browser = opened(render(Findings(Campaign(), none, MANIFEST, {})))
    assert browser.get_log("browser") == []
