"""GHS statements: the table against the registry, the rules against the table, and no blank."""

import csv
import random
import re
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.handbook.thermochemistry import identity
from maiscreen.candidates.molecules.space import molecules
from maiscreen.descriptors.hazards.statements import (
    GRAVITY,
    LADDERS,
    PHRASES,
    WARNINGS,
    bare,
    gravest,
    in_three_words,
)
from maiscreen.descriptors.hazards.toxicity import (
    HF_FIRST_AID,
    NO_ENTRY,
    NOT_FOUND,
    Toxicity,
    toxicity,
    warned,
    worst,
)

TABLE = list(
    csv.DictReader(
        (files("maiscreen.descriptors") / "data" / "ghs.csv").read_text("utf-8").splitlines()
    )
)
CODES = st.lists(st.sampled_from([f"{c}{q}" for c in PHRASES for q in ("", "?")]), max_size=12)

# Statements of Annex VI as they stand in the European Union's law, typed from a second copy of it
# (averhaven/regulatory-eligibility-checker, annex-vi-data.json: oral category and corrosion), and
# transport classes of the cards of the ILO.
BORON = {"BCl3": {"H300", "H314", "H330"}, "BBr3": {"H300", "H314", "H330"}, "BF3": {"H314"}}


def classified(*formulas: str, volatile: bool = True, cas: str = "") -> Toxicity:
    metal = [re.match("[A-Z][a-z]?", one)[0] for one in formulas]  # type: ignore[index]
    fluoride = [re.search("F(?!e)", one) is not None for one in formulas]
    numbers = [cas] * len(formulas)
    given = (formulas, numbers, metal, fluoride, [volatile] * len(formulas))
    return toxicity(*map(np.array, given))


def test_every_row_has_statements_basis_and_source() -> None:
    for row in TABLE:
        assert row["statements"] or row["zone"], row
        assert {bare(code) for code in row["statements"].split()} <= PHRASES.keys(), row
        assert row["basis"] in {"harmonised", "supplier", "transport", "group", "memory"}
        assert ("from memory" in row["source"]) == (row["source_checked"] == "false"), row


def test_cas_numbers_are_those_of_the_registry() -> None:
    rows = [row for row in TABLE if row["cas"]]
    simple = dict(zip(*(x.tolist() for x in _identities(rows)), strict=True))
    wide = molecules()
    mixed = dict(zip(wide.cas.tolist(), wide.formula.tolist(), strict=True))
    for row in rows:
        meant = simple.get(row["formula"]) == row["cas"] or mixed.get(row["cas"]) == row["formula"]
        # Chloromethylsilane is in no registry that is read.
        assert meant or row["cas"] == "993-00-0", row


def _identities(rows: list[dict[str, str]]) -> tuple[np.ndarray, np.ndarray]:
    formulas = np.array([row["formula"] for row in rows])
    return formulas, identity(formulas.tolist())[0]


def test_a_second_copy_of_the_law_agrees() -> None:
    for formula, codes in BORON.items():
        assert codes <= set(classified(formula).ghs[0].split(", "))


def test_zones_say_what_the_harmonised_entries_say() -> None:
    zones = {row["formula"]: row["zone"] for row in TABLE if row["zone"]}
    harmonised = {r["formula"]: r["statements"] for r in TABLE if r["basis"] == "harmonised"}
    both = zones.keys() & harmonised.keys()
    assert both == {"BF3", "BCl3", "BBr3", "PCl3", "POCl3", "TiCl4", "SO2F2"}
    for formula in both - {"TiCl4"}:  # whose entry has nothing on inhalation
        expected = "H330" if zones[formula] in "AB" or formula == "BCl3" else "H331"
        assert expected in harmonised[formula], formula


