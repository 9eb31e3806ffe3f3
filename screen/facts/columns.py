"""The columns of a shortlist: heading, unit, meaning and source of each."""

from collections.abc import Mapping

from maiscreen.descriptors.columns import ATTRIBUTE_UNITS, LOGARITHMIC, wide_column
from maiscreen.screen.facts.fact import Fact as Fact
from maiscreen.screen.facts.how_to_columns import HOW_TO, HOW_TO_BLEND, THICKNESS_ENDS

_TABLES = "chemicals, NASA Glenn (pyglenn), exp_compounds (pymatgen)"
_PAPER = "the paper: three thicknesses of layers of SnCl4"
_DRAWS = "maiscreen: draws over the errors of the attributes"


def _from_table(
    name: str, heading: str = "", unit: str = "", number: str = "General", width: int = 12
) -> Fact:
    """Take meaning and source of a column from the tables."""
    own, about, source = wide_column(name)
    return Fact(name, heading or name.replace("_", " "), unit or own, about, source, number, width)


_FORMATS = {
    "adhesion": ("j_m2", "0.00"),
    "ionic_conductivity": ("ms_cm", "0.0E+00"),
    "youngs_modulus": ("gpa", "0.0"),
    "electrolyte_permeability": ("", "0.000"),
}


def expected(attribute: str) -> tuple[str, str]:
    """Name the columns of an attribute's value and error.

    Examples
    --------
    >>> expected("ionic_conductivity")
    ('expected_ionic_conductivity_ms_cm', 'expected_ionic_conductivity_std_log10')
    """
    end = f"_{_FORMATS[attribute][0]}".rstrip("_")
    std = "_log10" if attribute in LOGARITHMIC else end
    return f"expected_{attribute}{end}", f"expected_{attribute}_std{std}"


def _expected_columns() -> list[Fact]:
    columns = []
    for name, unit in ATTRIBUTE_UNITS.items():
        number = _FORMATS[name][1]
        words = name.replace("_", " ").replace("youngs", "Young's")
        value, std = expected(name)
        error = "decades" if name in LOGARITHMIC else unit
        docs = "docs/attributes.md"
        columns += [
            Fact(value, f"expected {words}", unit, f"of the layer: {words}", docs, number, 13),
            Fact(std, f"± {words}", error, "its standard deviation", docs,
                  "0.0" if name in LOGARITHMIC else number, 13),
            Fact(f"{name}_fidelity", f"fidelity, {words}", "",
                  "F0 tables, F1 crystals and learned models, F2 interatomic potential", docs),
            Fact(f"{name}_source", f"source, {words}", "", "what it was computed from", docs,
                  width=30),
        ]  # fmt: skip
    return columns


_STANDING = (
    _from_table("score", number="0.00", width=8),
    _from_table("score_low", number="0.00", width=8),
    _from_table("score_high", number="0.00", width=8),
    _from_table("tier", width=6),
    _from_table("expected_place", number="0.0", width=9),
    _from_table("place_low", width=8),
    _from_table("place_high", width=8),
    Fact("p_top_k", "P(top k)", "", "probability to be among the first top_k of the campaign",
          _DRAWS, "0.00", 8),
)  # fmt: skip

_SUBSTANCE = (
    Fact("state_25_c", "state at 25 °C", "", "gas, liquid or solid at 25 °C and 1 atm",
          "melting and boiling point", width=9),
    Fact("melting_point_c", "melting point", "°C", "at 1 atm", _TABLES, "0", 9),
    Fact("boiling_point_c", "boiling point", "°C",
          "at 1 atm; below the melting point it is one of sublimation", _TABLES, "0", 9),
    Fact("vapour_pressure_25_pa", "vapour pressure at 25 °C", "Pa",
          "above the critical point, the critical pressure", _TABLES, "0.0E+00", 10),
    Fact("vapour_pressure_60_pa", "vapour pressure at 60 °C", "Pa",
          "above the critical point, the critical pressure", _TABLES, "0.0E+00", 10),
    Fact("vapour_pressure_std_log10", "± vapour pressure", "decades",
          "standard deviation at 25 °C", _TABLES, "0.0", 9),
    Fact("vapour_pressure_source", "source, vapour pressure", "", "how it was found",
          "maiscreen", width=24),
    Fact("container", "what it comes in", "", "what its state means at the glovebox",
          "derived from state and boiling point; judgement", width=34),
    Fact("temperature_like_sncl4_c", "as volatile as SnCl4 at", "°C",
          "temperature at which it has the vapour pressure of SnCl4 at 25 °C; a property, not the "
          "process", _TABLES, "0", 11),
    Fact("temperature_like_sncl4_std_c", "± of that temperature", "°C",
          "from the error of the vapour pressure", _TABLES, "0", 11),
)  # fmt: skip

