"""One vapour-pressure curve of a substance from all that is known of it.

Every source is a curve over all temperatures with the errors that it may have. What is known of
single points (boiling point, critical point) corrects each source by as much as these errors allow;
then the sources are averaged, each with the weight 1/σ⁴. Nothing is switched on or off at a
temperature, so nothing jumps. docs/decisions/0043-one-vapour-pressure-curve.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, log, nan

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

COLDEST_K, HOTTEST_K = 4.0, 1500.0
"""Where curves begin, and where they end if nothing is known above."""

NODE_STEP = 0.025
"""Between the nodes of a curve, in ln T; in between ln p is linear in 1/T. That is exact but for
the heat capacity of evaporation: with −50 J/(mol K) it errs by 0.05 %."""

MEASURED_STD_DEX = 0.1
"""Handbook equations of one compound differ by about that inside their range [judgement]: no curve
claims to be better."""

LEAST_STD_DEX = 1e-3
"""What is left of an error at a point that is known, at least [judgement]: far below what a curve
claims, and enough that a weight 1/σ⁴ stays finite."""

ERROR_RANGE = 0.1
"""How far in ln T a source's own irregular error is the same one [judgement]: 30 K at 300 K."""

NAMED_SHARE = 0.25
"""Sources with at least that weight are named."""

HEAT_FACTOR = 1.5
"""The heat of evaporation of a curve is that of one of its sources within this factor
[judgement]. Where sources contradict each other their average may rise more, or fall."""

