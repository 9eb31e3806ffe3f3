"""What tests of several folders share: the default campaign, small models, a service to ask."""

import fcntl
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from maiscreen.models.learning.training import Training, embedded_training
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe import describe
from maiscreen.screen.paper import comparison

if TYPE_CHECKING:
    from mp_documents import Documents
    from mp_server import Server

sys.path.insert(0, str(Path(__file__).parent / "tiers"))
# Tests of all folders can import mp_documents, mp_server and lab_files.
sys.path.insert(0, str(Path(__file__).parent / "candidates"))
sys.path.insert(0, str(Path(__file__).parent / "descriptors"))
sys.path.insert(0, str(Path(__file__).parent / "screen"))
# The peer of reactions in general, which benchmarks time and tests compare.
sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

# A loaded machine is slow, and no fault: examples are counted, not timed.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

Rows = dict[str, dict[str, object]]
Once = Callable[[str, Callable[[Path], None]], Path]


def pytest_configure(config: pytest.Config) -> None:
    """Hold tests to the limit of their tier; let Ctrl-C reach the commands that they start."""
    from cpu_limit import CpuLimit

    config.pluginmanager.register(CpuLimit())
    # From a job in the background, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def unicode_tables() -> None:
    """Build hypothesis's tables of characters, in a fresh clone two seconds of the processor.

    Else they are charged to whichever test asks for a text first, which may be over its limit then.
    """
    st.text().validate()


@pytest.fixture(scope="session")
def default_ranking() -> pa.Table:
    """Ranking of the default campaign."""
    campaign = Campaign()
    described = describe.describe_precursors(campaign, describe.halides_of(campaign))
    return comparison.rank_with_controls(campaign, described)


@pytest.fixture(scope="session")
def default_rows(default_ranking: pa.Table) -> Rows:
    """Rows of the default ranking by key."""
    return {row["key"]: row for row in default_ranking.to_pylist()}


@pytest.fixture
def quick_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let models be fitted in milliseconds."""
    let_fit_quickly(monkeypatch)


def let_fit_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    from lightgbm import LGBMRegressor

    def quick(rows: int, spread: float, seed: int) -> LGBMRegressor:
        trees = {"n_estimators": 60, "num_leaves": 8, "min_child_samples": 3, "random_state": seed}
        return LGBMRegressor(**trees, n_jobs=1, verbose=-1)

    def few(name: str) -> Training:
        whole = embedded_training(name)
        return whole.take(np.arange(0, len(whole), 40))

    monkeypatch.setattr("maiscreen.models.learning.validation.estimator", quick)
    # An old model that knows the rows of a comparison is fitted again, to fewer than it has.
    monkeypatch.setattr("maiscreen.models.learning.compare.embedded_training", few)


METALS = ("Li", "K", "Rb", "Mg", "Ca", "Sr", "Ti", "Zr", "Fe", "Zn", "Al", "Sn")
ANIONS = ("O", "S", "F", "Cl", "N")


@pytest.fixture
def moduli() -> dict[str, float]:
    """Made-up shear moduli in GPa of 120 compositions of 60 chemical systems, smooth but noisy."""
    return made_up_moduli()


def made_up_moduli() -> dict[str, float]:
    noise = np.random.default_rng(0)
    return {
        formula: float(10 ** (0.8 + 0.1 * i - 0.1 * j + noise.normal(0, 0.02)))
        for i, metal in enumerate(METALS)
        for j, anion in enumerate(ANIONS)
        for formula in (f"{metal}{anion}", f"{metal}{anion}2")
    }


@pytest.fixture
def mine(tmp_path: Path, moduli: dict[str, float]) -> Path:
    """The same as a CSV of a user."""
    return written(moduli, tmp_path / "mine.csv")


def written(moduli: dict[str, float], path: Path) -> Path:
    rows = "".join(f"{formula},{value}\n" for formula, value in moduli.items())
    path.write_text(f"formula,shear_modulus_gpa\n{rows}")
    return path


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Make a folder once for all processes of xdist; to be copied, never changed."""
    root = tmp_path_factory.getbasetemp()
    root = root.parent if "PYTEST_XDIST_WORKER" in os.environ else root

    def made(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = root / f"once-{name}", root / f"once-{name}.done"
        with (root / f"once-{name}.lock").open("w") as lock:
            # The others wait, and take what the first has made.
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return made


@pytest.fixture(scope="session")
def trained_models(once: Once) -> Path:
    """Four quick models of the moduli: mine, again and one of the same seed, two of another."""
    from maiscreen.models.retraining.retrain import retrain

    def make(folder: Path) -> None:
        data = written(made_up_moduli(), folder / "mine.csv")
        with pytest.MonkeyPatch.context() as patch:
            let_fit_quickly(patch)
            for name, seed in (("mine", 0), ("again", 0), ("one", 0), ("two", 1)):
                retrain("shear_modulus_gpa", data, base=None, out=folder / name, seed=seed)

    return once("models", make)


@pytest.fixture(scope="session")
def mp_documents() -> "Documents":
    """Documents of the Materials Project for eight small systems, +U fluorides among them."""
    from mp_documents import documents

    return documents(("Sn", "Si", "Ti", "V"), ("F", "Cl"))


@pytest.fixture
def mp_server(mp_documents: "Documents") -> "Iterator[Callable[..., Server]]":
    """Start stand-ins of the Materials Project's service, as many as a test calls for.

    Takes what :class:`mp_server.Server` takes; the documents are :func:`mp_documents` where none
    are given.
    """
    from mp_server import Server

    with ExitStack() as stack:

        def start(documents: "Documents | None" = None, **options: Any) -> Server:
            return stack.enter_context(Server(documents or mp_documents, **options))

        yield start


@pytest.fixture(scope="session")
def fetched(tmp_path_factory: pytest.TempPathFactory, mp_documents: "Documents") -> Path:
    """A snapshot fetched from the stand-in: Sn, Si, Ti, V with F and Cl; not to be changed."""
    from mp_server import KEY, Server

    from maiscreen.candidates.materials_project.build import build_materials_project
    from maiscreen.candidates.materials_project.query import Query
    from maiscreen.candidates.materials_project.service import open_service

    out = tmp_path_factory.mktemp("fetched") / "snapshot"
    query = Query(("Sn", "Si", "Ti", "V"), ("F", "Cl"))
    with Server(mp_documents) as server, open_service(KEY, server.endpoint) as service:
        build_materials_project(service, query, out, lambda done, total: None)
    return out