_LAYER = (
    _from_table("equation", "reaction", width=30),
    _from_table("reduction_potential_v", "reduction potential", number="0.00"),
    _from_table("reduction_potential_std_v", "± reduction potential", number="0.00"),
    Fact("layer_as_formed", "layer as formed", "",
          "metal phase and salt on the vapour side; bare metal where no alloy is likely",
          "snapshot of Materials Project energies", width=24),
    Fact("layer_in_operation", "layer in operation", "",
          "metal phase and salt, saturated with sodium", "snapshot of Materials Project energies",
          width=24),
    _from_table("alloy_as_formed"),
    _from_table("p_alloy_as_formed", "P(alloy as formed)", number="0.00"),
    _from_table("p_alloy_kinetic_as_formed", "P(in time, as formed)", number="0.00"),
    _from_table("alloy_in_operation"),
    _from_table("p_alloy_in_operation", "P(alloy in operation)", number="0.00"),
    _from_table("p_alloy_kinetic_in_operation", "P(in time, in operation)", number="0.00"),
    _from_table("alloy_kinetics", "kinetics of alloying", width=40),
)  # fmt: skip

_DANGER = _from_table("danger", width=18)
_TOXICITY = (
    _from_table("ghs", "GHS statements", width=24),
    _from_table("toxicity", "what they say", width=44),
    _from_table("hazard_source", "source, GHS statements", width=36),
    Fact("exposure_limit", "exposure limit", "", "of the compound and of its acids, in air",
          "Ontario, by the package chemicals", width=30),
    _from_table("with_sodium", "with sodium", width=44),
)  # fmt: skip
_GLOVEBOX = Fact("glovebox", "at the glovebox", "",
                  "purifier, end of the exposure, and what is left", "docs/safety.md",
                  width=48)  # fmt: skip
_BENCH = (
    _from_table("handling", width=9),
    _from_table("place_in_list", "place in its list", width=7),
    _from_table("supply", width=11),
    _from_table("supply_evidence", "evidence of supply", width=34),
)
_STABILITY = (
    _from_table("stability", width=11),
    _from_table("stability_reason", "how long it lasts", width=34),
)

_HAZARDS = Fact("hazards", "hazards", "", "in plain words; no safety assessment",
                 "Bretherick; Sax, by element and formula", width=44)  # fmt: skip
_MOISTURE = Fact("with_moisture", "with moisture", "",
                  "what forms with water: derived from the formula, not measured",
                  "derived; Sax; Greenwood & Earnshaw", width=48)  # fmt: skip

_WHY = (
    Fact("lifts", "lifts it above SnCl4", "",
          "factors of the score against SnCl4, by attribute", "maiscreen", width=32),
    Fact("pulls_down", "pulls it below SnCl4", "",
          "factors of the score against SnCl4, by attribute", "maiscreen", width=32),
    Fact("why", "why it ranks here", "", "what it loses by, and what its place hangs on",
          "maiscreen", width=44),
    Fact("place_hangs_on", "its place hangs on", "",
          "the input whose error contributes most to the variance of its rank", _DRAWS, width=28),
    Fact("place_hangs_on_share", "share of the variance of its rank", "",
          "of that input alone (first-order Sobol index)", _DRAWS, "0%", 11),
    Fact("rank_variance", "variance of its rank by input", "",
          "each input alone; the rest is their interplay and the other precursors", _DRAWS,
          width=40),
    Fact("measurement", "measurement that would move it most", "",
          "how that input could be measured", "maiscreen", width=44),
)  # fmt: skip

_CAMPAIGN = Fact("campaign", "campaign", "", "first 12 digits of the run's fingerprint",
                  "maiscreen", width=14)  # fmt: skip

