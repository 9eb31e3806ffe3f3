"""Sealed files that say something else, as a stranger would seal them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from maiscreen.candidates.reading.sealed import KEY, open_sealed, seal_json


def reseal(path: Path, **changes: object) -> None:
    """Change members of a sealed file, and seal it anew."""
    write_sealed(path, {**open_sealed(path.read_bytes()), **changes})


def write_sealed(path: Path, whole: Mapping[str, Any]) -> None:
    """Write an object with a seal, in place of that which it may hold."""
    plain = {name: value for name, value in whole.items() if name != KEY}
    path.write_bytes(seal_json(json.dumps(plain, indent=2)))
