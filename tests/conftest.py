"""The default campaign, screened once for all tests that look at its result."""

import pytest

from maiscreen.screen import stages
from maiscreen.screen.campaign import Campaign

Rows = dict[str, dict[str, object]]


@pytest.fixture(scope="session")
def default_rows() -> Rows:
    """Rows of the default ranking by key."""
    campaign = Campaign()
    described = stages.describe(campaign, 0, stages.candidate_count(campaign))
    return {row["key"]: row for row in stages.choose(campaign, described).to_pylist()}
