"""Rules that correct or refuse a handbook value, each with its reason; which one counts.

The handbooks disagree, copy each other, and hold slips of sign, unit and formula. A rule looks at
the values of all sources for one formula: physics first (a gas lies above its liquid, a liquid
boils at its boiling point), then the majority of independent sources.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import exp, isnan, log, nan
from statistics import median

from maiscreen.candidates.chemistry.constants import R
from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.chemistry.substance import is_radical
from maiscreen.candidates.handbook.tables import T_REFERENCE_K, Record

PRIORITY = ("JANAF", "WebBook", "CRC", "Glenn", "ATcT", "Kubaschewski/NBS", "Yaws")
"""Sources in the order of trust. The reference potentials of the paper's metals come from the
first three; WebBook's condensed phases are JANAF's; Yaws mixes measured and estimated values."""

FAMILY = {"WebBook": "JANAF", "Yaws": "JANAF"}
"""Sources that copy another: they share its vote [judgement, from equal digits]."""

AGREE_KJ_MOL = 10.0
"""Two enthalpies further apart do not describe the same thing [judgement]."""

AGREE_J_MOL_K = 15.0
"""The same for entropies: 15 J/(mol K) is 4.5 kJ/mol at 298 K [judgement]."""

CALORIE_J = 4.184
"""A table in joules that was multiplied once more by the calorie."""

GROSS_KJ_MOL = 100.0
"""A slip of sign or unit is only looked for where a value is this far from all others."""

SAME_DIGITS_KJ_MOL = 0.5
"""A mended value must then meet the others to the digit."""

SIGN_SLIP_KJ_MOL = 1.0
"""The same for a value that only differs by its sign from those that outvote it."""

VAPORISATION_KJ_MOL = (10.0, 460.0)
"""Bounds for H(gas) − H(condensed) at 298 K: Trouton's 88 J/(mol K) at 200 K is 18 kJ/mol, with
a margin; no halide sublimes with more than LaF3's 440 kJ/mol (JANAF, CRC)."""

VAPORISATION_J_MOL_K = (45.0, 260.0)
"""Bounds for S(gas) − S(condensed) at 298 K, on both sides of Trouton's rule."""

VAPORISATION_CP_J_MOL_K = -55.0
"""Cp(gas) − Cp(liquid), typical of tetrahalides: SnCl4 98 − 165 (CRC)."""

BOILS_LN_P = 1.5
"""A pair of liquid and gas must give ln(p/atm) = 0 ± this at the boiling point [judgement]:
TiCl4 by JANAF's liquid gives 3.6, by CRC's 0.0."""

BOILS_BELOW_K = 700.0
"""Above, the constant heat capacity of the rule is too rough."""

ACCEPTED, CORRECTED, REFUSED = "accepted", "corrected", "refused"


@dataclass(frozen=True, slots=True)
class JudgedRecord:
    """A record, whether each of its two values may be used, and why not.

    An outvoted value is physically possible, so it still tells how far the sources disagree.
    """

    record: Record
    status: str = ACCEPTED
    reason: str = ""
    use_enthalpy: bool = True
    use_entropy: bool = True
    outvoted: tuple[str, ...] = ()


def judge(records: Iterable[Record], boiling_k: dict[str, float]) -> list[JudgedRecord]:
    """Judge every record; none is dropped.

    Parameters
    ----------
    records : iterable of Record
    boiling_k : dict[str, float]
        Normal boiling points by formula.
    """
    groups: dict[str, list[JudgedRecord]] = defaultdict(list)
    for row in _right_formula(list(records)):
        groups[row.record.formula].append(row)
    judged: list[JudgedRecord] = []
    for formula, rows in groups.items():
        if is_radical(parse_formula(formula)):
            rows = [_refuse_condensed_radical(row) for row in rows]
        mended = [_mend_gibbs(_mend_enthalpy(row, rows)) for row in rows]
        physical = [_check_gas(row, mended) for row in mended]
        boiled = _check_boiling(physical, boiling_k.get(formula))
        agreed = _check_majority(boiled)
        judged.extend(_check_gas(row, agreed) if row.use_enthalpy else row for row in agreed)
    return judged


