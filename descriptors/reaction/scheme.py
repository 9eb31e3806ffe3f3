"""The scheme of a snapshot's energies: what NaX has in it, and its bias on halides."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import ROOM_K
from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.precursors.precursor import MAX_HALOGENS, Precursor, Precursors
from maiscreen.candidates.snapshot.snapshot import PhaseArrays, Snapshot, phase_arrays
from maiscreen.descriptors.reaction.bias import (
    MEASURED_BIAS,
    Bias,
    Scheme,
    measure_bias,
    raw_potential_v,
    salts_ev,
)
from maiscreen.descriptors.reaction.reduction import condensed_or_gas, potential_in_phase
from maiscreen.descriptors.vapour.evaporation import stable_phase

FEWEST = 8
"""Halides with both energies below which a class has no measured bias, and so no potential from
energies: the smallest class of the embedded snapshot has 14 [judgement]."""


@lru_cache(maxsize=8)
def scheme_of(snapshot: Snapshot) -> Scheme:
    """Return the scheme of a snapshot.

    PBE with the corrections of 2020 has the bias that was measured on the embedded snapshot; of
    another functional it is measured on the snapshot itself, class by class.
    """
    if snapshot.manifest.get("corrections", "").startswith("MaterialsProject2020"):
        return Scheme(salts_ev(snapshot), MEASURED_BIAS)
    measured = bias_of(snapshot)
    enough = {key: bias for key, bias in measured.items() if bias.count >= FEWEST}
    return Scheme(salts_ev(snapshot), enough)


def bias_of(snapshot: Snapshot) -> dict[tuple[str, bool], Bias]:
    """Measure the bias on the halides of a snapshot that the handbooks have as solid or liquid."""
    phases = phase_arrays(snapshot)
    screened = np.isin(phases.metal, METALS) & (phases.counts.max(axis=1) <= MAX_HALOGENS)
    rows = np.flatnonzero(screened & (phases.counts[:, 0] == 0) & (phases.halogen != ""))
    precursors = _precursors(phases, rows)
    formulas = precursors.formula.tolist()
    handbook = potential_in_phase(formulas, [_phase(f) for f in formulas], ROOM_K).potential_v
    raw = raw_potential_v(precursors, phases.energy_ev_atom[rows], salts_ev(snapshot))
    return measure_bias(precursors, raw, handbook)


def _precursors(phases: PhaseArrays, rows: NDArray[np.intp]) -> Precursors:
    named = zip(
        phases.metal[rows].tolist(),
        phases.halogen[rows].tolist(),
        phases.counts[rows, 1:].tolist(),
        strict=True,
    )
    return Precursors.of([Precursor(m, x, a, b) for m, x, (a, b) in named])


def _phase(formula: str) -> str:
    """Return the phase that the handbooks have: the stable one, else the other condensed one."""
    stable = stable_phase(formula, ROOM_K)
    has = not np.isnan(condensed_or_gas(formula, stable).enthalpy_kj_mol)
    return stable if has else "l" if stable == "s" else "s"
