import os
import pty
import select
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from maiscreen.runners.cli import main

BASH = """\
. "$1"
shift
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
$(complete -p maiscreen | sed 's/.*-F \\([^ ]*\\) .*/\\1/') maiscreen "${!#}" "${@: -2:1}"
printf '%s\\n' "${COMPREPLY[@]}"
"""

ZSH = "fpath=({} $fpath); autoload -Uz compinit; compinit -u -D; PS1='ready'\\>\n"

HANG_S = 300.0
"""Only a shell that hangs takes so long."""


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the script of each shell, under the name that the shell wants."""
    folder = tmp_path_factory.mktemp("scripts")
    for shell, name in (("bash", "maiscreen"), ("zsh", "_maiscreen"), ("fish", "maiscreen.fish")):
        with pytest.MonkeyPatch.context() as patch, (folder / name).open("w") as file:
            patch.setattr("sys.stdout", file)
            assert main.main(["completion", shell]) == 0
    (folder / "campaigns").mkdir()
    (folder / "tin.toml").touch()
    return folder


def in_bash(scripts: Path, line: str) -> set[str]:
    command = ["bash", "-c", BASH, "bash", scripts / "maiscreen", *line.split(" ")]
    return words(subprocess.check_output(command, text=True, cwd=scripts, timeout=HANG_S))


def in_fish(scripts: Path, line: str) -> set[str]:
    code = f"source maiscreen.fish; complete -C '{line}'"
    said = subprocess.check_output(
        ["fish", "--no-config", "-c", code], text=True, cwd=scripts, timeout=HANG_S
    )
    return words("\n".join(row.partition("\t")[0] for row in said.splitlines()))


def in_zsh(scripts: Path, line: str) -> set[str]:
    """Press Tab twice in a terminal: what zsh lists, or puts in."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(scripts)
        environment = {"PATH": os.environ["PATH"], "TERM": "dumb"}
        os.execve(shutil.which("zsh") or "", ["zsh", "-f", "-i"], environment)
    try:
        os.write(terminal, ZSH.format(scripts).encode())
        read_until(terminal, "ready>")
        os.write(terminal, f"{line}\t\t".encode() + b"\x01echo \x05 end\n")
        return words(read_until(terminal, " end\r\n").replace(" end", ""))
    finally:
        os.close(terminal)
        os.waitpid(process, 0)


def read_until(terminal: int, text: str) -> str:
    begun, said = time.monotonic(), ""
    while text not in said and time.monotonic() - begun < HANG_S:
        if select.select([terminal], [], [], 0.1)[0]:
            said += os.read(terminal, 65536).decode(errors="replace")
    return said


def words(text: str) -> set[str]:
    return {word.rstrip("/") for word in text.split()}


@pytest.mark.parametrize("complete", [in_bash, in_fish, in_zsh])
@pytest.mark.parametrize(
    ("line", "there", "not_there"),
    [
        ("maiscreen s", {"shortlist", "snapshot", "space", "status"}, {"run", "tin.toml"}),
        ("maiscreen run --w", {"--wait", "--workers"}, {"--out"}),
        ("maiscreen models ", {"train", "suggest"}, {"run"}),
        ("maiscreen shortlist x --format ", {"csv", "cards"}, {"tin.toml"}),
        ("maiscreen plot x ", {"ranks", "pareto"}, {"tin.toml"}),
        ("maiscreen run ti", {"tin.toml"}, {"campaigns"}),
        ("maiscreen status c", {"campaigns"}, {"tin.toml"}),
    ],
)
def test_completes(
    scripts: Path,
    complete: Callable[[Path, str], set[str]],
    line: str,
    there: set[str],
    not_there: set[str],
) -> None:
    shell = complete.__name__.removeprefix("in_")
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    found = complete(scripts, line)
    assert there <= found
    assert not not_there & found
