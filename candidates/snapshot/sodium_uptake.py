"""How quickly sodium and metals were seen to alloy.

The table ``data/alloying_kinetics.csv`` is written by hand; SOURCES says how.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

KINDS = ("rate", "limit", "layer", "heated")
"""A rate that a cell or a contact bore; one at which uptake lagged or stopped; a phase seen in a
layer that a halide left on sodium; a phase made by heating."""


@dataclass(frozen=True, slots=True)
class Uptake:
    """One observation: so much sodium was taken up in such a time.

    Attributes
    ----------
    metal, kind : str
        M, and one of :data:`KINDS`.
    temperature_c, seconds, sodium_per_metal : float
        Sodium atoms for each M after that time at that temperature.
    time_read : bool
        Whether the source tells the time; otherwise one is assumed.
    activation_kj_mol : float or None
        Activation energy, where it was measured.
    source_checked : bool
        Whether an abstract, a first page or a summary of the source was read.
    finding, source : str
        What was seen, and by whom.
    """

    metal: str
    kind: str
    temperature_c: float
    seconds: float
    sodium_per_metal: float
    time_read: bool
    activation_kj_mol: float | None
    source_checked: bool
    finding: str
    source: str


@cache
def sodium_uptakes() -> Mapping[str, tuple[Uptake, ...]]:
    """Return the observations by metal; a metal without any is not there.

    Examples
    --------
    >>> [(seen.kind, seen.seconds) for seen in sodium_uptakes()["Sn"]]
    [('layer', 10.0), ('rate', 161.0)]
    """
    path = files("maiscreen.candidates").joinpath("data", "alloying_kinetics.csv")
    by_metal: dict[str, tuple[Uptake, ...]] = {}
    for row in csv.DictReader(path.read_text("utf-8").splitlines()):
        by_metal[row["metal"]] = (*by_metal.get(row["metal"], ()), _uptake(row))
    return MappingProxyType(by_metal)


def _uptake(row: dict[str, str]) -> Uptake:
    activation = row["activation_kj_mol"]
    return Uptake(
        row["metal"],
        row["kind"],
        float(row["temperature_c"]),
        float(row["seconds"]),
        float(row["sodium_per_metal"]),
        row["time_read"] == "true",
        float(activation) if activation else None,
        row["source_checked"] == "true",
        row["finding"],
        row["source"],
    )
