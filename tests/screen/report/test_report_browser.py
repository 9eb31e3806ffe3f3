"""The report in a real browser: `make test-browser`."""

import base64
import csv
import io
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
from maiscreen.screen.facts.answer import IN_TABLE
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.paper.controls import candidates_of
from maiscreen.screen.paper.validate import validate
from maiscreen.screen.report.page import render
from maiscreen.screen.screens.halides import Halides
from maiscreen.screen.text import roman, worth

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

pytestmark = pytest.mark.browser

MANIFEST = {"fingerprint": "f" * 64, "counts": {"passed": 22, "rejected": 1371, "failed": 0}}
Open = Callable[[str], "Chrome"]

OPENED: list[str] = []
"""Where the page lies that was opened last."""


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
        OPENED[:] = [file.as_uri()]
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


def column(browser: "Chrome", name: str) -> list[str]:
    """Read a column of the ranking, as it is shown, without what is soft."""
    script = """const heads = [...document.querySelectorAll('#ranking thead th')];
    const number = heads.findIndex((head) => head.dataset.name === arguments[0]);
    return [...document.querySelectorAll('#ranking tbody tr:not([hidden])')].map((row) => {
        const cell = row.cells[number].cloneNode(true);
        for (const soft of cell.querySelectorAll('.soft, .hidden')) soft.remove();
        return cell.textContent.trim();
    })"""
    read: list[str] = browser.execute_script(script, name)
    return read


def others(browser: "Chrome") -> list[list[str]]:
    """Read what is listed of candidates that the table has not."""
    script = """return [...document.querySelectorAll('#others:not([hidden]) tbody tr')].map(
        (row) => [...row.cells].map((cell) => cell.textContent))"""
    read: list[list[str]] = browser.execute_script(script)
    return read


def find(browser: "Chrome", text: str) -> None:
    script = """const field = document.getElementById('find'); field.value = arguments[0];
        field.dispatchEvent(new Event('input', {bubbles: true}));"""
    browser.execute_script(script, text)


def keys_shown(browser: "Chrome") -> list[str]:
    script = """return [...document.querySelectorAll('#ranking tbody tr:not([hidden])')].map(
        (row) => row.dataset.key)"""
    keys: list[str] = browser.execute_script(script)
    return keys


def standing_shown(browser: "Chrome") -> list[dict[str, Any]]:
    """Read what each candidate is, in the order of the table: values and written intervals."""
    script = """const names = [...document.querySelectorAll('#ranking thead th')].map(
        (head) => head.dataset.name);
    const intervals = (text) => text.match(/\\(.*\\)/)[0].slice(1, -1).split('–');
    return [...document.querySelectorAll('#ranking tbody tr:not([hidden])')].map((row) => {
        const cell = (name) => row.cells[names.indexOf(name)];
        const values = ['rank', 'tier', 'p', 'place', 'score'].map(
            (name) => [name, Number(cell(name).dataset.v)]);
        return {...Object.fromEntries(values),
            places: intervals(cell('place').textContent).map(Number),
            scores: intervals(cell('score').textContent)};
    })"""
    read: list[dict[str, Any]] = browser.execute_script(script)
    return read


def run_with(weights: tuple[float, ...]) -> pa.Table:
    """Rank the default campaign anew, as a run with these weights does."""
    settings = [f"weights.{n}={w}" for n, w in zip(ATTRIBUTES, weights, strict=True)]
    screen = Halides(Campaign().with_settings(settings))
    return screen.rank([screen.describe(0, screen.size)], []).table


def said(browser: "Chrome") -> str:
    text: str = browser.execute_script("return document.getElementById('said').textContent")
    return text


def click_head(browser: "Chrome", name: str) -> str:
    script = """const head = document.querySelector(`#ranking th[data-name="${arguments[0]}"]`);
        head.querySelector('button').click(); return head.getAttribute('aria-sort')"""
    sort: str = browser.execute_script(script, name)
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
    assert len(column(browser, "rank")) == 18
    assert said(browser) == "18 of 18 that passed shown, sorted by tier, then by P."


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


