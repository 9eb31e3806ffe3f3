import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.constants import BOLTZMANN_EV_K, ROOM_K
from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.layer.adhesion import COHESION_OF_SODIUM_J_M2
from maiscreen.descriptors.layer.layer import Estimate
from maiscreen.descriptors.layer.transport import ATTEMPT_FREQUENCY_HZ
from maiscreen.models.attributes.fidelity import apply_labels
from maiscreen.models.labels.conduction import HIGHEST_BARRIER_EV
from maiscreen.models.labels.errors import FEWEST_PAIRS, RELATIVE, SCALE, UNTESTED
from maiscreen.models.labels.evidence import differences, evidence, why_unusable
from maiscreen.models.labels.labels import UNITS, Label, load_labels
from maiscreen.models.labels.potentials import DEFAULT, PotentialEntry

SECOND = "7net-l3i5"

PHASES = [f"Na{n}Sn" for n in range(2, 12)]


def label(formula: str, name: str, value: float | None, model: str = DEFAULT) -> Label:
    reason = "" if value is not None else "no result"
    passed = value is not None
    one = Label(formula, name, value, UNITS[name], 0.3, model, passed, 1.0, reason, "", "", "", "")
    barrier = name == "migration_barrier" and value is not None
    return replace(one, details=isotropic(value)) if barrier else one


def isotropic(barrier_ev: float) -> dict[str, object]:
    """A crystal that conducts alike in all directions, 27 Å3 for each sodium atom."""
    free_cm2_s = (3e-8) ** 2 * ATTEMPT_FREQUENCY_HZ / 6
    diffusivity = free_cm2_s * np.exp(-barrier_ev / (BOLTZMANN_EV_K * ROOM_K))
    return {"diffusivity_cm2_s": (diffusivity * np.eye(3)).tolist(), "a3_per_sodium": 27.0}


def phase(formula: str, model: str = DEFAULT, **values: float | None) -> Iterator[Label]:
    """A phase whose structure is sound, with other properties."""
    for name, value in {"formation_energy": -0.2, "volume": 25.0, **values}.items():
        yield label(formula, name, value, model)


def many(name: str, pairs: list[tuple[float, float]]) -> list[Label]:
    return [
        one
        for formula, values in zip(PHASES, pairs, strict=False)
        for model, value in zip((DEFAULT, SECOND), values, strict=True)
        for one in phase(formula, model, **{name: value})
    ]


def model_std(name: str, value: float, own: float | None, pool: float) -> float:
    """The rule of decision 57, and 0.3 for the simulation itself."""
    spread = pool if own is None else math.sqrt((own**2 + pool**2) / 2)
    scale = SCALE[name] * (abs(value) if name in RELATIVE else 1.0)
    return math.hypot(0.3, scale * spread)


def test_without_a_second_opinion_the_error_is_a_stated_default() -> None:
    labels = [*phase("NaSn", youngs_modulus=20.0, migration_barrier=0.4)]
    found = evidence(labels)
    modulus, barrier = found["NaSn", "youngs_modulus"], found["NaSn", "migration_barrier"]
    assert modulus.std == pytest.approx(model_std("youngs_modulus", 20, None, 0.25))
    assert barrier.std == pytest.approx(model_std("migration_barrier", 0.4, None, 0.1))
    assert modulus.models == (DEFAULT,)
    assert set(UNTESTED) == set(UNITS) == set(SCALE)


def test_the_difference_and_the_pool_are_the_error() -> None:
    labels = many("migration_barrier", [(0.4, 0.6)])
    found = evidence(labels)[PHASES[0], "migration_barrier"]
    assert (found.value, found.models) == (pytest.approx(0.4), (DEFAULT, SECOND))
    untested = UNTESTED["migration_barrier"]
    assert found.std == pytest.approx(model_std("migration_barrier", 0.4, 0.2, untested))


def test_a_chance_agreement_claims_no_certainty() -> None:
    pairs = [(0.5, 0.5), (0.5, 0.7), (0.5, 0.3), (0.5, 0.6), (0.5, 0.9)]
    assert len(pairs) == FEWEST_PAIRS
    labels = many("migration_barrier", pairs)
    rms = ((0.2**2 + 0.2**2 + 0.1**2 + 0.4**2) / 5) ** 0.5
    found = evidence(labels)
    for formula, (first, second) in zip(PHASES, pairs, strict=False):
        std = found[formula, "migration_barrier"].std
        assert std == pytest.approx(model_std("migration_barrier", first, second - first, rms))
    # A phase without a second opinion gets all of it.
    more = evidence([*labels, *phase("NaGe", migration_barrier=0.1)])
    alone = more["NaGe", "migration_barrier"].std
    assert alone == pytest.approx(model_std("migration_barrier", 0.1, None, rms))


