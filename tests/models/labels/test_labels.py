import json
from collections import defaultdict
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.models.crystals.prototypes import prototype, prototypes
from maiscreen.models.labels.labels import QUANTITIES, UNITS, from_lines, load_labels, to_lines
from maiscreen.models.labels.plan import (
    Job,
    Origin,
    check_labels,
    jobs,
    meaningful_quantities,
    without_result,
)
from maiscreen.models.labels.potentials import DEFAULT, MODELS
from maiscreen.models.simulation.checks import CHECKS, settings_hash

EMBEDDED = load_labels()
PHASES = {entry.formula: entry.kind for entry in prototypes()}
JOB, ORIGIN = Job("NaCl", "structure", DEFAULT), Origin("1", "ab", "MIT")
ONE, TWO = without_result(JOB, "why", 1.0, ORIGIN, "s")


def test_what_the_screen_rests_on_is_embedded() -> None:
    made = {
        one.formula
        for one in EMBEDDED
        if (one.model, one.property) == (DEFAULT, "formation_energy")
    }
    assert made >= {"NaF", "NaCl", "NaBr", "NaI", "Na", "Na15Sn4"}
    assert sum(PHASES.get(formula) == "compound" for formula in made) >= 30
    assert {QUANTITIES[q].keys() <= {one.property for one in EMBEDDED} for q in QUANTITIES} == {
        True
    }


def test_each_embedded_simulation_is_whole_and_made_as_today() -> None:
    groups = defaultdict(list)
    quantity_of = {name: q for q, names in QUANTITIES.items() for name in names}
    for one in EMBEDDED:
        groups[Job(one.formula, quantity_of[one.property], one.model)].append(one)
    for job, labels in groups.items():
        origin = Origin(labels[0].model_version, labels[0].weights_sha256, labels[0].licence)
        check_labels(job, labels, origin, settings_hash(job.quantity))
        assert job.quantity in meaningful_quantities(job.formula, PHASES[job.formula])
        assert all(one.unit == UNITS[one.property] for one in labels)


CRYSTALS = json.loads((Path(__file__).parent / "data" / "crystals.json").read_text())
"""Hashes of the crystals of 1 December 2026: labels that name none were begun from these."""


def test_a_label_of_another_crystal_says_so() -> None:
    """Red after a change of a prototype: write the hash of before into the labels made of it."""
    today = {entry.formula: entry.digest for entry in prototypes()}
    unsaid = {one.formula for one in EMBEDDED if "crystal" not in one.details}
    assert [f for f in sorted(unsaid) if today[f] != CRYSTALS[f]] == []
    named = {one.formula: one.details["crystal"] for one in EMBEDDED if "crystal" in one.details}
    stale = {formula for formula, crystal in named.items() if crystal != today[formula]}
    assert stale == {"NaGe"}  # laid out in C2/c; docs/potential.md


def test_a_refusal_by_earlier_checks_says_so() -> None:
    refused = {
        one.formula
        for one in EMBEDDED
        if one.property == "migration_barrier" and not one.passed_checks
    }
    old = {one.formula for one in EMBEDDED if one.details.get("checks", 2) < CHECKS["migration"]}
    assert old == refused and "Na5Sn2" in old
    assert all(
        not one.passed_checks and one.property in QUANTITIES["migration"]
        for one in EMBEDDED
        if "checks" in one.details
    )


@pytest.mark.parametrize(
    "change",
    [
        {"space_group": "P1"},
        {"lattice": (5.7, 5.64, 5.64, 90.0, 90.0, 90.0)},
        {"sites": prototype("NaF").sites},
        {"cell": "of a snapshot"},
    ],
)
def test_whatever_changes_a_crystal_changes_its_hash(change: dict[str, object]) -> None:
    salt = prototype("NaCl")
    assert replace(salt, **change).digest != salt.digest  # type: ignore[arg-type]
    assert replace(salt, source="read again", source_checked=False).digest == salt.digest


