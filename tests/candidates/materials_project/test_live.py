"""The Materials Project itself: `pytest -m live`, with a key set. Needs the network."""

from pathlib import Path

import numpy as np
import pytest

from maiscreen.candidates.materials_project.build import build_materials_project
from maiscreen.candidates.materials_project.key import api_key
from maiscreen.candidates.materials_project.query import PBE, R2SCAN, Query
from maiscreen.candidates.materials_project.service import open_service
from maiscreen.candidates.snapshot.check import verify
from maiscreen.candidates.snapshot.snapshot import formation_energies_ev_atom, load_snapshot
from maiscreen.candidates.snapshot.tables import structure

pytestmark = pytest.mark.live


@pytest.mark.parametrize("thermo_type", [PBE, R2SCAN])
def test_todays_data(tmp_path: Path, thermo_type: str) -> None:
    query = Query(("Sn", "Ge"), ("Cl",), thermo_type)
    with open_service(api_key()) as service:
        build_materials_project(service, query, tmp_path / "out", lambda done, total: None)
    snapshot = load_snapshot(tmp_path / "out")
    assert all(check.passed for check in verify(snapshot)), verify(snapshot)
    today = formation_energies_ev_atom(snapshot)
    # Measured: −411.1 kJ/mol of NaCl, −511.3 of liquid SnCl4 (CRC).
    assert today["NaCl"] == pytest.approx(-411.1 / 96.485 / 2, abs=0.1)
    assert structure(snapshot, "Na15Sn4") is not None
    if thermo_type == PBE:
        embedded = formation_energies_ev_atom(load_snapshot())
        change = [today[f] - embedded[f] for f in today if f in embedded]
        assert len(change) > 20
        assert np.median(np.abs(change)) < 0.02
