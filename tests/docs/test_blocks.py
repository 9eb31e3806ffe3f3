"""Every command and block of code in README.md and docs is run, or its arguments are checked."""

import doctest
import importlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from doc_blocks import LANGUAGES, PAGES, Block, blocks, looks_like_code, mentioned
from doc_commands import NOT_HERE, check, check_mentioned, lines, reason, run
from doc_python import problem

from maiscreen.candidates.reading.limits import parse_json
from maiscreen.runners.cluster.queue_file import read_cluster_file
from maiscreen.screen.campaign.campaign import Campaign

slow = pytest.mark.slow

ALL = {page: blocks(page) for page in PAGES}
ELSEWHERE = {"docs/materials_project.md": {"mine.csv": "entries.csv"}}
"""Files that are another one on a page than on the others."""

TAKES_LONG = re.compile(
    r"maiscreen (run|retry|resume|plot|shortlist|space|models|lab (import|next|weights|replay)"
    r"|validate --variance) "
    r"|python tests/|^from maiscreen\.(runners|models)",
    re.MULTILINE,
)
"""What makes a section one of the slow tier; the arguments of its commands are checked in both."""


def _sections() -> Iterator[Any]:
    for page, found in ALL.items():
        code = [one for one in found if one.language in LANGUAGES and one.language != "text"]
        for section in dict.fromkeys(block.section for block in code):
            first, *more = [block for block in code if block.section == section]
            long = any(TAKES_LONG.search(block.text) for block in (first, *more))
            yield pytest.param(page, section, id=first.where, marks=slow if long else ())


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_it_is(page: str) -> None:
    for block in ALL[page]:
        assert block.language in LANGUAGES or block.language.startswith("{"), block.where
        if block.language == "text":
            assert looks_like_code(block.text) == [], block.where


@pytest.mark.parametrize(("page", "section"), list(_sections()))
def test_a_section_from_top_to_bottom(page: str, section: str, desk: Path) -> None:
    """Its blocks do what they show, for a reader who has done what came before."""
    for name, taken in ELSEWHERE.get(page, {}).items():
        shutil.copy(desk / taken, desk / name)
    blocks_of_it = [block for block in ALL[page] if block.section == section]
    wrong = [f"{b.where}: {said}" for b in blocks_of_it for said in _tried(b, desk)]
    assert wrong == []


@pytest.mark.parametrize("page", PAGES)
def test_the_arguments_of_every_command_exist(page: str) -> None:
    commands = [command for block in ALL[page] for command, _ in _commands(block)]
    asked = [re.split(r" \|\|? | > ", command)[0] for command in commands]
    assert [said for command in asked if (said := check(command))] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_command_in_a_sentence_exists(page: str) -> None:
    wrong = [said for one in mentioned(page) if (said := check_mentioned(one))]
    assert wrong == []


def test_every_reason_is_needed() -> None:
    commands = [c for found in ALL.values() for b in found for c, _ in _commands(b)]
    assert len(commands) > 80
    idle = [p for p in NOT_HERE if not any(re.search(p, c) for c in commands)]
    assert idle == []


def test_a_renamed_option_is_found(tmp_path: Path) -> None:
    for command in ("maiscreen run --outt x", "make tset", 'pip install "maiscreen[s4]"'):
        assert check(command)
    wrong = Block("x.md", 1, "toml", "temprature_c = 60\n")
    assert "did you mean" in next(_tried(wrong, tmp_path))
    wrong = Block("x.md", 1, "python", "1 + 1    # 3\n")
    assert "AssertionError: 2" in next(_tried(wrong, tmp_path))
    call = 'retrain(target="x", data="y", bse=1, base="embedded")'
    wrong = Block("x.md", 1, "python", f"from maiscreen import retrain\n{call}\n")
    assert "'bse'" in next(_tried(wrong, tmp_path))
    wrong = Block("x.md", 1, "console", "$ maiscreen --version\nmaiscreen 99\n")
    assert "maiscreen 99" in next(_tried(wrong, tmp_path))


def _commands(block: Block) -> list[tuple[str, list[str]]]:
    """Give the commands of a block, each with the output that the page shows."""
    if block.language == "sh":
        return [(command, []) for command in lines(block.text)]
    if block.language != "console":
        return []
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    found = []
    for part in parts:
        command, *shown = re.sub(r"\\\n\s*", "", part).splitlines()
        found.append((next(lines(command)), [one for one in shown if one.strip() not in ("", "…")]))
    return found


def _tried(block: Block, folder: Path) -> Iterator[str]:
    """Try a block; say what is wrong."""
    if block.file:
        (folder / block.file).write_text(block.text, encoding="utf-8")
    if block.language == "python":
        yield from problem(block.text, folder)
    elif block.language in ("toml", "yaml", "json"):
        yield from _read(block, folder)
    for command, shown in _commands(block):
        yield from _performed(command, shown, folder)


def _read(block: Block, folder: Path) -> Iterator[str]:
    path = folder / (block.file or f"block.{block.language}")
    path.write_text(block.text, encoding="utf-8")
    try:
        _READERS[block.language](path)
    except ValueError as error:
        yield str(error)


_READERS = {
    "toml": Campaign.from_toml,
    "yaml": read_cluster_file,
    "json": lambda path: parse_json(path.read_bytes()),
}


def _performed(command: str, shown: list[str], folder: Path) -> Iterator[str]:
    if reason(command):
        said = check(command)
        if said:
            yield f"{command}: {said}"
        return
    done = run(command, folder)
    if done.returncode != 0:
        yield f"{command}: exit code {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"
    printed = " ".join((done.stdout + done.stderr).split())
    for line in shown:
        for part in line.split("…"):
            if " ".join(part.split()) not in printed:
                yield f"{command}: does not print {line!r}, but {done.stdout[-3000:]}"


def test_commands_run_here_from_the_environment_of_the_tests(tmp_path: Path) -> None:
    told = run("command -v maiscreen", tmp_path).stdout.strip()
    assert Path(told).parent == Path(sys.executable).parent
    assert isinstance(run("false", tmp_path), subprocess.CompletedProcess)


@pytest.mark.parametrize("name", ["doc_blocks", "doc_commands", "doc_python"])
def test_examples_of_the_helpers(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
