"""The labels beside the paper's density functional theory and beside experiment.

The paper's numbers (PBE) are those that it prints ("An artificial metal-alloy interphase for
high-rate and long-life sodium–sulfur batteries": text and fig. S6); formation enthalpies of the
salts are the chosen ones of :mod:`maiscreen.candidates.handbook.thermochemistry`, at 298 K,
against energies at 0 K (the difference is a few meV/atom). The aims were set before any label was
made.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from maiscreen.candidates.chemistry.constants import KJ_MOL_PER_EV
from maiscreen.candidates.handbook.thermochemistry import experiment
from maiscreen.candidates.snapshot.snapshot import formation_energies_ev_atom, load_snapshot
from maiscreen.models.labels.errors import SALTS
from maiscreen.models.labels.labels import QUANTITIES, Label
from maiscreen.models.labels.potentials import DEFAULT, MODELS

PAPERS_PHASE = "Na7Sn12"
"""The paper's Na1.17Sn2."""

NEAREST = ("NaSn2", "NaSn", "Na15Sn4")
"""Phases around it, to stand in for it as far as they can."""

MODULUS_AIM, BARRIER_AIM_EV, FORMATION_AIM_EV_ATOM = 0.15, 0.1, 0.015
"""How near a value should come: a share of the reference, eV, eV/atom."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A number to compare with.

    Attributes
    ----------
    formula, property : str
        Which label it is compared with.
    low, high : float
        The number, or the range of several, in the property's unit.
    source : str
        Where it is from.
    aim : float or None
        Largest deviation aimed at; None where the number is only shown.
    relative : bool
        Whether deviation and aim are shares of the reference.
    note : str
        What is to be known before comparing.
    """

    formula: str
    property: str
    low: float
    high: float
    source: str
    aim: float | None = None
    relative: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class LabelComparison:
    """A label beside its reference.

    Attributes
    ----------
    label : Label or None
        None if the model was not asked.
    value : float or None
        What is compared: the label's, or one of its details.
    deviation : float or None
        Share or difference from the nearer end of the reference, 0 inside.
    met : bool or None
        Whether it is as near as aimed at; None without an aim. What has no value misses it.
    """

    label: Label | None
    value: float | None
    deviation: float | None
    met: bool | None


@dataclass(frozen=True, slots=True)
class Row:
    """A reference, what the models say, and why they miss it."""

    reference: Reference
    compared: Mapping[str, LabelComparison]
    reason: str


_PAPER, _AS_PAPER = "paper, PBE", f"paper, PBE, of {PAPERS_PHASE}"

_STAND_IN = f"another phase than the paper's {PAPERS_PHASE}"

_HYPOTHETICAL = f"{_STAND_IN}; of the computed AlB2 type, not the one grown from the melt"

_EASIEST = "single hops next to a vacancy: the easiest here"

_WAY = "the paper's hops 1–2, 2–3, 4–5, 5–6, without which none of its paths leads on"

_REASONS: Mapping[tuple[str, str], str] = {
    ("Na", "youngs_modulus"): "every universal potential tried is too soft for sodium, whose "
    "C11 − C12 is a GPa or two; the measured modulus is taken instead",
    (PAPERS_PHASE, ""): "published cell (P2/n, 76 atoms), but no coordinates were found",
    ("", "migration_barrier"): "saddles lie off the relaxed crystals that the potentials learned; "
    "the supercell is smaller than the paper's",
    ("", "vacancy_formation_energy"): "vacancies lie off the relaxed crystals that the potentials "
    "learned; models differ by up to 1 eV",
    ("", "formation_energy"): "most of it is PBE's with its correction (one number for an anion in "
    "all compounds): the snapshot, which the model was trained to reproduce, is off alike",
    ("", "youngs_modulus"): "universal potentials are too soft off equilibrium (B. Deng et al., "
    "npj Comput. Mater. 11, 9 (2025))",
}
"""Likely reasons for a miss: (formula, property), the formula left empty for any."""


def references() -> tuple[Reference, ...]:
    """Return everything that the paper computed, and the formation energies of the salts."""
    return (
        Reference("NaCl", "youngs_modulus", 37.6, 37.6, _PAPER, MODULUS_AIM, relative=True),
        Reference("Na", "youngs_modulus", 10.9, 10.9, _PAPER, relative=True),
        Reference(PAPERS_PHASE, "youngs_modulus", 21.2, 21.2, _PAPER, MODULUS_AIM, relative=True),
        *(_nearest(f, "youngs_modulus", 21.2, 21.2, relative=True) for f in NEAREST),
        Reference("NaCl", "migration_barrier", 0.64, 0.64, _PAPER, BARRIER_AIM_EV),
        Reference(
            PAPERS_PHASE, "migration_barrier", 0.11, 0.46, _PAPER, BARRIER_AIM_EV, note=_EASIEST
        ),
        *(_easiest(f) for f in NEAREST),
        Reference(PAPERS_PHASE, "migration_barrier", 0.69, 0.83, _PAPER, BARRIER_AIM_EV, note=_WAY),
        *(_nearest(f, "migration_barrier", 0.69, 0.83) for f in NEAREST),
        Reference(PAPERS_PHASE, "vacancy_formation_energy", 1.1, 1.1, _PAPER),
        *(_nearest(f, "vacancy_formation_energy", 1.1, 1.1) for f in NEAREST),
        *(_formation(formula) for formula in SALTS),
    )