def test_volatile_binary_fluorides_with_an_entry_are_fatal_by_inhalation() -> None:
    # The rule for those without one rests on these, looked at before any ranking.
    said: dict[str, set[str]] = {}
    for row in TABLE:
        zone = {"A": "H330", "B": "H330", "C": "H331", "D": "H331"}.get(row["zone"], "")
        told = {*row["statements"].split(), zone}
        breathed = {code for code in told if code[:4] in ("H330", "H331", "H332")}
        if row["basis"] != "memory" and breathed:
            said.setdefault(row["formula"], set()).update(breathed)
    solid = {"SbF3"}
    binary = {f: s for f, s in said.items() if re.fullmatch("[A-Z][a-z]?F[0-9]", f)}
    volatile = {f: s for f, s in binary.items() if f not in {*solid, "CdF2"}}
    fatal = {f for f, statements in volatile.items() if "H330" in statements}
    assert fatal == {"BF3", "WF6", "SiF4", "PF5", "SF4", "SeF6", "TeF6"}
    assert set(classified(*sorted(fatal)).danger) == {"fatal if inhaled"}
    # Milder ones are raised on purpose: by transport, and by the group of antimony.
    assert {f: volatile[f] for f in volatile.keys() - fatal} == {"GeF4": {"H331"}}
    assert said["Sb"] == {"H332"}
    assert set(classified("GeF4", "SbF5").danger) == {"fatal if inhaled?"}


def test_rules_are_marked_as_derived() -> None:
    found = classified("Si2F6", "B2Cl4", "SF6", "CF4")
    assert found.ghs.tolist() == ["H330?, H314?", "H314?", "H280", ""]
    assert found.danger.tolist()[:2] == ["fatal if inhaled?", "severe burns?"]
    assert all("derived" in source for source in found.source[:2])
    assert [HF_FIRST_AID in words for words in found.toxicity] == [True, False, False, False]


def test_a_salt_without_entry_says_so() -> None:
    found = classified("LaF3", "PtCl2", volatile=False)
    assert found.danger.tolist() == [NO_ENTRY, NO_ENTRY]
    assert found.toxicity[1] == NOT_FOUND
    assert HF_FIRST_AID in found.toxicity[0]


def test_groups_of_elements_hold_where_annex_vi_does_not_name_the_compound() -> None:
    assert "H411" in classified("SbBr3").ghs[0]
    assert classified("TlCl", volatile=False).danger[0] == "fatal if inhaled?"
    # Annex VI names SbCl3, and does not give it the group's H302 and H332.
    assert classified("SbCl3").ghs[0] == "H314, H411"


def test_an_isomer_with_another_number_takes_nobody_elses_entry() -> None:
    assert classified("SnCl4", cas="7646-78-8").ghs[0].startswith("H314")
    assert classified("SnCl4", cas="1-11-1", volatile=False).danger[0] == NO_ENTRY


@given(CODES)
def test_the_gravest_of_each_kind_stay_in_any_order(codes: list[str]) -> None:
    kept = gravest(codes)
    assert gravest(kept) == kept
    assert set(kept) <= set(codes)
    shuffled = random.Random(0).sample(codes, len(codes))
    assert gravest(shuffled) == kept
    assert in_three_words(kept).rstrip("?") == in_three_words(codes).rstrip("?")
    for ladder in LADDERS:
        there = [bare(c) for c in kept if bare(c) in ladder]
        told = [rung for rung in ladder if rung in {bare(c) for c in codes}]
        assert there == told[:1]


@given(CODES.filter(bool))
def test_at_a_glance_is_the_gravest_of_all(codes: list[str]) -> None:
    words = in_three_words(gravest(codes)).rstrip("?")
    order = [name for _, name in GRAVITY]
    named = [order.index(name) for code, name in GRAVITY if code in {bare(c) for c in codes}]
    assert words == (order[min(named)] if named else "see the codes")


@given(st.lists(st.sampled_from([*(w for _, w in GRAVITY), NO_ENTRY]), min_size=1))
def test_a_blend_names_the_worst_and_what_has_no_entry(dangers: list[str]) -> None:
    told = worst(dangers)
    assert (NO_ENTRY in told) == (NO_ENTRY in dangers)
    named = [w for _, w in GRAVITY if w in dangers]
    assert told.startswith(named[0] if named else NO_ENTRY)


def test_warnings_count_with_and_without_doubt() -> None:
    dangers = np.array(["fatal if inhaled?", "toxic if inhaled", "severe burns", ""])
    assert warned(dangers, WARNINGS[:1]).tolist() == [True, False, False, False]
    assert warned(dangers, WARNINGS).tolist() == [True, True, False, False]
    assert not warned(dangers, ()).any()


@pytest.mark.parametrize("size", [0, 1])
def test_shapes(size: int) -> None:
    found = classified(*["SnCl4"] * size)
    assert all(column.shape == (size,) for column in found)


def test_long_lasting_harm_to_water_is_named_before_the_acute() -> None:
    # H410 says what H400 says, and more; labels carry it alone.
    assert gravest(["H400", "H410", "H314"]) == ["H314", "H410"]
