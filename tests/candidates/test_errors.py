"""Errors that name what was meant: options, single texts, temperatures in °C."""

from collections.abc import Callable

import numpy as np
import pytest

import maiscreen
from maiscreen.candidates.chemistry.formula import compositions, parse_formulas
from maiscreen.candidates.errors import InputError, did_you_mean
from maiscreen.candidates.handbook.thermochemistry import identity, isolable, thermochemistry
from maiscreen.descriptors.vapour.volatility import temperature_for_pressure_k, vapour_pressure
from maiscreen.models.predictions.learned import predict_target

SINGLE: dict[str, Callable[[str], object]] = {
    "vapour_pressure": lambda text: vapour_pressure(text, 298.15),
    "temperature_for_pressure_k": lambda text: temperature_for_pressure_k(text, 100.0),
    "compositions": compositions,
    "parse_formulas": parse_formulas,
    "thermochemistry": lambda text: thermochemistry(text, "gas"),
    "identity": identity,
    "isolable": isolable,
    "predict_target": lambda text: predict_target("volume_a3_atom", text),
}


@pytest.mark.parametrize("name", SINGLE)
def test_one_text_is_not_taken_letter_by_letter(name: str) -> None:
    with pytest.raises(InputError, match=r"formulas = 'SnBr4': give a list, such as \['SnBr4'\]"):
        SINGLE[name]("SnBr4")


@pytest.mark.parametrize(
    ("temperature", "said"),
    [
        (25, "give kelvin: 25 °C is 298.15"),
        (float("nan"), "give kelvin"),
        (np.array([298.15, 333.15]), "give one number; call it for each of several"),
        ("298", "give one number"),
    ],
)
def test_a_temperature_is_one_number_in_kelvin(temperature: object, said: str) -> None:
    with pytest.raises(InputError, match="temperature_k") as refused:
        vapour_pressure(["SnBr4"], temperature)  # type: ignore[arg-type]
    assert said in str(refused.value)


CALLS: list[tuple[Callable[[], object], str]] = [
    (lambda: maiscreen.run(serial=True), "serial = True: run has no such option; did you mean "
     "'serially'?"),
    (lambda: maiscreen.run(worker=2), "run has no such option; did you mean 'workers'?"),
    (lambda: maiscreen.run(workers="2"), "workers = '2': give a whole number of 1 or more"),
    (lambda: maiscreen.run(workers=0), "workers = 0: give a whole number of 1 or more"),
    (lambda: maiscreen.run("tin.toml"),  # type: ignore[arg-type]
     "campaign = 'tin.toml': give a Campaign, such as Campaign.from_toml('tin.toml')"),
    (lambda: maiscreen.run({"seed": 1}),  # type: ignore[arg-type]
     "campaign = {'seed': 1}: give a Campaign, such as Campaign.from_dict(…) of it"),
    (lambda: maiscreen.run(out=5), "--out = 5: give a folder"),  # type: ignore[arg-type]
    (lambda: maiscreen.validate("x"), "give a Campaign"),  # type: ignore[arg-type]
    (lambda: maiscreen.explain("SnCl4", temperature=60),  # type: ignore[call-arg]
     "temperature = 60: explain has no such option; did you mean 'temperature_c'?"),
    (lambda: maiscreen.explain(["SnCl4", "SiCl4"]),  # type: ignore[arg-type]
     "give one text; of several, call it for each"),
    (lambda: maiscreen.explain(None), "give one text, such as"),  # type: ignore[arg-type]
    (lambda: maiscreen.explain("SnCl4, SiCl4"), "is several; give each by itself: SnCl4 SiCl4"),
    (lambda: maiscreen.compare(["SnCl4", "SiCl4"]),  # type: ignore[arg-type]
     "give them one by one: compare('SnCl4', 'SiCl4')"),
    (lambda: maiscreen.shortlist("x", n=3),  # type: ignore[call-arg]
     "n = 3: shortlist has no such option; it has folder, top"),
    (lambda: maiscreen.shortlist(maiscreen),  # type: ignore[arg-type]
     "give the folder of a finished run"),
    (lambda: maiscreen.Campaign(metals="Sn"), "metals = 'Sn': give a list: [\"Sn\"]"),  # type: ignore[arg-type]
]  # fmt: skip


@pytest.mark.parametrize(("call", "said"), CALLS)
def test_python_says_what_was_meant(call: Callable[[], object], said: str) -> None:
    with pytest.raises(InputError) as refused:
        call()
    assert said in str(refused.value) and "\n" not in str(refused.value)


def test_two_letters_the_wrong_way_round_are_near_and_another_word_is_not() -> None:
    commands = ["run", "space", "status", "resume"]
    assert did_you_mean("rnu", commands) == "did you mean 'run'?"
    assert did_you_mean("tin", commands) == ""
