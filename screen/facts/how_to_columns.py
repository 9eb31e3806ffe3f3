"""The columns that tell how to do it: dose, exposure, what to measure first."""

from collections.abc import Mapping

from maiscreen.screen.facts.fact import Fact
from maiscreen.screen.text import significant

_TABLES = "chemicals, NASA Glenn (pyglenn), exp_compounds (pymatgen)"
_LAWS = "the paper's three layers of SnCl4; supply of vapour: a judgement"
_SETUP = "the paper, or --{}"

THICKNESS_ENDS: tuple[Fact, ...] = (
    Fact("expected_thickness_low_um", "thickness, low", "µm",
          "one standard deviation below; the fit has one degree of freedom", _LAWS, "0.0"),
    Fact("expected_thickness_high_um", "thickness, high", "µm", "one standard deviation above",
          _LAWS, "0.0"),
)  # fmt: skip

_JAR = (
    Fact("jar_cm3", "jar", "cm³", "gas space that is taken", _SETUP.format("jar-cm3"), "0.0", 8),
    Fact("jar_pressure_pa", "pressure in the jar", "Pa",
          "partial pressure of the halide at the process temperature: its vapour pressure; of a "
          "gas, what to dose", f"{_TABLES}; of a gas as SnCl4 at 25 °C, or what the layer needs",
          "0.0E+00", 10),
    Fact("jar_pressure_std_log10", "± pressure in the jar", "decades",
          "standard deviation at the process temperature; empty for what is dosed", _TABLES, "0.00",
          9),
    Fact("jar_fill_mg", "halide that fills the jar", "mg",
          "vapour of one filling, n = pV/RT; its error is that of the pressure", "ideal gas",
          "0.0", 10),
)  # fmt: skip

_LIQUID = (
    Fact("jar_fill_ml", "liquid that fills the jar", "ml",
          "the same as liquid; empty where it is none or no density is known", "ideal gas; density",
          "0.0000", 10),
    Fact("density_g_cm3", "density", "g/cm³", "of the liquid at the process temperature",
          "tables of the package chemicals, see its source", "0.00", 8),
    Fact("density_std_g_cm3", "± density", "g/cm³", "its standard deviation", "judgement", "0.00",
          8),
    Fact("density_source", "source, density", "", "table that it is from", "chemicals", width=20),
)  # fmt: skip

_LAYER = (
    Fact("asked_thickness_um", "layer asked for", "µm", "thickness that the dose is for",
          _SETUP.format("thickness-um"), "0.0", 9),
    Fact("asked_area_cm2", "sodium", "cm²", "area that the dose is for",
          "1 cm², or --area-cm2", "0.00", 8),
    Fact("layer_takes_mg", "halide that the layer takes", "mg",
          "for that thickness and area, as formed",
          "stoichiometry; volumes of the Na–M phase and of NaX", "0.00", 10),
    Fact("layer_takes_std_mg", "± halide that the layer takes", "mg",
          "from the volumes, whether the alloy forms, pores and roughness", "docs/shortlist.md",
          "0.00", 10),
    Fact("layer_takes_ml", "liquid that the layer takes", "ml", "the same as liquid", "density",
          "0.0000", 10),
    Fact("jar_fillings", "fillings for the layer", "",
          "how often the jar's vapour goes into the layer; above 1, liquid has to stay in the jar",
          "maiscreen", "0.00", 9),
)  # fmt: skip

_DOSE = Fact("dose", "dose", "", "what to pour, weigh in or dose, in words",
              "the two amounts above; the paper poured about 1 ml", width=48)  # fmt: skip

_TIMES = Fact("times_to_try", "times to try", "",
               "three times with thickness and one standard deviation; within: below 10 µm, where "
               "the paper's layers lived", _LAWS, width=48)  # fmt: skip

_FIRST = (
    Fact("settle_first", "settle first", "",
         "the input its place hangs on most of those that an experiment can settle", "maiscreen",
         width=28),
    Fact("settle_first_by", "settle it by", "", "the simplest experiment that settles it",
         "maiscreen; judgement", width=40),
    Fact("measure_first", "measure first", "",
         "both in one, with the thickness of the layer where none was measured",
         "maiscreen; judgement", width=40),
)  # fmt: skip

HOW_TO: tuple[Fact, ...] = (
    *_JAR,
    *_LIQUID,
    *_LAYER,
    _DOSE,
    Fact("suggested_exposure_s", "suggested exposure", "s",
          "the longest of the times to try that is not expected to be thicker than what is asked "
          "for; if none, the shortest", _LAWS, "0", 12),
    Fact("expected_thickness_um", "expected thickness", "µm",
          "after that time, by the law of tin and the supply of vapour", _LAWS, "0.0"),
    *THICKNESS_ENDS,
    _TIMES,
    *_FIRST,
    Fact("temperature_advice", "advice on temperature", "",
          "what another temperature would change; every number of the row is for the process "
          "temperature", f"{_TABLES}; judgement", width=40),
    Fact("suggestion", "what the paper supports", "",
          "what time and thickness rest on", "the paper", width=48),
)  # fmt: skip
"""Of a precursor by itself."""

HOW_TO_BLEND: tuple[Fact, ...] = (_JAR[0], _JAR[3], _DOSE, _TIMES, *_FIRST)
"""Of a recipe."""

WORDS = ("dose", "times_to_try", "temperature_advice", "suggestion")
"""Columns in words that need no ranking."""

_BY_PRESSURE = frozenset(("jar_pressure_pa", "jar_fill_mg", "jar_fill_ml", "jar_fillings"))
"""Columns whose error is that of the vapour pressure."""


def as_amounts(facts: Mapping[str, object]) -> dict[str, object]:
    """Lay out what is known for one precursor: words, and amounts with unit, error and source.

    Parameters
    ----------
    facts : mapping
        Of `maiscreen.screen.facts.how_to.how_to`.
    """
    amounts = {
        column.name: {
            "value": facts[column.name],
            "unit": column.unit,
            "error": _error(column.name, facts),
            "source": str(facts.get("density_source") if column.name == "density_g_cm3"
                          else column.source),
        }
        for column in HOW_TO
        if isinstance(facts.get(column.name), float) and not _is_error(column.name)
    }  # fmt: skip
    told = {name: facts[name] for name in WORDS if facts.get(name) is not None}
    return {**told, "amounts": amounts}


def _is_error(name: str) -> bool:
    return "_std_" in name or name in ("expected_thickness_low_um", "expected_thickness_high_um")


def _error(name: str, facts: Mapping[str, object]) -> str:
    """Return one standard deviation in words; what was chosen has none."""
    known = {key: value for key, value in facts.items() if isinstance(value, float)}
    decades = known.get("jar_pressure_std_log10")
    if name in _BY_PRESSURE and decades is not None:
        return f"× or ÷ {significant(10**decades)}"
    if name == "expected_thickness_um":
        ends = (known[f"expected_thickness_{end}_um"] for end in ("low", "high"))
        return "–".join(map(significant, ends))
    if name == "density_g_cm3":
        return f"± {significant(known['density_std_g_cm3'])}"
    if name.startswith("layer_takes"):
        share = known["layer_takes_std_mg"] / known["layer_takes_mg"]
        return f"± {significant(share * known[name])}"
    return "chosen"
