"""What lasts: the table's verdicts, and free energies held against values typed in."""

from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.formula import parse_formula
from maiscreen.candidates.handbook.stability import KINDS
from maiscreen.candidates.handbook.thermochemistry import experiment, isolable
from maiscreen.descriptors.bench.stability import (
    METASTABLE,
    NOTHING_KNOWN,
    STORED_C,
    decay_of,
    lasts,
    stability,
)


def told(*formulas: str) -> dict[str, tuple[str, float, str]]:
    known, _ = isolable(formulas)
    found = stability(np.array(formulas), known)
    columns = (found.word.tolist(), found.limit_c.tolist(), found.reason.tolist())
    return dict(zip(formulas, zip(*columns, strict=True), strict=True))


def test_aluminium_monochloride_against_values_typed_in() -> None:
    """JANAF, quoted from memory: AlCl(g) −51.5 kJ/mol and 228.0 J/(mol K), AlCl3(s) −705.6 and
    109.3, Al 0 and 28.3."""
    kilo_k = 0.29815
    of_gas = -51.5 - kilo_k * 228.0
    after = (-705.6 - kilo_k * 109.3) / 3 - kilo_k * 28.3 * 2 / 3
    decay = decay_of("AlCl")
    assert decay is not None and decay.is_sure
    assert decay.delta_g_kj_mol == pytest.approx(after - of_gas, abs=3)
    assert decay.products == "0.33 AlCl3 + 0.67 Al"


def test_products_hold_the_atoms_of_what_decays() -> None:
    seen = 0
    for formula, phase in sorted(experiment().chosen):
        decay = decay_of(formula) if phase == "g" else None
        if decay is None:
            continue
        seen += 1
        atoms: dict[str, float] = {}
        for part in decay.products.split(" + "):
            amount, _, product = part.partition(" ")
            for symbol, count in parse_formula(product).items():
                atoms[symbol] = atoms.get(symbol, 0.0) + float(amount) * count
        # Amounts are written with two digits.
        assert atoms == pytest.approx(parse_formula(formula), rel=0.03), formula
    assert seen > 100


def test_stable_substances_go_nowhere_and_monohalides_do() -> None:
    for formula in ("SnCl4", "SiCl4", "TiCl4", "GeCl4", "BCl3", "NaCl", "AlCl3", "WF6"):
        decay = decay_of(formula)
        assert decay is None or not decay.is_sure, formula
    for formula in ("AlCl", "GaCl", "SiF2", "SiCl2", "BCl", "InF", "GeCl2"):
        decay = decay_of(formula)
        assert decay is not None and decay.is_sure, formula


def test_words_and_reasons() -> None:
    found = told("PbCl4", "GeCl2", "SF6", "Te2F10", "SnCl4", "Si2F6", "InCl2", "C2Cl4", "GaCl")
    assert [word for word, _, _ in found.values()] == [
        "decomposes", "no vapour", "inert", "unreal", "", METASTABLE, "", METASTABLE, METASTABLE,
    ]  # fmt: skip
    assert found["SnCl4"][2] == NOTHING_KNOWN
    assert "how fast is not known" in found["Si2F6"][2]
    assert found["GaCl"][2].startswith("as it condenses it would become 0.33 GaCl3 + 0.67 Ga, ΔG =")
    # The vapour of InCl2 would fall apart; that says nothing of the solid in its bottle.
    assert isnan(found["InCl2"][1])


def test_what_is_no_binary_halide_has_no_free_energy_here() -> None:
    for formula in ("(CH3)3SiCl", "SiHCl3", "VOCl3", "Sn", "XeF9"):
        assert decay_of(formula) is None


@given(
    st.sampled_from((*KINDS, METASTABLE, "")),
    st.one_of(st.just(float("nan")), st.floats(-100, 300)),
    st.floats(0, 97),
    st.floats(0, 97),
)
def test_warmth_never_mends_what_decomposes(
    word: str, limit: float, process: float, other: float
) -> None:
    cold, warm = sorted((process, other))
    at = [bool(lasts(np.array([word]), np.array([limit]), t)[0]) for t in (cold, warm)]
    if word == "decomposes":
        assert at[0] or not at[1]
        assert at[1] <= (limit > STORED_C)  # a bottle stands at room temperature
    elif word == "inert":
        assert at[1] or not at[0]
    else:
        assert at == [word in ("slow", METASTABLE, "")] * 2
