"""Figures for papers from the folder of a finished campaign."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from maiscreen.candidates.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from maiscreen.runners.folder.place import Place
    from maiscreen.screen.facts.findings import Findings
    from maiscreen.screen.figures.style import PaperFigure

NAMES = ("profile", "ranks", "pareto", "funnel", "vapour", "plateaus", "paper", "weights")
"""What can be drawn."""

WITHOUT_OF = ("funnel", "paper")
"""Figures of all candidates, or of the paper's cells: there is nothing to choose."""

OF_RANKS = ("ranks", "pareto", "weights")
"""Figures that show nothing where nothing passed."""


def plot(
    folder: "str | Path | Place",
    name: str,
    *,
    of: Sequence[str] = (),
    width: str | None = None,
    attributes: Sequence[str] | None = None,
) -> "PaperFigure":
    """Draw a figure of a finished campaign.

    Parameters
    ----------
    folder : str, Path or Remote
        Of the campaign.
    name : str
        Which: ``profile``, ``ranks``, ``pareto``, ``funnel``, ``vapour``, ``plateaus``, ``paper``
        or ``weights``.
    of : sequence of str
        Precursors by formula or name; for ``plateaus`` metals, too.
    width : str, optional
        ``single`` (89 mm) or ``double`` (183 mm); what suits the figure if left out.
    attributes : sequence of str, optional
        The two of a ``pareto`` figure.

    Returns
    -------
    matplotlib.figure.Figure
        To be changed, or saved: ``plot("first", "ranks").savefig("ranks.pdf")``.

    Raises
    ------
    InputError
        If there is no finished campaign, or nothing to draw.
    """
    from maiscreen.runners.folder.ownership import read_findings
    from maiscreen.runners.folder.place import check_reachable, parse_place

    options = _options(name, of, attributes)
    out = check_reachable("DIR", parse_place("DIR", folder) if isinstance(folder, str) else folder)
    findings = read_findings(out)
    _check(out, name, findings)
    # Now, and not before: Matplotlib takes half a second.
    from maiscreen.screen.figures.figures import FIGURES
    from maiscreen.screen.figures.matplotlib_pen import draw

    usual = "double" if name == "profile" or findings.is_wide else "single"
    figure = draw(FIGURES[name](findings, **options), width or usual)
    figure.about += f". maiscreen, campaign {findings.fingerprint[:12]}"
    return figure


def is_current(folder: "Place") -> bool:
    """Return whether code and data are those that a campaign was run with."""
    from maiscreen.runners.folder.ownership import read_ranking
    from maiscreen.runners.provenance import provenance
    from maiscreen.screen.describe.describe import own_sources

    _, campaign, fingerprint = read_ranking(folder)
    sources = {**provenance(), **own_sources(campaign)}
    return bool(campaign.fingerprint(sources) == fingerprint)


def _options(
    name: str, of: Sequence[str], attributes: Sequence[str] | None
) -> dict[str, Sequence[str]]:
    """Keep what was given, if this figure takes it."""
    if name not in NAMES:
        raise InputError("NAME", name, f"give one of {', '.join(NAMES)}")
    if of and name in WITHOUT_OF:
        raise InputError("--of", ",".join(of), f"is not taken by {name}; leave it out")
    if attributes is not None and name != "pareto":
        told = ",".join(attributes)
        raise InputError("--attributes", told, f"is not taken by {name}; leave it out")
    chosen = {"of": of or None, "attributes": attributes}
    return {key: value for key, value in chosen.items() if value is not None}


def _check(out: "Place", name: str, findings: "Findings") -> None:
    """Refuse a campaign that this figure cannot show."""
    from maiscreen.screen.figures.rows import NOBODY, check

    try:
        check(findings)
    except InputError as error:
        remedy = f"its ranking.parquet is damaged: {error.value!r} {error.remedy}"
        raise InputError("DIR", str(out), remedy) from None
    if name in OF_RANKS and not findings.ranked:
        raise InputError("DIR", str(out), NOBODY)
