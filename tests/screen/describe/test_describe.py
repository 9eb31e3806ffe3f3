"""Describing and choosing on the real data: slices, ties, several routes."""

import numpy as np
import pyarrow as pa
import pytest

from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe import describe
from maiscreen.screen.paper import comparison
from maiscreen.screen.screens.halides import Halides

FEW = Campaign(metals=("Ti", "W", "Mo", "Re", "Sn"), samples=200)


@pytest.fixture(scope="module")
def described() -> pa.Table:
    return describe.describe_precursors(FEW, describe.halides_of(FEW))


def test_slices_stack_to_the_whole(described: pa.Table) -> None:
    screen = Halides(FEW)
    count = screen.size
    parts = [screen.describe(i, min(i + 17, count)) for i in range(0, count, 17)]
    assert pa.concat_tables(parts, promote_options="default").equals(described)


def test_every_column_says_unit_meaning_and_source(described: pa.Table) -> None:
    for field in comparison.rank_with_controls(FEW, described).schema:
        assert set(field.metadata) == {b"unit", b"doc", b"source"}, field.name
        assert field.metadata[b"doc"]


def test_the_order_of_the_rows_changes_nothing(described: pa.Table) -> None:
    shuffled = described.take(np.random.default_rng(1).permutation(described.num_rows))
    assert comparison.rank_with_controls(FEW, shuffled).equals(
        comparison.rank_with_controls(FEW, described)
    )


def test_equal_places_rank_by_score_and_key(described: pa.Table) -> None:
    rows = [r for r in comparison.rank_with_controls(FEW, described).to_pylist() if r["passed"]]
    order = [(r["expected_place"], -round(r["score"], 12), r["key"]) for r in rows]
    assert order == sorted(order)
    assert len(order) > 3


def test_stable_salts_do_not_react_by_any_route() -> None:
    campaign = Campaign(metals=("Li", "K", "Ba", "Sn"), routes=("vapour", "solution"), samples=200)
    table = comparison.rank_with_controls(
        campaign, describe.describe_precursors(campaign, describe.halides_of(campaign))
    )
    rows = {r["key"]: r for r in table.to_pylist()}
    for salt in ("BaF2", "LiF", "KCl"):
        assert rows[salt]["rejected_reason"].startswith("reaction")
    assert rows["SnCl2"]["passed"]
    assert rows["SnCl2"]["reduction_potential_v"] == pytest.approx(2.5, abs=0.03)


def test_a_failed_row_can_be_named_without_describing_it() -> None:
    assert Halides(FEW).identify(0)["key"] == "TiF"


def test_controls_may_know_what_no_candidate_does(described: pa.Table) -> None:
    place = described.schema.get_field_index("name")
    nameless = described.set_column(place, "name", pa.nulls(described.num_rows))
    ranked = comparison.rank_with_controls(FEW, nameless)
    names = dict(zip(ranked["key"].to_pylist(), ranked["name"].to_pylist(), strict=True))
    assert names["C3H7Cl"] == "1-chloropropane"
    assert names["SnCl4"] is None


def test_what_is_missing_in_some_states_says_in_which() -> None:
    some = Campaign(metals=("P", "Te", "Po"), halogens=("F",))
    found = describe.describe_precursors(some, describe.halides_of(some)).to_pylist()
    missing = {row["key"]: row["missing_attributes"] for row in found}
    assert missing["TeF6"] == "adhesion (as formed, bare)"
    assert (missing["PF3"], missing["PoF4"].split(",")[0]) == (None, "adhesion")
