"""The command `maiscreen plot`. Heavy imports wait until it is asked for."""

import argparse
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.console import emit
from maiscreen.runners.endings import COMPLETE
from maiscreen.runners.folder.log import remark
from maiscreen.runners.folder.place import campaign_folder

FORMATS = (".pdf", ".svg", ".png")

COMPUTED = ("profile", "vapour", "plateaus", "paper")
"""Figures that need more than the ranking."""


def plot(options: argparse.Namespace) -> int:
    """Draw a figure and write it."""
    from maiscreen.runners.folder.shards import write_whole
    from maiscreen.runners.runs.plots import is_of_now, plot

    path = Path(options.out)
    kind = path.suffix.casefold()
    if kind not in FORMATS:
        raise InputError("--out", options.out, "give a name that ends in .pdf, .svg or .png")
    out = campaign_folder("DIR", options.folder)
    figure = plot(
        out,
        options.name,
        of=_listed("--of", options.of) or (),
        width=options.width,
        attributes=_listed("--attributes", options.attributes),
    )
    write_whole(path, figure.content(kind[1:]), "--out")
    width_mm, height_mm = (25.4 * inches for inches in figure.get_size_inches())
    emit(f"Written to {path}: {width_mm:.0f} × {height_mm:.0f} mm")
    if options.name in COMPUTED and not is_of_now(out):
        remark("the campaign was run with other code or data than those that drew this figure")
    return COMPLETE


def _listed(field: str, text: str | None) -> list[str] | None:
    """Take names with commas between them."""
    if text is None:
        return None
    names = [name.strip() for name in text.split(",")]
    if not all(names):
        raise InputError(field, text, "has an empty name; give names with commas between them")
    return names
