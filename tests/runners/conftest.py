"""What the tests of runners share: their helpers, and time that only a hang takes."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Worker processes get sys.path from here, and so can import tiny_science.
sys.path.insert(0, str(Path(__file__).parent))

HANG_S = 300.0
"""What only something that hangs takes, on a busy machine too."""


@pytest.fixture(scope="session", autouse=True)
def slow_machine() -> Iterator[None]:
    """Give processes of Dask the time that they take on a busy machine to reach one another."""
    from maiscreen.runners.cluster import process_settings, watch

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(
            process_settings.SETTINGS, "distributed.comm.timeouts.connect", f"{HANG_S:g}s"
        )
        patch.setattr(watch, "_HOST_S", HANG_S)
        patch.setattr(watch, "_ANSWER_S", HANG_S)
        yield


@pytest.fixture(scope="module")
def patient() -> Iterator[pytest.MonkeyPatch]:
    """Wait for schedulers and their answers as long as it takes, where there is one that answers.

    Where there is none it would be waited for as long.
    """
    from maiscreen.runners.cluster import cluster, connections

    why_not = connections.connection_fault
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "PATIENCE_S", HANG_S)
        patch.setattr(
            connections, "connection_fault", lambda address, tls, _: why_not(address, tls, HANG_S)
        )
        yield patch
