"""What laboratory results can teach the learned models: the conductivity of layers, and no more."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.precursors.precursor import Precursor
from maiscreen.screen.facts.substance import p_formed
from maiscreen.screen.lab_learning.trials import key_of
from maiscreen.screen.lab_sheet.record import LabRecord

TARGET = "ionic_conductivity_ms_cm"
"""Of :data:`maiscreen.models.learning.targets.TARGETS`."""

MS_CM_PER_NM_OHM_CM2 = 1e-4
"""1 nm over 1 Ω cm²: 1e-7 cm / (Ω cm²) = 1e-7 S/cm."""

READING = 0.2
"""Relative error of a thickness or an impedance [judgement]: layers are uneven, and the arc of a
layer overlaps with others."""

ROUGH = 0.3
"""The same where the value was called approximate [judgement]."""

GEOMETRY = "flat layer of even thickness on one electrode, its impedance per area of that electrode"

NOTE = "at least: what is not of the layer (charge transfer, contacts) adds to the impedance"


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement to learn from.

    Attributes
    ----------
    formula : str
        Composition of the whole layer, salt and metal phase.
    ionic_conductivity_ms_cm, uncertainty : float
        Thickness over impedance, and its standard deviation, mS/cm.
    precursor, route : str
    thickness_nm, impedance_ohm_cm2 : float
        What was measured.
    composition_from : str
        Where the formula is from.
    geometry, note, source : str
        What was assumed, what the number leaves open, and which import it is from.
    """

    formula: str
    ionic_conductivity_ms_cm: float
    uncertainty: float
    precursor: str
    route: str
    thickness_nm: float
    impedance_ohm_cm2: float
    composition_from: str
    geometry: str
    note: str
    source: str


COLUMNS = tuple(f.name for f in fields(Row))


@dataclass(frozen=True, slots=True)
class Feed:
    """What results give to learn from, and what they do not.

    Attributes
    ----------
    rows : tuple of Row
    left_out : tuple of (str, str, int)
        Precursor, why a conductivity cannot be had of it, and of how many results.
    cycled : int
        Results with cycles: no composition alone has them.
    phases : tuple of str
        Sentences on phases seen, beside what the campaign computed.
    """

    rows: tuple[Row, ...]
    left_out: tuple[tuple[str, str, int], ...]
    cycled: int
    phases: tuple[str, ...]


def feed(
    results: Sequence[tuple[str, LabRecord]], known: Mapping[str, Mapping[str, Any]], state: str
) -> Feed:
    """Gather what can be learned from.

    Parameters
    ----------
    results : sequence of (str, LabRecord)
        Results that count, with where they are from.
    known : mapping
        Row of the ranking by key.
    state : str
        State of the layer, for what its metal phase is where nobody has looked.
    """
    rows: list[Row] = []
    why: Counter[tuple[str, str]] = Counter()
    for where, record in results:
        if record.impedance_ohm_cm2 is None and record.thickness_nm is None:
            continue
        try:
            rows.append(_row(where, record, known.get(key_of(record)), state))
        except InputError as error:
            why[record.precursor, error.remedy] += 1
    left_out = tuple((*what, count) for what, count in sorted(why.items()))
    cycled = sum(record.cycles is not None for _, record in results)
    return Feed(tuple(rows), left_out, cycled, _phases(results, known, state))


