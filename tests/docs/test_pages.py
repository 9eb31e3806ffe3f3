"""The pages as a whole: navigation, links, what is generated, what is cited."""

import importlib
import os
import pkgutil
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
import yaml
from doc_blocks import PAGES, ROOT
from markdown_it import MarkdownIt

DOCS = ROOT / "docs"
LINK = re.compile(r"[a-z]+:")


def navigation() -> set[str]:
    """Pages that a {toctree} names, with the patterns of :glob: written out."""
    found = {"docs/index.md"}
    for page in (DOCS / "index.md", DOCS / "decisions.md"):
        for block in re.findall(r"```{toctree}\n(.*?)```", page.read_text(), re.DOTALL):
            entries = [line for line in block.split() if not line.startswith(":")]
            for entry in entries:
                found |= {str(path.relative_to(ROOT)) for path in DOCS.glob(f"{entry}.md")}
    return found


def test_every_page_is_in_the_navigation() -> None:
    pages = {page for page in PAGES if page != "README.md" and "/notebooks/" not in page}
    assert sorted(pages - navigation()) == [], "add these to a {toctree} of docs/index.md"


def links(page: str) -> list[str]:
    """Give the targets of links and images of a page."""
    tokens = MarkdownIt().enable("table").parse((ROOT / page).read_text(encoding="utf-8"))
    inner = [child for token in tokens for child in token.children or []]
    found = [child.attrs.get("href") or child.attrs.get("src") for child in inner if child.attrs]
    return [str(one) for one in found if one]


def headings(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as GitHub makes them."""
    titles = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES)
def test_no_link_leads_nowhere(page: str) -> None:
    for link in links(page):
        if LINK.match(link):
            assert link.startswith("https://"), link
            continue
        name, _, anchor = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in headings(target), link


def test_the_campaign_page_is_what_the_settings_model_says() -> None:
    command = [sys.executable, str(DOCS / "campaign_page.py")]
    utf8 = {**os.environ, "PYTHONUTF8": "1"}
    told = subprocess.run(command, capture_output=True, text=True, check=True, env=utf8).stdout
    page = (DOCS / "campaign.md").read_text(encoding="utf-8")
    assert page == told, "python docs/campaign_page.py > docs/campaign.md"


def test_the_python_page_has_all_that_is_public() -> None:
    page = (DOCS / "api.md").read_text()
    listed = set(re.findall(r":: maiscreen\.([\w.]+)", page))
    for folder in ("candidates", "descriptors", "models", "screen", "runners"):
        public = getattr(importlib.import_module(f"maiscreen.{folder}"), "__all__", ())
        assert {f"{folder}.{name}" for name in public} <= listed
    for name in listed:
        assert pkgutil.resolve_name(f"maiscreen.{name}").__doc__


def test_citation() -> None:
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    needed = {"cff-version", "message", "title", "authors"}
    allowed = {"type", "abstract", "version", "license", "keywords"}
    assert needed <= set(cited) <= needed | allowed
    assert cited["cff-version"] == "1.2.0"
    assert cited["type"] == "software"
    assert cited["authors"] == [{"name": "the maiscreen developers"}]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert cited["version"] == project["version"]
    # The code's own licence comes first, those of the data follow.
    assert project["license"].split(" AND ")[0] == cited["license"]
    assert version("maiscreen") == project["version"]


def test_changelog_has_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[.*{re.escape(version('maiscreen'))}", text, re.MULTILINE)


def test_data_page_names_every_table() -> None:
    page = (DOCS / "data.md").read_text(encoding="utf-8")
    for folder in ("candidates", "descriptors", "models"):
        for path in (ROOT / folder / "data").iterdir():
            assert path.name in page, path