def against_references(labels: Iterable[Label]) -> tuple[Row, ...]:
    """Set the labels of all models beside the references.

    Parameters
    ----------
    labels : iterable of Label
        All labels; each of their models is compared, :func:`models_of` has the order.
    """
    simulated = {(one.formula, one.property, one.model): one for one in labels}
    models = models_of(simulated.values())
    rows = []
    for reference in references():
        compared = {
            model: _compare(
                reference, simulated.get((reference.formula, reference.property, model))
            )
            for model in models
        }
        rows.append(Row(reference, compared, _reason(reference, compared)))
    return tuple(rows)


def models_of(labels: Iterable[Label]) -> tuple[str, ...]:
    """Return the models that labels are of: the default, other built-in ones, then those of users.

    The default is there, with labels or without: it is what the others are read beside.
    """
    there = {one.model for one in labels} | {DEFAULT}
    built_in = tuple(model for model in MODELS if model in there)
    return (*built_in, *sorted(there - set(built_in)))


def deviation(reference: Reference, value: float) -> float:
    """Return how far a value is from a reference: a share or a difference, 0 within a range.

    Examples
    --------
    >>> barrier = Reference("NaSn", "migration_barrier", 0.11, 0.46, "paper")
    >>> deviation(barrier, 0.3), round(deviation(barrier, 0.5), 2)
    (0.0, 0.04)
    """
    nearest = min(max(value, reference.low), reference.high)
    off = value - nearest
    return off / abs(nearest) if reference.relative else off


def seconds(labels: Iterable[Label]) -> dict[tuple[str, str, str], float]:
    """Return the time that each simulation took: formula, quantity, model → s."""
    quantity_of = {name: quantity for quantity, names in QUANTITIES.items() for name in names}
    return {(one.formula, quantity_of[one.property], one.model): one.seconds for one in labels}


def _nearest(formula: str, name: str, low: float, high: float, relative: bool = False) -> Reference:
    return Reference(formula, name, low, high, _AS_PAPER, relative=relative, note=_STAND_IN)


def _easiest(formula: str) -> Reference:
    return Reference(formula, "migration_barrier", 0.11, 0.46, _AS_PAPER, note=_EASIEST)


def _formation(formula: str) -> Reference:
    """Return the measured enthalpy of a salt NaX in eV/atom; two atoms in the formula."""
    best = experiment().chosen[formula, "s"]
    value = best.enthalpy_kj_mol / KJ_MOL_PER_EV / 2
    source = f"experiment, 298 K ({best.source})"
    computed = formation_energies_ev_atom(load_snapshot())[formula]
    note = f"corrected PBE of the snapshot: {1000 * (computed - value):+.0f} meV"
    return Reference(
        formula, "formation_energy", value, value, source, FORMATION_AIM_EV_ATOM, note=note
    )


def _compare(reference: Reference, label: Label | None) -> LabelComparison:
    """Compare a label; one that is there without a value misses every aim."""
    value = None if label is None else label.value
    if label is not None and reference.note == _EASIEST:
        value = _easiest_hop_ev(label)
    off = None if value is None else deviation(reference, value)
    met = None
    if reference.aim is not None and label is not None:
        met = off is not None and abs(off) <= reference.aim
    return LabelComparison(label, value, off, met)


def _easiest_hop_ev(label: Label) -> float | None:
    """Return the lowest barrier of a converged hop, the dearer way of the two along it."""
    hops = [hop for hop in label.details.get("hops", ()) if hop["converged"]]
    return min((max(hop["forward_ev"], hop["reverse_ev"]) for hop in hops), default=None)


def _reason(reference: Reference, compared: Mapping[str, LabelComparison]) -> str:
    """Explain why a number is missing or misses the aim; nothing where all is well."""
    formula, name = reference.formula, reference.property
    if formula == PAPERS_PHASE and all(one.label is None for one in compared.values()):
        return _REASONS[PAPERS_PHASE, ""]
    missed = any(one.met is False for one in compared.values())
    if formula in NEAREST and reference.source == _AS_PAPER:
        return _HYPOTHETICAL if formula == "NaSn2" else _STAND_IN
    if missed or (reference.aim is None and (formula, name) in _REASONS):
        return _REASONS.get((formula, name)) or _REASONS.get(("", name), "")
    return ""
