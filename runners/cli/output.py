"""Files that a command writes where the user says.

An option that names one has the type :class:`OutputFile`, so that all of them are checked in one
place before a command begins: none is written over what the command reads, nor over another file
that is there without ``--overwrite``.
"""

import argparse
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.console import Parser


class OutputFile(str):
    """Path of a file that a command writes."""

    __slots__ = ()


class OutputFolder(str):
    """Path of a folder that a command writes, whose own rule says what may be there."""

    __slots__ = ()


def add_output(menu: Any, about: str, option: str = "--out", **more: Any) -> None:
    """Add an option that names a file to write; `add_overwrite` belongs to it."""
    menu.add_argument(option, type=OutputFile, metavar="FILE", help=about, **more)


def add_overwrite(parser: Parser) -> None:
    """Add what lets a command write over a file that is there."""
    parser.add_argument("--overwrite", action="store_true", help="even if FILE is there")


def check_outputs(options: argparse.Namespace) -> None:
    """Refuse what must not be written, before anything is done.

    Raises
    ------
    InputError
        If a file is there already, cannot be written, or is one that the command reads, or a folder
        is; or if one lies where a campaign keeps its own files.
    """
    for name, value in vars(options).items():
        if isinstance(value, OutputFile):
            _check_file(name, Path(value), options)
        elif isinstance(value, OutputFolder):
            _check_folder(name, value, options)
        if isinstance(value, OutputFile | OutputFolder):
            _check_outside_campaigns(name, value)


def write_output(options: argparse.Namespace, content: bytes, name: str = "out") -> Path:
    """Write the file of an option whole or not at all; return its path.

    Raises
    ------
    InputError
        As :func:`check_outputs`: the file may have come while the command was at work.
    """
    from maiscreen.runners.folder.files import write_whole

    path = Path(getattr(options, name))
    _check_file(name, path, options)
    write_whole(path, content, _option(name))
    return path


def _check_file(name: str, path: Path, options: argparse.Namespace) -> None:
    from maiscreen.candidates.reading.paths import lies_in, probe, resolves_into
    from maiscreen.runners.folder.place import error_text

    field, text = _option(name), str(getattr(options, name))
    if path.name in ("", "..") or "\0" in text:
        raise InputError(field, text, "is no name of a file")
    if "://" in text:
        raise InputError(field, f"{text.partition('://')[0]}://…", "must be a file of this machine")
    try:
        there = _kind(path)
        for source in _sources(options) if there is not None else ():
            if lies_in(path, source):
                where = "is" if source.is_file() else f"lies in {source}, and is"
                remedy = f"{where} what the command reads; give another name"
                raise InputError(field, text, remedy)
        for other, value in vars(options).items():
            writes = isinstance(value, OutputFile | OutputFolder) and other != name
            if writes and resolves_into(path, Path(value)):
                raise InputError(field, text, f"is where {_option(other)} goes; give another name")
        probe(path)
    except InputError:
        raise
    except OSError as error:
        raise InputError(field, text, f"cannot be written: {error_text(error)}") from None
    if there is not None and not stat.S_ISREG(there):
        what = "a folder" if stat.S_ISDIR(there) else "no plain file"
        raise InputError(field, text, f"is {what}; give another name")
    if there is not None and not options.overwrite:
        remedy = "is there already, perhaps filled in; give another name, or --overwrite"
        raise InputError(field, text, remedy)


def _check_folder(name: str, text: str, options: argparse.Namespace) -> None:
    from maiscreen.candidates.reading.paths import existing

    out = existing(text)
    if out is None or not out.is_dir():
        return
    for source in _sources(options):
        if out.samefile(source):
            raise InputError(_option(name), text, "is what the command reads; give another")


def _check_outside_campaigns(name: str, text: str) -> None:
    """Refuse what would lie among the parts, receipts or results of a campaign."""
    from maiscreen.runners.folder.files import campaign_around

    try:
        campaign = None if "://" in text else campaign_around(Path(text))
    except (OSError, ValueError):
        return  # what writes there says what is wrong with it
    if campaign is not None:
        remedy = f"lies where the campaign in {campaign} keeps its own files; give another"
        raise InputError(_option(name), text, remedy)


def _kind(path: Path) -> int | None:
    """Return the type of what has the name, links followed; None if nothing has it."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return path.lstat().st_mode if os.path.lexists(path) else None


def _sources(options: argparse.Namespace) -> Iterator[Path]:
    """Give everything among the arguments that is there and is not to be written."""
    from maiscreen.candidates.reading.paths import existing

    for action in options.parser.arguments():
        value = getattr(options, action.dest, None)
        written = isinstance(value, OutputFile | OutputFolder)
        if action.choices is None and isinstance(value, str) and not written:
            source = existing(value)
            if source is not None:
                yield source


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
