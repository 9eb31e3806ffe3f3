"""Writes anew what tests/golden keeps: `make golden`. Look at the diff before you commit it."""

import shutil
import sys
import tempfile
from pathlib import Path

from golden_cases import CASES
from golden_net import KEPT, Scene, file_name, help_texts, keep, steady_width


def main(names: list[str]) -> None:
    """Write the cases that are named, or all."""
    if not names:
        shutil.rmtree(KEPT, ignore_errors=True)
    with tempfile.TemporaryDirectory() as place, steady_width():
        scene = Scene(Path(place).resolve())
        for case in CASES:
            if not names or case.name in names:
                keep(file_name(case), scene.seen(case))
        if not names or "help" in names:
            keep("help.txt", help_texts())


if __name__ == "__main__":
    main(sys.argv[1:])
