"""What `run` and `explain` return shows itself, completes, and gives frames."""

import copy
import json
import pickle
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from maiscreen import Campaign, explain, run
from maiscreen.runners.runs.explanation import Explanation
from maiscreen.runners.runs.ranking import Ranking

NARROW = Campaign(metals=("Ge", "Si"), halogens=("Cl",), samples=100)


@pytest.fixture(scope="module")
def ranking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ranking]:
    yield run(NARROW, tmp_path_factory.mktemp("run") / "out", serially=True)


@pytest.fixture(scope="module")
def tin() -> Explanation:
    return explain("SnCl4", 57.0)


def test_a_ranking_opens_with_the_decision_and_shows_the_best(ranking: Ranking) -> None:
    text = repr(ranking)
    assert text.startswith("Try next: GeCl4 (germanium tetrachloride), out of a bottle.")
    assert "the best known (> 650 cycles)" in text  # of SnCl4, which this campaign does not screen
    assert [row["formula"] for row in ranking.best(2)] == ["GeCl4", "SiCl4"]
    assert ranking._repr_html_().startswith("<table><caption>Try next: GeCl4")


def test_a_ranking_is_a_table_for_whoever_reads_arrow(ranking: Ranking) -> None:
    assert pa.table(ranking).equals(ranking.table)
    assert len(ranking) == ranking.num_rows == len(ranking.to_pandas()) == len([*ranking])
    assert ranking["formula"].to_pylist() == [row["formula"] for row in ranking.to_pylist()]
    assert {"to_pandas", "to_polars", "decision", "best"} <= {*dir(ranking)}
    assert {"rank", "score"} <= {*ranking.column_names} == {*ranking.schema.names}


def test_without_the_paper_a_run_says_so_and_ranks_alike(ranking: Ranking, tmp_path: Path) -> None:
    alone = run(NARROW, tmp_path / "out", serially=True, with_paper=False)
    assert "It rests on no cell" in alone.decision
    assert alone.table.equals(ranking.table)


def test_an_explanation_is_a_dict_whose_keys_are_attributes(tin: Explanation) -> None:
    assert tin.formula == tin["formula"] == "SnCl4"
    assert {*tin} <= {*dir(tin)} and {*Explanation.__annotations__} == {*tin}
    with pytest.raises(AttributeError, match="no 'scroe'; did you mean 'score'"):
        _ = tin.scroe
    assert copy.deepcopy(tin) == pickle.loads(pickle.dumps(tin)) == tin  # our own
    assert json.loads(json.dumps(tin, default=str))["formula"] == "SnCl4"


def test_an_explanation_shows_itself_and_lies_flat(tin: Explanation) -> None:
    assert repr(tin).startswith("formula: SnCl4\nname: tin tetrachloride")
    assert tin._repr_html_().startswith("<pre>formula: SnCl4")
    frame = tin.to_pandas().set_index("quantity")
    assert frame.loc["reduction_potential_v", "value"] == tin.reduction_potential_v["value"]
    conductivity = frame.loc["attributes.ionic_conductivity"]
    assert conductivity["unit"] == "mS/cm" and conductivity["error"].endswith("decades")


def test_the_process_temperature_has_its_pressure_and_one_kind_of_error(tin: Explanation) -> None:
    pressures = tin.vapour_pressure_pa
    assert pressures["25"] < pressures["57"] < pressures["60"]
    attributes = tin.attributes
    assert "std" not in attributes["ionic_conductivity"]
    decades = attributes["ionic_conductivity"]["std_log10"]
    assert attributes["ionic_conductivity"]["error"] == f"± {decades:.2g} decades"
    assert attributes["adhesion"]["error"].startswith("± 0.")
