"""What the tests of runs of labels share."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tiny_labels as tiny

from maiscreen.models.labels.labels import Label


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> list[Label]:
    """What a whole run of the tiny simulations writes."""
    out = tmp_path_factory.mktemp("reference")
    tiny.run(out)
    return tiny.table_of(out)


@pytest.fixture
def calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """What was simulated since the last look."""
    trace = tmp_path / "calls"
    monkeypatch.setenv("MAISCREEN_TEST_CALLS", str(trace))

    def look() -> list[str]:
        lines = trace.read_text().splitlines() if trace.exists() else []
        trace.unlink(missing_ok=True)
        return lines

    return look
