"""The JSON schemas for editors are those of the models, and judge a file as the program does."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
import schemas
import yaml
from doc_blocks import PAGES, ROOT, Block, blocks
from jsonschema import Draft7Validator

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster.queue_file import read_cluster_file
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.toml import as_toml

WRITTEN = {
    name: json.loads((ROOT / "docs" / "schema" / f"{name}.json").read_text(encoding="utf-8"))
    for name in schemas.MODELS
}
CAMPAIGN, CLUSTER = (Draft7Validator(WRITTEN[name]) for name in ("campaign", "cluster"))

PLAIN = {"kind": "slurm", "jobs": 4, "cores": 2, "memory": "2 GiB", "walltime": "01:00:00"}

FILES = [
    pytest.param(block, id=block.where)
    for page in PAGES
    for block in blocks(page)
    if block.language in ("toml", "yaml")
]


@pytest.mark.parametrize("name", schemas.MODELS)
def test_the_files_are_what_the_models_say(name: str) -> None:
    text = (ROOT / "docs" / "schema" / f"{name}.json").read_text(encoding="utf-8")
    assert text == schemas.text(name), "python docs/schemas.py"
    Draft7Validator.check_schema(json.loads(text))


@pytest.mark.parametrize("block", FILES)
def test_examples_of_the_pages_fit(block: Block) -> None:
    if block.language == "toml":
        CAMPAIGN.validate(tomllib.loads(block.text))
    else:
        CLUSTER.validate(yaml.safe_load(block.text))


def test_there_are_examples_of_both() -> None:
    languages = [param.values[0].language for param in FILES]
    assert languages.count("toml") > 4
    assert languages.count("yaml") > 4


def leaves(schema: dict[str, Any], *tables: str) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """Give every setting with its path."""
    found = []
    for key, part in schema["properties"].items():
        inner = leaves(part, *tables, key) if "properties" in part else []
        found += inner or [((*tables, key), part)]
    return found


@pytest.mark.parametrize("name", WRITTEN)
def test_every_setting_is_explained(name: str) -> None:
    for path, part in leaves(WRITTEN[name]):
        assert part["title"], path
        assert part["description"].endswith((".", "?")), path
        assert part["examples"], path
        check = Draft7Validator(part)
        for value in [*part["examples"], *([part["default"]] if "default" in part else [])]:
            assert check.is_valid(value), (path, value)


def test_units() -> None:
    units = {
        path[-1]: part["x-unit"] for path, part in leaves(WRITTEN["campaign"]) if "x-unit" in part
    }
    assert units == {
        "temperature_c": "°C",
        "min_vapour_pressure_pa": "Pa",
        "hull_tolerance_ev_atom": "eV/atom",
        "temperatures_c": "°C",
        "exposures_s": "s",
    }


def test_every_example_is_taken(tmp_path: Path) -> None:
    for path, part in leaves(WRITTEN["campaign"]):
        for value in part["examples"]:
            below = {path[1]: value} if len(path) > 1 else value
            assert Campaign.from_dict({path[0]: below}) != Campaign()
    for (key,), part in leaves(WRITTEN["cluster"]):
        for value in part["examples"]:
            known = {"disk": "2 GB"} if key == "kind" else {}
            _read_cluster(PLAIN | known | {"jobs": 30, key: value}, tmp_path)


def _read_cluster(settings: dict[str, object], folder: Path) -> object:
    (folder / "cluster.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    return read_cluster_file(folder / "cluster.yaml")


def test_the_default_campaign_fits() -> None:
    CAMPAIGN.validate(Campaign().to_dict())
    for path, part in leaves(WRITTEN["campaign"]):
        default: Any = Campaign().to_dict()
        for key in path:
            default = default[key]
        assert part["default"] == default, path


@pytest.mark.parametrize(
    "settings",
    [
        *({"temprature_c": 3}, {"Seed": 3}, {"blends": 2}, {"space": {"seed": 3}}, {"space": 3}),
        *({"temperature_c": 97.7}, {"temperature_c": -1}, {"temperature_c": True}),
        *({"temperature_c": "25"}, {"temperature_c": [25]}, {"seed": 1.5}, {"seed": 2**63}),
        *({"seed": "1"}, {"name": ""}, {"name": " "}, {"name": 7}, {"name": "x" * 81}),
        *({"metals": []}, {"metals": "Sn"}, {"metals": ["Sn", "Sn"]}, {"metals": ["sn"]}),
        *({"state": "operation"}, {"state": []}, {"routes": ["solid"]}, {"samples": 99}),
        *({"models": ["a", "a"]}, {"models": [" "]}, {"models": [str(n) for n in range(40)]}),
        *({"snapshot": 3}, {"weights": [1]}, {"weights": {"adhesion": -1}}),
        *({"space": {"oxyhalides": 1}}, {"space": {"exposures_s": []}}),
        *({"space": {"exposures_s": [9]}}, {"space": {"columns": ["scor"]}}),
    ],
    ids=repr,
)
def test_schema_and_program_refuse_the_same(settings: dict[str, Any]) -> None:
    assert not CAMPAIGN.is_valid(settings)
    with pytest.raises(InputError):
        Campaign.from_dict(tomllib.loads(as_toml(settings)))


@pytest.mark.parametrize(
    "settings",
    [
        *({"walltimes": 60}, {"memory_bytes": 5}, {"walltime_s": 3600}, {"Kind": "slurm"}),
        *({"kind": "moab"}, {"jobs": 0}, {"jobs": "many"}, {"cores": 2000}, {"port": 70000}),
        *({"memory": 16}, {"memory": "16"}, {"walltime": 10}, {"walltime": "10:30"}),
        *({"walltime": "240"}, {"margin": "300"}, {"wait": "60"}, {"memory": "16 Gb"}),
        *({"disk": 2}, {"disk": "2"}, {"disk": "lots"}),
        *({"walltime": "1 fortnight"}, {"margin": "soon"}, {"queue": "two words"}),
        *({"queue": "-rf"}, {"queue": ["a"]}, {"python": "-c"}, {"prologue": [""]}),
        *({"prologue": {"a": "b"}}, {"insecure": "yes"}, {"dashboard": 8787}),
    ],
    ids=repr,
)
def test_schema_and_program_refuse_the_same_cluster(
    settings: dict[str, object], tmp_path: Path
) -> None:
    assert CLUSTER.is_valid(PLAIN)
    assert not CLUSTER.is_valid(PLAIN | settings)
    with pytest.raises(InputError):
        _read_cluster(PLAIN | settings, tmp_path)


@pytest.mark.parametrize("key", PLAIN)
def test_what_a_cluster_file_needs(key: str, tmp_path: Path) -> None:
    less = {name: value for name, value in PLAIN.items() if name != key}
    assert not CLUSTER.is_valid(less)
    with pytest.raises(InputError, match=f"{key} = None: is missing; give "):
        _read_cluster(less, tmp_path)
