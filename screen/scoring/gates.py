"""Gates: what a precursor must pass before its score counts; who fails keeps the reason."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.rounding import at_least
from maiscreen.descriptors.bench.handling import BOTTLE, CYLINDER
from maiscreen.descriptors.bench.stability import lasts
from maiscreen.descriptors.bench.supply import UNLISTED, accepted_classes
from maiscreen.descriptors.columns import texts_of
from maiscreen.descriptors.hazards.toxicity import warned
from maiscreen.screen.campaign.campaign import Campaign

Strings = NDArray[np.str_]
Answer = tuple[NDArray[np.bool_], Strings]


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: who passed, and a reason for everyone, arrays of shape (n,)."""

    name: str
    passed: NDArray[np.bool_]
    reason: Strings


def gates(table: pa.Table, campaign: Campaign) -> tuple[Gate, ...]:
    """Try every gate on every candidate, in the order in which they reject.

    Parameters
    ----------
    table : pa.Table
        Described candidates.
    campaign : Campaign
        Process temperature, least vapour pressure; supply, handling, hazards and routes that are
        accepted.
    """
    return tuple(Gate(name, *gate(table, campaign)) for name, gate in _GATES.items())


def first_rejection(tried: tuple[Gate, ...]) -> Strings:
    """Name the first gate that rejects and its reason, empty for those that pass, shape (n,)."""
    failed = np.stack([~gate.passed for gate in tried])
    texts = np.stack([np.char.add(f"{g.name}: ", g.reason) for g in tried])
    first = failed.argmax(axis=0)
    return np.where(failed.any(axis=0), texts[first, np.arange(failed.shape[1])], "")


def count_gates(reasons: Iterable[str | None]) -> Counter[str]:
    """Count what each gate rejects, from what :func:`first_rejection` says; who passes is "".

    Examples
    --------
    >>> count_gates(["", None, "hazard: toxic"])
    Counter({'': 2, 'hazard': 1})
    """
    return Counter((reason or "").partition(":")[0] for reason in reasons)


def sum_gates(parts: Iterable[Mapping[str, int]]) -> tuple[dict[str, int], dict[str, int]]:
    """Add up the counts of parts: how many passed, were rejected and failed, and each gate's.

    Examples
    --------
    >>> sum_gates([{"": 2, "hazard": 1}, {"hazard": 3}])
    ({'passed': 2, 'rejected': 4, 'failed': 0}, {'hazard': 4})
    """
    rejected = sum(map(Counter, parts), Counter[str]())
    passed = rejected.pop("", 0)
    return {"passed": passed, "rejected": rejected.total(), "failed": 0}, dict(rejected)


def _compound(table: pa.Table, campaign: Campaign) -> Answer:
    return _bools(table, "isolable"), texts_of(table["isolable_reason"])


def _volatility(table: pa.Table, campaign: Campaign) -> Answer:
    pressure = _floats(table, "vapour_pressure_pa")
    needed = _floats(table, "temperature_for_pressure_c")
    least, at = campaign.min_vapour_pressure_pa, campaign.temperature_c
    enough = at_least(pressure, least)
    reason = [
        f"{p:.3g} Pa at {at:g} °C, {least:g} Pa asked for" + _vapour_hint(reached, t)
        if np.isfinite(p)
        else f"vapour pressure not known: {why or 'no data'}"
        for p, reached, t, why in zip(
            pressure.tolist(),
            enough.tolist(),
            needed.tolist(),
            texts_of(table["vapour_pressure_reason"]).tolist(),
            strict=True,
        )
    ]
    route = texts_of(table["route"])
    # What goes into the electrolyte needs no vapour, nor does a solution if the campaign takes one.
    wet = (route == "additive") | ((route == "solution") & ("solution" in campaign.routes))
    return enough | wet, np.array(reason, dtype=np.str_)


