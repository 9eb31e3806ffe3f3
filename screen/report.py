"""The report (stub)."""

from typing import Any

import pyarrow as pa

from maiscreen.screen.campaign import Campaign


def render(campaign: Campaign, ranking: pa.Table, comparison: Any, manifest: Any) -> str:
    """Stub."""
    return "<!doctype html>"
