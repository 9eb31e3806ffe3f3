"""What a result follows from, beside its campaign: code, data, packages."""

import hashlib
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable

SCIENCE = ("candidates", "descriptors", "models", "screen")
"""Parts whose code and data decide a result; how they are run, and by which name, does not."""

PACKAGES = (
    "chemicals",
    "lightgbm",
    "matminer",
    "numpy",
    "pandas",
    "pyarrow",
    "pyglenn",
    "pymatgen",
    "pymatgen-core",
    "scikit-learn",
    "scipy",
    "skops",
)
"""Packages that bring data, or arithmetic."""


@cache
def provenance() -> dict[str, object]:
    """Gather versions and hashes.

    Returns
    -------
    dict
        ``maiscreen``, ``code`` (SHA-256 of code and embedded data), ``snapshot`` (hash),
        ``packages`` (name to version).
    """
    from maiscreen.candidates.snapshot import load_snapshot

    return {
        "maiscreen": version("maiscreen"),
        "code": code_hash(),
        "snapshot": load_snapshot().snapshot_hash,
        "packages": {name: installed_version(name) for name in PACKAGES},
    }


def code_hash() -> str:
    """Hash the code and embedded data of the science, wherever it is installed."""
    digest = hashlib.sha256()
    for part in SCIENCE:
        for name, content in _contents(part, files(f"maiscreen.{part}")):
            digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()


def _contents(prefix: str, folder: Traversable) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    inside = "/" in prefix
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        name = f"{prefix}/{item.name}"
        # Beside the code lie data, and in a checkout the models that its user trained.
        if item.is_dir() and (inside or item.name == "data"):
            found += _contents(name, item)
        elif item.is_file() and (inside or item.name.endswith(".py")) and item.name[0] != ".":
            found.append((name, item.read_bytes()))
    return found


def installed_version(name: str) -> str | None:
    """Give the version of a package; None if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
