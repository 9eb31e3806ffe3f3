"""A campaign for BayBE: candidates with their attributes, cells, and cells that run.

What ``baybe.Campaign.from_json`` reads, by the constructors that its documentation names, and
tables beside it; nothing of BayBE is needed to write it. Tried with BayBE 0.15.
"""

import json
from typing import Any

import numpy as np

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.lab_exchange.cells import Exchange
from maiscreen.screen.lab_learning.trials import key_of
from maiscreen.screen.lab_sheet.record import LabRecord

APART = 1e-6
"""Added to an attribute of candidates whose attributes are the same: BayBE refuses twins."""


def to_baybe(exchange: Exchange) -> bytes:
    """Return a campaign for BayBE, its measurements and pending cells as JSON.

    ``campaign`` is for ``Campaign.from_json``, ``measurements`` for ``add_measurements``,
    ``pending`` for ``recommend(…, pending_experiments=…)``.
    """
    parameter = {
        "type": "CustomDiscreteParameter",
        "name": "precursor",
        "data": {"constructor": "from_dict", "orient": "index", **_descriptors(exchange)},
    }
    target = {
        "type": "NumericalTarget",
        "name": "cycles",
        "minimize": False,
        "transformation": {"type": "LogarithmicTransformation"},
    }
    campaign = {
        "type": "Campaign",
        "searchspace": {"constructor": "from_product", "parameters": [parameter]},
        "objective": {"type": "SingleTargetObjective", "target": target},
    }
    document = {
        "campaign": campaign,
        "measurements": [_row(one) for one in exchange.cells],
        "pending": [{"precursor": key} for key in exchange.pending],
    }
    return (json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _descriptors(exchange: Exchange) -> dict[str, Any]:
    """Return attributes without those that are the same of all, no two rows being the same."""
    varies = np.ptp(exchange.attributes, axis=0) > 0
    if not varies.any():
        varies[0] = True
    table = exchange.attributes[:, varies].copy()
    seen: dict[tuple[float, ...], int] = {}
    for row in table:
        times = seen.setdefault(tuple(row.tolist()), 0)
        seen[tuple(row.tolist())] += 1
        row[0] = round(row[0] + APART * times, 9)
    names = [f"ln_{name}" for name, keep in zip(ATTRIBUTES, varies, strict=True) if keep]
    return {
        "data": dict(zip(exchange.keys, table.tolist(), strict=True)),
        "columns": names,
    }


def _row(record: LabRecord) -> dict[str, Any]:
    """Return a cell as BayBE keeps it, whose table is a sheet of results again."""
    return {
        "precursor": key_of(record),
        "cycles": record.cycles,
        "censored": "yes" if record.censored else "no",
        "replicate": record.replicate,
        "current_density_ma_cm2": record.current_density_ma_cm2,
        "capacity_mah_cm2": record.capacity_mah_cm2,
        "cell": record.cell,
        "cathode": record.cathode,
        "electrolyte": record.electrolyte,
    }
