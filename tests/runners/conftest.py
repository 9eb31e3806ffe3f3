"""What the tests of runners share: their helpers, and time that only a hang takes."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

# Worker processes get sys.path from here, and so can import tiny_science.
sys.path.insert(0, str(Path(__file__).parent))

HANG_S = 300.0
"""What only something that hangs takes, on a busy machine too."""


@pytest.fixture(scope="module")
def patient() -> Iterator[pytest.MonkeyPatch]:
    """Give schedulers and workers the time that they take on a busy machine.

    Patience decides nothing in what is tested: who asks for this waits for an answer or an event.
    """
    from maiscreen.runners import cluster, connections, crew

    why_not = connections.why_not
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "PATIENCE_S", HANG_S)
        patch.setitem(cluster._SETTINGS, "distributed.comm.timeouts.connect", f"{HANG_S:g}s")
        patch.setattr(connections, "why_not", lambda address, tls, _: why_not(address, tls, HANG_S))
        patch.setattr(crew, "_HOST_S", HANG_S)
        patch.setattr(crew, "_ANSWER_S", HANG_S)
        yield patch
