"""A shortlist as a value: rows, columns, where it comes from; and all that it can be written as."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.facts.columns import NARROW, WIDE
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.facts.jar import PAPER_SETUP, JarSetup
from maiscreen.screen.shortlist.blends import wide_shortlist
from maiscreen.screen.shortlist.choose import TO_FILL_IN, shortlist, to_csv, to_json
from maiscreen.screen.shortlist.value import DECISION, Rows

LIMITS = (
    "The score is no prediction of cycles. Three precursors stand in the paper's order by chance "
    "once in six.",
    "Ranks within overlapping intervals are a group, not an order.",
    "Hazards are ruled by element and formula, toxicity is from a table with gaps, what forms with "
    "moisture is derived from the formula: none is a safety assessment. Read the supplier's safety "
    "data sheet.",
    "Times and thicknesses were measured for SnCl4 alone; for other vapours they are a judgement "
    "from it, with errors of a factor of 1.4 to 5. Measure the first layer.",
    "Supply is told by regulatory lists of 2012 to 2016: nothing is known here of today's "
    "catalogues, purity and price.",
    "An empty cell means: not known.",
)
"""What a reader has to know beside the numbers."""


@dataclass(frozen=True, slots=True, repr=False)
class Shortlist(Rows):
    """The best precursors of a campaign, for people, with every file that it can be written as."""

    def __repr__(self) -> str:
        return f"<Shortlist of {len(self)}: {', '.join(self.names)}>"

    def _repr_html_(self) -> str:
        """Show it in a notebook."""
        from maiscreen.screen.shortlist.other_forms import as_html

        return as_html(self)

    def to_csv(self) -> str:
        """Write it as CSV with columns to fill in; as a file, in ``utf-8-sig``."""
        names = (*(one.name for one in self.columns), *TO_FILL_IN)
        return to_csv([{name: row.get(name) for name in names} for row in self.rows], names)

    def to_json(self) -> str:
        """Write rows, units and sources as one JSON object."""
        return to_json(self.rows, self.columns, dict(self.provenance))

    def to_parquet(self) -> bytes:
        """Write a Parquet file with units in the metadata of its fields."""
        from maiscreen.screen.shortlist.other_forms import to_parquet

        return to_parquet(self)

    def to_xlsx(self) -> bytes:
        """Write a workbook with columns to fill in, which `maiscreen lab import` reads."""
        from maiscreen.screen.shortlist.bench_workbook import to_xlsx

        return to_xlsx(self)

    def to_cards(self) -> bytes:
        """Write a PDF with a page for each precursor."""
        from maiscreen.screen.shortlist.cards import to_pdf

        return to_pdf(self)


def of_campaign(
    findings: Findings,
    top: int,
    per_metal: int | None = None,
    setup: JarSetup = PAPER_SETUP,
    handling: str | None = None,
) -> Shortlist:
    """Make the shortlist of a finished campaign, narrow or wide.

    Parameters
    ----------
    findings : Findings
        Of the campaign.
    top : int
        How many rows at most.
    per_metal : int, optional
        Rows with the same metal at most; any number if left out.
    setup : JarSetup
        Jar and layer that doses are for.
    handling : str, optional
        ``bottle`` or ``cylinder`` alone; bottles first, then cylinders, if left out.
    """
    wide = findings.is_wide
    rows = (wide_shortlist if wide else shortlist)(findings, top, per_metal, setup, handling)
    choice = _choice(per_metal, handling)
    told = tuple(_provenance(findings, len(rows), choice, setup))
    return Shortlist(tuple(rows), WIDE if wide else NARROW, told, wide)


def _provenance(
    findings: Findings,
    count: int,
    choice: str,
    setup: JarSetup,
) -> Iterator[tuple[str, str]]:
    """State of what it is the shortlist, what to try next first."""
    campaign, manifest = findings.campaign, findings.manifest
    if findings.decision:
        yield DECISION, findings.decision
    yield "campaign", campaign.name
    yield "fingerprint", str(manifest["fingerprint"])
    yield "rows", str(count)
    yield "top k", str(campaign.top_k)
    yield "choice", choice
    yield "process temperature", f"{campaign.temperature_c:g} °C"
    yield "jar", f"{setup.jar_cm3:g} cm³"
    yield "layer", f"{setup.thickness_um:g} µm on {setup.area_cm2:g} cm²"
    yield "least vapour pressure", f"{campaign.min_vapour_pressure_pa:g} Pa"
    yield "state of the layer that is scored", campaign.state
    yield "supply asked for", campaign.supply
    yield "highest fidelity", campaign.fidelity
    for name, weight in zip(ATTRIBUTES, campaign.weights.values, strict=True):
        yield f"weight of {name.replace('_', ' ')}", f"{weight:g}"
    yield from _flatten("candidates", manifest.get("counts"))
    yield from _flatten("version or hash", manifest.get("sources"))
    yield from _flatten("seed", manifest.get("seeds"))
    yield (
        "data and licences",
        "candidates/data/SOURCES; descriptors/data/SOURCES; docs/attributes.md; docs/validation.md",
    )
    for number, limit in enumerate(LIMITS, 1):
        yield f"limit {number}", limit


def _choice(per_metal: int | None, handling: str | None) -> str:
    order = f"by rank, from a {handling}" if handling else "bottles first, then cylinders, by rank"
    return order if per_metal is None else f"diverse: {order}, at most {per_metal} for each metal"


def _flatten(prefix: str, value: object) -> Iterator[tuple[str, str]]:
    """Lay nested mappings out as pairs."""
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _flatten(f"{prefix}, {key}", one)
    elif value is not None:
        yield prefix, str(value)
