"""Models of settings: what is refused, and in which words."""

import pickle
from dataclasses import FrozenInstanceError, replace
from decimal import Decimal
from typing import Annotated, Any

import numpy as np
import pytest
from pydantic import Field

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading.settings import (
    EACH_ONCE,
    LISTED,
    NUMBER,
    OneOf,
    SeveralOf,
    Table,
    json_schema,
    settings,
)


@settings("oven")
class Oven:
    """An oven."""

    hot_c: Annotated[float, Field(ge=0, lt=100), NUMBER] = 25.0
    fan: bool = False


@settings()
class Bench:
    """A bench."""

    seats: Annotated[int, Field(ge=1, le=9, alias="places")]
    gas: Annotated[str, OneOf(("argon", "nitrogen"))] = "argon"
    days: Annotated[tuple[str, ...], SeveralOf(("Mon", "Tue", "Wed"))] = ("Mon",)
    tags: Annotated[tuple[str, ...], Field(max_length=3, examples=[["a"]]), LISTED, EACH_ONCE] = ()
    oven: Annotated[Oven, Table()] = Oven()


def bench(**values: Any) -> Bench:
    return Bench(**{"places": 2, **values})


def message(**values: Any) -> str:
    with pytest.raises(InputError) as caught:
        bench(**values)
    assert str(caught.value).isprintable()
    return str(caught.value)


def test_a_model_is_a_value() -> None:
    first, second = bench(days=["Wed", "Mon"], oven={"hot_c": 60}), bench(days=("Mon", "Wed"))
    assert first.days == ("Mon", "Wed")
    assert first == replace_oven(second)
    assert hash(first) == hash(replace_oven(second))
    assert pickle.loads(pickle.dumps(first)) == first
    with pytest.raises(FrozenInstanceError):
        first.seats = 3  # type: ignore[misc]
    with pytest.raises(TypeError, match="positional"):
        Oven(60.0)  # type: ignore[misc]


def replace_oven(known: Bench) -> Bench:
    return Bench(
        **{"places": known.seats, "days": known.days, "oven": replace(known.oven, hot_c=60)}  # type: ignore[arg-type]
    )


def test_what_is_replaced_is_checked() -> None:
    with pytest.raises(InputError, match=r"oven.hot_c = 100: give a number from 0 to below 100"):
        replace(Oven(), hot_c=100)


@pytest.mark.parametrize("value", [60, 60.0, np.float64(60), 0, 99.999])
def test_numbers_become_plain_floats(value: Any) -> None:
    assert type(Oven(hot_c=value).hot_c) is float


@pytest.mark.parametrize(
    "value",
    [
        *(True, "60", None, -1, 100, [60], Decimal(60), np.True_, np.int64(60)),
        *(float("nan"), float("inf"), -float("inf"), 10**400, -(10**400)),
        pytest.param(10**5000, id="digits"),
    ],
)
def test_what_is_no_number(value: Any) -> None:
    assert "oven.hot_c = " in message(oven={"hot_c": value})
    assert message(oven={"hot_c": value}).endswith(": give a number from 0 to below 100")


