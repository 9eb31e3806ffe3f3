"""How to do it, in words: dose, times, what to measure first, advice on temperature."""

from collections.abc import Mapping, Sequence
from math import ceil, isclose

from maiscreen.candidates.handbook.points import ATMOSPHERE_PA
from maiscreen.descriptors.blends.dose import PAPER_JAR_CM3, PAPER_POURED_CM3
from maiscreen.descriptors.blends.exposure import (
    PAPER_LAYERS,
    PAPER_VESSEL,
    TOO_THICK_UM,
    Thickness,
    growth_law,
)
from maiscreen.screen.facts.reasons import RankCause
from maiscreen.screen.facts.substance import GLOVEBOX_C, TIN, WARMEST_C
from maiscreen.screen.paper.controls import PRECURSORS
from maiscreen.screen.text import finite_or_none, significant

Facts = Mapping[str, object]

_OTHERS = tuple(case.formula for case in PRECURSORS if case.formula != TIN)

NO_VAPOUR = "no data: the paper's times and thicknesses are those of vapours"

NO_PRESSURE = "no data: without a vapour pressure there is neither a dose nor a time"

LIGHTEST = 500.0
"""mg/ml: no liquid halide is lighter, so that less than that is in 1 ml for certain [judgement]."""

THICKNESS = "thickness of the layer: scanning electron microscope, cross-section"
"""What to measure where nothing else decides, and beside it where no thickness is known."""


def dose(facts: Facts, state: str, celsius: float, boiling_c: float | None = None) -> str:
    """State what to pour, weigh in or dose.

    Parameters
    ----------
    facts : mapping
        Jar, layer and density, as `maiscreen.screen.facts.how_to.how_to` has them.
    state : str
        ``gas``, ``liquid``, ``solid`` or ``not known`` at the process temperature.
    celsius : float
        Process temperature.
    boiling_c : float, optional
        At 1 atm, °C: what is a gas in the process alone comes out of a bottle.
    """
    fill = finite_or_none(facts["jar_fill_mg"]) or 0.0
    jar = f"{facts['jar_cm3']:g} cm³"
    if state == "gas":
        vessel = "cylinder" if boiling_c is None or boiling_c <= GLOVEBOX_C else "warmed bottle"
        begin = (
            f"from the {vessel}, dose {_dosed(facts)} into {jar} at {celsius:g} °C "
            f"({significant(fill)} mg)"
        )
    else:
        begin = f"{_pour(facts, state, fill)}. Of it {_amount(facts, 'jar_fill', fill)} fill "
        begin += f"{jar} as vapour at {celsius:g} °C{_factor(facts)}"
    return ". ".join(part for part in (begin, _for_the_layer(facts, state)) if part)


def _dosed(facts: Facts) -> str:
    """State the pressure to dose, and why so much."""
    pressure = finite_or_none(facts.get("jar_pressure_pa")) or 0.0
    if pressure >= ATMOSPHERE_PA:
        return "1 atm, the most that a jar takes,"
    fillings = finite_or_none(facts.get("jar_fillings")) or 0.0
    why = "what the layer takes" if fillings > 1 - 1e-9 else "as much as the paper's SnCl4 had"
    return f"{significant(pressure / 1e3)} kPa, {why},"


def dose_in_short(facts: Facts, state: str) -> str:
    """State in a few words what goes into the jar; empty where nothing is known.

    Parameters
    ----------
    facts : mapping
        Jar, layer and density, as `maiscreen.screen.facts.how_to.how_to` has them.
    state : str
        ``gas``, ``liquid``, ``solid`` or ``not known`` at the process temperature.

    Examples
    --------
    >>> facts = {"jar_fill_mg": 6.6, "layer_takes_mg": 1.1, "density_g_cm3": 2.21}
    >>> dose_in_short(facts, "liquid"), dose_in_short(facts, "solid"), dose_in_short({}, "gas")
    ('1 ml (2.2 g)', 'more than 7.7 mg', '')
    """
    fill = finite_or_none(facts.get("jar_fill_mg"))
    if fill is None:
        return ""
    fillings = finite_or_none(facts.get("jar_fillings")) or 0.0
    if state == "gas":
        pressure = finite_or_none(facts.get("jar_pressure_pa")) or 0.0
        again = f", {ceil(fillings)} times" if fillings > 1 + 1e-9 else ""
        return f"{significant(pressure / 1e3)} kPa ({significant(fill)} mg){again}"
    volume, mass, least = _to_pour(facts, fill)
    stays = "; leave it in the jar" if fillings > 1 else ""
    if state != "liquid":
        return f"more than {significant(least)} mg{stays}"
    grams = _more(volume, least) if mass is None else f" ({significant(mass / 1e3)} g)"
    return f"{significant(volume)} ml{grams}{stays}"


