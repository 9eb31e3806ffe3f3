"""The default campaign, screened once for all tests that look at its result."""

from pathlib import Path
from typing import Any

import numpy as np
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


@pytest.fixture
def quick_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let models be fitted in milliseconds."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    def quick(target: str, rows: int, seed: int) -> object:
        return _Weighted(make_pipeline(StandardScaler(), Ridge(alpha=10.0)))

    monkeypatch.setattr("maiscreen.models.validation.estimator", quick)


class _Weighted:
    """A pipeline that takes weights, and is kept as the pipeline alone."""

    def __init__(self, pipeline: Any) -> None:
        self.pipeline = pipeline

    def fit(self, x: Any, y: Any, sample_weight: Any = None) -> Any:
        return self.pipeline.fit(x, y, ridge__sample_weight=sample_weight)


METALS = ("Li", "K", "Rb", "Mg", "Ca", "Sr", "Ti", "Zr", "Fe", "Zn", "Al", "Sn")
ANIONS = ("O", "S", "F", "Cl", "N")


@pytest.fixture
def moduli() -> dict[str, float]:
    """Made-up shear moduli in GPa of 120 compositions of 60 chemical systems, smooth but noisy."""
    noise = np.random.default_rng(0)
    return {
        formula: float(10 ** (0.8 + 0.1 * i - 0.1 * j + noise.normal(0, 0.02)))
        for i, metal in enumerate(METALS)
        for j, anion in enumerate(ANIONS)
        for formula in (f"{metal}{anion}", f"{metal}{anion}2")
    }


@pytest.fixture
def mine(tmp_path: Path, moduli: dict[str, float]) -> Path:
    """The same as a CSV of a user."""
    path = tmp_path / "mine.csv"
    rows = "".join(f"{formula},{value}\n" for formula, value in moduli.items())
    path.write_text(f"formula,shear_modulus_gpa\n{rows}")
    return path
