"""`maiscreen shortlist`: its options, what --help says of them, and the command itself."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import (
    add_command,
    add_folder,
    add_handling,
    add_without_paper,
    parse_whole_number,
)
from maiscreen.runners.cli.console import Menu, emit, emit_csv, emit_json
from maiscreen.runners.cli.jar_options import add_setup, read_setup
from maiscreen.runners.cli.output import (
    OutputFile,
    add_output,
    add_overwrite,
    check_outputs,
    write_output,
)
from maiscreen.runners.cli.text import decision_text
from maiscreen.runners.endings import COMPLETE

if TYPE_CHECKING:
    from maiscreen.screen.shortlist.shortlist import Shortlist

ENDS = {"csv": ".csv", "xlsx": ".xlsx", "json": ".json", "parquet": ".parquet", "cards": ".pdf"}
"""Formats, and how their files end."""

PRINTED = ("csv", "json")
"""Formats that go to standard output if no file is named."""

MOST_CARDS = 1_000
"""Pages of a PDF, and rows of a workbook that somebody fills in."""

ABOUT = "the best precursors of a finished campaign, for the glovebox"

DESCRIPTION = """\
The best precursors of a finished campaign: what each is, how it evaporates, what it leaves on the
sodium, how to do it (what to pour or dose, times to try, what to measure first), hazards and what
forms with moisture, why it ranks where it does, and which measurement would most change its place.
Every number is for the campaign's process temperature."""

EPILOG = """\
formats:
  csv      for Excel, LibreOffice and programs, with columns to fill in
  xlsx     a bench sheet to print (A4, landscape) and to fill in; behind it all columns with unit
           and source, what to write where, and where it comes from
  json     rows, with unit and source of each column
  parquet  columns with units in the metadata of their fields
  cards    a PDF with a page for each precursor, to print and take along

csv and json are printed unless --out names a file; the others go to shortlist.xlsx,
shortlist.parquet or shortlist.pdf here. A file that is there is written over only with --overwrite.
What was filled in is read back by: maiscreen lab import DIR FILE

Bottles come first, then cylinders, each in the order of their ranks: liquids and solids can be
poured as in the paper, gases need a line. --handling takes one list alone.

--diverse takes precursors in the order of their ranks and leaves out those whose metal it has had
already: not ten tin compounds. In a blend each metal of its layer counts. The ranks stay those of
the campaign.

examples:
  maiscreen shortlist first --top 20 --format json
  maiscreen shortlist first --format cards --out first.pdf
  maiscreen shortlist first --diverse --out bench.xlsx
  maiscreen shortlist first --per-metal 2 --top 6
  maiscreen shortlist first --jar-cm3 50 --thickness-um 3 --area-cm2 1.13 --format cards

  maiscreen shortlist first --handling cylinder"""


def add(menu: Menu) -> None:
    """Add the command to the menu."""
    parser = add_command(menu, "shortlist", perform, ABOUT, description=DESCRIPTION, epilog=EPILOG)
    add_folder(parser)
    parser.add_argument("--top", default="10", metavar="N", help="how many (default 10)")
    parser.add_argument("--format", choices=tuple(ENDS), help="default: as --out ends, else csv")
    add_output(parser, "file to write")
    add_overwrite(parser)
    parser.add_argument("--diverse", action="store_true", help="one precursor for each metal")
    parser.add_argument("--per-metal", metavar="N", help="N for each metal; implies --diverse")
    add_setup(parser)
    add_handling(parser)
    add_without_paper(parser)


def perform(options: argparse.Namespace) -> int:
    """Print or write the shortlist."""
    from maiscreen.runners.folder.place import campaign_folder
    from maiscreen.runners.runs.shortlist import MOST, PER_METAL, read
    from maiscreen.runners.stages import print_remark

    top = parse_whole_number("--top", options.top, MOST)
    limit = PER_METAL if options.diverse else None
    if options.per_metal is not None:
        limit = parse_whole_number("--per-metal", options.per_metal, MOST)
    kind = _kind(options)
    if options.out is None and kind not in PRINTED:
        options.out = OutputFile(f"shortlist{ENDS[kind]}")
        check_outputs(options)
    if kind in ("xlsx", "cards") and top > MOST_CARDS:
        remedy = f"give a whole number from 1 to {MOST_CARDS} with --format {kind}"
        raise InputError("--top", options.top, remedy)
    setup = read_setup(options)
    shortlist = read(
        campaign_folder("DIR", options.folder),
        top,
        limit,
        setup,
        options.handling,
        with_paper=not options.without_paper,
    )
    if limit is not None and len(shortlist) < top:
        print_remark(f"{len(shortlist)} precursors: no other metals are left for --top {top}")
    if options.out is None:
        # Beside the table; JSON has it in its provenance.
        for line in decision_text(shortlist.decision).splitlines() if kind == "csv" else ():
            print_remark(line)
        _print(shortlist, kind)
    else:
        path = write_output(options, _content(shortlist, kind))
        if kind == "cards":
            _tell_lacking(shortlist)
        written = f"Written to {path}: {len(shortlist)} precursors"
        emit("\n\n".join(filter(None, (decision_text(shortlist.decision), written))))
    return COMPLETE


def _kind(options: argparse.Namespace) -> str:
    """Tell the format from --format, or else from the end of --out."""
    by_end = {end: kind for kind, end in ENDS.items()}
    end = Path(options.out).suffix.casefold() if options.out else ""
    kind = str(options.format or by_end.get(end, "csv" if not end else ""))
    if not kind:
        remedy = f"give a file that ends with {_format_names()}, or --format"
        raise InputError("--out", options.out, remedy)
    if end and end != ENDS[kind]:
        raise InputError("--out", options.out, f"ends otherwise than --format {kind}: {ENDS[kind]}")
    return kind


def _format_names() -> str:
    *ends, last = ENDS.values()
    return f"{', '.join(ends)} or {last}"


def _print(shortlist: "Shortlist", kind: str) -> None:
    if kind == "json":
        emit_json(shortlist.to_json())
    else:
        emit_csv(shortlist.to_csv().replace("\r\n", "\n"))


def _content(shortlist: "Shortlist", kind: str) -> bytes:
    made: dict[str, Callable[[], bytes]] = {
        "csv": lambda: shortlist.to_csv().encode("utf-8-sig"),
        "json": lambda: shortlist.to_json().encode(),
        "xlsx": shortlist.to_xlsx,
        "parquet": shortlist.to_parquet,
        "cards": shortlist.to_cards,
    }
    return made[kind]()


def _tell_lacking(shortlist: "Shortlist") -> None:
    from maiscreen.runners.stages import print_remark
    from maiscreen.screen.shortlist.cards import LACKING, lacking_letters

    letters = lacking_letters(shortlist, shortlist.rows)
    if letters:
        print_remark(f"the font of the cards lacks {letters[:40]}: drawn as {LACKING}")
