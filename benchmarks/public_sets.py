"""Retraining on public sets, against forests and boosting on the same folds: docs/models.md.

    python benchmarks/public_sets.py --wheel crabnet-2.0.8-py3-none-any.whl
    python benchmarks/public_sets.py --barriers barriers.csv
    python benchmarks/public_sets.py --conductivities ionic_conductivity_database.csv

AFLOW's moduli come from the wheel (`make test-data` fetches it), the moduli of the elements from
pymatgen. Two files are not part of the project: barriers of the literature, and conductivities of
lithium compounds: McHaffie et al., Digital Discovery (2025), doi:10.1039/D5DD00052A, CC0,
data/misc/mchaffie/ionic_conductivity_database.csv of github.com/NRC-Mila/OBELiX. The folds are
those of the split `systems`: whole chemical systems held out.
"""

import argparse
import csv
import tempfile
import time
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.model_selection import GridSearchCV

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.models.learning.splits import make_split
from maiscreen.models.learning.targets import Target
from maiscreen.models.learning.training import Training
from maiscreen.models.learning.validation import metrics, predict_unseen, prepare
from maiscreen.models.training_files.columns import NamedColumns
from maiscreen.models.training_files.read import Data, Reading, read_data, summary

MOST = 1500
"""Compositions of a set that are learned from: so many are drawn where there are more."""

GRID = {"learning_rate": [0.03, 0.1], "max_leaf_nodes": [15, 31]}
"""What the boosting is tuned over, by 3 folds within each training part."""

ELEMENTS = {
    "bulk_modulus_gpa": "bulk_modulus",
    "shear_modulus_gpa": "rigidity_modulus",
    "youngs_modulus_gpa": "youngs_modulus",
}
"""Target and pymatgen's name of the property of the element."""

CONDUCTIVITY = Target(
    "ionic_conductivity_s_cm",
    "S/cm",
    log10=True,
    high=10.0,
    doc="lithium ions, at room temperature",
)
"""Without a least value [judgement]: what an extrapolation gives, down to 1e-31, is told apart by
its own row of the table and not by a limit. No ion is faster than 10 S/cm [judgement]."""


def aflow(wheel: Path) -> Iterator[tuple[str, Data]]:
    """Read AFLOW's moduli: train, val and test of CrabNet's benchmark, one after the other."""
    for kind in ("bulk", "shear"):
        folder = f"crabnet/data/benchmark_data/aflow__ael_{kind}_modulus_vrh"
        with zipfile.ZipFile(wheel) as archive:
            texts = [archive.read(f"{folder}/{k}.csv").decode() for k in ("train", "val", "test")]
        rows = "".join(text.split("\n", 1)[1] for text in texts)
        how = Reading("GPa", named=NamedColumns(value="target"))
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "aflow.csv"
            path.write_text(f"formula,target\n{rows}")
            yield f"AFLOW, {kind} modulus", read_data(f"{kind}_modulus_gpa", path, how=how)


def elements() -> Iterator[tuple[str, Data]]:
    """Read the moduli of the elements, measured."""
    from pymatgen.core.periodic_table import Element

    for target, name in ELEMENTS.items():
        with warnings.catch_warnings():  # of each element that has none
            warnings.simplefilter("ignore")
            known = {e.symbol: getattr(e, name, None) for e in Element}
        rows = [{"formula": s, "value": float(v)} for s, v in known.items() if v is not None]
        yield f"elements, {name.replace('_', ' ')}", read_data(target, rows, "GPa")


def barriers(path: Path) -> Iterator[tuple[str, Data]]:
    """Read migration barriers of the literature."""
    for way in ("median", "min"):
        data = read_data("migration_barrier_ev", path, how=Reading(duplicates=way))
        yield f"barriers of the literature, {way}", data


def conductivities(path: Path) -> Iterator[tuple[str, Data]]:
    """Read conductivities at room temperature: all, and those that were not extrapolated to it."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    measured = [row for row in rows if row["lowest_extrapolation_temperature_K"] == "na"]
    how = Reading("S/cm", named=NamedColumns("compound", "conductivity_siemens_per_cm"))
    yield "conductivities of Li, all", read_data(CONDUCTIVITY, rows, how=how)
    yield "conductivities of Li, not extrapolated", read_data(CONDUCTIVITY, measured, how=how)


def peers() -> dict[str, Any]:
    """Return what is compared: ours, a plain forest, tuned boosting."""
    boosting = HistGradientBoostingRegressor(random_state=0)
    return {
        "maiscreen": None,
        "random forest": RandomForestRegressor(100, max_features=1 / 3, random_state=0),
        "boosting, tuned": GridSearchCV(boosting, GRID, cv=3, scoring="neg_mean_absolute_error"),
    }


def drawn(training: Training) -> Training:
    """Draw compositions where there are more than are learned from."""
    if len(training) <= MOST:
        return training
    rows = np.random.default_rng(0).choice(len(training), MOST, replace=False)
    return training.take(np.sort(rows))


def judge(name: str, data: Data) -> None:
    """Print a row of the table for each of the peers."""
    training = drawn(data.training)
    split = make_split("systems", compositions(training.formulas))
    spread = training.kind.learned(training.values)
    mean = float(np.mean(np.abs(spread - spread.mean())))
    for peer, estimator in peers().items():
        begun = time.process_time()
        found = metrics(predict_unseen(prepare(training, estimator), split.folds, 0))
        seconds = time.process_time() - begun
        cells = (name, data.rows, len(data.training), data.disagreeing, len(training), peer)
        numbers = f"{found['mae']:.4f} | {mean:.4f} | {found['coverage']:.1%} | {seconds:.0f}"
        print("|", " | ".join(map(str, cells)), "|", numbers, "|", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path)
    parser.add_argument("--barriers", type=Path)
    parser.add_argument("--conductivities", type=Path)
    options = parser.parse_args()
    head = ("set", "rows", "compositions", "disagree", "learned from", "model", "MAE",
            "MAE of the mean", "coverage of 90%", "processor / s")  # fmt: skip
    print("|", " | ".join(head), "|")
    print("|" + " --- |" * len(head))
    sets: list[tuple[str, Data]] = [*elements()]
    sets += barriers(options.barriers) if options.barriers else ()
    sets += conductivities(options.conductivities) if options.conductivities else ()
    sets += aflow(options.wheel) if options.wheel else ()
    for name, data in sets:
        judge(name, data)
    for name, data in sets:
        print(f"{name}: {summary(data.left_out)}")


if __name__ == "__main__":
    main()
