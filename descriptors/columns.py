"""The columns of the tables: name, unit, meaning and source of each."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_TABLES = "chemicals, NASA Glenn (pyglenn), exp_compounds (pymatgen)"
_SNAPSHOT = "snapshot of Materials Project energies"
_LEARNED = "learned models (F1)"
_GHS = "descriptors/data/ghs.csv: CLP Annex VI, suppliers, 49 CFR 172.101; rules of docs/safety.md"
_KINETICS = "alloying_kinetics.csv; decision 46"
_INVENTORIES = "TSCA, EINECS, NLP, DSL, SPIN, OECD, ECHA, EPA (chemicals)"

COLUMNS: dict[str, tuple[str, str, str]] = {
    "key": ("", "formula, with the route where it is not the vapour", "maiscreen"),
    "formula": ("", "molecular formula, metal first", "maiscreen"),
    "name": ("", "name of the compound", "chemicals"),
    "cas": ("", "CAS registry number", "chemicals"),
    "metal": ("", "M", "maiscreen"),
    "halogen": ("", "X", "maiscreen"),
    "metal_count": ("", "atoms of M in the formula", "maiscreen"),
    "halogen_count": ("", "atoms of X in the formula", "maiscreen"),
    "route": ("", "vapour, solution or additive", "maiscreen"),
    "origin": ("", "enumerated, molecule, control or user", "maiscreen"),
    "known": ("", "experiment, computed or hypothetical", f"{_TABLES}; {_SNAPSHOT}"),
    "isolable": ("", "a known compound that can be kept in a bottle", _TABLES),
    "isolable_reason": ("", "evidence for or against", _TABLES),
    "equation": ("", "reaction with sodium", "maiscreen"),
    "electrons": ("", "electrons for each formula unit", "maiscreen"),
    "delta_g_kj_mol": (
        "kJ/mol",
        "ΔG°, of the phase that delta_g_source names; vapour at 1 bar",
        f"{_TABLES}; {_SNAPSHOT}; {_LEARNED}",
    ),
    "delta_g_std_kj_mol": ("kJ/mol", "its standard deviation", _TABLES),
    "delta_g_source": ("", "what it was computed from", "maiscreen"),
    "delta_g_reason": ("", "why there is none, or what to know of it", "maiscreen"),
    "reduction_potential_v": ("V", "−ΔG/nF against Na/Na+", _TABLES),
    "reduction_potential_std_v": ("V", "its standard deviation", _TABLES),
    "reduction_potential_materials_project_v": ("V", "the same, uncorrected", _SNAPSHOT),
    "reduction_potential_paper_v": ("V", "as the paper quotes it", "the paper"),
    "vapour_pressure_pa": ("Pa", "at the process temperature", _TABLES),
    "vapour_pressure_25_pa": ("Pa", "at 25 °C", _TABLES),
    "vapour_pressure_60_pa": ("Pa", "at 60 °C", _TABLES),
    "vapour_pressure_std_log10": ("decades", "standard deviation at 25 °C", _TABLES),
    "vapour_pressure_source": ("", "how it was found", "maiscreen"),
    "vapour_pressure_reason": ("", "why there is none, or what was refused", "maiscreen"),
    "temperature_for_pressure_c": ("°C", "where the least vapour pressure is reached", _TABLES),
    "hazard": ("", "hazard that rules it out", "Bretherick; Sax"),
    "hazard_reason": ("", "why", "Bretherick; Sax"),
    "caution": ("", "what to beware of, ruled out or not", "Bretherick; Sax"),
    "danger": ("", "the gravest GHS statement in three words; ? derived or from memory", _GHS),
    "ghs": ("", "GHS statements, the gravest of each kind; ? derived or from memory", _GHS),
    "toxicity": ("", "what those statements say, and what HF needs", _GHS),
    "hazard_source": ("", "where the statements come from", _GHS),
    "with_sodium": (
        "",
        "what reactivity guides say of it with sodium, and what the paper did",
        "CAMEO Chemicals; Sax; the paper",
    ),
    "supply": ("", "bulk, reported, inventoried or unlisted", _INVENTORIES),
    "supply_evidence": ("", "volumes and lists that have it, each with its year", _INVENTORIES),
    "stability": (
        "",
        "decomposes, slow, no vapour, inert, unreal or metastable; empty where nothing is known",
        f"stability.csv; {_TABLES}",
    ),
    "stability_limit_c": ("°C", "temperature of that word", "stability.csv"),
    "stability_reason": ("", "what becomes of it, and where that stands", "stability.csv"),
    "handling": ("", "bottle or cylinder: its state at 25 °C and 1 atm", _TABLES),
    "p_alloy_as_formed": ("", "probability that the sodium-poor phase is stable", _SNAPSHOT),
    "p_alloy_in_operation": ("", "probability that the saturated phase is stable", _SNAPSHOT),
    "p_alloy_kinetic_as_formed": ("", "probability that it forms in the exposure", _KINETICS),
    "p_alloy_kinetic_in_operation": ("", "probability that it forms in a day", _KINETICS),
    "alloy_time_as_formed_s": ("s", "time that it needs at 25 °C, median", _KINETICS),
    "alloy_time_as_formed_std_log10": ("decades", "standard deviation of that", _KINETICS),
    "alloy_time_in_operation_s": ("s", "the same of the saturated phase", _KINETICS),
    "alloy_time_in_operation_std_log10": ("decades", "standard deviation of that", _KINETICS),
    "alloy_kinetics": ("", "what is known of how quickly M alloys, and from where", _KINETICS),
    "alloy_note": ("", "what is to be said of the Na–M system", "maiscreen"),
    "alloy_delta_g_kj_mol": ("kJ/mol", "alloying to saturation, for a mole of M", _SNAPSHOT),
    "alloy_delta_g_std_kj_mol": ("kJ/mol", "its standard deviation", _SNAPSHOT),
    "alloy_as_formed": ("", "phase on the vapour side", _SNAPSHOT),
    "alloy_in_operation": ("", "sodium-saturated phase", _SNAPSHOT),
    "alloy_volume_source_as_formed": ("", "where the volume of that phase is from", "maiscreen"),
    "alloy_volume_source_in_operation": ("", "the same of the saturated phase", "maiscreen"),
    "missing_attributes": ("", "attributes without a value", "maiscreen"),
    "passed": ("", "through every gate", "maiscreen"),
    "rejected_reason": ("", "first gate that rejects, and why", "maiscreen"),
    "score": ("", "weighted geometric mean of the desirabilities", "maiscreen"),
    "score_std": ("", "standard deviation over the Monte Carlo draws", "maiscreen"),
    "score_low": ("", "5th percentile over the draws", "maiscreen"),
    "score_median": ("", "median of the draws; the score itself is of nominal values", "maiscreen"),
    "score_high": ("", "95th percentile over the draws", "maiscreen"),
    "rank": ("", "order of those that passed: by tier, in it by p_top_k", "maiscreen"),
    "place_in_list": ("", "order among those from a bottle, or from a cylinder", "maiscreen"),
    "tier": ("", "1 is first; the best of a tier surely beats what begins the next", "maiscreen"),
    "expected_place": ("", "mean place over the draws, equal scores sharing theirs", "maiscreen"),
    "place_low": ("", "5th percentile of the place", "maiscreen"),
    "place_high": ("", "95th percentile of the place", "maiscreen"),
    "p_top_k": (
        "",
        "probability to be among the first top_k",
        "maiscreen",
    ),
    "pareto": ("", "no other candidate that passed beats it in every attribute", "maiscreen"),
}
"""Unit, meaning and source by column."""

ATTRIBUTE_UNITS = {
    "adhesion": "J/m²",
    "ionic_conductivity": "mS/cm",
    "youngs_modulus": "GPa",
    "electrolyte_permeability": "open volume fraction",
}
"""Units of the four attributes, in the paper's order."""

