"""Figures for the page: well formed, of the page's classes, everything inside."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import maiscreen.screen
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.figures.attributes import all_pairs
from maiscreen.screen.figures.figure import Figure, Point
from maiscreen.screen.figures.figures import FIGURES
from maiscreen.screen.figures.ranks import ranks, scores
from maiscreen.screen.figures.svg_pen import LETTER, draw

SVG = "{http://www.w3.org/2000/svg}"
ALL = {**FIGURES, "scores": scores, "all pairs": all_pairs}


@pytest.mark.parametrize("name", ALL)
def test_everything_is_inside_and_has_a_look(name: str, findings: Findings) -> None:
    figure: Figure = ALL[name](findings)
    root = ET.fromstring(str(draw(figure)))
    assert root.get("aria-label") == figure.about
    width, height = (float(v) for v in str(root.get("viewBox")).split()[2:])
    css = (Path(str(maiscreen.screen.__file__)).parent / "data" / "report.css").read_text()
    styled = set(re.findall(r"\.([\w-]+)", css)) | {"circle"}
    for one in root.iter():
        assert set(str(one.get("class", "")).split()) <= styled, one.get("class")
        for x in (float(one.get(k, 0)) for k in ("x", "x1", "x2")):
            assert -1 <= x <= width + 1
        for y in (float(one.get(k, 0)) for k in ("y", "y1", "y2")):
            assert -1 <= y <= height + 1
    for text in root.iter(f"{SVG}text"):
        x, letters = float(text.get("x", 0)), len(str(text.text)) * LETTER * 0.85
        share = {"end": 1.0, "middle": 0.5}.get(str(text.get("text-anchor")), 0.0)
        if text.get("transform") is None:
            assert x - share * letters > -2, text.text
            assert x + (1 - share) * letters < width + 2, text.text


def test_each_point_is_there_with_its_tip(findings: Findings) -> None:
    figure = ranks(findings)
    root = ET.fromstring(str(draw(figure)))
    tips = [one.text for one in root.iter(f"{SVG}title")]
    points = [m for m in figure.panels[0].marks if isinstance(m, Point)]
    assert tips == [point.tip for point in points]
    words = ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]
    assert {"P(top 10)", "Place", "90 % of all weightings"} <= set(words)
    assert any(word.endswith("  SnCl₄") for word in words)
