"""Every descriptor that puts the paper's three precursors in another order, and other tensions."""

from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.descriptors.alloys.alloying import alloying
from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, LOGARITHMIC
from maiscreen.descriptors.reaction.reduction import reduction
from maiscreen.descriptors.vapour.volatility import vapour_pressure
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.interphase import CELL_TEMPERATURE_K, ZERO_CELSIUS_K, layers
from maiscreen.screen.paper.comparison import CASES, Comparison
from maiscreen.screen.paper.controls import PRECURSORS
from maiscreen.screen.text import significant

Floats = NDArray[np.float64]

THREE = len(PRECURSORS)
_SYMBOLS = tuple(Precursor.parse(case.formula).metal for case in PRECURSORS)


def contradictions(
    campaign: Campaign, by_state: dict[str, Comparison], chosen: Comparison
) -> list[dict[str, Any]]:
    """List what disagrees with the paper's cycling order.

    Returns
    -------
    list[dict[str, Any]]
        Each with ``descriptor``, ``order`` (or None) and ``text``.
    """
    batch = Precursors.of([Precursor.parse(case.formula) for case in PRECURSORS])
    found = [
        *_reactivity(campaign, batch),
        *(entry for state, c in by_state.items() for entry in _attributes(state, c)),
        *_pairs(chosen),
        *_tensions(campaign, batch, by_state),
    ]
    return [entry for entry in found if entry is not None]


def _against(
    descriptor: str, values: Floats, unit: str, *, less_is_better: bool = False
) -> dict[str, Any] | None:
    """Compare one descriptor's order with the paper's; None where they agree."""
    goods = -values if less_is_better else values
    if np.isnan(values).any() or (np.diff(goods) < 0).all():
        return None
    order = sorted(range(THREE), key=lambda i: -goods[i])
    signs = ["=" if np.isclose(goods[a], goods[b]) else ">" for a, b in pairwise(order)]
    text = _SYMBOLS[order[0]]
    for sign, i in zip(signs, order[1:], strict=True):
        text += f" {sign} {_SYMBOLS[i]}"
    numbers = ", ".join(
        f"{s} {significant(v, 3)}" for s, v in zip(_SYMBOLS, values.tolist(), strict=True)
    )
    better = "less is better" if less_is_better else "more is better"
    return {
        "descriptor": descriptor,
        "order": text,
        "text": f"{numbers} {unit}; {better}",
    }


def _reactivity(campaign: Campaign, batch: Precursors) -> list[dict[str, Any] | None]:
    temperature_k = campaign.temperature_c + ZERO_CELSIUS_K
    missing = np.full(len(batch), np.nan)
    values = reduction(batch, temperature_k, missing)
    pressure = vapour_pressure(batch.formula, temperature_k)
    return [
        _against("reduction potential, gas tables", values.potential_v, "V"),
        _against("reduction potential as the paper quotes it", values.paper_quoted_v, "V"),
        _against("vapour pressure", 10**pressure.log10_pa, "Pa"),
    ]


def _attributes(state: str, c: Comparison) -> list[dict[str, Any] | None]:
    found = []
    for name, unit in ATTRIBUTE_UNITS.items():
        values = c.values[name][:THREE]
        values = 10**values if name in LOGARITHMIC else values
        words = name.replace("_", " ").replace("youngs", "Young's")
        label = f"{words}, {state.replace('_', ' ')}"
        less = name == "electrolyte_permeability"
        found.append(_against(label, values, unit, less_is_better=less))
    return found


def _pairs(c: Comparison) -> list[dict[str, Any]]:
    """List the pairs of measured cases that the score puts the other way round."""
    wrong = [
        (better, worse)
        for (i, better), (j, worse) in combinations(enumerate(CASES), 2)
        if c.scores[j] >= c.scores[i]
    ]
    return [
        {
            "descriptor": "score",
            "order": f"{worse.name} > {better.name}",
            "text": f"measured: {worse.cycles} and {better.cycles} cycles",
        }
        for better, worse in wrong
    ]


def _tensions(
    campaign: Campaign, batch: Precursors, by_state: dict[str, Comparison]
) -> list[dict[str, Any]]:
    alloys = alloying(
        load_snapshot(campaign.snapshot), batch.metal, campaign.hull_tolerance_ev_atom
    )
    salt = 100 * (1 - layers(batch, alloys)["as_formed"].volumes.phase_fraction[0])
    pressure = vapour_pressure(batch.formula, CELL_TEMPERATURE_K)
    ratio = 10 ** (pressure.log10_pa.max() - pressure.log10_pa.min())
    layer = [10 ** by_state[s].values["ionic_conductivity"][0] for s in by_state]
    texts = {
        "conductivity of the layer": "the paper measures 0.22 mS/cm on the layer from SnCl4; here "
        + " and ".join(
            f"{significant(v)} mS/cm {s.replace('_', ' ')}"
            for s, v in zip(by_state, layer, strict=True)
        ),
        "phase of titanium": str(alloys.note[2]),
        "volume of salt": f"stoichiometry leaves {salt:.0f} vol% NaCl from SnCl4; the paper's XPS "
        "sees mostly alloy under a thin layer of NaCl",
        "exposure": f"equal exposures of 10 s to vapours whose pressures differ {ratio:.0f}-fold "
        "(more, as TiCl4 came from a solution) give layers of different thickness: the paper's "
        "order of cycles is not one of materials alone",
    }
    return [{"descriptor": d, "order": None, "text": t} for d, t in texts.items()]
