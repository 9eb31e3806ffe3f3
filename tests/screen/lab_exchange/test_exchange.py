"""What BayBE and Ax are given, and what comes back, held against files that these wrote."""

import json
from math import log
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lab_sim import cell

from maiscreen.candidates.errors import InputError
from maiscreen.screen.facts.precursors import Catalogue
from maiscreen.screen.lab_exchange.ax import is_ax, read_ax, to_ax
from maiscreen.screen.lab_exchange.baybe import to_baybe
from maiscreen.screen.lab_exchange.cells import Exchange, gather
from maiscreen.screen.lab_learning.trials import Worths
from maiscreen.screen.lab_sheet.reader import read_results

DATA = Path(__file__).parent / "data"
SAVED = DATA / "ax_saved.json"
"""What Ax 1.3.1 wrote, after it had loaded what `to_ax` gives, completed trial 2 and
failed trial 3."""

MEASURED = DATA / "baybe_measurements.csv"
"""`campaign.measurements.to_csv()` of BayBE 0.15.0, whose campaign came from what `to_baybe` gives,
with one more cell measured."""

KEYS = ("SnCl4", "GeCl4", "SiCl4", "TiCl4", "SnCl2 additive")
DRAWN = Worths(KEYS, np.log(np.random.default_rng(3).uniform(0.1, 1.0, (64, 5, 4))))
CELLS = [
    cell("SnCl4", 650, True, replicate="1"),
    cell("SnCl4", 500, replicate="2"),
    cell("SiCl4", 220),
    cell("SiCl4", 100, current_density_ma_cm2=5.0),
    cell("SnCl2", 100, route="additive"),
    cell("GeCl4", 40, True, running=True),
    cell("XeF2", 3),
]


@pytest.fixture(scope="module")
def exchange() -> Exchange:
    return gather(DRAWN, CELLS)


def test_one_set_of_equal_cells_is_given_and_the_rest_counted(exchange: Exchange) -> None:
    assert exchange.keys == KEYS[:4]
    assert exchange.attributes.shape == (4, 4)
    assert [(one.precursor, one.cycles) for one in exchange.cells] == [
        ("SnCl4", 650), ("SnCl4", 500), ("SiCl4", 220), ("GeCl4", 40),
    ]  # fmt: skip
    assert (exchange.left_out, exchange.pending) == (3, ("GeCl4",))
    with pytest.raises(InputError, match="fewer than two candidates"):
        gather(DRAWN.take(["SnCl4", "SnCl2 additive"]), CELLS)
    assert gather(DRAWN, []).cells == ()


def test_an_experiment_of_ax_has_the_fields_that_ax_writes(exchange: Exchange) -> None:
    ours = json.loads(to_ax(exchange, 0.35, "first"))
    saved = json.loads(SAVED.read_text(encoding="utf-8"))
    assert ours.keys() == saved.keys()
    ours, saved = ours["experiment"], saved["experiment"]
    assert ours.keys() == saved.keys()
    for name in ("search_space", "optimization_config", "tracking_metrics"):
        assert ours[name] == saved[name]
    for number in ("0", "1", "2"):
        assert ours["trials"][number].keys() == saved["trials"][number].keys()
        runs = [side["trials"][number]["generator_run"] for side in (ours, saved)]
        assert runs[0].keys() == runs[1].keys()
        assert runs[0]["arms"] == runs[1]["arms"]
    tables = [side["data_by_trial"]["0"]["value"][0][1]["df"] for side in (ours, saved)]
    assert tables[0].keys() == tables[1].keys()
    assert json.loads(tables[0]["value"]) == json.loads(tables[1]["value"])


