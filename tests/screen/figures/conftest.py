from typing import Any

import pyarrow as pa
import pytest

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.paper.validate import validate
from maiscreen.screen.scoring.ranking import STANDING


@pytest.fixture(scope="session")
def default_comparison() -> dict[str, Any]:
    return validate()


@pytest.fixture(scope="session")
def findings(finished: pa.Table, default_comparison: dict[str, Any]) -> Findings:
    """Those of the default campaign."""
    return Findings(Campaign(), finished, {}, default_comparison)


HOSTILE = r"$\frac{1}{0}$ </text><script>x()</script> ]]> \x" + "\x1b\u202e錫Cl4" + "long " * 30


@pytest.fixture(scope="session")
def hostile(finished: pa.Table, default_comparison: dict[str, Any]) -> Findings:
    """Those of the same campaign, if GeCl4 had been given another formula."""
    odd = {"formula": HOSTILE, "metal": HOSTILE}
    rows = [row | (odd if row["key"] == "GeCl4" else {}) for row in finished.to_pylist()]
    table = pa.Table.from_pylist(rows, schema=finished.schema)
    return Findings(Campaign(), table, {}, default_comparison)


@pytest.fixture(scope="session")
def nobody(finished: pa.Table, default_comparison: dict[str, Any]) -> Findings:
    """Those of the same campaign, if nothing had passed."""
    rows = [
        row
        | ({"status": "rejected", "rejected_reason": "hazard: x"} if row["rank"] else {})
        | dict.fromkeys(STANDING)
        | {"pareto": False}
        for row in finished.to_pylist()
    ]
    table = pa.Table.from_pylist(rows, schema=finished.schema)
    return Findings(Campaign(), table, {}, default_comparison)
