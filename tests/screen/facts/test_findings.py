"""What follows from a ranking is computed once, of halides and of recipes."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.runners.folder.ownership import read_findings
from maiscreen.runners.runs.campaign import run
from maiscreen.screen.campaign.campaign import Campaign, Weights
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.facts.decides import decides
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.vapour import log10_pa, row_log10_pa


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """Those of a small wide campaign, read from its folder."""
    out: Path = tmp_path_factory.mktemp("wide") / "out"
    space = Space(blends=2, ratio_steps=4, temperatures_c=(25.0, 60.0))
    run(Campaign(metals=("Sn", "Si"), halogens=("Cl",), space=space, samples=100), out,
             serially=True)  # fmt: skip
    return read_findings(out)


def test_each_fact_is_computed_once(finished: pa.Table) -> None:
    findings = Findings(Campaign(), finished)
    names = ("ranked", "shown", "cells", "weight_table", "losses", "funnel", "draws", "systems")
    first = [getattr(findings, name) for name in names]
    assert [getattr(findings, name) for name in names] == first
    assert all(getattr(findings, n) is f for n, f in zip(names, first, strict=True))
    assert findings.weightings(findings.shown) == list(findings.weight_table.values())


def test_rows_have_a_label_and_the_best_come_first(finished: pa.Table, wide: Findings) -> None:
    halides = Findings(Campaign(), finished)
    order = [(row["tier"], -row["p_top_k"]) for row in halides.shown]
    assert order == sorted(order) and len(order) == 18
    assert halides.distinct is halides.ranked
    listed = halides.listed()
    assert sorted(row["rank"] for row in listed) == list(range(1, 19))
    kinds = [row["handling"] for row in listed]
    assert kinds == sorted(kinds) and set(kinds) == {"bottle", "cylinder"}  # bottles first
    for kind in ("bottle", "cylinder"):
        own = halides.listed(kind)
        assert [row["place_in_list"] for row in own] == list(range(1, len(own) + 1))
        assert [row["rank"] for row in own] == sorted(row["rank"] for row in own)
    assert halides.listed("bag") == []
    assert [row["rank"] for row in wide.ranked] == sorted(row["rank"] for row in wide.ranked)


def test_recipes_have_worths_a_front_and_each_set_once(wide: Findings) -> None:
    sets = [(row["precursor_1"], row["precursor_2"]) for row in wide.distinct]
    assert len(sets) == len(set(sets)) < len(wide.ranked)
    worths = [[row[f"desirability_{name}"] for name in ATTRIBUTES] for row in wide.shown]
    assert ((np.array(worths) >= 0) & (np.array(worths) <= 1)).all()
    assert any(row["pareto"] for row in wide.shown)


def test_a_precursor_alone_is_the_cell_of_the_paper(wide: Findings) -> None:
    cells = {row["key"]: row for row in wide.cells}
    own = next(row for row in wide.ranked if row["label"] == "SnCl4")
    assert (cells["SnCl4"]["inside"], cells["SnCl4"]["rank"]) == (True, own["rank"])
    assert (cells["TiCl4"]["inside"], cells["TiCl4"]["rank"]) == (False, None)


def test_the_funnel_of_a_wide_campaign_ends_with_those_that_passed(wide: Findings) -> None:
    counts = wide.manifest["counts"]
    assert wide.funnel[0] == ("all", sum(counts.values()))
    assert wide.funnel[-1][1] == counts["passed"]


def test_pressures_over_recipes_follow_raoult(wide: Findings) -> None:
    blend = next(row for row in wide.ranked if row["precursor_2"])
    parts = [(blend[f"precursor_{k}"], blend[f"liquid_fraction_{k}"]) for k in (1, 2)]
    expected = sum(x * 10 ** log10_pa(formula, 25.0) for formula, x in parts)
    assert 10 ** row_log10_pa(blend, 25.0) == pytest.approx(expected)
    at = row_log10_pa(blend, blend["temperature_c"])
    assert 10**at == pytest.approx(blend["vapour_pressure_pa"], rel=1e-6)


def test_a_recipe_hangs_on_nothing_that_is_not_weighed(wide: Findings) -> None:
    tight = Weights(adhesion=0.0, ionic_conductivity=0.0, youngs_modulus=0.0)
    findings = Findings(replace(wide.campaign, weights=tight), wide.ranking)
    said = decides(findings, wide.distinct)
    assert said[0].startswith("what is asked of electrolyte permeability (")
    # How layers are built enters permeability too.
    assert all(
        "permeability" in text or "whether" in text or "layers are built" in text for text in said
    )
    stiff = Weights(adhesion=0.0, ionic_conductivity=0.0, electrolyte_permeability=0.0)
    said = decides(Findings(replace(wide.campaign, weights=stiff), wide.ranking), wide.distinct)
    unweighed = ("adhesion", "conductivity", "permeability")
    assert not [text for text in said if any(name in text for name in unweighed)]