def test_replicates_are_one_trial_with_the_error_of_their_mean(exchange: Exchange) -> None:
    experiment = json.loads(to_ax(exchange, 0.35, "first"))["experiment"]
    frames = [
        json.loads(one["value"][0][1]["df"]["value"])
        for one in experiment["data_by_trial"].values()
    ]
    assert [f["sem"]["0"] for f in frames] == pytest.approx([0.35 / 2**0.5, 0.35], abs=1e-6)
    assert frames[0]["mean"]["0"] == pytest.approx((log(650) + log(500)) / 2, abs=1e-6)
    statuses = [trial["status"]["name"] for trial in experiment["trials"].values()]
    assert statuses == ["COMPLETED", "COMPLETED", "RUNNING"]


def test_what_ax_saved_is_a_sheet_of_results() -> None:
    content = SAVED.read_bytes()
    assert is_ax(content)
    sheet = read_ax(content, "ax.json").decode()
    assert sheet.splitlines() == [
        "precursor,replicate,cycles,still running",
        "SnCl4,Ax 0,570,no",
        "SiCl4,Ax 1,220,no",
        "GeCl4,Ax 2,403,no",
        "TiCl4,Ax 4,,yes",
    ]


def test_a_campaign_of_baybe_has_every_candidate_once(exchange: Exchange) -> None:
    document = json.loads(to_baybe(exchange))
    (parameter,) = document["campaign"]["searchspace"]["parameters"]
    data = parameter["data"]
    assert list(data["data"]) == list(exchange.keys)
    assert len(data["columns"]) == 4
    assert len({tuple(row) for row in data["data"].values()}) == 4
    assert document["pending"] == [{"precursor": "GeCl4"}]
    assert [row["cycles"] for row in document["measurements"]] == [650, 500, 220, 40]


def test_twins_are_set_apart_and_what_all_share_is_left_out() -> None:
    drawn = np.zeros((4, 3, 4))
    drawn[:, 2, 1] = -1.0
    exchange = gather(Worths(("A", "B", "C"), drawn), [])
    (parameter,) = json.loads(to_baybe(exchange))["campaign"]["searchspace"]["parameters"]
    assert parameter["data"]["columns"] == ["ln_ionic_conductivity"]
    assert list(parameter["data"]["data"].values()) == [[0.0], [1e-6], [-1.0]]
    same = gather(Worths(("A", "B"), np.zeros((4, 2, 4))), [])
    (parameter,) = json.loads(to_baybe(same))["campaign"]["searchspace"]["parameters"]
    assert list(parameter["data"]["data"].values()) == [[0.0], [1e-6]]


def test_what_baybe_measured_is_a_sheet_of_results() -> None:
    content = read_results(MEASURED.read_bytes(), "m.csv", Catalogue([]))
    assert content.refused == ()
    assert [(one.precursor, one.cycles, one.censored) for one in content.accepted] == [
        ("SnCl4", 650, True), ("SnCl4", 500, False), ("SiCl4", 220, False), ("GeCl4", 40, True),
        ("TiCl4", 150, False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [b"{", b"{}", b'{"experiment": 3}', b'{"experiment": {"trials": {"0": {}}}}', b'{"a": NaN}',
     SAVED.read_bytes().replace(b"COMPLETED", b"COMPLETED", 1).replace(b"ln_cycles", b"other"),
     SAVED.read_bytes().replace(b'"precursor"', b'"solvent"'),
     SAVED.read_bytes().replace(b"6.34579", b"1e9"), b"[" * 100_000],
    ids=range(9),
)  # fmt: skip
def test_what_is_no_experiment_is_refused(content: bytes) -> None:
    with pytest.raises(InputError, match="is no experiment of Ax"):
        read_ax(content, "a.json")


def test_pickles_of_baybe_are_not_read() -> None:
    with pytest.raises(InputError, match=r"measurements\.to_csv"):
        read_ax(b'{"type": "Campaign", "searchspace": {"exp_rep": "gASV"}}', "a.json")


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**6), st.integers(0, 255))
def test_damaged_experiments_are_refused_or_read(place: int, byte: int) -> None:
    content = bytearray(SAVED.read_bytes())
    content[place % len(content)] = byte
    try:
        read_ax(bytes(content), "a.json")
    except InputError as error:
        assert str(error).isprintable()
