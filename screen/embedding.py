"""What the embedded models are asked in the default campaign, and in wide ones, beforehand."""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.precursors.space import halide_space
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.descriptors.alloys.alloying import alloying
from maiscreen.models.attributes.crystal_data import is_compound
from maiscreen.models.predictions.learned import embedded_digest, evaluate_model, to_csv
from maiscreen.screen.blends.space import BlendSpace
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.describe.describe import formation_energy_ev_atom


def formulas_by_target() -> dict[str, tuple[str, ...]]:
    """Return the formulas that campaigns ask each model for, by target."""
    snapshot = load_snapshot()
    alloys = alloying(snapshot, np.array(METALS))
    phases = np.unique(np.concatenate([alloys.as_formed.formula, alloys.in_operation.formula]))
    phases = phases[is_compound(phases)]
    halides = halide_space().slice(0, halide_space().size)
    lacking = halides.formula[np.isnan(formation_energy_ev_atom(halides, snapshot))]
    return {
        "youngs_modulus_gpa": _sorted(np.concatenate([phases, joint_compounds()])),
        "volume_a3_atom": _sorted(phases),
        "formation_energy_ev_atom": _sorted(lacking),
    }


def joint_compounds() -> NDArray[np.str_]:
    """Return the joint compounds that blends of anything volatile may hold."""
    everything = Space(
        mixed_halides=True,
        oxyhalides=True,
        organohalides=True,
        groups_leave=True,
        blends=2,
        temperatures_c=(97.0,),
    )
    return BlendSpace(Campaign(fidelity="F0", space=everything)).tables.joint.phases.formula


def embedded_predictions() -> str:
    """Ask the embedded models; the text of ``models/data/predicted.csv``."""
    return to_csv(
        (target, embedded_digest(target), formulas, evaluate_model(target, formulas, ()))
        for target, formulas in formulas_by_target().items()
    )


def _sorted(formulas: NDArray[np.str_]) -> tuple[str, ...]:
    return tuple(np.unique(formulas).tolist())
