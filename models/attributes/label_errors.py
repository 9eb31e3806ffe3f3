"""How wrong labels are where one knows, and the scales of their errors (decision 57)."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from maiscreen.models.attributes.computed_moduli import MODULI, single_row_moduli
from maiscreen.models.labels.comparison import references
from maiscreen.models.labels.errors import NORMAL_90, difference, spreads
from maiscreen.models.labels.evidence import Evidence, evidence, usable_values
from maiscreen.models.labels.hops import Hop, hop_values, load_hops
from maiscreen.models.labels.labels import Label, load_labels
from maiscreen.models.labels.potentials import PotentialEntry, register

COVERED = 0.9
"""Share of known values that an interval is to hold."""

_Values = Mapping[str, Mapping[str, float]]
_Evidence = Mapping[tuple[str, str], Evidence]


@dataclass(frozen=True, slots=True)
class LabelErrors:
    """How wrong the labels of a property are where the right value is known.

    Attributes
    ----------
    name : str
        Property.
    deviations : mapping of str to float
        Formula or path → value less the known one: logarithms for volumes and moduli, else in the
        unit.
    scale : float
        Standard deviation in units of the spread of models; NaN where nothing is known.
    covered : int
        Known values within 90 % intervals that were made without them.
    """

    name: str
    deviations: Mapping[str, float]
    scale: float
    covered: int

    @property
    def coverage(self) -> float:
        """Share of the known values within intervals that were made without them."""
        return self.covered / len(self.deviations) if self.deviations else math.nan


def measured_errors(
    labels: Iterable[Label] | None = None,
    own: Iterable[PotentialEntry] = (),
    hops: Iterable[Hop] | None = None,
) -> tuple[LabelErrors, ...]:
    """Measure scale and coverage of every property of which values are known.

    Parameters
    ----------
    labels : iterable of Label, optional
        The embedded ones if left out.
    own : iterable of PotentialEntry
        Potentials of the user's.
    hops : iterable of Hop, optional
        Published hops by potentials; the embedded ones if left out.
    """
    every = load_labels() if labels is None else tuple(labels)
    mine = tuple(own)
    found = evidence(every, mine)
    made = [
        _errors(name, usable_values(name, every, mine), off)
        for name, off in (
            ("formation_energy", _from_snapshot(found)),
            ("volume", _from_measured_volume(found)),
            *((name, _from_computed_modulus(name, found)) for name in MODULI),
        )
    ]
    published = load_hops() if hops is None else tuple(hops)
    return (*made, _hop_errors(every, published, tuple(register(mine))))


def _from_snapshot(found: _Evidence) -> dict[str, float]:
    """Compare with the snapshot in its own scheme of corrections, eV/atom."""
    kept = {f: one.details for (f, name), one in found.items() if name == "formation_energy"}
    known, own = (f"{k}_formation_energy_ev_atom" for k in ("snapshot", "comparable"))
    return {f: d[own] - d[known] for f, d in kept.items() if d.get(known) is not None}


def _from_measured_volume(found: _Evidence) -> dict[str, float]:
    return {
        formula: math.log(one.value / one.details["reference_volume_a3_atom"])
        for (formula, name), one in found.items()
        if name == "volume" and one.details.get("reference_volume_from") == "measured"
    }


def _from_computed_modulus(name: str, found: _Evidence) -> dict[str, float]:
    values = {f: one.value for (f, other), one in found.items() if other == name}
    known = single_row_moduli(sorted(f for f in values if "Na" in f and f != "Na"))
    return {f: difference(name, known[f][name], values[f]) for f in known}


def _hop_errors(
    labels: Iterable[Label], hops: tuple[Hop, ...], models: tuple[str, ...]
) -> LabelErrors:
    """Compare published hops, and the paper's in NaCl; they are one class."""
    every = (*hops, *_paper_hops(labels))
    values = hop_values(every, models)
    known = {hop.path: hop.published_ev for hop in every}
    off = {path: next(iter(by_model.values())) - known[path] for path, by_model in values.items()}
    return _errors("migration_barrier", values, off)


def _paper_hops(labels: Iterable[Label]) -> tuple[Hop, ...]:
    """Return the one hop of NaCl, by all models that have a label of it."""
    paper_ev = next(one.low for one in references() if one.property == "migration_barrier")
    return tuple(
        Hop(_PAPER, one.model, paper_ev, one.value, one.passed_checks, one.seconds)
        for one in labels
        if (one.formula, one.property) == ("NaCl", "migration_barrier")
    )


_PAPER = "NaCl, the paper's"


def _errors(name: str, values: _Values, off: Mapping[str, float]) -> LabelErrors:
    """Fit the scale to all, and judge each by the scale that the others give."""
    covered = 0
    for formula, deviation in off.items():
        without = spreads(name, values, left_out=formula)
        scale = _scale([abs(off[f]) / without[f].value for f in off if f != formula])
        covered += abs(deviation) <= NORMAL_90 * scale * without[formula].value
    spread = spreads(name, values)
    return LabelErrors(name, off, _scale([abs(off[f]) / spread[f].value for f in off]), covered)


def _scale(ratios: list[float]) -> float:
    """Return the conformal quantile in standard deviations; NaN of nothing.

    V. Vovk, A. Gammerman, G. Shafer, Algorithmic Learning in a Random World (2005).
    """
    if not ratios:
        return math.nan
    rank = min(math.ceil(COVERED * (len(ratios) + 1)), len(ratios))
    return sorted(ratios)[rank - 1] / NORMAL_90
