"""The layer whose conductivity was measured, and the barriers of metal phases that follow from it.

The paper measured 0.22 mS/cm on the layer from SnCl4, and found Na7Sn12 in it. The equations of
every layer, solved for the barrier of that phase, give what the others are compared with.
docs/attributes.md, docs/decisions/0041-the-layer-is-the-anchor.md.
"""

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import BOLTZMANN_EV_K, CM3_MOL_PER_A3
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.snapshot.known_phases import known_phases
from maiscreen.descriptors.layer.layer import Estimate, Layer, f0_estimate
from maiscreen.descriptors.layer.transport import better_phase_ln, hop_conductivity_ms_cm

Floats = NDArray[np.float64]
Strings = NDArray[np.str_]

MEASURED_MS_CM = 0.22
"""Conductivity of the layer from SnCl4 by impedance: the paper."""

MEASURED_K = 298.15
"""Room temperature, where it was measured."""

MEASURED_PHASE = "Na7Sn12"
"""The metal phase in that layer by X-ray diffraction (as Na1.17Sn2): the paper."""

ANCHOR_FACTOR = 3.0
"""Error of the measured conductivity, a factor [judgement]: 6 µm, discs of 7.6 mm and 3.5 Ω, as
the paper prints them, are 0.38 mS/cm, or 0.76 if both electrodes have the layer. Thickness and
what else is in that resistance come on top."""

ANCHOR_STD_EV = BOLTZMANN_EV_K * MEASURED_K * float(np.log(ANCHOR_FACTOR))
"""The same as an error of the barrier of :data:`MEASURED_PHASE`, eV: kT ln of the factor, since
beside a salt that hardly conducts the layer does in proportion to that phase."""

SHIFT_STD_EV = 0.06
"""Error of the shift from bare barriers to those with vacancies, eV: nothing is known of the bare
one of :data:`MEASURED_PHASE` but that it lies between nothing and all of the measured one, whose
width over √12 this is (0.209 eV with the default threshold)."""

ALLOY_BARRIER_STD_EV = 0.27
"""Error of one barrier for all alloys, eV: standard deviation of the labelled ones."""


def measured_layer(salt_share: float = 1.0) -> Layer:
    """Describe the layer from SnCl4 as formed: a tin's share of the phase, and NaCl.

    Parameters
    ----------
    salt_share : float
        How much of the four NaCl lies in the layer.
    """
    volume_a3_atom = known_phases()[MEASURED_PHASE].volume_a3_atom
    if volume_a3_atom is None:
        raise ValueError(f"the table of known phases has no volume of {MEASURED_PHASE}")
    amount = parse_formula(MEASURED_PHASE)
    phase_cm3 = volume_a3_atom * CM3_MOL_PER_A3 * sum(amount.values()) / amount["Sn"]
    numbers = 4.0 * salt_share, amount["Na"] / amount["Sn"], phase_cm3, 0.0
    symbols = (np.array([text]) for text in ("Sn", "Cl", MEASURED_PHASE))
    return Layer(*symbols, *(np.array([number]) for number in numbers))


def anchored_barrier_ev(threshold: float, salt_barrier_ev: float, salt_share: float = 1.0) -> float:
    """Return the barrier of the metal phase that gives the measured layer its conductivity, eV.

    NaN where none does: below the threshold the salt blocks, however well the metal conducts.

    Parameters
    ----------
    threshold : float
        Percolation threshold.
    salt_barrier_ev : float
        Migration barrier in NaCl.
    salt_share : float
        As in :func:`measured_layer`.

    Examples
    --------
    >>> round(anchored_barrier_ev(0.16, 0.64), 3), anchored_barrier_ev(1 / 3, 0.64)
    (0.209, nan)
    """
    volumes = measured_layer(salt_share).volumes
    salt_per_cm3, metal_per_cm3 = (
        volumes.salt_mol / volumes.salt_cm3,
        volumes.sodium_mol / volumes.phase_cm3,
    )
    blocking = hop_conductivity_ms_cm(salt_per_cm3, np.array([salt_barrier_ev]), MEASURED_K)
    measured, free = np.array([MEASURED_MS_CM]), np.zeros(1)
    needed_ln = better_phase_ln(
        np.log(measured), np.log(blocking), volumes.phase_fraction, threshold
    )
    free_ln = np.log(hop_conductivity_ms_cm(metal_per_cm3, free, MEASURED_K))
    barrier_ev = BOLTZMANN_EV_K * MEASURED_K * float((free_ln - needed_ln)[0])
    return barrier_ev if barrier_ev > 0 else float("nan")


def phase_barrier(phase: Strings, anchored_ev: float) -> Estimate:
    """Migration barrier of sodium in metal phases, eV (F0): the anchored one for all, shape (n,).

    The phase that was measured has no error of its own; :func:`anchor_std_ev` is what all have in
    common.
    """
    value = np.full(phase.shape, anchored_ev)
    own = np.where(phase == MEASURED_PHASE, 0.0, ALLOY_BARRIER_STD_EV)
    return f0_estimate(value, own, "one barrier for all alloys", anchor_std_ev(phase))


def anchor_std_ev(phase: Strings) -> Floats:
    """Return the error that the anchor brings into the barriers of metal phases, eV, shape (n,).

    One error for all of them: of the measurement, and but for the phase that was measured of the
    shift to others.

    Examples
    --------
    >>> anchor_std_ev(np.array(["Na7Sn12", "Na15Sn4"])).round(3).tolist()
    [0.028, 0.066]
    """
    shift = np.where(phase == MEASURED_PHASE, 0.0, SHIFT_STD_EV)
    return np.asarray(np.hypot(ANCHOR_STD_EV, shift))
