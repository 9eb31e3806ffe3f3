import pickle
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.errors import InputError
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.hazards.hazards import HAZARDS
from maiscreen.screen.campaign.campaign import Campaign, Weights

campaigns = st.builds(
    Campaign,
    name=st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20),
    metals=st.lists(st.sampled_from(METALS), min_size=1, unique=True).map(tuple),
    halogens=st.lists(st.sampled_from(HALOGENS), min_size=1, unique=True).map(tuple),
    temperature_c=st.floats(0, 97),
    weights=st.builds(Weights, **dict.fromkeys(ATTRIBUTES, st.floats(0.1, 5))),
    hazards_allowed=st.lists(st.sampled_from(HAZARDS), unique=True).map(tuple),
    seed=st.integers(0, 2**63 - 1),
)


@settings(deadline=None)
@given(campaigns)
def test_toml_reads_back(campaign: Campaign) -> None:
    assert Campaign.from_dict(tomllib.loads(campaign.to_toml())) == campaign
    assert pickle.loads(pickle.dumps(campaign)) == campaign


@settings(deadline=None)
@given(campaigns)
def test_fingerprint_is_of_what_changes_the_result(campaign: Campaign) -> None:
    same = replace(campaign, name="other", chunk_size=1, metals=campaign.metals[::-1])
    assert same.fingerprint() == campaign.fingerprint()
    other = replace(campaign, temperature_c=campaign.temperature_c + 0.5)
    assert other.fingerprint() != campaign.fingerprint()
    assert campaign.fingerprint({"snapshot": "a"}) != campaign.fingerprint({"snapshot": "b"})


def test_fingerprint_is_the_same_on_every_machine() -> None:
    campaign = Campaign(metals=("Sn", "Ti"), halogens=("Cl",))
    assert campaign.fingerprint()[:16] == "27e4d686c1a02933"


def test_settings_over_a_file(tmp_path: Path) -> None:
    file = tmp_path / "campaign.toml"
    file.write_text('name = "tin"\nmetals = ["Ti", "Sn"]\n[weights]\nadhesion = 3\n')
    campaign = Campaign.from_toml(file).with_settings(
        ["weights.youngs_modulus=0.5", "state=as_formed", 'halogens = ["Cl", "F"]', "seed=1_000"]
    )
    assert campaign.metals == ("Ti", "Sn")
    assert campaign.halogens == ("F", "Cl")
    assert campaign.weights.values == (3, 1, 0.5, 1)
    assert (campaign.state, campaign.seed, campaign.temperature_c) == ("as_formed", 1000, 25.0)