def test_each_model_has_one_origin() -> None:
    origins = {(one.model, one.weights_sha256, one.model_version, one.licence) for one in EMBEDDED}
    assert len(origins) == len({model for model, *_ in origins})
    assert {model for model, *_ in origins} <= set(MODELS)


def test_embedded_labels_are_as_written() -> None:
    assert from_lines(to_lines(reversed(EMBEDDED))) == EMBEDDED


def test_what_makes_no_sense_is_not_simulated() -> None:
    every = jobs(PHASES, tuple(QUANTITIES), (DEFAULT,))
    migrating = {job.formula for job in every if job.quantity == "migration"}
    assert all(formula.startswith("Na") for formula in migrating)
    assert not {"Nb", "Ni"} & migrating
    adhering = {job.formula for job in every if job.quantity == "adhesion"}
    assert {"Na", "Sn", "Ti", "NaCl"} <= adhering
    assert not {"Cl", "S"} & adhering
    assert {job.formula for job in every if job.quantity == "structure"} == set(PHASES)


def test_labels_without_a_reason_are_refused() -> None:
    job, origin = Job("NaCl", "elasticity", DEFAULT), Origin("1", "ab", "MIT")
    check_labels(job, without_result(job, "why", 1.0, origin, "s"), origin, "s")
    with pytest.raises(ValueError, match="nothing says why"):
        check_labels(job, without_result(job, "", 1.0, origin, "s"), origin, "s")
    for other in (Job("NaCl", "structure", DEFAULT), Job("NaF", "elasticity", DEFAULT)):
        with pytest.raises(ValueError, match="labels of something else"):
            check_labels(other, without_result(job, "why", 1.0, origin, "s"), origin, "s")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"value": "2"}, "value = '2': give a number or null"),
        ({"value": True}, "value = True: give a number or null"),
        ({"value": float("nan")}, "value = nan: give a number or null"),
        ({"value": 10**400}, "value = 1000.*: give a number or null"),
        ({"std": float("-inf")}, "std = -inf: give a number or null"),
        ({"seconds": None}, "seconds = None: give a number of 0 or more"),
        ({"seconds": -1.0}, "seconds = -1.0: give a number of 0 or more"),
        ({"passed_checks": 1}, "passed_checks = 1: give true or false"),
        ({"details": []}, r"details = \[\]: give an object"),
        ({"details": {"a": [float("inf")]}}, "details = .*: give an object of finite numbers"),
        ({"formula": None}, "formula = None: give a text"),
        ({"reason": "\ud800"}, "reason = .*: give a text"),
        ({"property": ["volume"]}, r"property = \['volume'\]: give one of formation_energy, "),
        ({"property": "colour"}, "property = 'colour': give one of formation_energy, "),
        ({"unit": "GPa"}, "unit = 'GPa': give Å3/atom"),
        ({"mood": "good"}, "keys = .*mood.*: give formula, property, value, "),
    ],
)
def test_a_damaged_label_is_refused(changed: dict[str, object], message: str) -> None:
    damaged = json.dumps({**asdict(TWO), **changed})
    with pytest.raises(InputError, match=message) as caught:
        from_lines(to_lines([ONE]) + damaged + "\n")
    assert (caught.value.field, caught.value.value) == ("labels.jsonl", "line 2")
    assert str(caught.value).endswith("; make the labels again")


@pytest.mark.parametrize("line", ["", "{", "[1]", "null", "{}", '{"value": 1e999}', "[" * 100_000])
def test_what_is_no_label_is_refused(line: str) -> None:
    with pytest.raises(InputError, match=r"labels\.jsonl = 'line 1': "):
        from_lines(line + "\n" + to_lines([ONE]))


def test_texts_stay_as_they_are() -> None:
    odd = replace(ONE, reason="one\u2028two\x85three\nfour\x1b[31m")
    assert from_lines(to_lines([odd, TWO])) == (odd, TWO)
    assert from_lines(to_lines([odd]).removesuffix("\n")) == (odd,)
    assert from_lines("") == ()


def test_what_is_not_finite_is_not_written() -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        to_lines([replace(ONE, value=float("nan"))])
