"""Commands in the pages: which run here, which cannot and why, and what is checked of those."""

import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from doc_blocks import ROOT

from maiscreen.runners.cli.main import main
from maiscreen.runners.cli.parser import parser

NOT_HERE = {
    r"^make ": "checks, figures and installations of the whole project",
    r"^pip install": "installs",
    r"python tests/(faults|fuzz)/": "minutes of faults; make faults and make fuzz",
    r"^(dask|kubectl|helm|while|export) |^DASK_CONFIG=": "programs of others, on other machines",
    r"pytest -m live": "needs a key of the Materials Project",
    r"--scheduler ": "needs a running scheduler: tests/runners/cluster/test_cluster.py",
    r"run .*--cluster ": "needs a queue: make test-cluster",
    r"s3://": "needs object storage: tests/runners/folder/test_places.py",
    r"labels run": "needs torch: make test-potential",
    r"--source materials-project": "needs a key of the Materials Project",
    r"run benchmarks/wide.toml": "ten million candidates: make bench",
    r"models distil models/data": "an embedded model of the checkout",
    r"/activate": "the environment of make run",
    r"models calibrate": "needs values of another source: tests/runners/cli/test_models_pool.py",
    r"models train": "trees on thousands of compositions take minutes: tests/models",
    r"--data million.parquet": "a million rows",
    r"completion \w+ > ~": "writes into the home folder: tests/runners/cli/test_completion.py",
    r"--entries mine.json": "needs total energies of a calculation of one's own",
    r"--labels labels": "needs the labels of labels run",
}
"""Why a command is not run here. Its arguments are checked all the same."""


def lines(text: str) -> Iterator[str]:
    """Give the commands of a block, continued lines joined, without comments.

    >>> list(lines("maiscreen run \\\\\\n  --out a   # why\\n\\nmake test"))
    ['maiscreen run --out a', 'make test']
    """
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        command = re.sub(r"\s+#( .*)?$", "", line).strip()
        if command:
            # [--json] is an option that may be left out.
            yield re.sub(r"\[(--[^\]]*)\]", r"\1", command)


def reason(command: str) -> str | None:
    """Say why a command is not run here; None if it is."""
    return next((why for pattern, why in NOT_HERE.items() if re.search(pattern, command)), None)


def check(command: str) -> str | None:
    """Say what is wrong with the arguments of a command that is not run."""
    command = command.partition(" > ")[0]
    words = [word for word in shlex.split(command) if not re.fullmatch(r"[A-Z_]+=\S+", word)]
    program, *arguments = words
    if program == "maiscreen":
        return _check_ours(arguments)
    if program == "make":
        return _check_make(arguments)
    if program == "pip":
        return _check_pip(arguments)
    if program.endswith("python"):
        return _check_script(arguments)
    return None


def _check_ours(arguments: list[str]) -> str | None:
    said = io.StringIO()
    with contextlib.redirect_stderr(said):
        try:
            parser().parse_args(arguments)
        except SystemExit:
            return said.getvalue() or "is refused"
    return None


def check_mentioned(text: str) -> str | None:
    """Say what is wrong with a command that a sentence mentions, arguments perhaps left out.

    >>> check_mentioned("maiscreen lab template|import --top"), check_mentioned("maiscreen --help")
    ("maiscreen lab import has no option ['--top']", None)
    >>> check_mentioned("maiscreen lab fetch")
    'maiscreen lab has no command fetch'
    """
    head, *words = text.split()
    found = [(head, parser())]
    while words and (menu := found[-1][1]._subparsers) and not words[0].startswith("-"):
        choices = menu._group_actions[0].choices
        names = words.pop(0).split("|")
        missing = [name for name in names if name not in choices]
        if missing:
            return f"{found[-1][0]} has no command {missing[0]}" if missing != ["COMMAND"] else None
        found = [(f"{found[-1][0]} {name}", choices[name]) for name in names]
    asked = [word.split("=")[0].strip("[]") for word in words if re.match(r"\[?--\w", word)]
    for name, one in found:
        unknown = [option for option in asked if option not in one._option_string_actions]
        if unknown:
            return f"{name} has no option {unknown}"
    return None


def _check_make(arguments: list[str]) -> str | None:
    targets = set(re.findall(r"^([\w -]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    known = {name for line in targets for name in line.split()}
    asked = [one for one in arguments if "=" not in one]
    return None if set(asked) <= known else f"make has no target {asked}"


def _check_pip(arguments: list[str]) -> str | None:
    """Hold extras against pyproject.toml, and pinned versions against the Makefile."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for one in arguments[1:]:
        extra = re.search(r"\[(\w+)\]", one)
        if extra and extra[1] not in project["optional-dependencies"]:
            return f"there is no extra {extra[1]}"
        if "==" in one and one not in (ROOT / "Makefile").read_text():
            return f"{one} is not what the Makefile installs"
    return None


def _check_script(arguments: list[str]) -> str | None:
    script = ROOT / arguments[0]
    if not script.is_file():
        return f"there is no {arguments[0]}"
    told = subprocess.run([sys.executable, script, "--help"], capture_output=True, text=True).stdout
    missing = [one for one in arguments if one.startswith("--") and one not in told]
    return f"{arguments[0]} has no option {missing}" if missing else None


SAME_EVERYWHERE = re.compile(
    r"maiscreen (explain|validate|labels (show|export|compare)|snapshot show|models list)[^>|]*"
    r"|maiscreen models (predict|show|evaluate) (embedded|--markdown)(?!.*(--out|new.csv))[^>|]*"
)
"""Commands that only print, and the same in every folder: run once for all pages."""

_printed: dict[str, subprocess.CompletedProcess[str]] = {}


_FOR_A_SHELL = re.compile(r"[|<>&;$*`]")


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command: ours in this process, unless it needs a shell.

    Campaigns run in one process, if the command does not say otherwise: the bytes are the same
    (tests/runners), and starting workers would be most of the time.
    """
    if command in _printed:
        return _printed[command]
    _by_hand(command, folder)
    if command.startswith("maiscreen run ") and not re.search("--serial|--workers", command):
        command += " --serial"
    ours = command.startswith("maiscreen ") and not _FOR_A_SHELL.search(command)
    done = (_here if ours else _in_a_shell)(command, folder)
    if SAME_EVERYWHERE.fullmatch(command):
        _printed[command] = done
    return done


def _here(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Do what the command `maiscreen` does, without starting a Python for it."""
    told, said = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(told),
        contextlib.redirect_stderr(said),
    ):
        try:
            code: object = main(shlex.split(command)[1:])
        except SystemExit as stop:
            code = stop.code or 0
    texts = [stream.buffer.getvalue().decode() for stream in (told, said)]
    return subprocess.CompletedProcess(command, code, *texts)


def _in_a_shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command in a shell, with the programs of this environment first."""
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "OMP_NUM_THREADS": "1"}
    return subprocess.run(
        ["bash", "-euc", command], cwd=folder, env=environment, capture_output=True, text=True
    )


def _by_hand(command: str, folder: Path) -> None:
    """Do what a reader does between two commands: fill in the first row of the template."""
    if "lab import" not in command or "lab-template.xlsx" not in command:
        return
    from openpyxl import load_workbook

    book = load_workbook(folder / "lab-template.xlsx")
    sheet = book.worksheets[0]
    for cell in sheet[1]:
        for title, value in (("cycles", 310), ("current density", 2), ("capacity", 1)):
            if str(cell.value).startswith(title):
                sheet.cell(row=2, column=cell.column, value=value)
    book.save(folder / "lab-template.xlsx")