def _vapour_hint(enough: bool, temperature_c: float) -> str:
    if enough or not np.isfinite(temperature_c):
        return ""
    return f"; reached at {temperature_c:.0f} °C"


def _reaction(table: pa.Table, campaign: Campaign) -> Answer:
    energy = _floats(table, "delta_g_kj_mol")
    reason = [
        f"ΔG = {g:.0f} kJ/mol" if np.isfinite(g) else f"ΔG not known: {why or 'no data'}"
        for g, why in zip(energy.tolist(), texts_of(table["delta_g_reason"]).tolist(), strict=True)
    ]
    return energy < 0, np.array(reason, dtype=np.str_)


def _hazard(table: pa.Table, campaign: Campaign) -> Answer:
    hazard, danger = texts_of(table["hazard"]), texts_of(table["danger"])
    accepted = (hazard == "") | np.isin(hazard, list(campaign.hazards_allowed))
    toxic = warned(danger, campaign.hazards_rejected)
    named = np.char.add(np.char.add(hazard, ": "), texts_of(table["hazard_reason"]))
    named = np.where(hazard == "", "none that rules it out", named)
    # A hazard that the campaign accepts does not hide a toxicity that it rejects.
    return accepted & ~toxic, np.where(accepted & toxic, danger, named)


def _stability(table: pa.Table, campaign: Campaign) -> Answer:
    word, limit = texts_of(table["stability"]), _floats(table, "stability_limit_c")
    passed = lasts(word, limit, campaign.temperature_c)
    return passed, texts_of(table["stability_reason"])


def _supply(table: pa.Table, campaign: Campaign) -> Answer:
    classes, on_lists = texts_of(table["supply"]), texts_of(table["supply_evidence"])
    passed = np.isin(classes, accepted_classes(campaign.supply))
    lacking = np.where(passed, "", f" ({campaign.supply} or better is asked for)")
    named = np.char.add(np.char.add(classes, ": "), np.char.add(on_lists, lacking))
    return passed, np.where(classes == UNLISTED, on_lists, named)


def _handling(table: pa.Table, campaign: Campaign) -> Answer:
    found = texts_of(table["handling"])
    accepted = " or ".join(campaign.handling)
    reason = [f"{_COMES_IN[one]} (the campaign takes: {accepted})" for one in found.tolist()]
    passed = (found == "") | np.isin(found, list(campaign.handling))
    return passed, np.array(reason, dtype=np.str_)


_COMES_IN = {
    BOTTLE: "poured out of a bottle",
    CYLINDER: "a gas from a cylinder",
    "": "not known",
}


def _route(table: pa.Table, campaign: Campaign) -> Answer:
    route = texts_of(table["route"])
    accepted = ", ".join(campaign.routes)
    reason = [f"{r or 'not known'} (the campaign takes: {accepted})" for r in route.tolist()]
    return np.isin(route, campaign.routes), np.array(reason, dtype=np.str_)


def _attributes(table: pa.Table, campaign: Campaign) -> Answer:
    missing = texts_of(table["missing_attributes"])
    named = np.char.add("no value for ", missing)
    return missing == "", np.where(missing == "", "all known", named)


def _floats(table: pa.Table, name: str) -> NDArray[np.float64]:
    values: NDArray[np.float64] = table[name].to_numpy().astype(np.float64)
    return values


def _bools(table: pa.Table, name: str) -> NDArray[np.bool_]:
    values: NDArray[np.bool_] = table[name].to_numpy().astype(bool)
    return values


_GATES: Mapping[str, Callable[[pa.Table, Campaign], Answer]] = {
    "compound": _compound,
    "stability": _stability,
    "hazard": _hazard,
    "volatility": _volatility,
    "supply": _supply,
    "handling": _handling,
    "reaction": _reaction,
    "route": _route,
    "attributes": _attributes,
}

NAMES = tuple(_GATES)
"""The gates in the order in which they reject: what a thing is, what it does, who sells it."""