ATTRIBUTES = tuple(ATTRIBUTE_UNITS)
"""Names of the four attributes."""

_SLOTS = (1, 2, 3)

WIDE: dict[str, tuple[str, str, str]] = {
    "index": ("", "place in the space of the campaign", "maiscreen"),
    **{f"precursor_{k}": ("", f"precursor {k} of the blend", "maiscreen") for k in _SLOTS},
    **{
        f"liquid_fraction_{k}": ("", "its mole fraction in the liquid", "maiscreen") for k in _SLOTS
    },
    **{f"vapour_fraction_{k}": ("", "its mole fraction, vapour", "Raoult") for k in _SLOTS},
    "temperature_c": ("°C", "process temperature", "maiscreen"),
    "exposure_s": ("s", "time in the vapour", "maiscreen"),
    "thickness_um": ("µm", "of the layer, by the paper's power law", "the paper"),
    "vapour_pressure_pa": ("Pa", "total pressure over the blend", _TABLES),
    "electrons": ("", "electrons for each molecule of the vapour", "maiscreen"),
    "delta_g_kj_mol": ("kJ/mol", "ΔG° for a mole of the vapour, each gas at 1 bar", _TABLES),
    "reduction_potential_v": ("V", "−ΔG/nF against Na/Na+", _TABLES),
    "reaction_energy_kj_mol": (
        "kJ/mol",
        "energy for a mole of the vapour with excess sodium, alloys included; solids at 0 K",
        _SNAPSHOT,
    ),
    **{f"phase_{k}": ("", f"metal phase {k} of the layer", _SNAPSHOT) for k in _SLOTS},
    **{f"phase_mol_{k}": ("", "share of the metal atoms in it", "maiscreen") for k in _SLOTS},
    "rejected": ("", "first gate that rejects; empty for what passed", "maiscreen"),
    "score": ("", "weighted geometric mean of the desirabilities", "maiscreen"),
    "score_optimistic": (
        "",
        "score with every attribute 2.5 standard deviations better",
        "maiscreen",
    ),
}
"""Columns of the table of all candidates of a wide space, the attributes apart."""

