"""Ionic conductivity: hop rates of two phases through an effective medium; barriers of salts."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.constants import (
    AVOGADRO_MOL,
    BOLTZMANN_EV_K,
    ELEMENTARY_CHARGE_C,
)
from maiscreen.descriptors.layer.layer import (
    Attribute,
    Errors,
    Estimate,
    Layer,
    LayerEstimate,
    Uncertain,
    f0_estimate,
)
from maiscreen.descriptors.reaction.salts import salt

Floats = NDArray[np.float64]

ATTEMPT_FREQUENCY_HZ = 1e13
"""Attempt frequency of a hop, s⁻¹: a phonon frequency, the usual choice."""

PERCOLATION_THRESHOLD = 0.16
"""Volume fraction where a phase starts to connect: Scher & Zallen, J. Chem. Phys. 53, 3759
(1970). Bruggeman's medium has 1/3, with which the measured layer would not conduct."""

BRUGGEMAN_THRESHOLD = 1 / 3
"""Where grains of either phase meet at random: Bruggeman, Ann. Phys. 416, 636 (1935)."""

_T, _S = 2.0, 0.87  # exponents above and below the threshold: universal in three dimensions
_MOST_STEPS = 60  # Newton takes 4 to 8; bisection, where it is needed, one for each bit
_CLOSE = 1e-13  # of ln σ, relative to the contrast
_LN_DIGITS = 9
_BLOCKED_MS_CM = 1e-12
"""Of a phase without sodium [judgement]: a good insulator, so that logarithms exist. Nothing that a
cell would notice passes either way."""


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
    density = sodium_per_cm3 * AVOGADRO_MOL * 1e6
    kt_ev = BOLTZMANN_EV_K * temperature_k
    with np.errstate(divide="ignore", invalid="ignore"):
        diffusivity = density ** (-2 / 3) * ATTEMPT_FREQUENCY_HZ * np.exp(-barrier_ev / kt_ev) / 6
        siemens_per_m = density * ELEMENTARY_CHARGE_C * diffusivity / kt_ev
    return np.where(density > 0, siemens_per_m * 10, _BLOCKED_MS_CM)


def effective_medium(
    better: Floats, worse: Floats, fraction_better: Floats, threshold: float
) -> Floats:
    """Conductivity of a two-phase mixture by the general effective media equation.

    :func:`effective_medium_ln` without the logarithms: conductivities in any unit, positive.
    """
    return np.exp(effective_medium_ln(np.log(better), np.log(worse), fraction_better, threshold))


def effective_medium_ln(
    better: Floats, worse: Floats, fraction_better: Floats, threshold: float
) -> Floats:
    """Logarithm of the conductivity of a two-phase mixture.

    McLachlan, Blaszkiewicz & Newnham, J. Am. Ceram. Soc. 73, 2187 (1990): percolation with
    exponents t = 2 and s = 0.87 and the given threshold. Newton's method, kept within bounds: far
    above the threshold the worse phase may as well be an insulator, far below it the better one a
    superconductor, and either limit is a bound in closed form. Each row stops by itself, so that
    its value does not depend on what stands beside it.

    Parameters
    ----------
    better, worse : Floats
        Natural logarithms of the conductivities, shape (n,), any unit.
    fraction_better : Floats
        Volume fraction of the better phase, shape (n,).
    threshold : float
        Percolation threshold of the better phase.

    Returns
    -------
    Floats
        Shape (n,), between ``worse`` and ``better``.
    """
    mixed, contrast = better.copy(), better - worse
    rows = np.flatnonzero((contrast > 0) & (fraction_better < 1))
    share, contrast = fraction_better[rows], contrast[rows]
    low, high = _bounds(share, contrast, threshold)
    value = np.where(share > threshold, low, high)
    for _ in range(_MOST_STEPS):
        if not rows.size:
            break
        excess, slope = _residual(value, share, contrast, threshold)
        low, high = np.where(excess > 0, value, low), np.where(excess > 0, high, value)
        step = value - excess / slope
        step = np.where((step >= low) & (step <= high), step, (low + high) / 2)
        left = np.abs(step - value) > _CLOSE * (1 + contrast)
        mixed[rows] = worse[rows] + step
        rows, value, share, contrast = rows[left], step[left], share[left], contrast[left]
        low, high = low[left], high[left]
    return mixed