@pytest.mark.parametrize("value", [True, 1.0, "1", None, 0, 10, 10**400])
def test_what_is_no_whole_number(value: Any) -> None:
    assert message(places=value).endswith(": give a whole number from 1 to 9")


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"oven": {"fan": 1}}, "oven.fan = 1: give true or false"),
        ({"oven": 60}, "oven = 60: give a table of: hot_c, fan"),
        ({"oven": [{"fan": True}]}, "oven = [{'fan': True}]: give a table of: hot_c, fan"),
        ({"gas": "Argon"}, "gas = 'Argon': did you mean 'argon'?"),
        ({"gas": "air"}, "gas = 'air': give one of argon, nitrogen"),
        ({"gas": ["argon"]}, "gas = ['argon']: give one of argon, nitrogen"),
        ({"days": []}, 'days = []: give at least one, such as ["Mon"]'),
        ({"days": "Mon"}, "days = 'Mon': give a list: [\"Mon\"]"),
        ({"days": {"Mon"}}, "days = {'Mon'}: give a list, such as [\"Mon\"]"),
        ({"days": ["mon"]}, "days = 'mon': did you mean 'Mon'?"),
        ({"days": ["Sun"]}, "days = 'Sun': give one of Mon, Tue, Wed"),
        ({"days": [["Mon"]]}, "days = ['Mon']: give one of Mon, Tue, Wed"),
        (
            {"days": ["Mon", "Mon"]},
            "days = ['Mon', 'Mon']: lists 'Mon' more than once; list it once",
        ),
        ({"tags": list("abcd")}, "tags = ['a', 'b', 'c', 'd']: give at most 3"),
        ({"tags": ["a", 1]}, "tags = 1: give a text"),
    ],
)
def test_refused_in_one_line(values: dict[str, Any], text: str) -> None:
    assert message(**values) == text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ({"gass": 1}, "gass = 1: is no setting; did you mean 'gas'?"),
        ({"GAS": 1}, "GAS = 1: is no setting; did you mean 'gas'?"),
        ({"Oven": {}}, "Oven = {}: is no setting; did you mean 'oven'?"),
        ({"oven": {"hot": 1}}, "oven.hot = 1: is no setting; did you mean 'hot_c'?"),
        ({"seats": 1}, "seats = 1: is no setting; known are: places, gas, days, tags, oven"),
        ({"self": 1}, "self = 1: is no setting; known are: places"),
        ({"__dataclass_self__": 1}, "__dataclass_self__ = 1: is no setting; known"),
        ({"fan": True}, "fan = True: is a setting of [oven]; write oven.fan"),
        (
            {"oven": {"gas": "argon"}},
            "oven.gas = 'argon': is no setting of [oven]; write gas, above the first [table]",
        ),
        # What explains the other fault comes first.
        ({"places": 0, "gass": 1}, "gass = 1: is no setting"),
        ({"gаs": 1}, "is no setting (it has CYRILLIC SMALL LETTER A); known are: places"),
        ({"ｇａｓ": 1}, "(it has FULLWIDTH LATIN SMALL LETTER G); did you mean 'gas'?"),
        ({"": 1}, "'' = 1: is no setting"),
        ({"gas ": 1}, "'gas ' = 1: is no setting; did you mean 'gas'?"),
        ({"a\n\x1b[2Jb": 1}, r"'a\n\x1b[2Jb' = 1: is no setting"),
        ({"\u202egas": 1}, r"'\u202egas' = 1: is no setting (it has RIGHT-TO-LEFT OVERRIDE); did"),
        ({"\ud800": 1}, r"'\ud800' = '\ud800': is no setting"),
    ],
)
def test_unknown_keys(values: dict[str, Any], text: str) -> None:
    assert text in message(**values)


def test_a_setting_that_is_missing() -> None:
    with pytest.raises(InputError) as caught:
        Bench()  # type: ignore[call-arg]
    assert str(caught.value) == "places = None: is missing; give a whole number from 1 to 9"


def test_long_keys_and_values_are_cut() -> None:
    assert len(message(**{"x" * 4000: "y" * 4000})) < 500
    assert len(message(oven={"x" * 4000: {"a": "y" * 4000}})) < 500
    assert len(message(tags=["z" * 4000] * 2)) < 800
    assert len(message(gas="argon" * 1000)) < 500


def test_an_error_travels_between_processes() -> None:
    with pytest.raises(InputError) as caught:
        bench(gas="air")
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_the_schema_has_the_tables_in_their_places_and_the_bounds() -> None:
    schema = json_schema(Bench)
    assert "$defs" not in schema
    assert schema["required"] == ["places"]
    assert schema["properties"]["days"]["uniqueItems"] is True
    assert schema["properties"]["days"]["minItems"] == 1
    assert schema["properties"]["tags"]["maxItems"] == 3
    oven = schema["properties"]["oven"]
    assert (oven["type"], oven["additionalProperties"]) == ("object", False)
    assert oven["properties"]["hot_c"]["exclusiveMaximum"] == 100
    schema.clear()
    assert json_schema(Bench)