def _to_pour(facts: Facts, fill: float) -> tuple[float, float | None, float]:
    """Return volume, ml, and mass, mg, of a liquid to pour, and the least mass of anything, mg."""
    jar = finite_or_none(facts.get("jar_cm3")) or PAPER_JAR_CM3
    takes = finite_or_none(facts.get("layer_takes_mg")) or 0.0
    density = finite_or_none(facts.get("density_g_cm3"))
    least, volume = fill + takes, PAPER_POURED_CM3 * jar / PAPER_JAR_CM3
    if density is None:
        return volume, None, least
    volume = max(volume, least / density / 1e3)
    return volume, 1e3 * volume * density, least


def _pour(facts: Facts, state: str, fill: float) -> str:
    """State what to put beside the sodium: more than evaporates."""
    volume, mass, least = _to_pour(facts, fill)
    if state != "liquid":
        return (
            f"weigh in more than {significant(least)} mg, which evaporates or goes into the layer"
        )
    jar = finite_or_none(facts.get("jar_cm3")) or PAPER_JAR_CM3
    beside = _beside_the_paper(volume, jar)
    if mass is None:
        more = f"{_more(volume, least)} (no table read here has its density)"
        return f"pour {significant(volume)} ml, {beside}{more}"
    return f"pour {significant(volume)} ml ({significant(mass / 1e3)} g), {beside}"


def _more(volume: float, least: float) -> str:
    """Name the least mass, mg, where a volume, ml, of unknown density might not hold it."""
    return f", and more than {significant(least)} mg" if least > LIGHTEST * volume else ""


def _beside_the_paper(volume_cm3: float, jar_cm3: float) -> str:
    """State a volume beside the paper's: its own, as much for each cm³ of the jar, or more.

    Examples
    --------
    >>> _beside_the_paper(1.0, 19.8), _beside_the_paper(3.0, 59.4)
    ('as the paper did for each 19.8 cm³', 'as the paper poured 1 ml for each 19.8 cm³')
    """
    if isclose(volume_cm3, PAPER_POURED_CM3) and isclose(jar_cm3, PAPER_JAR_CM3):
        return f"as the paper did for each {PAPER_JAR_CM3:g} cm³"
    paper = f"the paper poured {PAPER_POURED_CM3:g} ml for each {PAPER_JAR_CM3:g} cm³"
    if isclose(volume_cm3 / jar_cm3, PAPER_POURED_CM3 / PAPER_JAR_CM3):
        return f"as {paper}"
    return f"since less would all evaporate; {paper}"


def _amount(facts: Facts, name: str, mass: float, std: float | None = None) -> str:
    """Write a mass, and the volume of liquid that it is, where that is known."""
    volume = finite_or_none(facts.get(f"{name}_ml"))
    text = f"{significant(mass)}{'' if std is None else f' ± {significant(std, 1)}'} mg"
    return text if volume is None else f"{text} ({significant(1e3 * volume)} µl)"


def _factor(facts: Facts) -> str:
    std = finite_or_none(facts.get("jar_pressure_std_log10"))
    return "" if std is None else f" (× or ÷ {significant(10**std)})"


def _for_the_layer(facts: Facts, state: str) -> str:
    """State what the layer takes, and whether one filling holds it."""
    takes, std = (finite_or_none(facts.get(f"layer_takes{end}_mg")) for end in ("", "_std"))
    fillings = finite_or_none(facts.get("jar_fillings"))
    if takes is None or fillings is None:
        return ""
    layer = (
        f"A layer of {facts['asked_thickness_um']:g} µm on {facts['asked_area_cm2']:g} cm² takes "
        f"{_amount(facts, 'layer_takes', takes, std)}"
    )
    if fillings <= 1:
        return f"{layer}, {_percent(fillings)} of that filling"
    rest = (
        f"so that it takes {ceil(fillings)} of them"
        if state == "gas"
        else "so that it has to go on evaporating: leave it in the jar"
    )
    return f"{layer}: one filling holds {_percent(1 / fillings)} of it, {rest}"


