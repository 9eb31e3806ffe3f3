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
    from maiscreen.candidates.snapshot.snapshot import load_snapshot

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
        for name, content in _contents(part, files(f"maiscreen.{part}"), is_data=False):
            digest.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return digest.hexdigest()


def _contents(prefix: str, folder: Traversable, *, is_data: bool) -> list[tuple[str, bytes]]:
    """Read the files of a package and of its sub-packages, or all below its folder of data."""
    contents: list[tuple[str, bytes]] = []
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        name = f"{prefix}/{item.name}"
        # In a checkout, the models that its user trained lie beside code and data.
        if item.is_dir() and (is_data or item.name == "data"):
            contents += _contents(name, item, is_data=True)
        elif item.is_dir() and item.joinpath("__init__.py").is_file():
            contents += _contents(name, item, is_data=False)
        elif item.is_file() and (is_data or item.name.endswith(".py")) and item.name[0] != ".":
            contents.append((name, item.read_bytes()))
    return contents


def installed_version(name: str) -> str | None:
    """Return the version of a package; None if it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
