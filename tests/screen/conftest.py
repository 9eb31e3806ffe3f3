"""A small ranking to lay out: real formulas and potentials, scores made up for the layout."""

import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.runners.runs.outputs import append_failures

# The tests of the report can import browsing.
sys.path.insert(0, str(Path(__file__).parent))

_BEST = [
    ("SnCl4", "tin tetrachloride", "7646-78-8", 2.86, "Na15Sn4"),
    ("SiCl4", "silicon tetrachloride", "10026-04-7", 2.38, "NaSi"),
    ("GeCl4", "germanium tetrachloride", "10038-98-9", 2.61, "NaGe"),
    ("PCl3", "=cmd|' /C calc'!A0", "7719-12-2", 2.96, ""),
]
_LOST = [
    ("TiCl4", "hazard: corrosive <b>", 0.3),
    ("CCl4", "hazard: explosive with sodium", None),
    ("WF6", "volatility: 3 Pa at 25 °C, 100 Pa asked for", 0.1),
    ("NbCl5", "volatility: vapour pressure not known: no data", float("nan")),
]


def _row(place: int, formula: str, **more: Any) -> dict[str, Any]:
    attributes = {
        key: value
        for i, name in enumerate(ATTRIBUTES)
        for key, value in {
            name: 10.0 ** (i - 2),
            f"{name}_std": 0.01,
            f"{name}_fidelity": "F0",
            f"{name}_source": "table",
            f"desirability_{name}": 0.9 - 0.1 * i - 0.05 * place,
        }.items()
    }
    row = {
        "key": formula,
        "formula": formula,
        "name": None,
        "cas": None,
        "route": "vapour",
        "passed": True,
        "metal": "".join(c for c in formula if c.isalpha())[:-2],
        "halogen": "Cl",
        "pareto": place < 3,
        "ionic_conductivity_std_log10": 0.5,
        "rejected_reason": None,
        "failed_reason": None,
        "status": "passed",
        "rank": None,
        "tier": None,
        "expected_place": None,
        "place_low": None,
        "place_high": None,
        "score": 0.9 - 0.1 * place,
        "score_std": 0.08,
        "score_low": 0.8 - 0.1 * place,
        "score_high": 1.0 - 0.1 * place,
        "p_top_k": 0.97,
        "reduction_potential_v": None,
        "reduction_potential_std_v": 0.02,
        "delta_g_kj_mol": -1104.0,
        "delta_g_std_kj_mol": 5.0,
        "vapour_pressure_25_pa": 3200.0,
        "vapour_pressure_60_pa": None,
        "alloy_in_operation": None,
        "equation": f"4 Na + {formula} → 4 NaCl",
        "caution": "moisture-sensitive and corrosive",
    }
    return row | attributes | more


@pytest.fixture
def ranking() -> pa.Table:
    rows = [
        _row(
            place,
            formula,
            name=name,
            cas=cas,
            rank=place,
            tier=1 + (place > 2),
            expected_place=place + 0.5,
            place_low=1,
            place_high=place + 2,
            reduction_potential_v=potential,
            alloy_in_operation=alloy or None,
        )
        for place, (formula, name, cas, potential, alloy) in enumerate(_BEST, 1)
    ]
    lost = {"passed": False, "status": "rejected"}
    rows += [_row(5, f, rejected_reason=why, score=score, **lost) for f, why, score in _LOST]
    failed = {**lost, "status": "failed", "failed_reason": "ValueError: no such element"}
    return pa.Table.from_pylist([*rows, _row(9, "UF6", score=None, **failed)])


@pytest.fixture
def comparison() -> dict[str, Any]:
    state = {"order": ["SnCl4", "SiCl4", "TiCl4"], "holds": True, "kendall_tau": 1.0}
    case = {"score_std": 0.05, "score_low": 0.3, "score_high": 0.6, "note": "about"}
    return {
        "precursors": [
            {"formula": "SnCl4", "cycles": 650, "score": 0.7, "rank": 1, **case},
            {"formula": "SiCl4", "cycles": 220, "score": 0.5, "rank": 2, **case},
            {"formula": "TiCl4", "cycles": 150, "score": 0.4, "rank": 3, **case},
        ],
        "chance_probability": 1 / 6,
        "kendall_tau": 1.0,
        "weight_simplex_share": 0.62,
        "states": {"as_formed": state, "in_operation": {**state, "holds": False}},
        "controls": [
            {"name": "1-chloropropane vapour", "cycles": 40, "score": 0.2, **case},
            {"name": "bare sodium", "cycles": None, "score": None, "score_low": None, "note": ""},
        ],
        "contradictions": [
            "Ti > Si > Sn in stiffness",
            {"descriptor": "adhesion", "order": "Ti > Sn", "text": "as formed"},
        ],
    }


COPIES = 75


@pytest.fixture(scope="session")
def finished(default_ranking: pa.Table) -> pa.Table:
    """The ranking of the default campaign as its run leaves it."""
    return append_failures(default_ranking, [], lambda index: {})


@pytest.fixture(scope="session")
def hundred_thousand(finished: pa.Table) -> pa.Table:
    """The default ranking many times over, ranked as one."""
    return pa.concat_tables(_copy(finished, i) for i in range(COPIES))


def _copy(table: pa.Table, number: int) -> pa.Table:
    rank = pc.add(pc.multiply(pc.subtract(table["rank"], 1), COPIES), number + 1)
    keys = pa.array([f"{key} {number:02d}" if number else key for key in table["key"].to_pylist()])
    for name, values in (("rank", rank), ("key", keys)):
        place = table.schema.get_field_index(name)
        table = table.set_column(place, table.schema.field(name), values)
    return table
