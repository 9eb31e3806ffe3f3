import json
from pathlib import Path

import pytest
from pymatgen.core.entries import ComputedStructureEntry
from pymatgen.core.lattice import Lattice
from pymatgen.core.structure import Structure

from maiscreen.candidates.entries.add import add_entries
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot.snapshot import load_snapshot, pin_snapshot
from maiscreen.models.crystals.prototypes import prototype, prototypes
from maiscreen.models.crystals.snapshot_phases import NEAR_HULL_EV_ATOM, phase_of, phases
from maiscreen.models.simulation.checks import reference_volume_a3_atom, snapshot_energy_ev_atom

SILVER = Structure(Lattice.cubic(3.56), ["Na", "Ag"], [[0, 0, 0], [0.5, 0.5, 0.5]])
"""NaAg of the CsCl type, which the table of prototypes does not have."""


@pytest.fixture(scope="module")
def with_silver(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The embedded snapshot and one entry of NaAg, as a user would add it."""
    folder = tmp_path_factory.mktemp("silver")
    given = [
        (SILVER, -1.3 - 2.7 - 2 * 0.05),
        (Structure(Lattice.cubic(4), ["Na"], [[0, 0, 0]]), -1.3),
        (Structure(Lattice.cubic(3), ["Ag"], [[0, 0, 0]]), -2.7),
    ]
    entries = [ComputedStructureEntry(s, e, parameters={"run_type": "GGA"}) for s, e in given]
    file = folder / "mine.json"
    file.write_text(json.dumps([entry.as_dict() for entry in entries]))
    add_entries(load_snapshot(), file, folder / "out")
    return pin_snapshot(str(folder / "out"))


def test_phases_of_a_snapshot_join_those_of_the_table(fetched: Path) -> None:
    table = {one.formula: one.kind for one in prototypes()}
    assert phases() == table
    found = phases(pin_snapshot(str(fetched)))
    assert list(found)[: len(table)] == list(table)
    new = found.keys() - table.keys()
    rows = {row["formula"]: row for row in load_snapshot(fetched).phases.to_pylist()}
    assert new
    for formula in new:
        assert found[formula] == "compound"
        assert rows[formula]["energy_above_hull_ev_atom"] <= NEAR_HULL_EV_ATOM
        assert rows[formula]["na_count"]
        assert not rows[formula]["halogen"]
    # Salts and what lies high stay out.
    assert not [f for f in new if "Cl" in f or "F" in f]


def test_the_table_comes_first(fetched: Path) -> None:
    assert phase_of("Na15Sn4", pin_snapshot(str(fetched))) is prototype("Na15Sn4")


def test_a_structure_of_a_snapshot(with_silver: str) -> None:
    phase = phase_of("NaAg", with_silver)
    assert phase.source == "user-1 of maiscreen embedded snapshot + 1 of the user's"
    assert phase.space_group == "Pm-3m"
    assert phase.structure().matches(SILVER)
    assert phase.atoms_per_cell == 2
    assert snapshot_energy_ev_atom(phase) == pytest.approx(-0.05)
    # The volume is put on the scale of the snapshot's, and taken back from there.
    volume, origin = reference_volume_a3_atom(phase)
    assert (volume, origin) == (pytest.approx(SILVER.volume / 2, rel=1e-4), "snapshot's")


def test_what_nobody_has(with_silver: str) -> None:
    with pytest.raises(InputError, match="NaXe"):
        phase_of("NaXe", with_silver)
    with pytest.raises(InputError, match="NaAg"):
        phase_of("NaAg")


@pytest.mark.potential
@pytest.mark.filterwarnings("ignore:Set OLD_ERROR_HANDLING:DeprecationWarning")
def test_a_structure_of_a_snapshot_is_simulated(with_silver: str) -> None:
    from maiscreen.models.simulation.simulate import simulate

    energy, volume = simulate("NaAg", "structure", snapshot=with_silver)
    assert energy.details["structure_from"].startswith("user-1 of")
    assert energy.details["snapshot_formation_energy_ev_atom"] == pytest.approx(-0.05)
    assert volume.value == pytest.approx(SILVER.volume / 2, rel=0.05)