def by_rank(finished: pa.Table) -> list[dict[str, Any]]:
    return sorted(
        (row for row in finished.to_pylist() if row["rank"]), key=lambda row: float(row["rank"])
    )


def test_sorts_the_best_first_and_back(opened: Open, html: str, finished: pa.Table) -> None:
    browser = opened(html)
    rows = by_rank(finished)
    assert column(browser, "formula") == [row["formula"] for row in rows]
    assert column(browser, "tier") == [roman(row["tier"]) for row in rows]
    for name, key in (
        ("ionic_conductivity", lambda row: -row["ionic_conductivity"]),
        ("electrolyte_permeability", lambda row: row["electrolyte_permeability"]),
        ("rank", lambda row: row["rank"]),
        ("score", lambda row: -row["score"]),
    ):
        best_first = [row["formula"] for row in sorted(rows, key=key)]
        click_head(browser, name)
        assert column(browser, "formula") == best_first, name
    assert click_head(browser, "alloy") == "ascending"
    assert column(browser, "alloy")[-1] == "none"
    assert click_head(browser, "alloy") == "descending"
    assert column(browser, "alloy")[-1] == "none", "what is not known is last either way"
    assert "by Alloy in operation, the last first" in said(browser)
    only = "return document.querySelectorAll('#ranking [aria-sort]').length"
    assert browser.execute_script(only) == 1


def test_filters(opened: Open, html: str) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.select import Select

    browser = opened(html)
    find(browser, "7783-58-6")
    assert column(browser, "formula") == ["GeF4"]
    assert said(browser).startswith("1 of 18 that passed shown")
    find(browser, "chloro")
    Select(browser.find_element(By.ID, "metal")).select_by_visible_text("Si")
    assert column(browser, "formula") == ["SiCl4", "Si2Cl6"]
    find(browser, " ")
    Select(browser.find_element(By.ID, "metal")).select_by_visible_text("all")
    Select(browser.find_element(By.ID, "state")).select_by_visible_text("liquid")
    browser.find_element(By.ID, "front").click()
    assert {*column(browser, "formula")} == {"SnCl4", "SiCl4", "Si2Cl6", "TiCl4"}
    Select(browser.find_element(By.ID, "halogen")).select_by_visible_text("Br")
    assert column(browser, "formula") == []
    assert said(browser).startswith("0 of 18 that passed shown")
    browser.find_element(By.ID, "everything").click()
    assert len(column(browser, "formula")) == 18


@pytest.mark.parametrize("text", ["SnBr4", "snbr4", "stannic bromide", "7789-67-5"])
def test_a_rejected_candidate_is_found_with_its_reason(opened: Open, html: str, text: str) -> None:
    browser = opened(html)
    find(browser, text)
    assert column(browser, "formula") == []
    formula, _, cas, gate, reason = others(browser)[0]
    assert (formula, cas, gate) == ("SnBr4", "7789-67-5", "volatility")
    assert reason.startswith("87.3 Pa at 25 °C, 100 Pa asked for; reached at 27 °C")


def test_every_candidate_is_found_by_its_formula(
    opened: Open, html: str, finished: pa.Table
) -> None:
    browser = opened(html)
    rows = candidates_of(finished).to_pylist()
    script = """return arguments[0].map((formula) => {
        const field = document.getElementById('find');
        field.value = formula;
        field.dispatchEvent(new Event('input', {bubbles: true}));
        const shown = [...document.querySelectorAll('#ranking tbody tr:not([hidden])')].map(
            (row) => row.dataset.formula);
        const others = [...document.querySelectorAll('#others-body tr')].map(
            (row) => row.cells[0].textContent);
        return [shown.includes(formula), others.includes(formula)];
    })"""
    asked = rows[::25]
    seen = browser.execute_script(script, [row["formula"] for row in asked])
    found = {row["key"]: pair for row, pair in zip(asked, seen, strict=True)}
    assert {key for key, pair in found.items() if not any(pair)} == set()
    assert {key for key, (shown, _) in found.items() if shown} == {
        row["key"] for row in asked if row["rank"]
    }