WIDE_COLUMNS = (*WIDE, *ATTRIBUTES)
"""Names of all columns of that table."""

FIDELITIES = (
    "F0 stoichiometry and tables, F1 crystal data and learned models, F2 interatomic potential"
)
"""What a fidelity means."""

LOGARITHMIC = frozenset({"ionic_conductivity"})
"""Attributes that are handled as their decimal logarithm: their errors are decades."""


def column(name: str) -> tuple[str, str, str]:
    """Return unit, meaning and source of a column.

    Raises
    ------
    KeyError
        If nobody has described the column.

    Examples
    --------
    >>> column("adhesion_std")[0]
    'J/m²'
    """
    if name in COLUMNS:
        return COLUMNS[name]
    for attribute, unit in ATTRIBUTE_UNITS.items():
        if name.startswith((attribute, f"desirability_{attribute}")):
            # In between tables hold the conductivity as its logarithm, and say so.
            unit = "" if name.endswith(("source", "fidelity")) else unit
            unit = "log10 of mS/cm" if "log10" in name else unit
            unit = "" if name.startswith("desirability") else unit
            if name.endswith("_fidelity"):
                return (unit, f"{name.replace('_', ' ')}: {FIDELITIES}", "docs/attributes.md")
            return (unit, name.replace("_", " "), "docs/attributes.md")
    raise KeyError(name)


def wide_column(name: str) -> tuple[str, str, str]:
    """Return unit, meaning and source of a column of the table of a wide space.

    Examples
    --------
    >>> wide_column("exposure_s")[0], wide_column("adhesion")[0]
    ('s', 'J/m²')
    """
    return WIDE.get(name) or column(name)


def texts_of(column: pa.ChunkedArray) -> NDArray[np.str_]:
    """Read a column of text as an array, empty for null, shape (n,)."""
    return np.array([text or "" for text in column.to_pylist()], dtype=np.str_)


def to_table(columns: Mapping[str, Any]) -> pa.Table:
    """Make an Arrow table of described columns; NaN and empty text of results become null.

    Parameters
    ----------
    columns : Mapping[str, Any]
        NumPy arrays or lists of one length, by name.
    """
    fields, arrays = [], []
    for name, values in columns.items():
        unit, doc, source = column(name)
        array = pa.array(values, from_pandas=True)
        if isinstance(values, np.ndarray) and values.dtype.kind == "U":
            array = pa.array([text or None for text in values.tolist()], type=pa.string())
        metadata = {"unit": unit, "doc": doc, "source": source}
        fields.append(pa.field(name, array.type, metadata=metadata))
        arrays.append(array)
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))