def _bounds(share: Floats, contrast: Floats, threshold: float) -> tuple[Floats, Floats]:
    """Bound ln σ above the worse phase's: by an insulator, and by a superconductor."""
    ratio = (1 - threshold) / threshold
    with np.errstate(divide="ignore", invalid="ignore"):
        shorted = 1 / (share - (1 - share) / ratio)
        blocked = (1 - share) - share * ratio
        low = np.where(share > threshold, contrast - _T * np.log(shorted), 0.0)
        high = np.where(share < threshold, -_S * np.log(blocked), contrast)
    return np.clip(low, 0.0, contrast), np.clip(high, 0.0, contrast)


def _residual(
    value: Floats, share: Floats, contrast: Floats, threshold: float
) -> tuple[Floats, Floats]:
    """Return the left side of the equation, and its slope, which is negative."""
    ratio = (1 - threshold) / threshold
    s, t = np.exp(-value / _S), np.exp((contrast - value) / _T)
    excess = (1 - share) * (s - 1) / (s + ratio) + share * (t - 1) / (t + ratio)
    of_worse = (1 - share) * s / (_S * (s + ratio) ** 2)
    of_better = share * t / (_T * (t + ratio) ** 2)
    return excess, -(1 + ratio) * (of_worse + of_better)


def better_phase_ln(
    mixture: Floats, worse: Floats, fraction_better: Floats, threshold: float
) -> Floats:
    """Logarithm of the conductivity that the better phase of a mixture must have.

    :func:`effective_medium_ln` turned round. With A = (1 − threshold)/threshold, f the fraction of
    the better phase and u = (σ_worse/σ_mixture)^(1/s) the equation reads
    (σ_better^(1/t) − σ_mixture^(1/t)) / (σ_better^(1/t) + A σ_mixture^(1/t)) = K with
    K = (1 − f)/f · (1 − u)/(u + A), so that σ_better^(1/t) = σ_mixture^(1/t) (1 + AK)/(1 − K).

    Parameters
    ----------
    mixture, worse : Floats
        Natural logarithms of the conductivities, the mixture's not below the other, shape (n,).
    fraction_better : Floats
        Volume fraction of the better phase, above zero, shape (n,).
    threshold : float
        Percolation threshold of the better phase.

    Returns
    -------
    Floats
        Shape (n,); NaN where even a superconductor gives less than the mixture has (K ≥ 1).

    Examples
    --------
    >>> args = np.array([-5.0]), np.array([0.3]), 0.16
    >>> better_phase_ln(effective_medium_ln(np.array([2.0]), *args), *args).round(9)
    array([2.])
    """
    ratio = (1 - threshold) / threshold
    u = np.exp((worse - mixture) / _S)
    k = (1 - fraction_better) / fraction_better * (1 - u) / (u + ratio)
    with np.errstate(divide="ignore", invalid="ignore"):
        above = _T * np.log((1 + ratio * k) / (1 - k))
    return np.where(k < 1, mixture + above, np.nan)


def salt_barrier(layer: Layer) -> Estimate:
    """Migration barrier of sodium in the salt, eV (F0): measured or computed elsewhere."""
    value, std = (salt(f, layer.halogen) for f in ("barrier_ev", "barrier_std_ev"))
    return f0_estimate(value, std, "table")