WEIGHTINGS = [(3, 0, 1, 0.5), (0, 0, 0, 1), (0.2, 3, 0, 0), (0, 1, 0, 0), (0.37, 0.11, 2.9, 1.3)]


@pytest.mark.parametrize("weights", WEIGHTINGS)
def test_a_moved_slider_says_what_a_real_run_says(
    opened: Open, html: str, weights: tuple[float, ...]
) -> None:
    browser = opened(html)
    weigh(browser, weights)
    shown = dict(zip(keys_shown(browser), standing_shown(browser), strict=True))
    rows = [row for row in run_with(weights).to_pylist() if row["rank"]]
    assert len(shown) == len(rows)
    for row in rows:
        page = shown[row["key"]]
        assert page["tier"] == row["tier"], row["key"]
        assert page["score"] == pytest.approx(row["score"], abs=1e-9)
        assert page["place"] == pytest.approx(row["expected_place"], abs=0.01)
        assert page["p"] == pytest.approx(row["p_top_k"], abs=0.005)
        low, high = page["places"]
        assert abs(low - row["place_low"]) <= 1
        assert abs(high - row["place_high"]) <= 1
        written = [worth(row["score_low"]), worth(row["score_high"])]
        for mine, wanted in zip(page["scores"], written, strict=True):
            assert abs(float(mine.strip("<")) - float(wanted.strip("<"))) < 0.0101
        assert page["rank"] == row["rank"] or page["rank"] == 1 + sum(
            one["expected_place"] < row["expected_place"] - 0.01 for one in rows
        )
    assert "Ranked anew over 2000 draws" in said(browser)


def test_the_campaigns_weights_give_its_own_words_back(opened: Open, html: str) -> None:
    browser = opened(html)
    script = "return document.querySelector('#ranking tbody').textContent.replace(/\\s+/g, ' ')"
    server = "return new DOMParser().parseFromString(arguments[0], 'text/html')" + (
        ".querySelector('#ranking tbody').textContent.replace(/\\s+/g, ' ')"
    )
    written = browser.execute_script(server, html)
    assert browser.execute_script(script) == written
    weigh(browser, (3, 0, 1, 0.5))
    assert browser.execute_script(script) != written
    weigh(browser, (1, 1, 1, 1))
    assert browser.execute_script(script) == written


def test_candidates_that_are_equal_share_a_place(
    opened: Open, finished: pa.Table, html: str
) -> None:
    browser = opened(html)
    weigh(browser, (0, 0, 1, 0))
    rows = [row for row in run_with((0, 0, 1, 0)).to_pylist() if row["rank"]]
    places = [row["expected_place"] for row in rows]
    tied = {row["key"] for row in rows if places.count(row["expected_place"]) > 1}
    script = """return [...document.querySelectorAll('#ranking tbody tr')].filter(
        (row) => row.cells[0].textContent.startsWith('=')).map((row) => row.dataset.key)"""
    assert {*browser.execute_script(script)} == tied


def test_sliders_of_many(opened: Open, hundred_thousand: pa.Table) -> None:
    campaign = Campaign().with_settings(["weights.adhesion=1000000", "weights.youngs_modulus=0"])
    browser = opened(render(Findings(campaign, hundred_thousand, MANIFEST, {})))
    ranks = weigh(browser, (400_000.0, 900_000.0, 3.0, 120_000.0))
    assert sorted(ranks.values())[0] == 1
    assert len(ranks) == IN_TABLE
    assert "Ranked anew over 133 draws" in said(browser)


def test_sliders_by_keyboard_and_back(opened: Open, html: str, finished: pa.Table) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    browser = opened(html)
    rows = by_rank(finished)
    ranked = [row["formula"] for row in rows]
    assert column(browser, "formula") == ranked
    slider = browser.find_element(By.ID, "w-ionic_conductivity")
    slider.send_keys(Keys.HOME)
    assert slider.get_attribute("aria-valuetext") == "0 %"
    assert browser.find_element(By.ID, "o-adhesion").text == "33 %"
    assert column(browser, "formula") != ranked
    assert "▲ was" in browser.find_element(By.ID, "ranking").text
    assert "SnCl4 vapour" in browser.find_element(By.ID, "cells").text
    browser.find_element(By.ID, "reset").click()
    assert column(browser, "formula") == ranked
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
    wanted = {"slider": 4, "searchbox": 1, "combobox": 4, "main": 1, "navigation": 1}
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
    assert len(column(browser, "rank")) == IN_TABLE
    # What a browser lays out does not grow with the candidates.
    elements = "return document.getElementsByTagName('*').length"
    assert browser.execute_script(elements) < 200 * IN_TABLE
    click_head(browser, "ionic_conductivity")
    assert len(column(browser, "rank")) == IN_TABLE
    assert browser.get_log("browser") == []