@pytest.mark.parametrize(
    ("setting", "field", "word"),
    [
        ("temprature_c=30", "temprature_c", "did you mean 'temperature_c'"),
        ("temperature_c=-1", "temperature_c", "from 0 to below 97.7"),
        ("temperature_c=97.7", "temperature_c", "below 97.7"),
        ("temperature_c=nan", "temperature_c", "give a number"),
        ("temperature_c=true", "temperature_c", "give a number"),
        ('temperature_c="25"', "temperature_c", "give a number"),
        ("temperature_c=1979-05-27", "temperature_c", "give a number"),
        ("temperature_c", "--set", "key=value"),
        ("=3", "--set", "key=value"),
        ("temperature_c=", "--set", "no TOML value"),
        ("temperature_c=1\nseed=2", "--set", "no TOML value"),
        ("seed=-1", "seed", "whole number from 0"),
        ("seed=1.0", "seed", "whole number"),
        ("seed=true", "seed", "whole number"),
        ("samples=0", "samples", "whole number from 100"),
        ("chunk_size=0", "chunk_size", "whole number from 1"),
        ("hull_tolerance_ev_atom=0.3", "hull_tolerance_ev_atom", "0.2"),
        ("samples=20001", "samples", "to 20000: a thousand take 120 MB"),
        ("min_vapour_pressure_pa=-5", "min_vapour_pressure_pa", "from 1e-06"),
        ("min_vapour_pressure_pa=0", "min_vapour_pressure_pa", "from 1e-06"),
        (f"temperature_c={'9' * 400}", "temperature_c", "from 0 to below 97.7"),
        (f"weights.adhesion={'9' * 400}", "weights.adhesion", "from 0 to 1e+06"),
        (f"seed={'9' * 400}", "seed", "whole number from 0"),
        pytest.param(f"seed={'9' * 5000}", "--set", "no TOML value", id="digits"),
        pytest.param(f"seed=0x{'f' * 5000}", "--set", "no TOML value", id="hex"),
        pytest.param(f"metals={'[' * 3000}{']' * 3000}", "--set", "no TOML value", id="nested"),
        ("state=operation", "state", "in_operation"),
        ("state=[]", "state", "in_operation"),
        ("metals=[]", "metals", "at least one"),
        ("metals=Sn", "metals", "give a list"),
        ('metals=["Sn", "Sn"]', "metals", "more than once"),
        ('metals=["Na"]', "metals", "give one of Li, Be"),
        ("metals=[[1]]", "metals", "give one of Li, Be"),
        ('halogens=["At"]', "halogens", "give one of F, Cl"),
        ('routes=["solid"]', "routes", "give one of vapour, solution, additive"),
        ("hazards_allowed=[1]", "hazards_allowed", "give one of explosive with sodium"),
        ("hazards_allowed=toxic", "hazards_allowed", "give a list"),
        ('hazards_allowed=["toxic metals"]', "hazards_allowed", "did you mean 'toxic metal'"),
        ("weights=2", "weights", "give a table"),
        ("weights.adhesoin=2", "weights.adhesoin", "did you mean 'adhesion'"),
        ("weights.adhesion=-1", "weights.adhesion", "from 0"),
        ("weights.adhesion=inf", "weights.adhesion", "from 0"),
        ("weights.adhesion=true", "weights.adhesion", "give a number"),
        ("metals.Sn=1", "--set", "dotted"),
        ('name=""', "name", "one line of text"),
        ("name=", "name", "one line of text"),
        ("name=a\nseed = 2", "name", "one line of text"),
        ('name="a\\nb"', "name", "one line of text"),
    ],
)
def test_bad_setting_names_field_value_and_remedy(setting: str, field: str, word: str) -> None:
    with pytest.raises(InputError) as caught:
        Campaign().with_settings([setting])
    assert caught.value.field == field
    assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def test_weights_cannot_all_be_zero() -> None:
    with pytest.raises(InputError, match="at least one above 0"):
        Campaign().with_settings([f"weights.{name}=0" for name in ATTRIBUTES])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hello world", "hello world"),
        ('"hello world"', "hello world"),
        ("don't", "don't"),
        ("60", "60"),
        ("tin, 60 °C = warm", "tin, 60 °C = warm"),
    ],
)
def test_a_name_may_be_any_text(text: str, name: str) -> None:
    assert Campaign().with_settings([f"name={text}"]).name == name


@pytest.mark.parametrize("key", ["seed", "temperature_c"])
def test_a_number_too_long_to_write_out(key: str) -> None:
    for value in (10**5000, -(10**5000)):
        with pytest.raises(InputError, match="a number of thousands of digits: give"):
            Campaign.from_dict({key: value})


def test_a_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "notepad.toml"
    file.write_bytes('name = "°"\r\nseed = 3\r\n'.encode("utf-8-sig"))
    campaign = Campaign.from_toml(file)
    assert (campaign.name, campaign.seed) == ("°", 3)