def _percent(share: float) -> str:
    return f"{significant(100 * share)} %"


def times(tries: Sequence[tuple[float, Thickness]]) -> str:
    """List times with thickness, one standard deviation and verdict.

    Examples
    --------
    >>> times([(10.0, Thickness(6.0, 4.7, 7.7)), (30.0, Thickness(20.8, 13.5, 31.9))])
    '10 s: 6 µm (4.7–7.7), within; 30 s: 21 µm (14–32), too thick'
    """
    return "; ".join(
        f"{seconds:.3g} s: {significant(of.value_um)} µm "
        f"({significant(of.low_um)}–{significant(of.high_um)}), {of.verdict}"
        for seconds, of in tries
    )


def measure_first(cause: RankCause | None, formula: str) -> dict[str, object]:
    """Name what the place hangs on that an experiment can settle, and the simplest experiment.

    A threshold of the score is settled by no measurement of one layer, so that the next input is
    taken. Of what was never timed the thickness is asked for as well.

    Returns
    -------
    dict
        Columns ``settle_first``, ``settle_first_by``, and ``measure_first``, which says both.
    """
    first = cause.first_experiment() if cause is not None else None
    if first is None:
        return {"measure_first": THICKNESS}
    said = f"{first.settles}: {first.by}"
    if formula != TIN:
        said = f"{said.rstrip('?')}; {THICKNESS}"
    return {"settle_first": first.settles, "settle_first_by": first.by, "measure_first": said}


def temperature_advice(
    formula: str, state: str, celsius: float, like_c: float | None, like_std_c: float | None
) -> str | None:
    """State what another temperature would change; the row itself is for that of the process.

    Parameters
    ----------
    formula, state : str
        Of the halide, and what it is at the process temperature.
    celsius : float
        Process temperature.
    like_c, like_std_c : float or None
        Where it has the vapour pressure of SnCl4 at 25 °C, and the error of that.
    """
    tin = f"{TIN} at {GLOVEBOX_C:g} °C"
    if formula == TIN:
        return f"the paper states none; {GLOVEBOX_C:g} °C is taken for it"
    if state == "gas":
        return "none needed: the dose sets its pressure"
    if like_c is None:
        return None
    if abs(like_c - celsius) <= (like_std_c or 0.0):
        return f"none needed: as volatile as {tin}, within the error of its vapour pressure"
    if like_c < celsius:
        return f"none needed: more volatile than {tin}, and so exposed for a shorter time"
    if like_c > WARMEST_C:
        return (
            f"less volatile than {tin}, up to {WARMEST_C:g} °C, beyond which sodium softens: "
            "expose it for longer"
        )
    return (
        f"less volatile than {tin}: expose it for longer. As volatile at {like_c:.0f} °C, which is "
        f"a campaign of its own (--set temperature_c={like_c:.0f})"
    )


def suggestion(formula: str) -> str:
    """State what time and thickness rest on."""
    if formula == TIN:
        return _of_tin()
    if formula in _OTHERS:
        solution = ", over a solution of about 1 mol/L" if formula == "TiCl4" else ""
        return (
            f"the paper exposed sodium to {formula} as to SnCl4, 10 to 30 s{solution}; it does not "
            f"say which time its cells had, nor a thickness: {_LAW}"
        )
    return f"never timed: {_LAW}"


_LAW = (
    "times and thickness are the law of tin, times supply of vapour to the power ½ ± ½ (a "
    "judgement); measure the thickness of the shortest one first"
)


def _of_tin() -> str:
    (seconds, value), *later = PAPER_LAYERS
    others = " and ".join(f"{t:g} s about {d:g} µm" for t, d in later)
    trend = growth_law()
    return (
        f"the paper: {seconds:g} s gave about {value:g} µm and cycled; {others}, and layers "
        f"from {TOO_THICK_UM:g} µm on short-circuited within a few tens of cycles. "
        f"{PAPER_VESSEL[0].upper()}{PAPER_VESSEL[1:]}, no temperature stated. Thickness grows "
        f"as time^({trend.exponent:.2f} ± {trend.exponent_std:.2f}), three layers, one degree "
        "of freedom; no finer optimum is supported"
    )