def test_nothing_hostile_acts(opened: Open, ranking: pa.Table, comparison: dict[str, Any]) -> None:
    hostile = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
    rows = ranking.to_pylist()
    rows[5]["name"] = rows[6]["rejected_reason"] = rows[7]["metal"] = hostile
    rows[0]["name"] = rows[1]["key"] = rows[1]["metal"] = rows[1]["caution"] = hostile
    campaign = replace(Campaign(), name="</title><script>hacked=1</script>")
    browser = opened(render(Findings(campaign, pa.Table.from_pylist(rows), MANIFEST, comparison)))
    find(browser, "a")
    assert others(browser)
    browser.execute_script("document.getElementById('csv').click()")
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


def address(browser: "Chrome") -> str:
    text: str = browser.execute_script("return location.hash")
    return text


def picked(browser: "Chrome") -> set[str]:
    script = """return [...document.querySelectorAll('#ranking tr.picked')].map(
        (row) => row.dataset.key)"""
    return {*browser.execute_script(script)}


def test_the_address_has_what_is_seen(opened: Open, html: str) -> None:
    from selenium.webdriver.common.by import By

    browser = opened(html)
    assert address(browser) == ""
    find(browser, "chlor")
    weigh(browser, (1, 0, 2, 1))
    click_head(browser, "score")
    browser.find_element(By.CSS_SELECTOR, "#ranking [data-key=SiCl4] input").click()
    seen, there = keys_shown(browser), browser.current_url
    assert "weights=1+0+2+1" in there
    browser.get("about:blank")
    browser.get(there)
    assert keys_shown(browser) == seen
    assert picked(browser) == {"SiCl4"}
    assert browser.find_element(By.ID, "o-ionic_conductivity").text == "0 %"
    browser.find_element(By.ID, "everything").click()
    assert address(browser).strip("#") == ""
    assert browser.get_log("browser") == []


@pytest.mark.parametrize(
    "hostile",
    [
        "weights=1 2",
        "weights=-1 1 1 1",
        "weights=NaN 1 1 1",
        "weights=0 0 0 0",
        "weights=9e99 1 1 1",
        "sort=__proto__",
        "sort=constructor back",
        "metal=Xx&halogen=%",
        "picked=<img src=x>&only=yes",
        "%=%E0%A4%A",
        "=",
    ],
)
def test_an_address_of_a_stranger_does_no_harm(opened: Open, html: str, hostile: str) -> None:
    browser = opened(html)
    browser.get("about:blank")
    browser.get(f"{OPENED[0]}#{hostile}")
    assert len(keys_shown(browser)) == 18
    assert "Ranked anew" not in said(browser)
    assert browser.get_log("browser") == []


def test_a_square_of_the_periodic_table_tells_and_filters(opened: Open, html: str) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys

    browser = opened(html)
    tin = "button[data-metal=Sn][data-halogen="
    chloride = browser.find_element(By.CSS_SELECTOR, f"{tin}Cl]")
    assert chloride.text == "Cl I"
    browser.execute_script("arguments[0].focus()", chloride)
    told = browser.find_element(By.ID, "told")
    assert told.text.startswith("SnCl4: passed, tier I, rank 1; ")
    chloride.send_keys(Keys.ARROW_DOWN)
    assert told.text.startswith("SnI4: volatility: 0.0163 Pa")
    browser.switch_to.active_element.send_keys(Keys.ARROW_LEFT)
    assert told.text.startswith("SnBr4: volatility: 87.3 Pa at 25 °C")
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert column(browser, "formula") == []
    assert {row[0] for row in others(browser)} == {"SnBr4", "SnBr2", "SnBr3", "SnBr"}
    stops = "return document.querySelectorAll('.square[tabindex=\"0\"]').length"
    assert browser.execute_script(stops) == 1


