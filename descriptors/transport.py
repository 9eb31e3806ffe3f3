"""Ionic conductivity: hop rates of the two phases through an effective medium (F0)."""

import numpy as np
from numpy.typing import NDArray
from scipy.constants import Avogadro, elementary_charge
from scipy.constants import physical_constants as _constants

from maiscreen.descriptors.layer import Estimate, Layer
from maiscreen.descriptors.salts import salt

Floats = NDArray[np.float64]

BOLTZMANN_EV_K = float(_constants["Boltzmann constant in eV/K"][0])

ATTEMPT_FREQUENCY_HZ = 1e13
"""Attempt frequency of a hop, s⁻¹: a phonon frequency, the usual choice."""

ALLOY_BARRIER_EV = 0.36
"""Migration barrier of sodium in a Na–M compound, eV: the one that gives the conductivity that
the paper measured, 0.22 mS/cm, for a layer of Na7Sn12 in :func:`hop_conductivity_ms_cm`. Every
compound has it alike at this level, whatever the metal."""

ALLOY_BARRIER_STD_EV = 0.15
"""Its error, eV: the paper's barriers next to a vacancy in Na7Sn12 span 0.11 to 0.46 eV."""

PERCOLATION_THRESHOLD = 0.16
"""Volume fraction where a phase starts to connect: Scher & Zallen, J. Chem. Phys. 53, 3759
(1970). Bruggeman's medium has 1/3; `validate` reports the order with both."""

_T, _S = 2.0, 0.87  # exponents above and below the threshold: universal in three dimensions
_BLOCKED_MS_CM = 1e-30  # a phase without sodium; positive, so that logarithms exist


def hop_conductivity_ms_cm(
    sodium_per_cm3: Floats, barrier_ev: Floats, temperature_k: float
) -> Floats:
    """Conductivity of independent hops, mS/cm.

    σ = n q² D / kT with D = a² ν exp(−Eₐ/kT) / 6 and a = n^(-1/3), the mean distance of the
    sodium atoms.

    Parameters
    ----------
    sodium_per_cm3 : Floats
        Moles of sodium in a cm³, shape (n,).
    barrier_ev : Floats
        Shape (n,).
    temperature_k : float
        Temperature.

    Examples
    --------
    >>> hop_conductivity_ms_cm(np.array([1 / 40.0]), np.array([0.36]), 298.15).round(2)
    array([0.21])
    """
    density = sodium_per_cm3 * Avogadro * 1e6
    kt_ev = BOLTZMANN_EV_K * temperature_k
    with np.errstate(divide="ignore", invalid="ignore"):
        diffusivity = density ** (-2 / 3) * ATTEMPT_FREQUENCY_HZ * np.exp(-barrier_ev / kt_ev) / 6
        siemens_per_m = density * elementary_charge * diffusivity / kt_ev
    return np.where(density > 0, siemens_per_m * 10, _BLOCKED_MS_CM)


def effective_medium(
    better: Floats, worse: Floats, fraction_better: Floats, threshold: float
) -> Floats:
    """Conductivity of a two-phase mixture by the general effective media equation.

    McLachlan, Blaszkiewicz & Newnham, J. Am. Ceram. Soc. 73, 2187 (1990): percolation with
    exponents t = 2 and s = 0.87 and the given threshold, solved by bisection in the logarithm.

    Parameters
    ----------
    better, worse : Floats
        Conductivities, shape (n,), any unit, positive.
    fraction_better : Floats
        Volume fraction of the better phase, shape (n,).
    threshold : float
        Percolation threshold of the better phase.

    Returns
    -------
    Floats
        Shape (n,), between ``worse`` and ``better``.
    """
    ratio = (1 - threshold) / threshold
    low, high = np.log(worse), np.log(better)
    for _ in range(60):
        middle = (low + high) / 2
        s = np.exp((np.log(worse) - middle) / _S)
        t = np.exp((np.log(better) - middle) / _T)
        excess = (1 - fraction_better) * (s - 1) / (s + ratio)
        excess += fraction_better * (t - 1) / (t + ratio)
        low, high = np.where(excess > 0, middle, low), np.where(excess > 0, high, middle)
    return np.exp((low + high) / 2)


def ionic_conductivity(
    layer: Layer, temperature_k: float, threshold: float = PERCOLATION_THRESHOLD
) -> Estimate:
    """Sodium-ion conductivity of the layer, log10 of mS/cm (std in decades).

    The bare metal holds no sodium and blocks; the salt conducts with its own barrier; the alloy
    with :data:`ALLOY_BARRIER_EV`. Vacancies are taken as there: none of these phases is pure.
    """
    no_phase = layer.phase_cm3 == 0
    volume = np.where(no_phase, 1.0, layer.phase_cm3)
    barrier = np.full(volume.shape, ALLOY_BARRIER_EV)
    phase = hop_conductivity_ms_cm(layer.sodium_mol / volume, barrier, temperature_k)
    salt_barrier = salt("barrier_ev", layer.halogen)
    per_cm3 = 1 / salt("molar_volume_cm3", layer.halogen)
    salts = hop_conductivity_ms_cm(per_cm3, salt_barrier, temperature_k)
    phase_better = phase > salts
    share = np.where(phase_better, layer.phase_fraction, 1 - layer.phase_fraction)
    mixture = effective_medium(np.maximum(phase, salts), np.minimum(phase, salts), share, threshold)
    carried = phase_better & (layer.phase_fraction > threshold)
    barrier_std = np.where(carried, ALLOY_BARRIER_STD_EV, salt("barrier_std_ev", layer.halogen))
    decades = barrier_std / (BOLTZMANN_EV_K * temperature_k * np.log(10))
    source = np.where(
        carried, "hops in Na_xM through an effective medium", "hops in NaX; no connected alloy"
    )
    return Estimate(np.log10(mixture), decades, source)
