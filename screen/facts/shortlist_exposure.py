"""Temperature and time for a precursor, as far as the paper's only data go."""

from functools import cache
from math import isnan, log10

from maiscreen.candidates.handbook.points import points
from maiscreen.descriptors.blends.exposure import (
    PAPER_LAYERS,
    PAPER_VESSEL,
    TOO_THICK_UM,
    law,
    thickness_range_um,
)
from maiscreen.descriptors.vapour.volatility import best_estimate, temperature_for_pressure_k
from maiscreen.screen.describe.interphase import ZERO_CELSIUS_K
from maiscreen.screen.paper.controls import PRECURSORS

Row = dict[str, object]

GLOVEBOX_C = 25.0
"""Temperature of the exposure in the paper, which states none [judgement]."""

WARMEST_C = 80.0
"""Sodium softens well below 97.8 °C, where it melts [judgement]."""

_TIN = "SnCl4"
_OTHERS = tuple(case.formula for case in PRECURSORS if case.formula != _TIN)


def suggestion(formula: str, route: str) -> Row:
    """Suggest how to expose sodium, with what that rests on; what nothing supports is left out.

    Parameters
    ----------
    formula : str
        Of a homoleptic halide.
    route : str
        ``vapour``, or another, for which the paper has no times.

    Examples
    --------
    >>> found = suggestion("SnCl4", "vapour")
    >>> found["suggested_temperature_c"], found["suggested_exposure_s"]
    (25.0, 10.0)
    >>> "suggested_exposure_s" in suggestion("GeCl4", "vapour")
    False
    """
    if route != "vapour":
        return {"suggestion": "no data: the paper's times and thicknesses are those of vapours"}
    celsius, std = _like_tin_c(formula)
    found: Row = {"temperature_like_sncl4_c": celsius, "temperature_like_sncl4_std_c": std}
    if formula == _TIN:
        return found | _tin()
    if formula in _OTHERS:
        return found | {
            "suggested_temperature_c": GLOVEBOX_C,
            "suggested_exposure_s": PAPER_LAYERS[0][0],
            "suggestion": _other(formula),
        }
    return found | _untried(celsius, std or 0.0)


def _tin() -> Row:
    seconds, _ = PAPER_LAYERS[0]
    value, low, high = thickness_range_um(seconds)
    later = " and ".join(f"{t:g} s about {d:g} µm" for t, d in PAPER_LAYERS[1:])
    found = law()
    return {
        "suggested_temperature_c": GLOVEBOX_C,
        "suggested_exposure_s": seconds,
        "expected_thickness_um": value,
        "expected_thickness_low_um": low,
        "expected_thickness_high_um": high,
        "suggestion": (
            f"the paper: {seconds:g} s gave about {value:g} µm and cycled; {later}, and layers "
            f"from {TOO_THICK_UM:g} µm on short-circuited within a few tens of cycles. "
            f"{PAPER_VESSEL[0].upper()}{PAPER_VESSEL[1:]}, no temperature stated. Thickness grows "
            f"as time^({found.exponent:.2f} ± {found.exponent_std:.2f}), three layers, one degree "
            "of freedom; no finer optimum is supported"
        ),
    }


def _other(formula: str) -> str:
    solution = ", over a solution of about 1 mol/L" if formula == "TiCl4" else ""
    return (
        f"the paper exposed sodium to {formula} as to SnCl4, 10 to 30 s{solution}; it does not say "
        "which time its cells had, nor a thickness: 10 s is its time for SnCl4, thickness no data"
    )


def _untried(celsius: float | None, std: float) -> Row:
    """Suggest a temperature where it is as volatile as what the paper used; no time."""
    no_time = "exposure and thickness: no data, the paper's times hold for its own precursors"
    if celsius is None:
        return {"suggestion": f"temperature: no data; {no_time}"}
    if celsius > WARMEST_C:
        return {
            "suggestion": f"temperature: none up to {WARMEST_C:g} °C gives the vapour of SnCl4 at "
            f"25 °C; {no_time}"
        }
    if abs(celsius - GLOVEBOX_C) < std:
        text = f"as volatile as SnCl4, within the error of its vapour pressure; {no_time}"
    elif celsius > GLOVEBOX_C:
        text = f"at {celsius:.0f} °C as volatile as SnCl4 at 25 °C; {no_time}"
    else:
        text = f"more volatile than SnCl4; what that does to the time is not known; {no_time}"
    return {"suggested_temperature_c": max(GLOVEBOX_C, round(celsius)), "suggestion": text}


@cache
def _like_tin_c(formula: str) -> tuple[float | None, float | None]:
    """Give the temperature of SnCl4's vapour pressure at 25 °C with its error, °C."""
    if formula not in points():
        return None, None
    wanted = 10 ** best_estimate(_TIN, GLOVEBOX_C + ZERO_CELSIUS_K)[0].log10_pa
    kelvin = float(temperature_for_pressure_k([formula], wanted)[0])
    if isnan(kelvin):
        return None, None
    std = best_estimate(formula, kelvin)[0].std
    ends = [
        float(temperature_for_pressure_k([formula], 10 ** (log10(wanted) + sign * std))[0])
        for sign in (-1, 1)
    ]
    half = abs(ends[1] - ends[0]) / 2
    return kelvin - ZERO_CELSIUS_K, None if isnan(half) else half