def ionic_conductivity(
    layer: Layer,
    temperature_k: float,
    threshold: float,
    phase: Estimate,
    salts: Estimate,
) -> LayerEstimate:
    """Sodium-ion conductivity of the layer, log10 of mS/cm (std in decades), with its source.

    :func:`layer_conductivity` of the metal phase and the salt.

    Parameters
    ----------
    layer : Layer
        Arrays of shape (n,).
    temperature_k, threshold : float
        Temperature; percolation threshold of the better conductor.
    phase, salts : Estimate
        Migration barriers in the metal phase and the salt, eV.
    """
    volumes = layer.volumes
    sodium = volumes.sodium_mol, volumes.phase_cm3
    conductors = (
        phase_conductivity_ln(volumes.salt_mol, volumes.salt_cm3, salts.numbers, temperature_k),
        phase_conductivity_ln(*sodium, phase.numbers, temperature_k),
    )
    shares = 1 - volumes.phase_fraction, volumes.phase_fraction
    conducted, carrier = layer_conductivity(conductors, shares, temperature_k, threshold)
    carried = carrier == 1
    of_phase = np.char.add("hops in Na_xM through an effective medium: ", phase.source)
    of_salt = np.char.add("hops in NaX, no connected alloy: ", salts.source)
    fidelity = np.where(carried, phase.fidelity, salts.fidelity)
    return LayerEstimate(*conducted, np.where(carried, of_phase, of_salt), fidelity)


def phase_conductivity_ln(
    sodium_mol: Floats,
    volume_cm3: Floats,
    barrier_ev: Uncertain,
    temperature_k: float,
) -> Uncertain:
    """Return ln of a phase's own conductivity in mS/cm, with the errors of its barrier, eV.

    Parameters
    ----------
    sodium_mol, volume_cm3 : Floats
        Sodium in the phase, and its volume, shape (n,); nothing conducts in no volume.
    barrier_ev : Uncertain
        Shape (n,), with the phase's own error.
    temperature_k : float
        Temperature.
    """
    volume = np.where(volume_cm3 == 0, 1.0, volume_cm3)
    sigma = hop_conductivity_ms_cm(sodium_mol / volume, barrier_ev.value, temperature_k)
    return Uncertain(np.log(sigma), barrier_ev.std, barrier_ev.shared)


def layer_conductivity(
    conductors: Sequence[Uncertain],
    shares: Sequence[Floats],
    temperature_k: float,
    threshold: float = PERCOLATION_THRESHOLD,
) -> tuple[Attribute, NDArray[np.int64]]:
    """Conductivity of a layer of several phases, log10 of mS/cm, and what carries it.

    The two worst conductors make an effective medium, in which the next better one is embedded,
    and so on. The bare metal holds no sodium and blocks. Vacancies are taken as there: none of
    these phases is pure. The error is that of the best conductor that connects by itself, or of
    the salts if they conduct better than what else there is.

    Parameters
    ----------
    conductors : sequence of Uncertain
        From :func:`phase_conductivity_ln`, the salts first, then metal phases; each of shape (n,).
    shares : sequence of Floats
        Volume fraction of each, shape (n,).
    temperature_k, threshold : float
        Temperature; percolation threshold of the better conductor.

    Returns
    -------
    tuple
        Value with its errors in decades, and the place of the carrying phase in the arguments;
        shape (n,) each.
    """
    ln_sigma = np.stack([one.value for one in conductors])
    share = np.stack(list(shares))
    # Of equals, but for their last bits, the salts first.
    order = np.argsort(-ln_sigma.round(_LN_DIGITS), axis=0, kind="stable")
    ln_sigma, share = (np.take_along_axis(one, order, axis=0) for one in (ln_sigma, share))
    mixture, total = ln_sigma[-1], share[-1]
    for better, fraction in zip(ln_sigma[-2::-1], share[-2::-1], strict=True):
        total = total + fraction
        part = np.divide(fraction, total, out=np.zeros_like(total), where=total > 0)
        embedded = effective_medium_ln(better, mixture, part, threshold)
        mixture = np.where(part == 0, mixture, embedded)
    first = ((order == 0) | (share > threshold)).argmax(axis=0)
    carrier = np.take_along_axis(order, first[None], axis=0)[0]
    decade_ev = BOLTZMANN_EV_K * temperature_k * np.log(10)
    own, shared = (
        np.take_along_axis(np.stack(stds), carrier[None], axis=0)[0] / decade_ev
        for stds in zip(*((one.std, one.shared) for one in conductors), strict=True)
    )
    by_salts = carrier == 0
    errors = Errors(
        np.where(by_salts, 0.0, own), np.where(by_salts, own, 0.0), shared, np.zeros_like(own)
    )
    return Attribute(mixture / np.log(10), errors), carrier
