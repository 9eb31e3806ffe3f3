"""Sodium compounds that experiment knows, told apart from those that are only computed.

The table ``data/known_phases.csv`` is written by hand; SOURCES says how, and its column
``source_checked`` whether the abstract of the source was read or the source is quoted from memory.
"""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from maiscreen.candidates.chemistry.formula import parse_formula


@dataclass(frozen=True, slots=True)
class KnownPhase:
    """What experiment says of one phase Na_xM.

    Attributes
    ----------
    formula : str
        As in the snapshot: reduced, sodium first.
    status : str
        ``stable`` (a phase of the diagram at 25 °C), ``metastable`` (made, but not stable at
        25 °C and 1 bar beside the others) or ``hypothetical`` (computed, with no report: an
        artefact that must not pass for a compound).
    observed_as_formed : bool
        Seen by diffraction in a layer made from the vapour.
    volume_a3_atom : float or None
        From the measured lattice.
    measured_plateau_v : float or None
        Potential vs Na/Na⁺ at which the phase forms from its sodium-poorer neighbour.
    source : str
        Where this is from.
    source_checked : bool
        Whether the abstract was read, or the source is quoted from memory.
    """

    formula: str
    status: str
    observed_as_formed: bool
    volume_a3_atom: float | None
    measured_plateau_v: float | None
    source: str
    source_checked: bool

    @property
    def is_known(self) -> bool:
        """Whether experiment knows the phase at all."""
        return self.status != "hypothetical"


@cache
def known_phases() -> Mapping[str, KnownPhase]:
    """Return the table, by formula.

    Examples
    --------
    >>> known_phases()["Na7Sn12"].observed_as_formed, known_phases()["NaIn3"].is_known
    (True, False)
    """
    rows = csv.DictReader(_table().decode().splitlines())
    return MappingProxyType({row["formula"]: _record(row) for row in rows})


@cache
def known_phases_of(metal: str) -> tuple[KnownPhase, ...]:
    """Return the phases of one metal by rising sodium content, recognised artefacts included."""
    return tuple(k for f, k in known_phases().items() if metal in parse_formula(f))


@cache
def known_phases_hash() -> str:
    """Return the SHA-256 of the table, on which the states of alloys rest."""
    return hashlib.sha256(_table()).hexdigest()


def _table() -> bytes:
    return files("maiscreen.candidates").joinpath("data", "known_phases.csv").read_bytes()


def _record(row: dict[str, str]) -> KnownPhase:
    return KnownPhase(
        row["formula"],
        row["status"],
        row["observed_as_formed"] == "true",
        _number(row["volume_a3_atom"]),
        _number(row["measured_plateau_v"]),
        row["source"],
        row["source_checked"] == "true",
    )


def _number(text: str) -> float | None:
    return float(text) if text else None
