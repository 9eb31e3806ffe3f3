"""The options of `maiscreen snapshot`, and what --help says of them."""

from typing import Any

from maiscreen.runners.cli import snapshot as commands
from maiscreen.runners.cli.parser import Menu

DESCRIPTION = """\
Snapshots: the computed phases that a campaign reads. One is embedded; another one is built from
today's Materials Project with your key, and taken with: maiscreen run --snapshot DIR"""

EXAMPLES = """\
examples:
  maiscreen snapshot build --source materials-project --out today
  maiscreen snapshot show today                    where it comes from, and what was refused
  maiscreen snapshot verify today                  hashes, columns, every hull
  maiscreen snapshot diff embedded today           phases and ranks that change
  maiscreen snapshot add --snapshot today --entries mine.json --out today-and-mine
  maiscreen run --out first --snapshot today"""

BUILD = """\
Build a snapshot. Source materials-project fetches it with the official client: formation energies
of one functional, structures, volumes, band gaps, elastic moduli of every system Na-M-X, a hundred
systems in a request. An interrupted build goes on with the same command, and nothing appears in
DIR before all of it is there. Halides without their correction are refused and named."""

BUILD_EXAMPLES = """\
examples:
  maiscreen snapshot build --source materials-project --out today
  maiscreen snapshot build --source materials-project --out few --metals Sn,Ge,Pb --halogens Cl,Br
  maiscreen snapshot build --source materials-project --out scan --thermo-type R2SCAN
  maiscreen snapshot build --source crabnet --wheel crabnet-2.0.8-py3-none-any.whl --out embedded

The key is read from --api-key-file, else from the variable MP_API_KEY, else from pymatgen's
settings (PMG_MAPI_KEY); it is written nowhere. Si, Ti, Sn and Cl are always fetched: every
campaign is compared with the paper's SnCl4, SiCl4 and TiCl4."""

ADD = """\
Add computed entries of your own to a snapshot, marked as yours; the result is a new snapshot. An
entry takes the place of the phase of its composition if it lies lower. What was computed in
another scheme than the snapshot is refused."""

ADD_EXAMPLES = """\
examples:
  maiscreen snapshot add --entries mine.json --snapshot today --out today-and-mine
  maiscreen snapshot add --entries mine.csv --scheme GGA_GGA+U --out embedded-and-mine

JSON: pymatgen's ComputedStructureEntry, one or a list, with parameters.run_type; corrections are
applied here. The embedded snapshot has no total energies, so add entries of the elements as well.
CSV: columns formula, formation_energy_ev_atom, scheme; volume_a3_atom and entry_id if wanted:
  formula,formation_energy_ev_atom,scheme
  Na7Sn12,-0.208,GGA_GGA+U"""


def add(menu: Menu) -> None:
    """Add the command with its actions to the menu."""
    about = "build, show, verify and compare the data that campaigns read"
    parser = menu.add_parser("snapshot", help=about, description=DESCRIPTION, epilog=EXAMPLES)
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _add_build(actions)
    _add_show(actions)
    _add_verify(actions)
    _add_diff(actions)
    _add_add(actions)


def _add_build(actions: Menu) -> None:
    about = "build a snapshot from its source"
    parser = actions.add_parser("build", help=about, description=BUILD, epilog=BUILD_EXAMPLES)
    sources = ("materials-project", "crabnet")
    parser.add_argument("--source", required=True, choices=sources, help="kind of source")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder, not there yet")
    live = parser.add_argument_group("source materials-project")
    live.add_argument("--metals", metavar="M1,…", help="default: all of the space")
    live.add_argument("--halogens", metavar="X1,…", help="default: F,Cl,Br,I")
    live.add_argument(
        "--thermo-type", metavar="TYPE", help="GGA_GGA+U (PBE, corrected; default) or R2SCAN"
    )
    live.add_argument("--api-key-file", metavar="FILE", help="text file with your key alone")
    live.add_argument("--endpoint", metavar="URL", help="another service with the same routes")
    live.add_argument("--quiet", action="store_true", help="no progress bar")
    parser.add_argument_group("source crabnet").add_argument(
        "--wheel", metavar="FILE", help="crabnet 2.0.8, a wheel: gives the embedded tables"
    )
    parser.set_defaults(command=commands.build)


def _add_show(actions: Menu) -> None:
    about = "print where a snapshot comes from"
    example = "example:\n  maiscreen snapshot show today --json"
    parser = actions.add_parser("show", help=about, description=about, epilog=example)
    _add_folder(parser)
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.set_defaults(command=commands.show)


def _add_verify(actions: Menu) -> None:
    about = "check hashes and columns, and compute every hull anew"
    example = (
        "example:\n  maiscreen snapshot verify today\n\n"
        "Ends with 1 if a hull is not as it came with the data, with 2 if a file is damaged."
    )
    parser = actions.add_parser("verify", help=about, description=about, epilog=example)
    _add_folder(parser)
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    parser.set_defaults(command=commands.verify)


def _add_diff(actions: Menu) -> None:
    about = "phases and ranks that change when B takes the place of A"
    example = "example:\n  maiscreen snapshot diff embedded today --top 50"
    parser = actions.add_parser("diff", help=about, description=about, epilog=example)
    for name in ("A", "B"):
        parser.add_argument(name.lower(), metavar=name, help="folder of a snapshot, or embedded")
    parser.add_argument("--top", default="20", metavar="N", help="lines of each kind (default 20)")
    parser.add_argument("--no-ranks", action="store_true", help="phases alone, at once")
    parser.add_argument("--json", action="store_true", help="all of it, as one JSON object")
    parser.set_defaults(command=commands.diff)


def _add_add(actions: Menu) -> None:
    about = "add computed entries of your own"
    parser = actions.add_parser("add", help=about, description=ADD, epilog=ADD_EXAMPLES)
    parser.add_argument("--entries", required=True, metavar="FILE", help="JSON or CSV")
    parser.add_argument(
        "--snapshot", default="embedded", metavar="DIR", help="to which (default: the embedded one)"
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="new snapshot, not there yet")
    parser.add_argument("--scheme", metavar="TYPE", help="of a CSV without such a column")
    parser.set_defaults(command=commands.add)


def _add_folder(parser: Any) -> None:
    parser.add_argument(
        "folder", nargs="?", default="embedded", metavar="DIR", help="default: the embedded one"
    )