def test_salts_that_agree_say_nothing_of_alloys() -> None:
    alloys = many("migration_barrier", [(0.5, 0.8)] * 5)
    salts = [
        one
        for salt in ("NaF", "NaCl")
        for model in (DEFAULT, SECOND)
        for one in phase(salt, model, migration_barrier=0.6)
    ]
    lone = list(phase("Na3Sb", migration_barrier=0.4))
    found = evidence([*alloys, *salts, *lone])
    alloy, salt = (found[f, "migration_barrier"].std for f in ("Na3Sb", "NaCl"))
    assert alloy == pytest.approx(model_std("migration_barrier", 0.4, None, 0.3))
    untested = UNTESTED["migration_barrier"]
    assert salt == pytest.approx(model_std("migration_barrier", 0.6, 0.0, untested))


def test_planes_conduct_half_of_what_they_have() -> None:
    (*structure, barrier) = phase("NaSn", migration_barrier=0.4)
    planes = (2 * np.array(barrier.details["diffusivity_cm2_s"]) * np.diag([1, 1, 0])).tolist()
    layered = replace(barrier, details={**barrier.details, "diffusivity_cm2_s": planes})
    found = evidence([*structure, layered])["NaSn", "migration_barrier"]
    assert found.value == pytest.approx(0.4)


def test_a_barrier_without_its_hops_is_told_to_be_made_again() -> None:
    (*structure, barrier) = phase("NaSn", migration_barrier=0.4)
    older = [*structure, replace(barrier, details={})]
    assert ("NaSn", "migration_barrier") not in evidence(older)
    assert "make it again" in why_unusable("NaSn", "migration_barrier", older)


def test_moduli_differ_by_factors() -> None:
    labels = many("youngs_modulus", [(10.0, 30.0), (30.0, 10.0), (5.0, 5.0)])
    apart = differences("youngs_modulus", labels).values()
    three = math.log(3)
    assert [each[SECOND] for each in apart] == [pytest.approx(three), pytest.approx(-three), 0.0]
    std = evidence(labels)[PHASES[1], "youngs_modulus"].std
    assert std == pytest.approx(
        model_std("youngs_modulus", 30.0, three, UNTESTED["youngs_modulus"])
    )


@pytest.mark.parametrize("broken", ["formation_energy", "volume"])
def test_nothing_of_a_doubtful_structure_is_used(broken: str) -> None:
    good = [*phase("NaSn", youngs_modulus=20.0), *phase("NaSn", SECOND, youngs_modulus=30.0)]
    for model in (DEFAULT, SECOND):
        labels = [
            replace(one, passed_checks=False, reason="9 % off")
            if (one.property, one.model) == (broken, model)
            else one
            for one in good
        ]
        found = evidence(labels)
        assert differences("youngs_modulus", labels) == {}
        if model == DEFAULT:
            # The other model stands in; without it there is nothing, and a reason.
            assert found["NaSn", "youngs_modulus"].models == (SECOND,)
            alone = [one for one in labels if one.model == DEFAULT]
            assert ("NaSn", "youngs_modulus") not in evidence(alone)
            assert why_unusable("NaSn", "youngs_modulus", alone) == "its structure: 9 % off"
            assert why_unusable("NaSn", broken, alone) == "9 % off"
        else:
            assert found["NaSn", "youngs_modulus"].models == (DEFAULT,)
            assert why_unusable("NaSn", "youngs_modulus", labels) == ""


def test_the_zero_of_formation_energies_is_no_agreement() -> None:
    elements = [one for symbol in ("Na", "Sn", "S") for one in phase(symbol, formation_energy=0.0)]
    elements += [replace(one, model=SECOND) for one in elements]
    labels = [*many("formation_energy", [(-0.2, -0.3)]), *elements]
    assert differences("formation_energy", labels) == {PHASES[0]: {SECOND: pytest.approx(-0.1)}}
    assert ("Na", "formation_energy") not in evidence(labels)
    assert why_unusable("Na", "formation_energy", labels) == "zero by definition"
    assert ("Na", "volume") in evidence(labels)


def test_why_a_property_may_not_be_used() -> None:
    labels = [*phase("NaSn", migration_barrier=None), label("NaGe", "migration_barrier", 0.2)]
    assert why_unusable("NaSn", "migration_barrier", labels) == "no result"
    assert why_unusable("NaSn", "work_of_adhesion", labels) == f"no label of {DEFAULT}"
    assert "its structure has no" in why_unusable("NaGe", "migration_barrier", labels)
    assert set(evidence(labels)) == {("NaSn", "formation_energy"), ("NaSn", "volume")}