LEAST_HEAT_RT = 4.0
"""Least heat of evaporation over RT [judgement]: it is about 10.5 where a liquid boils, and about 7
at the critical point."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """log10(p/Pa) by one source at t temperatures.

    Attributes
    ----------
    log10_pa : ndarray, shape (t,)
    modes : ndarray, shape (m, t)
        Errors that may be there, dex: one standard deviation of each. Each is one number at all
        temperatures (an enthalpy of formation that is wrong, say).
    label : ndarray of str, shape (t,)
    local : float
        A further error, dex, that is the same only within ``ERROR_RANGE``.
    """

    log10_pa: Floats
    modes: Floats
    label: NDArray[np.str_]
    local: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Average:
    """Weighted sources: value, standard deviation and label, each of shape (t,)."""

    log10_pa: Floats
    std: Floats
    label: NDArray[np.str_]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one temperature: K, log10(p/Pa) and its standard deviation."""

    temperature_k: float
    log10_pa: float
    std: float


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """log10(p/Pa) at ascending temperatures; it never falls.

    Attributes
    ----------
    temperature_k, log10_pa, std : ndarray, shape (t,)
    label : tuple of str, length t
        The sources with the greatest weight.
    """

    temperature_k: Floats
    log10_pa: Floats
    std: Floats
    label: tuple[str, ...]
    _turned: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Keep −1/T, in which ln p is nearly straight."""
        object.__setattr__(self, "_turned", -1 / self.temperature_k)

    def at(self, temperature_k: float) -> tuple[float, float, str]:
        """Return log10(p/Pa), its standard deviation and source, NaN beyond the ends."""
        if not self.temperature_k[0] <= temperature_k <= self.temperature_k[-1]:
            return nan, nan, ""
        turned = -1 / temperature_k
        nearest = int(np.argmin(abs(self._turned - turned)))
        return (
            float(np.interp(turned, self._turned, self.log10_pa)),
            float(np.interp(turned, self._turned, self.std)),
            self.label[nearest],
        )

    def temperature_for_k(self, log10_pa: float) -> float:
        """Invert ``at``, NaN where the pressure is not reached."""
        turned = np.interp(log10_pa, self.log10_pa, self._turned, left=nan, right=nan)
        return float(-1 / turned)


def grid_k(*others: float) -> Floats:
    """Return ascending temperatures, K, among them those of ``others`` that are known."""
    mine = np.array([t for t in others if t > COLDEST_K])
    ends = log(COLDEST_K), log(max([HOTTEST_K, *mine]))
    even = np.exp(np.linspace(*ends, ceil((ends[1] - ends[0]) / NODE_STEP)))
    return np.unique(np.concatenate([even[:-1], [max([HOTTEST_K, *mine])], mine]))


def corrected(source: Source, temperature_k: Floats, known: Sequence[Known]) -> Average:
    """Condition a source, as a Gaussian process, on what is known of single temperatures.

    value + K(T, D) (K(D, D) + σ²)⁻¹ (known − value at D), with the covariance K of its errors
    (Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, eqs 2.23 and 2.24).
    """
    variance = (source.modes**2).sum(axis=0) + source.local**2
    if not known:
        return Average(source.log10_pa, np.sqrt(variance), source.label)
    at = np.searchsorted(temperature_k, [one.temperature_k for one in known])
    away = np.log(temperature_k[:, None] / temperature_k[at]) / ERROR_RANGE
    covariance = source.modes.T @ source.modes[:, at] + source.local**2 * np.exp(-(away**2) / 2)
    noise = np.diag([one.std**2 for one in known])
    gain = np.linalg.solve(covariance[at] + noise, covariance.T).T
    miss = np.array([one.log10_pa for one in known]) - source.log10_pa[at]
    left = variance - (gain * covariance).sum(axis=1)
    value = source.log10_pa + gain @ miss
    return Average(value, np.sqrt(np.maximum(left, LEAST_STD_DEX**2)), source.label)


def average(parts: Sequence[Average]) -> Average:
    """Average with weights 1/σ⁴; the error is that of the mixture of the parts.

    Sources are no independent measurements of one thing, so one with twice the error counts for a
    sixteenth, not a quarter, beside a better one [judgement]. The variance is
    Σ wᵢ (σᵢ² + (xᵢ − x̄)²): parts that disagree widen it, parts that agree do not make it smaller
    than theirs.
    """
    if len(parts) == 1:
        return parts[0]
    values, stds = (np.array([getattr(p, name) for p in parts]) for name in ("log10_pa", "std"))
    weights = stds**-4 / (stds**-4).sum(axis=0)
    mean = (weights * values).sum(axis=0)
    variance = (weights * (stds**2 + (values - mean) ** 2)).sum(axis=0)
    return Average(mean, np.sqrt(variance), _labels(parts, weights))


def _labels(parts: Sequence[Average], weights: Floats) -> NDArray[np.str_]:
    """Name the sources that weigh most, the heaviest first."""
    order = np.argsort(-weights, axis=0, kind="stable")
    names = np.array([p.label for p in parts])
    columns = np.arange(weights.shape[1])
    text = names[order[0], columns]
    for rank in order[1:]:
        more = weights[rank, columns] >= NAMED_SHARE
        text = np.where(more, np.char.add(np.char.add(text, "; "), names[rank, columns]), text)
    return np.asarray(text, dtype=np.str_)


def rising(value: Floats, std: Floats, sources: Floats, temperature_k: Floats) -> Floats:
    """Follow ``value`` with a heat of evaporation that the sources allow.

    From the temperature with the smallest error outwards, each step in 1/T is held between that of
    the least heat of any source by ``HEAT_FACTOR``, or ``LEAST_HEAT_RT``, and that of the greatest
    times it.

    Parameters
    ----------
    value, std, temperature_k : ndarray, shape (t,)
    sources : ndarray, shape (s, t)
        Curves that rise.
    """
    steps = np.diff(sources, axis=1)
    floor = LEAST_HEAT_RT * np.diff(np.log10(temperature_k))
    least = np.maximum(steps.min(axis=0) / HEAT_FACTOR, floor)
    most = np.maximum(steps.max(axis=0) * HEAT_FACTOR, least)
    step = np.diff(value)
    if ((step >= least) & (step <= most)).all():
        return value
    held = value.copy()
    start = int(np.argmin(std))
    for i in range(start, len(held) - 1):
        held[i + 1] = min(max(value[i + 1], held[i] + least[i]), held[i] + most[i])
    for i in range(start, 0, -1):
        held[i - 1] = min(max(value[i - 1], held[i] - most[i - 1]), held[i] - least[i - 1])
    return held
