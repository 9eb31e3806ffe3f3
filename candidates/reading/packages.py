"""Where an installed package lies, for the data that it holds."""

import importlib.util
from pathlib import Path


def package_folder(name: str) -> Path:
    """Find an installed package without importing it: pymatgen would take a tenth of a second."""
    spec = importlib.util.find_spec(name)
    assert spec is not None and spec.submodule_search_locations  # noqa: S101
    return Path(next(iter(spec.submodule_search_locations)))