def _row(where: str, record: LabRecord, known: Mapping[str, Any] | None, state: str) -> Row:
    if record.thickness_nm is None or record.impedance_ohm_cm2 is None:
        lacking = "thickness" if record.thickness_nm is None else "impedance"
        raise _unusable_error(record, f"has no {lacking} beside it")
    formula, origin = composition(record, known, state)
    value = MS_CM_PER_NM_OHM_CM2 * record.thickness_nm / record.impedance_ohm_cm2
    errors = [
        ROUGH if name in record.approximate else READING
        for name in ("thickness_nm", "impedance_ohm_cm2")
    ]
    relative = sum(error**2 for error in errors) ** 0.5
    return Row(
        formula=formula,
        ionic_conductivity_ms_cm=float(f"{value:.6g}"),
        uncertainty=float(f"{relative * value:.3g}"),
        precursor=record.precursor,
        route=record.route,
        thickness_nm=record.thickness_nm,
        impedance_ohm_cm2=record.impedance_ohm_cm2,
        composition_from=origin,
        geometry=GEOMETRY,
        note=NOTE,
        source=f"{where}: {record.thickness_nm:g} nm / {record.impedance_ohm_cm2:g} Ω cm²",
    )


def composition(record: LabRecord, known: Mapping[str, Any] | None, state: str) -> tuple[str, str]:
    """Return the formula of a whole layer by stoichiometry, and where it is from.

    The metal phase is what was seen, if that was one; else the alloy of the campaign; else the
    bare metal.

    Examples
    --------
    >>> seen = LabRecord(row=2, precursor="SnCl4", phases=("Na15Sn4", "NaCl"))
    >>> composition(seen, {"metal": "Sn", "formula": "SnCl4"}, "in_operation")
    ('Na31Sn4Cl16', '4 NaCl + Na15Sn4 as seen, for each Sn')
    """
    from pymatgen.core.composition import Composition

    if record.route == "additive":
        raise _unusable_error(
            record, "is made of electrolyte as well: its composition is not known"
        )
    if known is None or not known.get("metal"):
        raise _unusable_error(
            record, "is no candidate of this campaign: its layer's composition is not known"
        )
    halide = Precursor.parse(record.precursor)
    phase, how = _metal_phase(record, halide.metal, known, state)
    inside = Composition(phase)
    sodium = inside["Na"] / inside[halide.metal]
    salt = halide.halogen_count / halide.metal_count
    whole = Composition({"Na": sodium + salt, halide.metal: 1.0, halide.halogen: salt})
    formula, _ = whole.get_integer_formula_and_factor(max_denominator=1000)
    text = f"{salt:g} Na{halide.halogen} + {phase} {how}, for each {halide.metal}"
    counts = Composition(formula).get_el_amt_dict()
    return "".join(f"{s}{n:.0f}" if n > 1 else s for s, n in counts.items()), text


def _metal_phase(
    record: LabRecord, metal: str, known: Mapping[str, Any], state: str
) -> tuple[str, str]:
    from pymatgen.core.composition import Composition

    seen = [p for p in record.phases if set(map(str, Composition(p).elements)) <= {"Na", metal}]
    seen = [p for p in seen if Composition(p)[metal] > 0]
    if len(seen) == 1:
        return seen[0], "as seen"
    alloy, chance = known.get(f"alloy_{state}"), p_formed(known, state) or 0.0
    return (str(alloy), "as computed") if alloy and chance >= 0.5 else (metal, "as computed")


def _unusable_error(one: LabRecord, why: str) -> InputError:
    return InputError("precursor", one.precursor, why)


def _phases(
    results: Iterable[tuple[str, LabRecord]], known: Mapping[str, Mapping[str, Any]], state: str
) -> tuple[str, ...]:
    """Hold phases that were seen against the one that the campaign reckons with."""
    remarks: dict[str, None] = {}
    for _, record in results:
        row = known.get(key_of(record))
        if not record.phases or row is None or not row.get("metal"):
            continue
        alloy = row.get(f"alloy_{state}") or row["metal"]
        seen = ", ".join(record.phases)
        verdict = "is among them" if _is_same_phase(alloy, record.phases) else "is not among them"
        remarks[f"{record.precursor}: {seen} seen; {alloy}, which the campaign has, {verdict}"] = (
            None
        )
    return tuple(remarks)


def _is_same_phase(phase: str, seen: Iterable[str]) -> bool:
    from pymatgen.core.composition import Composition

    return Composition(phase).reduced_formula in {Composition(p).reduced_formula for p in seen}