NARROW: tuple[Fact, ...] = (
    _from_table("rank", width=6),
    _from_table("formula", width=10),
    _DANGER,
    _from_table("name", width=24),
    Fact("cas", "CAS", "", "CAS registry number", "chemicals", width=13),
    *_BENCH,
    *_STABILITY,
    *_SUBSTANCE,
    _from_table("route", width=9),
    Fact("process", "process", "", "how it meets the sodium", "the paper", width=28),
    Fact("process_temperature_c", "process temperature", "°C", "of the campaign", "the campaign",
          "0"),
    *HOW_TO,
    *_LAYER,
    *_expected_columns(),
    *_STANDING,
    *_WHY,
    *_TOXICITY,
    _HAZARDS,
    _MOISTURE,
    _GLOVEBOX,
    Fact("key", "key", "", "formula, with the route where it is not the vapour", "maiscreen"),
    _CAMPAIGN,
)  # fmt: skip
"""Of a campaign of homoleptic halides, in their order."""

WIDE: tuple[Fact, ...] = (
    _from_table("rank", width=6),
    Fact("recipe", "recipe", "", "mole fractions in the liquid", "maiscreen", width=30),
    _DANGER,
    _from_table("name", width=30),
    Fact("cas", "CAS", "", "CAS registry numbers", "chemicals", width=24),
    *_BENCH,
    Fact("vapour", "vapour", "", "mole fractions in the vapour", "Raoult", width=30),
    _from_table("temperature_c", "temperature", number="0"),
    _from_table("exposure_s", "exposure", number="0"),
    Fact("thickness_um", "computed thickness", "µm",
          "by the paper's power law for SnCl4, taken for all (a judgement)", _PAPER, "0.0"),
    *THICKNESS_ENDS,
    _from_table("vapour_pressure_pa", "vapour pressure", number="0.0E+00"),
    _from_table("reduction_potential_v", "reduction potential", number="0.00"),
    *_STANDING,
    Fact("expected_phases", "expected phases", "",
          "metal phases of the layer, by their share of the metal atoms",
          "snapshot of Materials Project energies", width=28),
    _from_table("adhesion", number="0.00"),
    _from_table("ionic_conductivity", "ionic conductivity", number="0.0E+00"),
    _from_table("youngs_modulus", "Young's modulus", number="0.0"),
    _from_table("electrolyte_permeability", "electrolyte permeability", number="0.000"),
    *HOW_TO_BLEND,
    *_SUBSTANCE[:3],
    _SUBSTANCE[-1],
    Fact("caution", "hazards", "", "in plain words; no safety assessment",
          "Bretherick; Sax, by element and formula", width=44),
    *_TOXICITY,
    _MOISTURE,
    _GLOVEBOX,
    Fact("index", "index", "", "place in the space of the campaign", "maiscreen"),
    _CAMPAIGN,
)  # fmt: skip
"""Of a wide campaign; what stands for single precursors is empty for blends."""

BENCH: tuple[Fact, ...] = (
    Fact("jar_dose", "dose for the jar", "",
          "what to pour, weigh in or dose, in a few words; all of it in the column dose",
          "ideal gas; the paper poured about 1 ml", width=17),
    Fact("expected_layer", "layer expected", "",
          "metal phase and salt, in the state that is scored",
          "snapshot of Materials Project energies", width=20),
    Fact("would_change", "what would change its place", "",
          "the input whose error contributes most to its place, its share, and the simplest "
          "experiment that settles it", f"{_DRAWS}; judgement", width=30),
)  # fmt: skip
"""What the bench sheet says in short; the other columns say it in full."""

READ_BACK = frozenset(("formula", "recipe", "cas", "route", "temperature_c", "exposure_s"))
"""Columns that `lab import` reads; the others it passes over."""

FACT_HEADINGS = frozenset(
    text
    for one in (*NARROW, *WIDE, *BENCH)
    if one.name not in READ_BACK
    for text in (one.name, one.title)
)
"""Names and headings that hold no result of a laboratory."""

BY_NAME: Mapping[str, Fact] = {one.name: one for one in (*WIDE, *NARROW, *BENCH)}


def as_markdown() -> str:
    """Return the meaning of the columns as a table for the documentation."""
    lines = ["| column | unit | what it is | source |", "|---|---|---|---|"]
    lines += [f"| `{c.name}` | {c.unit} | {c.about} | {c.source} |" for c in NARROW]
    return "\n".join(lines)