def drag(browser: "Chrome", figure: str, corners: tuple[float, float, float, float]) -> None:
    """Draw a box over a drawing; corners as shares of its width and height."""
    script = """const svg = document.querySelector(`[data-figure=${arguments[0]}] svg`);
    svg.scrollIntoView({block: 'center'});
    const box = svg.getBoundingClientRect(), [x0, y0, x1, y1] = arguments[1];
    const at = (x, y) => ({clientX: box.x + x * box.width, clientY: box.y + y * box.height,
        bubbles: true, pointerType: 'mouse', pointerId: 1, button: 0});
    svg.setPointerCapture = () => {};
    svg.dispatchEvent(new PointerEvent('pointerdown', at(x0, y0)));
    svg.dispatchEvent(new PointerEvent('pointermove', at((x0 + x1) / 2, (y0 + y1) / 2)));
    svg.dispatchEvent(new PointerEvent('pointermove', at(x1, y1)));
    svg.dispatchEvent(new PointerEvent('pointerup', at(x1, y1)));"""
    browser.execute_script(script, figure, corners)


def test_a_box_over_a_drawing_picks_rows(opened: Open, html: str, finished: pa.Table) -> None:
    browser = opened(html)
    drag(browser, "parallel", (0.0, 0.0, 1.0, 1.0))
    assert len(picked(browser)) == 18
    # The second axis, conductivity: above its middle are those that conduct best.
    drag(browser, "parallel", (0.3, 0.0, 0.4, 0.3))
    chosen = picked(browser)
    rows = [row for row in finished.to_pylist() if row["rank"]]
    by_conductivity = sorted(rows, key=lambda row: -row["ionic_conductivity"])
    assert 1 < len(chosen) < 9
    assert chosen == {row["key"] for row in by_conductivity[: len(chosen)]}
    faded = "return [...document.querySelectorAll('[data-figure=pareto] .mark[data-key].out')]"
    assert {*browser.execute_script(f"{faded}.map((one) => one.dataset.key)")} == {
        row["key"] for row in rows
    } - chosen
    browser.execute_script("document.getElementById('only').click()")
    assert {*keys_shown(browser)} == chosen
    browser.execute_script("document.getElementById('unpick').click()")
    assert len(keys_shown(browser)) == 18
    assert browser.execute_script(f"{faded}.length") == 0
    assert browser.execute_script("return document.querySelectorAll('.brush').length") == 0


def test_what_is_pointed_at_is_lit_everywhere(opened: Open, html: str) -> None:
    browser = opened(html)
    script = """const row = document.querySelector('#ranking [data-key=GeCl4]');
    row.dispatchEvent(new PointerEvent('pointerover', {bubbles: true}));
    const lit = [...document.querySelectorAll('.lit')];
    return [[...new Set(lit.map((one) => one.dataset.key))], [...new Set(lit.map(
        (one) => one.closest('figure')?.dataset.figure ?? 'table'))]]"""
    keys, places = browser.execute_script(script)
    assert keys == ["GeCl4"]
    assert {"table", "parallel", "pareto", "ranks"} <= {*places}


SAVED = """window.saved = [];
    URL.createObjectURL = (blob) => { window.saved.push(blob); return '#'; };
    HTMLAnchorElement.prototype.click = function () { window.saved.push(this.download); };"""


def test_the_table_as_csv(opened: Open, html: str) -> None:
    browser = opened(html)
    find(browser, "Br4")
    browser.execute_script(SAVED + "document.getElementById('csv').click()")
    text, name = browser.execute_async_script(
        "const done = arguments[0]; saved[0].text().then((text) => done([text, saved[1]]))"
    )
    assert name == "default-table.csv"
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["formula"] for row in rows[:2]] == keys_shown(browser)
    assert float(rows[0]["ionic_conductivity"]) > 0
    assert rows[0]["reason"] == ""
    tin = next(row for row in rows if row["formula"] == "SnBr4")
    assert (tin["cas"], tin["tier"]) == ("7789-67-5", "")
    assert tin["reason"].startswith("volatility: 87.3 Pa")


