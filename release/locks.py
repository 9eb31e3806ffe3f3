"""Lock what pyproject.toml asks for: one version of each package, with the hashes of its files.

`make locks`, after a change of the dependencies. A version is changed by changing or removing its
line in constraints.txt. Each lock serves every platform and every Python; that of an extra holds
what comes on top of `run.txt`, which it includes.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "release" / "locks"
CONSTRAINTS = ROOT / "constraints.txt"
WITHOUT_TORCH = ROOT / "release" / "without_torch.txt"
HEADER = "# The versions with which figures and tests were made, written by make locks.\n"
OLDEST = "3.11.5"
"""Oldest Python for which all of them can be had; without the extra `docs` it is 3.11.0."""

Lock = list[str]
"""Entries: name, version and marker on the first line, hashes on those that follow."""


def main() -> None:
    """Write the versions of all, and the locks of the build, of a bare maiscreen, of each extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    # Together first, so that each lock has the versions of the others.
    pins = [entry.split()[0] for entry in resolve("pyproject.toml", "--all-extras")]
    CONSTRAINTS.write_text(HEADER + "".join(f"{pin}\n" for pin in sorted(pins)), encoding="utf-8")
    run = resolve("pyproject.toml")
    write("build", resolve("-", requirements="\n".join(project["build-system"]["requires"])))
    write("run", run)
    for extra in project["project"]["optional-dependencies"]:
        lock = resolve("pyproject.toml", "--extra", extra)
        write(extra, ["-r run.txt\n", *(entry for entry in lock if entry not in run)])


def write(name: str, lock: Lock) -> None:
    """Write a lock."""
    LOCKS.mkdir(exist_ok=True)
    (LOCKS / f"{name}.txt").write_text("".join(lock), encoding="utf-8")


def resolve(*arguments: str, requirements: str = "") -> Lock:
    """Ask uv which versions go together, those of constraints.txt where it has them."""
    uv = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet", "--universal"]
    form = ["--python-version", OLDEST, "--generate-hashes", "--no-annotate", "--no-header"]
    limits = ["--constraints", str(CONSTRAINTS), "--overrides", str(WITHOUT_TORCH)]
    command = [*uv, *form, *limits, *arguments]
    done = subprocess.run(
        command, cwd=ROOT, input=requirements, stdout=subprocess.PIPE, text=True, check=True
    )
    return re.findall(r"^\S.*\n(?:^ .*\n)*", done.stdout, re.MULTILINE)


if __name__ == "__main__":
    main()