def _right_formula(records: list[Record]) -> list[JudgedRecord]:
    """Where JANAF prints another formula for a CAS number than the registry, JANAF is right."""
    printed = {r.cas: r.formula for r in records if r.source == "JANAF" and r.cas}
    rows = []
    for r in records:
        formula = printed.get(r.cas, r.formula)
        if formula == r.formula:
            rows.append(JudgedRecord(r))
        else:
            reason = f"CAS {r.cas} is {formula} (JANAF), not {r.formula}"
            rows.append(JudgedRecord(replace(r, formula=formula), CORRECTED, reason))
    return rows


def _refuse_condensed_radical(row: JudgedRecord) -> JudgedRecord:
    """Refuse what the registry lost an atom of: its SiBr3, 7789-57-3, is SiHBr3."""
    if row.record.phase == "g" and row.record.source in ("JANAF", "Glenn"):
        return row
    return _refuse_both(row, f"{row.record.formula} is a radical; the registry lost an atom")


def _others(row: JudgedRecord, rows: Sequence[JudgedRecord]) -> list[float]:
    same = [r.record for r in rows if r is not row and r.record.phase == row.record.phase]
    return [r.enthalpy_kj_mol for r in same if r.enthalpy_kj_mol == r.enthalpy_kj_mol]


def _mend_enthalpy(row: JudgedRecord, rows: Sequence[JudgedRecord]) -> JudgedRecord:
    """Mend a wrong sign or a calorie too many, where the mended value meets two other sources."""
    value, others = row.record.enthalpy_kj_mol, _others(row, rows)
    if not abs(value) > GROSS_KJ_MOL or any(abs(value - v) < GROSS_KJ_MOL for v in others):
        return row
    for mended, why in (
        (-value, "has the wrong sign"),
        (value / CALORIE_J, "was multiplied by 4.184 once too often"),
    ):
        if sum(abs(mended - other) < SAME_DIGITS_KJ_MOL for other in others) >= 2:
            reason = f"enthalpy {value:.1f} kJ/mol {why}; other sources have {mended:.1f}"
            return JudgedRecord(replace(row.record, enthalpy_kj_mol=mended), CORRECTED, reason)
    return row


def _mend_gibbs(row: JudgedRecord) -> JudgedRecord:
    # The Gibbs energy of formation shares the sign slip; with it wrong, it says nothing.
    if row.status == CORRECTED and "sign" in row.reason:
        return replace(row, record=replace(row.record, gibbs_kj_mol=-row.record.gibbs_kj_mol))
    return row


def _values(rows: Iterable[JudgedRecord], phases: str, name: str) -> list[float]:
    used = "use_enthalpy" if name == "enthalpy_kj_mol" else "use_entropy"
    mine = [r for r in rows if r.record.phase in phases and getattr(r, used)]
    values = [float(getattr(r.record, name)) for r in mine]
    return [value for value in values if value == value]


def _check_gas(row: JudgedRecord, rows: Sequence[JudgedRecord]) -> JudgedRecord:
    """Refuse a gas that does not lie above its condensed phase, within bounds."""
    if row.record.phase != "g" or len(parse_formula(row.record.formula)) < 2:
        return row  # elements sublime with up to 850 kJ/mol
    for name, (low, high), unit in (
        ("enthalpy_kj_mol", VAPORISATION_KJ_MOL, "kJ/mol"),
        ("entropy_j_mol_k", VAPORISATION_J_MOL_K, "J/(mol K)"),
    ):
        condensed = _values(rows, "l", name) or _values(rows, "s", name)
        gap = getattr(row.record, name) - median(condensed) if condensed else low
        if gap < low or gap > high:
            row = _refuse(row, name, f"gas lies {gap:.1f} {unit} above the condensed phase")
    return row


