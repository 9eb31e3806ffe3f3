"""How far potentials are from what is known."""

import math
from pathlib import Path

import numpy as np
import pytest

from maiscreen.candidates.chemistry.elements import youngs_modulus_gpa
from maiscreen.models.attributes.label_errors import measured_errors
from maiscreen.models.attributes.model_choice import MISS_LN, Measure, measures
from maiscreen.models.labels.comparison import references
from maiscreen.models.labels.evidence import evidence
from maiscreen.models.labels.labels import UNITS, Label, load_labels
from maiscreen.models.labels.potentials import DEFAULT

ROOT = Path(__file__).parents[3]


def label(formula: str, name: str, value: float | None, model: str) -> Label:
    reason = "" if value is not None else "unstable"
    checks = value is not None
    return Label(formula, name, value, UNITS[name], 0.0, model, checks, 1.0, reason, "", "", "", "")


def by_letter(labels: list[Label]) -> dict[str, Measure]:
    return {one.letter: one for one in measures(labels, "new", DEFAULT)}


def modulus(symbol: str) -> float:
    return float(youngs_modulus_gpa(np.array([symbol]))[0])


def test_a_model_twice_too_stiff_beside_one_that_is_right() -> None:
    labels = [
        label(symbol, "youngs_modulus", factor * modulus(symbol), model)
        for symbol in ("Cu", "Sn", "W")
        for model, factor in (("new", 1.1), (DEFAULT, 2.0))
    ]
    found = by_letter(labels)["A"]
    assert (found.count, found.missed) == (3, (0, 0))
    assert found.model == pytest.approx(math.log(1.1)) and found.default == pytest.approx(
        math.log(2)
    )
    assert found.log_ratio == pytest.approx(math.log(math.log(1.1) / math.log(2)))
    assert found.counts


def test_softness_counts_as_stiffness_and_no_result_as_a_factor_of_three() -> None:
    e = modulus("Cu")
    labels = [
        label("Cu", "youngs_modulus", e / 2, "new"),
        label("Cu", "youngs_modulus", None, DEFAULT),
    ]
    found = by_letter(labels)["A"]
    assert (found.model, found.default) == (pytest.approx(math.log(2)), MISS_LN)
    assert found.missed == (0, 1)


def test_what_one_model_was_not_asked_is_left_out_of_both() -> None:
    labels = [
        label("Cu", "youngs_modulus", modulus("Cu") * 1.2, "new"),
        label("Cu", "youngs_modulus", modulus("Cu") * 1.3, DEFAULT),
        label("W", "youngs_modulus", modulus("W") * 9, DEFAULT),
    ]
    assert by_letter(labels)["A"].count == 1
    assert not by_letter(labels)["C"].count and not by_letter(labels)["C"].counts


def test_salts_against_the_measured_enthalpy() -> None:
    known = {r.formula: r.low for r in references() if r.property == "formation_energy"}
    labels = [
        label(salt, "formation_energy", value + shift, model)
        for salt, value in known.items()
        for model, shift in (("new", 0.01), (DEFAULT, -0.02))
    ]
    found = by_letter(labels)["D"]
    assert (found.count, found.unit) == (4, "eV/atom")
    assert (found.model, found.default) == (pytest.approx(0.01), pytest.approx(0.02))


def test_one_hop_does_not_choose_a_model() -> None:
    labels = [label("NaCl", "migration_barrier", 0.65, model) for model in ("new", DEFAULT)]
    assert by_letter(labels)["E"].count == 1 and not by_letter(labels)["E"].counts


def test_a_model_against_itself_is_no_better() -> None:
    twin = [
        label(o.formula, o.property, o.value, "new") for o in load_labels() if o.model == DEFAULT
    ]
    found = measures([*load_labels(), *twin], "new", DEFAULT)
    assert all(one.log_ratio == 0 for one in found)
    counted = {one.letter: one.count for one in found}
    # Compounds whose composition the embedded table of moduli has once, K and G of each.
    assert counted["A"] >= 30 and counted["C"] >= 20 and counted["C"] % 2 == 0


def test_the_page_has_the_measures_of_nequix_and_why_it_is_not_the_default() -> None:
    page = (ROOT / "docs" / "potential.md").read_text(encoding="utf-8")
    found = measures(load_labels(), "nequix-oam-1-pft", DEFAULT)
    for one in found:
        assert f"| {one.model:.3f} | {one.default:.3f} |" in page, one.letter
    assert all(one.log_ratio < 0 for one in found[:4])
    # Six of the twelve paths and NaCl: too few to count, so that the table is not complete.
    assert (found[4].count, found[4].counts) == (7, False)


def test_the_page_has_how_many_values_have_two_models() -> None:
    page = (ROOT / "docs" / "potential.md").read_text(encoding="utf-8")
    known = evidence()
    several = sum(len(one.models) > 1 for one in known.values())
    assert f"{several} of {len(known)} usable values" in page
    for name, words in (("youngs_modulus", "moduli"), ("migration_barrier", "barriers")):
        of = [one for (_, property_), one in known.items() if property_ == name]
        assert f"{sum(len(one.models) > 1 for one in of)} of {len(of)} {words}" in page


def test_the_page_has_the_scales_and_their_coverage() -> None:
    page = (ROOT / "docs" / "potential.md").read_text(encoding="utf-8")
    for one in measured_errors():
        known = f"| {len(one.deviations)} | {one.scale:.2f} | {100 * one.coverage:.0f} % |"
        assert known in page, one.name
