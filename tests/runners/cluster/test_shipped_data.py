"""Own snapshot, labels and models on workers whose hosts have no such folders."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from distributed import Client
from stock_cluster import JOINED, data_received, scheduler, worker

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.snapshot import pins
from maiscreen.models.labels.labels import load_labels, to_lines
from maiscreen.models.learning.fit import fit
from maiscreen.models.learning.training import embedded_training, unweighted_training
from maiscreen.models.storage.model import save
from maiscreen.runners.cluster import shipped_data
from maiscreen.runners.cluster.open import RunnerOptions, open_runner
from maiscreen.runners.cluster.same_code import campaign_versions, local_versions
from maiscreen.runners.work.serial import execute as serially
from maiscreen.runners.work.work import stack_tables
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import remaining_tasks
from maiscreen.screen.describe import describe
from maiscreen.screen.screens.choose import screen_of
from maiscreen.screen.screens.screen import describe_part

pytestmark = pytest.mark.usefixtures("patient")

SMALL = Campaign(metals=("Si", "Sn", "Ti"), halogens=("Cl",), chunk_size=3)


@pytest.fixture
def mine(tmp_path: Path) -> Campaign:
    """A campaign with a snapshot, labels and a model that are not the embedded ones."""
    home = tmp_path / "home"
    shutil.copytree(str(files("maiscreen.candidates") / "data"), home / "snapshot")
    (home / "labels").mkdir()
    soft = [replace(one, value=one.value and one.value / 3) for one in load_labels()]
    (home / "labels" / "labels.jsonl").write_text(to_lines(soft))
    rows = embedded_training("youngs_modulus_gpa")
    few = np.flatnonzero(np.arange(len(rows)) % 99 == 0)
    changed = unweighted_training(
        rows.target, rows.take(few).formulas, rows.values[few] / 50, "changed"
    )
    save(fit(changed, "soft", splits=("grouped",)), home / "model")
    own: dict[str, Any] = {name: str(home / name) for name in ("snapshot", "labels")}
    return describe.pin_own_data(replace(SMALL, models=(str(home / "model"),), **own))


def described(execute: Any, campaign: Campaign) -> pa.Table:
    screen = screen_of(campaign)
    tasks = remaining_tasks(screen.size, campaign.chunk_size, set())
    assert len(tasks) > 3
    outcomes = dict(execute(describe_part, screen, tasks))
    assert not any(outcome.failures for outcome in outcomes.values())
    return stack_tables([outcomes[task].table for task in sorted(outcomes)])


@pytest.mark.slow
def test_workers_get_what_they_lack_once(mine: Campaign, tmp_path: Path) -> None:
    expected = described(serially, mine)
    assert not expected.equals(described(serially, describe.pin_own_data(SMALL)))
    data = shipped_data.campaign_folders(mine)
    (tmp_path / "home").rename(tmp_path / "gone")
    with (
        scheduler(tmp_path) as (address, _),
        worker(address, tmp_path) as first,
        Client(address, timeout=300) as client,
    ):
        first.says(JOINED)
        ask = partial(campaign_versions, describe.pin_own_data, mine)
        with open_runner(RunnerOptions(scheduler=address), local_versions(), ask, lambda: data) as (
            execute,
            _,
        ):
            assert described(execute, mine).equals(expected)
            with worker(address, tmp_path) as second:
                second.says(JOINED)
                client.wait_for_workers(2)
                assert described(execute, mine).equals(expected)
                told = client.run(data_received)
                first_file = sorted(name for of_one in data.values() for name in of_one)
                assert list(told.values()) == [(1, first_file), (1, first_file)]
        # When the run is over nothing of it is left.
        assert list(client.run(data_received).values()) == [(1, [])]


@pytest.mark.slow
def test_a_worker_does_not_trust_what_it_was_sent(mine: Campaign, tmp_path: Path) -> None:
    data = {digest: dict(of_one) for digest, of_one in shipped_data.campaign_folders(mine).items()}
    data[pins.digest_of(mine.labels)]["labels.jsonl"] += b"\n"
    (tmp_path / "home").rename(tmp_path / "gone")
    with scheduler(tmp_path) as (address, _), worker(address, tmp_path) as one:
        one.says(JOINED)
        ask = partial(campaign_versions, describe.pin_own_data, mine)
        with (
            pytest.raises(InputError, match="holds other labels than the campaign was started"),
            open_runner(RunnerOptions(scheduler=address), local_versions(), ask, lambda: data),
        ):
            pass


@pytest.mark.slow
def test_what_is_sent(mine: Campaign, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: Mapping[str, Mapping[str, bytes]] = shipped_data.campaign_folders(mine)
    assert list(sent) == [pins.digest_of(pin) for pin in (mine.snapshot, mine.labels, *mine.models)]
    assert shipped_data.campaign_folders(SMALL) == {}
    monkeypatch.setattr(shipped_data, "MOST_BYTES", 1000)
    with pytest.raises(InputError, match="too much to send to workers"):
        shipped_data.campaign_folders(mine)


def test_the_folder_that_is_named_comes_first(tmp_path: Path) -> None:
    named, sent = tmp_path / "named", tmp_path / "sent" / "0"
    sent.mkdir(parents=True)
    pin = f"{named}{pins.PIN}12"
    pins.register_shipped("12", sent)
    assert pins.resolve_folder(pin) == sent
    assert pins.resolve_folder(f"{named}{pins.PIN}34") == named
    named.mkdir()
    assert pins.resolve_folder(pin) == named
    named.rmdir()
    pins.forget_shipped(tmp_path / "sent")
    assert pins.resolve_folder(pin) == named