def _refuse(row: JudgedRecord, name: str, why: str) -> JudgedRecord:
    reason = "; ".join(filter(None, (row.reason, why)))
    if name == "enthalpy_kj_mol":
        return replace(row, status=REFUSED, reason=reason, use_enthalpy=False)
    return replace(row, status=REFUSED, reason=reason, use_entropy=False)


def ln_pressure_at_boiling(
    enthalpy_kj_mol: float, entropy_j_mol_k: float, boiling_k: float
) -> float:
    """Return ln(p/atm) at the boiling point from ΔH and ΔS of vaporisation at 298 K.

    Examples
    --------
    >>> round(ln_pressure_at_boiling(41.0, 354.9 - 252.3, 409.6), 1)
    0.0
    """
    dt = boiling_k - T_REFERENCE_K
    enthalpy = 1000 * enthalpy_kj_mol + VAPORISATION_CP_J_MOL_K * dt
    entropy = entropy_j_mol_k + VAPORISATION_CP_J_MOL_K * log(boiling_k / T_REFERENCE_K)
    return (entropy - enthalpy / boiling_k) / R


def _check_boiling(rows: list[JudgedRecord], boiling_k: float | None) -> list[JudgedRecord]:
    """Refuse a liquid that would not boil at its boiling point, where another one does."""
    gas_h, gas_s = _values(rows, "g", "enthalpy_kj_mol"), _values(rows, "g", "entropy_j_mol_k")
    if boiling_k is None or boiling_k > BOILS_BELOW_K or not gas_h or not gas_s:
        return rows

    pairs = [(median(gas_h), median(gas_s))]
    own = {r.record.source: r.record for r in rows if r.record.phase == "g" and r.use_enthalpy}

    def miss(row: JudgedRecord) -> float:
        """Distance from boiling with the gas of all sources or of the liquid's own."""
        gas = own.get(row.record.source)
        mine = [(gas.enthalpy_kj_mol, gas.entropy_j_mol_k)] if gas else []
        h, s = row.record.enthalpy_kj_mol, row.record.entropy_j_mol_k
        return min(abs(ln_pressure_at_boiling(g - h, q - s, boiling_k)) for g, q in pairs + mine)

    liquid = [row for row in rows if row.record.phase == "l"]
    if not any(miss(row) < BOILS_LN_P for row in liquid):
        return rows  # evaporates as something else, a dimer perhaps: no verdict
    why = "with the gas it would not boil at {:.0f} K but have {:.2g} atm there"
    return [
        _refuse_both(row, why.format(boiling_k, exp(miss(row))))
        if row.record.phase == "l" and miss(row) >= BOILS_LN_P
        else row
        for row in rows
    ]


def _refuse_both(row: JudgedRecord, why: str) -> JudgedRecord:
    return replace(_refuse(row, "entropy_j_mol_k", why), use_enthalpy=False)


def _check_majority(rows: list[JudgedRecord]) -> list[JudgedRecord]:
    for phase in "slg":
        for name, width in (
            ("enthalpy_kj_mol", AGREE_KJ_MOL),
            ("entropy_j_mol_k", AGREE_J_MOL_K),
        ):
            rows = _majority(rows, phase, name, width)
    return rows


