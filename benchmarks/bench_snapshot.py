"""Requests and time of a snapshot from a stand-in of the Materials Project on loopback.

    python benchmarks/bench_snapshot.py

Beside the requests of `snapshot build` stand those of a loop over systems and materials.
"""

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "candidates"))

from mp_documents import documents
from mp_server import KEY, Server

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.materials_project.build import build_materials_project
from maiscreen.candidates.materials_project.fetch import naive_requests
from maiscreen.candidates.materials_project.query import Query
from maiscreen.candidates.materials_project.service import open_service


def main() -> None:
    """Build two snapshots and print what they took."""
    with Server(documents(METALS, HALOGENS)) as server, tempfile.TemporaryDirectory() as folder:
        for metals in (METALS[:70], METALS):
            query, begun = Query(metals), time.perf_counter()
            with open_service(KEY, server.endpoint) as service:
                built = build_materials_project(
                    service, query, Path(folder) / str(len(metals)), lambda done, total: None
                )
            seconds = time.perf_counter() - begun
            naive = naive_requests(query, built.manifest["materials"])
            print(
                f"{len(query.metals)} metals × {len(query.halogens)} halogens: "
                f"{len(query.systems)} systems, {built.requests} requests "
                f"({naive} in a loop, ratio {naive / built.requests:.0f}), {seconds:.1f} s, "
                f"{built.manifest['materials']} materials"
            )


if __name__ == "__main__":
    main()
