"""The locks: all that pyproject.toml asks for, at the versions of constraints.txt, with hashes."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LOCKS = ROOT / "release" / "locks"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
ASKED = {
    "build": PROJECT["build-system"]["requires"],
    "run": PROJECT["project"]["dependencies"],
    **PROJECT["project"]["optional-dependencies"],
}
"""Requirements by the name of the lock that meets them."""
ABOVE = "-r run.txt\n"
ENTRY = re.compile(
    r"(?P<requirement>[a-z0-9-]+==[^\s;]+(?: ; .+?)?)(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n"
)


def locked(name: str) -> dict[str, Version]:
    """Versions in a lock by package; every character of the file is read."""
    text = (LOCKS / f"{name}.txt").read_text(encoding="utf-8")
    versions: dict[str, Version] = {}
    if text.startswith(ABOVE):
        versions, text = locked("run"), text.removeprefix(ABOVE)
    assert not ENTRY.sub("", text)
    for entry in ENTRY.finditer(text):
        requirement = Requirement(entry["requirement"])
        (pin,) = requirement.specifier
        version = Version(pin.version)
        assert versions.setdefault(requirement.name, version) == version
    return versions


def test_every_extra_has_a_lock() -> None:
    assert {path.name for path in LOCKS.iterdir()} == {f"{name}.txt" for name in ASKED}


@pytest.mark.parametrize("name", ASKED)
def test_lock_meets_what_is_asked_for(name: str) -> None:
    versions = locked(name)
    for asked in map(Requirement, ASKED[name]):
        assert versions[canonicalize_name(asked.name)] in asked.specifier, asked


def test_constraints_are_the_versions_of_the_locks() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()[1:]
    everything = {f"{package}=={pin}" for name in ASKED for package, pin in locked(name).items()}
    assert lines == sorted(everything)
    packages = [line.partition("==")[0] for line in lines]
    assert len(packages) == len(set(packages))
    assert {"adlfs", "gcsfs", "setuptools"} <= set(packages)
