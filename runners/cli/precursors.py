"""The commands `explain`, `lookup` and `validate`. Heavy imports wait until they are needed."""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cli.arguments import add_command, add_json, add_own_data, with_own_data
from maiscreen.runners.cli.console import Menu, emit, emit_json, print_error
from maiscreen.runners.cli.jar_options import add_setup, read_setup
from maiscreen.runners.endings import BAD_INPUT, COMPLETE

if TYPE_CHECKING:
    from maiscreen.screen.campaign.campaign import Campaign
    from maiscreen.screen.facts.jar import JarSetup


def explain(options: argparse.Namespace) -> int:
    """Show everything known and computed for precursors."""
    from maiscreen.screen.campaign.campaign import Campaign

    temperature_c = _temperature(options.temperature_c)
    # Refuses what is out of range, before any work.
    campaign = with_own_data(Campaign(temperature_c=temperature_c), options)
    setup = read_setup(options)
    return _show_each(options, lambda text: _explained(text, campaign, setup), options.formulas)


def _show_each(
    options: argparse.Namespace, of: Callable[[str], dict[str, object]], texts: Sequence[str]
) -> int:
    """Show what is said of each text; a bad one does not hide the others."""
    from maiscreen.runners.cli.text import as_text, plain

    shown, refused = [], []
    for text in texts:
        try:
            shown.append(plain(of(text)))
        except InputError as error:
            refused.append(error)
    if options.json and shown:
        emit_json("\n".join(json.dumps(row, ensure_ascii=False) for row in shown))
    elif shown:
        emit("\n\n".join(as_text(row) for row in shown))
    return max((print_error(str(error), BAD_INPUT) for error in refused), default=COMPLETE)


def _explained(text: str, campaign: "Campaign", setup: "JarSetup") -> dict[str, object]:
    """Explain a precursor; say how it was read, and which others may be meant if nobody knows it.

    Raises
    ------
    InputError
        If it is none; with what else it may be.
    """
    from maiscreen.candidates.precursors.precursor import Precursor
    from maiscreen.runners.runs.explain import explain
    from maiscreen.runners.stages import print_remark
    from maiscreen.screen.advice.explain import known_relatives
    from maiscreen.screen.facts.meant import AS_WRITTEN, halide_meant_by

    meant = halide_meant_by(text)
    formula = meant.precursor
    if meant.rule != AS_WRITTEN:
        print_remark(f"{text} read as {formula} ({meant.rule})")
    row = explain(formula, campaign.temperature_c, campaign, setup)
    if row.get("known") == "hypothetical":
        known = known_relatives(Precursor.parse(formula), campaign)
        others = f"; did you mean {' or '.join(known)}?" if known else ""
        print_remark(
            f"{formula} is hypothetical: in no table of experiments, and not computed{others}"
        )
    return row


def validate(options: argparse.Namespace) -> int:
    """Compare the ranking with the published cycle lives."""
    from maiscreen.runners.cli.text import as_text, plain
    from maiscreen.screen.campaign.campaign import Campaign
    from maiscreen.screen.describe.describe import pin_own_data
    from maiscreen.screen.paper.validate import validate

    campaign = pin_own_data(with_own_data(Campaign(), options))
    if options.variance:
        from maiscreen.screen.paper.variance import variance

        report = plain(variance(campaign))
    elif options.cells is None:
        report = plain(validate(campaign))
    else:
        from maiscreen.screen.paper.agreement import judge_cells
        from maiscreen.screen.paper.published import embedded_cells, read_cells

        cells = read_cells(Path(options.cells)) if options.cells else embedded_cells()
        report = plain(judge_cells(campaign, cells))
    if options.json:
        emit_json(json.dumps(report, ensure_ascii=False))
    else:
        emit(as_text(report))
    return 0


def look_up(options: argparse.Namespace) -> int:
    """Print where to look compounds up, and what the inventories say; open nothing."""
    from maiscreen.screen.facts.look_up import look_up as looked_up
    from maiscreen.screen.facts.precursors import Catalogue

    catalogue = Catalogue()
    return _show_each(options, lambda text: looked_up(text, catalogue), options.compounds)


def _temperature(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError("--temperature-c", text, "give a number, such as 25") from None


def add(menu: Menu) -> None:
    """Add the commands to the menu."""
    _add_explain(menu)
    _add_look_up(menu)
    _add_validate(menu)


EXPLAIN_EPILOG = """\
examples:
  maiscreen explain SnCl4 TiCl4 --json --temperature-c 60
  maiscreen explain "tin tetrachloride" 10038-98-9 "tin(IV) chloride" sicl4

A name, a CAS number and wrong capitals are taken where they mean one thing alone; how they were
read is said on stderr. What is none is refused after the others were shown, with exit code 2."""


def _add_explain(menu: Menu) -> None:
    about = "show everything known and computed for precursors"
    parser = add_command(
        menu,
        "explain",
        explain,
        about,
        epilog=EXPLAIN_EPILOG,
    )
    parser.add_argument(
        "formulas", nargs="+", metavar="FORMULA", help="such as SnCl4; or a name, or a CAS number"
    )
    add_json(parser, "one JSON object on a line for each")
    parser.add_argument(
        "--temperature-c", default="25", metavar="T", help="process temperature, °C (default 25)"
    )
    add_setup(parser)
    add_own_data(parser)


def _add_look_up(menu: Menu) -> None:
    about = "print where to look compounds up, and what supply lists say; opens nothing"
    epilog = (
        "examples:\n  maiscreen lookup SnCl4 'tin tetrabromide'\n  maiscreen lookup 10038-98-9\n\n"
        "What is none is refused after the others were shown, with exit code 2."
    )
    parser = add_command(menu, "lookup", look_up, about, epilog=epilog)
    parser.add_argument("compounds", nargs="+", metavar="COMPOUND", help="formula, name or CAS")
    add_json(parser, "one JSON object on a line for each")


VALIDATE_EPILOG = """\
examples:
  maiscreen validate
  maiscreen validate --cells                 the embedded table of published cells
  maiscreen validate --cells mine.csv --json
  maiscreen validate --variance              which errors make the ranking uncertain

--variance: p_order is P(SnCl4 > SiCl4 > TiCl4) over the draws, places the mean width of the 90 %
intervals of all that passed, each now, with one source of error halved, and without it; first and
total are shares of the variance of a score (Sobol), by that error alone and with its interplay.

A table of cells (CSV, XLSX) has the headings precursor, life and, where known, host, route, layer,
current_density_ma_cm2, capacity_mah_cm2, life_unit, censored, electrolyte, temperature_c,
reference, evidence (read, abstract or quoted: what is quoted is shown and not scored). Lives are
compared where all conditions are equal; censored cells were still alive."""


def _add_validate(menu: Menu) -> None:
    about = "compare the ranking with the published cycle lives"
    parser = add_command(menu, "validate", validate, about, epilog=VALIDATE_EPILOG)
    either = parser.add_mutually_exclusive_group()
    either.add_argument(
        "--variance",
        action="store_true",
        help="take the width of the intervals apart: each source of error halved, and without it",
    )
    either.add_argument(
        "--cells",
        nargs="?",
        const="",
        metavar="FILE",
        help="score a table of published cells (default: those known here) instead of the paper's",
    )
    add_json(parser)
    add_own_data(parser)