def _majority(rows: list[JudgedRecord], phase: str, name: str, width: float) -> list[JudgedRecord]:
    """Keep the cluster of values with most independent sources; on a tie, the most trusted."""
    used = "use_enthalpy" if name == "enthalpy_kj_mol" else "use_entropy"
    mine = [r for r in rows if r.record.phase == phase and getattr(r, used)]
    mine = sorted(
        (r for r in mine if getattr(r.record, name) == getattr(r.record, name)),
        key=lambda r: float(getattr(r.record, name)),
    )
    clusters: list[list[JudgedRecord]] = []
    for row in mine:
        value = float(getattr(row.record, name))
        if clusters and value - float(getattr(clusters[-1][-1].record, name)) <= width:
            clusters[-1].append(row)
        else:
            clusters.append([row])
    if len(clusters) < 2:
        return rows
    best = max(clusters, key=lambda c: (_votes(c), -min(source_rank(r.record.source) for r in c)))
    kept, names = {id(r) for r in best}, ", ".join(sorted({r.record.source for r in best}))
    out = {id(r) for r in mine} - kept
    middle = median(float(getattr(r.record, name)) for r in best)

    def outvote(row: JudgedRecord) -> JudgedRecord:
        value = float(getattr(row.record, name))
        refused = _refuse(row, name, f"{name} {value:.1f} against {middle:.1f} of {names}")
        # A lost sign is a slip, not another measurement (solid CI4 in CRC).
        slip = abs(value) > GROSS_KJ_MOL and abs(value + middle) < SIGN_SLIP_KJ_MOL
        return refused if slip else replace(refused, outvoted=(*row.outvoted, name))

    return [outvote(r) if id(r) in out else r for r in rows]


def _votes(cluster: list[JudgedRecord]) -> int:
    return len({FAMILY.get(r.record.source, r.record.source) for r in cluster})


def source_rank(source: str) -> int:
    """Place of a source in the order of trust."""
    return PRIORITY.index(source)


STD_FLOOR_KJ_MOL = 2.0
"""Smallest standard deviation of an enthalpy [judgement: what CRC and JANAF agree to]."""

STD_FLOOR_J_MOL_K = 1.0
"""Smallest standard deviation of an entropy [judgement]."""


@dataclass(frozen=True, slots=True)
class BestValue:
    """The value chosen for one formula in one phase."""

    formula: str
    phase: str
    enthalpy_kj_mol: float = nan
    enthalpy_std_kj_mol: float = nan
    entropy_j_mol_k: float = nan
    entropy_std_j_mol_k: float = nan
    source: str = ""


MISSING = BestValue("", "")


def choose_best(key: tuple[str, str], rows: Sequence[JudgedRecord]) -> BestValue:
    """Take the enthalpy of the most trusted source, and its entropy if it has one.

    An entropy from another source does no harm: it is measured apart from the enthalpy.
    """
    enthalpies = _usable_values(rows, "enthalpy_kj_mol", "use_enthalpy")
    entropies = _usable_values(rows, "entropy_j_mol_k", "use_entropy")
    h_source = next(iter(enthalpies), "")
    s_source = h_source if h_source in entropies else next(iter(entropies), "")
    sources = dict.fromkeys(filter(None, (h_source, s_source)))
    return BestValue(
        *key,
        enthalpies.get(h_source, nan),
        _half_range(rows, enthalpies, "enthalpy_kj_mol", STD_FLOOR_KJ_MOL),
        entropies.get(s_source, nan),
        _half_range(rows, entropies, "entropy_j_mol_k", STD_FLOOR_J_MOL_K),
        " + ".join(sources),
    )


def _usable_values(rows: Sequence[JudgedRecord], name: str, used: str) -> dict[str, float]:
    """Values by source, the most trusted source first; of isomers, the most stable one."""
    values: dict[str, float] = {}
    ordered = sorted(
        rows, key=lambda r: (source_rank(r.record.source), _or_inf(r.record.enthalpy_kj_mol))
    )
    for row in ordered:
        value = getattr(row.record, name)
        if getattr(row, used) and not isnan(value):
            values.setdefault(row.record.source, value)
    return values


def _or_inf(value: float) -> float:
    return float("inf") if isnan(value) else value


def _half_range(
    rows: Sequence[JudgedRecord], chosen: dict[str, float], name: str, floor: float
) -> float:
    """Half of the spread of all values that are physically possible, the outvoted ones too."""
    if not chosen:
        return nan
    outvoted = [float(getattr(row.record, name)) for row in rows if name in row.outvoted]
    values = [*chosen.values(), *outvoted]
    return max((max(values) - min(values)) / 2, floor)