def test_no_formula_in_the_csv(opened: Open, ranking: pa.Table) -> None:
    rows = ranking.to_pylist()
    rows[0]["name"], rows[5]["name"] = "=1+1", '@SUM(A1),"x"'
    browser = opened(render(Findings(Campaign(), pa.Table.from_pylist(rows), MANIFEST, {})))
    find(browser, " l4")
    browser.execute_script(SAVED + "document.getElementById('csv').click()")
    text = browser.execute_async_script("saved[0].text().then(arguments[0])")
    names = [row["name"] for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))]
    assert "'=1+1" in names
    assert '\'@SUM(A1),"x"' in names
    assert [name for name in names if name.startswith(tuple("=+-@"))] == []


@pytest.mark.parametrize("figure", ["parallel", "pareto", "profiles", "funnel", "cycles"])
def test_a_drawing_as_png(opened: Open, html: str, figure: str) -> None:
    browser = opened(html)
    press = f"document.querySelector('[data-figure={figure}] .png').click()"
    browser.execute_script(SAVED + press)
    script = """const done = arguments[0], wait = () => saved.length < 2
        ? setTimeout(wait, 20) : createImageBitmap(saved[0]).then(async (image) => {
            const canvas = new OffscreenCanvas(image.width, image.height);
            const context = canvas.getContext('2d');
            context.drawImage(image, 0, 0);
            const {data} = context.getImageData(0, 0, image.width, image.height);
            const colours = new Set();
            for (let i = 0; i < data.length; i += 4)
                colours.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
            done([image.width, image.height, colours.size, saved[1]]);
        }); wait()"""
    width, height, colours, name = browser.execute_async_script(script)
    assert name == f"default-{figure}.png"
    box = browser.execute_script(
        f"return document.querySelector('[data-figure={figure}] svg').getAttribute('viewBox')"
    )
    assert [width, height] == [pytest.approx(2 * float(n), abs=1) for n in box.split()[2:]]
    assert colours > 20
    assert browser.get_log("browser") == []


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_names_and_marks_do_not_collide(opened: Open, html: str, width: int) -> None:
    browser = opened(html)
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    script = """const svg = document.querySelector('[data-figure=pareto] svg');
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const boxes = (names) => [...svg.querySelectorAll(names)].map((one) => {
        const {x, y, width, height} = one.getBoundingClientRect();
        return {x, y, width, height, text: one.textContent}; });
    const meet = (a, b) => a.x + 1 < b.x + b.width && b.x + 1 < a.x + a.width &&
        a.y + 3 < b.y + b.height && b.y + 3 < a.y + a.height;
    const names = boxes('text.tag'), marks = boxes('g .mark[data-key]');
    const pairs = (list) => list.flatMap((a, i) => list.slice(i + 1).map((b) => [a, b]));
    const middle = (one) => [one.x + one.width / 2, one.y + one.height / 2];
    const near = pairs(marks).map(([a, b]) => Math.hypot(
        middle(a)[0] - middle(b)[0], middle(a)[1] - middle(b)[1]) / scale);
    return [pairs(names).filter(([a, b]) => meet(a, b)).map(([a, b]) => a.text + b.text),
        Math.min(...near), names.length]"""
    colliding, nearest, count = browser.execute_script(script)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert count > 10
    assert colliding == []
    assert nearest > 8.5


def test_heads_stay_in_sight(opened: Open, html: str) -> None:
    browser = opened(html)
    size = {"width": 1440, "height": 700, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    script = """document.querySelector('#ranking [data-key=TiCl4]').scrollIntoView();
    const top = (one) => document.querySelector(one).getBoundingClientRect().top;
    return [top('nav'), top('#ranking thead th'), document.documentElement.scrollWidth]"""
    nav, head, width = browser.execute_script(script)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert nav == 0
    assert 30 < head < 60
    assert width <= 1440
