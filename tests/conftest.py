"""The default campaign, screened once for all tests that look at its result."""

import pyarrow as pa
import pytest

from maiscreen.screen import stages
from maiscreen.screen.campaign import Campaign

Rows = dict[str, dict[str, object]]


@pytest.fixture(scope="session")
def default_ranking() -> pa.Table:
    """Ranking of the default campaign."""
    campaign = Campaign()
    described = stages.describe(campaign, 0, stages.candidate_count(campaign))
    return stages.choose(campaign, described)


@pytest.fixture(scope="session")
def default_rows(default_ranking: pa.Table) -> Rows:
    """Rows of the default ranking by key."""
    return {row["key"]: row for row in default_ranking.to_pylist()}