@given(
    st.lists(
        st.tuples(st.floats(0.01, 100), st.one_of(st.none(), st.floats(0.01, 100))),
        min_size=1,
        max_size=len(PHASES),
    ),
    st.sampled_from(["youngs_modulus", "migration_barrier", "work_of_adhesion"]),
)
def test_no_surer_than_half_of_what_the_models_differ(
    pairs: list[tuple[float, float | None]], name: str
) -> None:
    labels = many(name, pairs)  # type: ignore[arg-type]
    found = evidence(reversed(labels))
    assert found == evidence(labels)
    for formula, (first, second) in zip(PHASES, pairs, strict=False):
        one = found[formula, name]
        if name == "migration_barrier":
            first, second = (x and min(x, HIGHEST_BARRIER_EV) for x in (first, second))
        assert one.value == pytest.approx(first)
        assert one.std > 0
        if second is not None and name != "youngs_modulus":
            assert one.std >= SCALE[name] * abs(first - second) / math.sqrt(2) * (1 - 1e-9)
    assert set(found) >= {(formula, name) for formula in PHASES[: len(pairs)]}


MINE = PotentialEntry("mine", "a:B", own=True)
THIRD = "nequix-oam-1-pft"


def test_a_registered_potential_of_ones_own_gives_the_value() -> None:
    labels = [*phase("NaSn", youngs_modulus=20.0), *phase("NaSn", "mine", youngs_modulus=30.0)]
    found = evidence(labels, [MINE])["NaSn", "youngs_modulus"]
    assert (found.value, found.models) == (30.0, ("mine", DEFAULT))
    assert found.value_of(DEFAULT) == 20.0 and found.value_of("another") is None
    assert found.source == f"mine; its error: {DEFAULT} differs"
    apart, untested = math.log(1.5), UNTESTED["youngs_modulus"]
    assert found.std == pytest.approx(model_std("youngs_modulus", 30.0, apart, untested))
    # As an opinion alone it widens the error, and gives nothing where it is by itself.
    alone = replace(MINE, opinion_alone=True)
    found = evidence(labels, [alone])["NaSn", "youngs_modulus"]
    assert (found.value, found.models) == (20.0, (DEFAULT, "mine"))
    assert evidence(labels[len(labels) // 2 :], [alone]) == {}


def test_labels_of_a_model_that_is_not_registered_are_refused() -> None:
    labels = [*phase("NaSn", youngs_modulus=20.0), *phase("NaSn", "mine", youngs_modulus=30.0)]
    for ask in (
        lambda: evidence(labels),
        lambda: why_unusable("NaSn", "volume", labels),
        lambda: differences("volume", labels),
    ):
        with pytest.raises(InputError, match="no evidence for model mine: register it"):
            ask()


def test_several_opinions_are_one_error() -> None:
    labels = [
        one
        for model, value in ((DEFAULT, 0.4), (SECOND, 0.5), (THIRD, 0.2))
        for one in phase("NaSn", model, migration_barrier=value)
    ]
    found = evidence(labels)["NaSn", "migration_barrier"]
    assert found.models == (DEFAULT, SECOND, THIRD)
    error = ((0.1**2 + 0.2**2) / 2) ** 0.5
    untested = UNTESTED["migration_barrier"]
    assert found.std == pytest.approx(model_std("migration_barrier", 0.4, error, untested))
    assert found.source == f"{DEFAULT}; its error: {SECOND}, {THIRD} differ"
    assert differences("migration_barrier", labels)["NaSn"] == {
        SECOND: pytest.approx(0.1),
        THIRD: pytest.approx(-0.2),
    }


def test_adhesion_stands_on_the_model_that_has_sodium_too() -> None:
    labels = [
        *phase("NaSn", "mine", work_of_adhesion=0.9),
        *phase("NaSn", work_of_adhesion=0.3),
        *phase("Na", work_of_adhesion=0.2),
    ]
    found = evidence(labels, [MINE])
    assert found["NaSn", "work_of_adhesion"].models == (DEFAULT, "mine")
    more = [*labels, *phase("Na", "mine", work_of_adhesion=0.4)]
    found = evidence(more, [MINE])
    assert found["NaSn", "work_of_adhesion"].models == ("mine", DEFAULT)
    # What is added for sodium's own surface is of the same model, 2γ = 0.4, not 0.2.
    both = np.array(["NaSn"]), np.array(["NaCl"])
    table = Estimate(*(np.zeros(1), np.ones(1), np.array(["t"]), np.array(["F0"]), np.zeros(1)))
    work, _ = apply_labels("work_of_adhesion", both, (table, table), found)
    assert work.value[0] == pytest.approx(0.9 + (COHESION_OF_SODIUM_J_M2 - 0.4) / 2)


def test_every_embedded_label_can_be_used_or_says_why() -> None:
    found = evidence()
    for one in load_labels():
        reason = why_unusable(one.formula, one.property)
        assert ((one.formula, one.property) in found) == (not reason)
