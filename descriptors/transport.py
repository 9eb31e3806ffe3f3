"""Ionic conductivity: hop rates of two phases through an effective medium; barriers at F0."""

import numpy as np
from numpy.typing import NDArray
from scipy.constants import Avogadro, elementary_charge
from scipy.constants import physical_constants as _constants

from maiscreen.descriptors.layer import Estimate, Layer, tabulated
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


def phase_barrier(layer: Layer) -> Estimate:
    """Migration barrier of sodium in the metal phase, eV (F0): :data:`ALLOY_BARRIER_EV`."""
    value = np.full(layer.sodium_mol.shape, ALLOY_BARRIER_EV)
    return tabulated(value, ALLOY_BARRIER_STD_EV, "one barrier for all alloys")


def salt_barrier(layer: Layer) -> Estimate:
    """Migration barrier of sodium in the salt, eV (F0): measured or computed elsewhere."""
    value, std = (salt(f, layer.halogen) for f in ("barrier_ev", "barrier_std_ev"))
    return tabulated(value, std, "table")


def ionic_conductivity(
    layer: Layer,
    temperature_k: float,
    threshold: float = PERCOLATION_THRESHOLD,
    phase: Estimate | None = None,
    salts: Estimate | None = None,
) -> Estimate:
    """Sodium-ion conductivity of the layer, log10 of mS/cm (std in decades).

    The bare metal holds no sodium and blocks. Vacancies are taken as there: none of these phases
    is pure.

    Parameters
    ----------
    layer : Layer
        Arrays of shape (n,).
    temperature_k, threshold : float
        Temperature; percolation threshold of the better conductor.
    phase, salts : Estimate, optional
        Migration barriers in the metal phase and the salt, eV; at F0 if left out.
    """
    phase, salts = phase or phase_barrier(layer), salts or salt_barrier(layer)
    no_phase = layer.phase_cm3 == 0
    volume = np.where(no_phase, 1.0, layer.phase_cm3)
    in_phase = hop_conductivity_ms_cm(layer.sodium_mol / volume, phase.value, temperature_k)
    per_cm3 = 1 / salt("molar_volume_cm3", layer.halogen)
    in_salt = hop_conductivity_ms_cm(per_cm3, salts.value, temperature_k)
    phase_better = in_phase > in_salt
    share = np.where(phase_better, layer.phase_fraction, 1 - layer.phase_fraction)
    better, worse = np.maximum(in_phase, in_salt), np.minimum(in_phase, in_salt)
    mixture = effective_medium(better, worse, share, threshold)
    carried = phase_better & (layer.phase_fraction > threshold)
    std = np.where(carried, phase.std, salts.std)
    decades = std / (BOLTZMANN_EV_K * temperature_k * np.log(10))
    of_phase = np.char.add("hops in Na_xM through an effective medium: ", phase.source)
    of_salt = np.char.add("hops in NaX, no connected alloy: ", salts.source)
    fidelity = np.where(carried, phase.fidelity, salts.fidelity)
    return Estimate(np.log10(mixture), decades, np.where(carried, of_phase, of_salt), fidelity)