@pytest.mark.parametrize(
    "content",
    [
        b"temperature_c = ",
        b"\xff\xfe",
        b"a = 1\na = 2",
        pytest.param(b"seed = " + b"9" * 5000, id="digits"),
        pytest.param(b"seed = 0x" + b"f" * 5000, id="hex"),
        pytest.param(b"metals = " + b"[" * 3000, id="brackets"),
        pytest.param(b"[a" + b".a" * 5000 + b"]", id="tables"),
    ],
)
def test_a_file_that_is_no_toml(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "campaign.toml"
    file.write_bytes(content)
    with pytest.raises(InputError, match="no TOML"):
        Campaign.from_toml(file)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (
            "[weights]\nadhesion = 2\nseed = 3",
            "weights.seed = 3: is no setting of [weights]; write s",
        ),
        ("blends = 2", "blends = 2: is a setting of [space]; write space.blends"),
        ("[space.blends]\nn = 2", "space.blends = {'n': 2}: give a whole number from 1 to 3"),
        ("[[space]]\nblends = 2", "space = [{'blends': 2}]: give a table of: mixed_halides"),
        (
            "[Weights]\nadhesion = 2",
            "Weights = {'adhesion': 2}: is no setting; did you mean 'weights'",
        ),
        ("temperature_c = 1979-05-27", "temperature_c = datetime.date(1979, 5, 27): give a number"),
        ("name = 07:32:00", "name = datetime.time(7, 32): give one line of text"),
        ("metals = [1979-05-27]", "metals = datetime.date(1979, 5, 27): give one of Li"),
        ("seed = 9223372036854775808", "from 0 to 9223372036854775807"),
        ("temperature_c = -inf", "temperature_c = -inf: give a number"),
        ('"ѕeed" = 3', "(it has CYRILLIC SMALL LETTER DZE); did you mean 'seed'?"),
        ('"a\\u001b[2J\\nb" = 3', r"'a\x1b[2J\nb' = 3: is no setting; known are: name, metals"),
        ('snapshot = "a\\u001b[2J"', r"snapshot = 'a\x1b[2J': give the path of a folder"),
        (
            "[space]\nexposures_s = []",
            "space.exposures_s = []: give at least one, such as [10, 30]",
        ),
        ("seed = 1\nseed = 2", "campaign.toml': is no TOML file: Cannot overwrite a value"),
        ("[space]\n[weights]\n[space]", "campaign.toml': is no TOML file: Cannot declare"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path: Path, content: str, text: str) -> None:
    file = tmp_path / "campaign.toml"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        Campaign.from_toml(file)
    assert text in str(caught.value)
    assert str(caught.value).isprintable()


def test_only_what_a_setting_was_is_shown() -> None:
    with pytest.raises(InputError) as caught:
        Campaign(models=" a, a ")  # type: ignore[arg-type]  # as from a shell
    assert str(caught.value) == "models = ' a, a ': lists 'a' more than once; list it once"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read: No such file"):
        Campaign.from_toml(tmp_path / "none.toml")
    with pytest.raises(InputError, match="cannot be read: Is a directory"):
        Campaign.from_toml(tmp_path)
    with pytest.raises(InputError, match="cannot be read: embedded null"):
        Campaign.from_toml("a\0b")
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        Campaign.from_toml("x" * 300)


def test_models_are_folders() -> None:
    assert Campaign().with_settings(['models=["a", "b/c"]']).models == ("a", "b/c")
    assert Campaign(models="a,b").models == ("a", "b")  # type: ignore[arg-type]  # as from a shell
    for bad in (7, [""], ["a", "a"], ["a\nb"], [3]):
        with pytest.raises(InputError, match="models"):
            Campaign(models=bad)  # type: ignore[arg-type]


def test_the_fingerprint_holds_the_pin_of_a_model_and_not_its_folder() -> None:
    one, other = (f"{folder}@sha256:{'1' * 64}" for folder in ("/a/mine", "/b/mine"))
    assert Campaign(models=(one,)).fingerprint() == Campaign(models=(other,)).fingerprint()
    changed = one.replace("1" * 64, "2" * 64)
    assert Campaign(models=(one,)).fingerprint() != Campaign(models=(changed,)).fingerprint()
