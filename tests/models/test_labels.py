from collections import defaultdict

import pytest

from maiscreen.models.label_plan import Job, Origin, check, jobs, sensible, without_result
from maiscreen.models.labels import QUANTITIES, UNITS, from_lines, load_labels, to_lines
from maiscreen.models.potential import DEFAULT, MODELS
from maiscreen.models.prototypes import prototypes
from maiscreen.models.simulate import settings_hash

EMBEDDED = load_labels()
PHASES = {prototype.formula: prototype.kind for prototype in prototypes()}


def test_each_embedded_simulation_is_whole_and_made_as_today() -> None:
    groups = defaultdict(list)
    quantity_of = {name: q for q, names in QUANTITIES.items() for name in names}
    for one in EMBEDDED:
        groups[Job(one.formula, quantity_of[one.property], one.model)].append(one)
    for job, labels in groups.items():
        origin = Origin(labels[0].model_version, labels[0].weights_sha256, labels[0].licence)
        check(job, labels, origin, settings_hash(job.quantity))
        assert job.quantity in sensible(job.formula, PHASES[job.formula])
        assert all(one.unit == UNITS[one.property] for one in labels)


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
    check(job, without_result(job, "why", 1.0, origin, "s"), origin, "s")
    with pytest.raises(ValueError, match="nothing says why"):
        check(job, without_result(job, "", 1.0, origin, "s"), origin, "s")
    for other in (Job("NaCl", "structure", DEFAULT), Job("NaF", "elasticity", DEFAULT)):
        with pytest.raises(ValueError, match="labels of something else"):
            check(other, without_result(job, "why", 1.0, origin, "s"), origin, "s")
