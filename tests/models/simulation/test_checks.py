"""What makes a barrier or a vacancy unfit for use."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import pytest

from maiscreen.models.crystals.prototypes import prototype
from maiscreen.models.labels.labels import QUANTITIES, load_labels
from maiscreen.models.simulation.checks import (
    CHARGED,
    REARRANGED,
    adhesion_faults,
    migration_faults,
    vacancy_faults,
)
from maiscreen.models.simulation.migration_records import Hop, Migration, VacantSite

HOP = Hop(0, 0, 3.0, 1, ((0, 0, (1, 0, 0)),), 0.2, 0.2, 0.2, True, True, 30, 1.0, "")
SITE = VacantSite(0, 1, 0.7, None, 0.1)
SOUND = Migration(
    barrier_ev=0.2,
    barrier_std_ev=0.001,
    converged=True,
    dimensions=3,
    barrier_by_dimension_ev=(0.2, 0.2, 0.2),
    vacancy_formation_ev=0.7,
    vacancy_formation_std_ev=0.001,
    vacancies=(SITE,),
    hops=(HOP,),
    cutoff_a=3.5,
    blocked=0,
    lattice_a=((3.0, 0.0, 0.0), (0.0, 3.0, 0.0), (0.0, 0.0, 3.0)),
    sites=((0.0, 0.0, 0.0),),
    equal_to=(0,),
    diffusivity_cm2_s=((1e-6, 0.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 0.0)),
    a3_per_sodium=27.0,
    supercell=((2, 0, 0), (0, 2, 0), (0, 0, 2)),
    supercell_atoms=64,
    supercell_width_a=9.0,
    seconds=10.0,
)


def test_a_sound_migration_has_no_fault() -> None:
    assert migration_faults(SOUND) == ()
    assert vacancy_faults(prototype("NaSn"), SOUND) == ()


def test_a_band_that_did_not_converge_spoils_the_barrier_alone() -> None:
    open_band = replace(SOUND, converged=False)
    assert "not converged" in migration_faults(open_band)[0]
    assert vacancy_faults(prototype("NaSn"), open_band) == ()


def test_a_way_in_one_dimension_is_none_through_grains() -> None:
    assert "one dimension" in migration_faults(replace(SOUND, dimensions=1))[0]
    assert migration_faults(replace(SOUND, dimensions=2)) == ()


def test_slabs_that_repel_are_no_adhesion() -> None:
    assert adhesion_faults(0.1) == ()
    assert "-0.02 J/m2" in adhesion_faults(-0.02)[0]


@pytest.mark.parametrize(("moved_a", "fallen"), [(0.7, False), (0.8, True)])
def test_atoms_that_leave_their_sites_spoil_both(moved_a: float, fallen: bool) -> None:
    # A quarter of the hop of 3 Å is 0.75 Å.
    loose = replace(SOUND, vacancies=(replace(SITE, largest_move_a=moved_a),))
    expected = (REARRANGED,) if fallen else ()
    assert migration_faults(loose) == expected
    assert vacancy_faults(prototype("NaSn"), loose) == expected


@pytest.mark.parametrize(("strays", "fallen"), [(0, False), (1, True)])
def test_where_strays_were_counted_they_decide(strays: int, fallen: bool) -> None:
    # However far an atom went: it is still nearer to its own site than to any other, or not.
    site = replace(SITE, largest_move_a=0.9 if not fallen else 0.1, strays=strays)
    expected = (REARRANGED,) if fallen else ()
    assert migration_faults(replace(SOUND, vacancies=(SITE, site))) == expected


def test_vacancies_of_salts_are_not_claimed() -> None:
    assert vacancy_faults(prototype("NaCl"), SOUND) == (CHARGED,)


def migration(details: Mapping[str, Any]) -> Migration:
    """The record that a label was made from."""
    vacancies = tuple(VacantSite(**one) for one in details["vacancies"])
    hops = tuple(Hop(**one) for one in details["hops"])
    own = {f.name: details[f.name] for f in fields(Migration) if f.name in details}
    return Migration(**{**own, "vacancies": vacancies, "hops": hops})


@pytest.mark.parametrize("name", QUANTITIES["migration"])
def test_embedded_migration_is_judged_as_today(name: str) -> None:
    labels = [one for one in load_labels() if one.property == name and one.value is not None]
    assert len(labels) > 5
    for one in labels:
        found = migration(one.details)
        vacancy = vacancy_faults(prototype(one.formula), found)
        faults = migration_faults(found) if name == "migration_barrier" else vacancy
        assert (one.passed_checks, one.reason) == (not faults, "; ".join(faults)), one.formula
        values = (found.barrier_ev, found.vacancy_formation_ev)
        assert one.value == values[name != "migration_barrier"]
