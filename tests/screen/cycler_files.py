"""Exports of cyclers for tests: a simulated cell, written as each maker's software writes it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass
class Recorded:
    """Records of a cell: time / s, voltage / V, current / mA, cycle."""

    time: list[float]
    volts: list[float]
    current: list[float]
    cycle: list[int]


def symmetric(
    volts_of_cycle: list[float],
    current_ma: float = 2.26,
    half_s: float = 1800.0,
    records: int = 12,
    rest_s: float = 60.0,
    currents: list[float] | None = None,
) -> Recorded:
    """Cycle a symmetric cell: a half each way, rests between, a mean |V| for each cycle."""
    told = Recorded([], [], [], [])
    clock = 0.0
    for number, volts in enumerate(volts_of_cycle):
        flow = currents[number] if currents else current_ma
        for sign in (1.0, -1.0):
            for at in np.linspace(0.0, half_s, records):
                told.time.append(clock + at)
                # Arches between tips: more voltage at both ends of a half, mean as asked for.
                told.volts.append(sign * volts * (1 + 0.2 * float(np.cos(2 * np.pi * at / half_s))))
                told.current.append(sign * flow)
                told.cycle.append(number + 1)
            clock += half_s + 1.0
            for at in (0.0, rest_s):
                told.time.append(clock + at)
                told.volts.append(0.0)
                told.current.append(0.0)
                told.cycle.append(number + 1)
            clock += rest_s + 1.0
    return told


def full(capacity_mah: list[float], efficiency: list[float], current_ma: float = 1.0) -> Recorded:
    """Cycle a full cell: charge, then discharge to what is left of the capacity."""
    told = Recorded([], [], [], [])
    clock = 0.0
    for number, (mah, share) in enumerate(zip(capacity_mah, efficiency, strict=True)):
        for sign, charge in ((1.0, mah / share), (-1.0, mah)):
            for at in np.linspace(0.0, 3600 * charge / current_ma, 10):
                told.time.append(clock + float(at))
                told.volts.append(2.0 + sign * 0.2)
                told.current.append(sign * current_ma)
                told.cycle.append(number + 1)
            clock = told.time[-1] + 1.0
    return told


def _clock(seconds: float) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{int(hours)}:{int(rest // 60):02}:{rest % 60:06.3f}"


def neware(one: Recorded) -> bytes:
    """The layer "record" of BTSDA, with a degree sign of GBK in a heading."""
    head = "DataPoint,Cycle Index,Step Index,Step Type,Time,Total Time,Current(mA),Voltage(V),"
    head += "Capacity(mAh),Date,T1(\u2103)"
    rows = [
        f"{i},{c},{i // 12},CC Chg,{_clock(t % 1800)},{_clock(t)},{a:.4f},{v:.5f},0.1,,25.0"
        for i, (t, v, a, c) in enumerate(_rows(one), 1)
    ]
    return "\r\n".join([head, *rows, ""]).encode("gb18030")


def arbin(one: Recorded) -> bytes:
    """MITS Pro: amperes, and underscores."""
    head = "Data_Point,Test_Time(s),Date_Time,Step_Time(s),Step_Index,Cycle_Index,Current(A),"
    head += "Voltage(V),Charge_Capacity(Ah)"
    rows = [
        f"{i},{t:.3f},2026-03-24 10:00:00,1,1,{c},{a / 1e3:.8f},{v:.6f},0"
        for i, (t, v, a, c) in enumerate(_rows(one), 1)
    ]
    return "\n".join([head, *rows, ""]).encode()


def biologic(one: Recorded, comma: bool = True) -> bytes:
    """EC-Lab: a header whose length is stated, tabs, decimal commas, cp1252, a tab too many."""
    header = [
        "",
        "Galvanostatic Cycling",
        "Electrode surface area : 1.130 cm²",
        "Comments : µ…",
        "",
    ]
    head = "mode\tox/red\terror\ttime/s\tEwe/V\t<I>/mA\tcycle number\t"
    rows = [f"1\t1\t0\t{t:.6E}\t{v:.6E}\t{a:.6E}\t{c - 1:.1E}\t" for t, v, a, c in _rows(one)]
    if comma:
        rows = [row.replace(".", ",") for row in rows]
    count = f"Nb header lines : {len(header) + 3}"
    text = "\r\n".join(["EC-Lab ASCII FILE", count, *header, head, *rows, ""])
    return text.encode("cp1252")


def _rows(one: Recorded) -> list[tuple[float, float, float, int]]:
    return list(zip(one.time, one.volts, one.current, one.cycle, strict=True))


MAKERS: dict[str, Callable[[Recorded], bytes]] = {
    "Neware": neware,
    "Arbin": arbin,
    "BioLogic": biologic,
}
