"""What the learned models predict, with unit, scale and limits; the recipe of their trees."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Target:
    """A property that is learned.

    Attributes
    ----------
    name : str
        Ends with its unit.
    unit : str
        For readers.
    log10 : bool
        Whether it is learned, and its errors stated, as log10 of the number in the unit.
    low, high : float
        What lies outside, no substance has; limits of the check of data, and of predictions.
    doc : str
        What it is.
    """

    name: str
    unit: str
    log10: bool
    low: float
    high: float
    doc: str

    def learned(self, values: Floats) -> Floats:
        """Bring values in the unit to the scale on which they are learned, any shape."""
        return np.log10(values) if self.log10 else np.asarray(values, dtype=np.float64)

    def measured(self, learned: Floats) -> Floats:
        """Bring values from the scale on which they are learned to the unit, any shape."""
        scale = np.clip(learned, *self.learned(np.array([self.low, self.high])))
        return np.asarray(10.0**scale if self.log10 else scale)


_ALL = (
    Target("bulk_modulus_gpa", "GPa", True, 0.1, 1000.0, "bulk modulus, Hill mean"),
    Target("shear_modulus_gpa", "GPa", True, 0.1, 1000.0, "shear modulus, Hill mean"),
    Target("youngs_modulus_gpa", "GPa", True, 0.1, 1500.0, "Young's modulus, 9KG/(3K + G)"),
    Target("formation_energy_ev_atom", "eV/atom", False, -7.0, 7.0, "energy from the elements"),
    Target("volume_a3_atom", "Å3/atom", True, 2.0, 300.0, "volume of the crystal"),
    Target("migration_barrier_ev", "eV", False, 0.0, 5.0, "barrier of migrating sodium"),
    Target("vacancy_formation_energy_ev", "eV", False, -3.0, 10.0, "cost of a sodium vacancy"),
    Target("work_of_adhesion_j_m2", "J/m2", False, -1.0, 5.0, "work of adhesion to sodium"),
    Target("ionic_conductivity_ms_cm", "mS/cm", True, 1e-15, 1e4, "sodium ions through a layer"),
)

TARGETS: Mapping[str, Target] = MappingProxyType({target.name: target for target in _ALL})
"""By name. The limits are generous [judgement]: diamond has a shear modulus of 535 GPa, osmium a
bulk modulus of 410; the strongest bond of Materials Project's solids has −4.6 eV/atom; lithium
borides take 5 and caesium 115 Å3/atom; NaCl at room temperature conducts far above 1e-15 mS/cm in
:func:`maiscreen.descriptors.layer.transport.hop_conductivity_ms_cm`, and no ion faster than 1e4."""

MEASURED = frozenset({"ionic_conductivity_ms_cm"})
"""Targets that no embedded data are of: users' own measurements alone (``lab export``)."""

LABELLED: Mapping[str, str] = MappingProxyType(
    {
        "migration_barrier_ev": "migration_barrier",
        "vacancy_formation_energy_ev": "vacancy_formation_energy",
        "work_of_adhesion_j_m2": "work_of_adhesion",
    }
)
"""Targets that only the interatomic potential has data of, and the property of its labels."""


def target(name: str) -> Target:
    """Return a target by its name.

    Raises
    ------
    InputError
        If there is no such target.

    Examples
    --------
    >>> target("shear_modulus_gpa").unit
    'GPa'
    """
    if name not in TARGETS:
        raise InputError("target", name, f"is none; take one of {', '.join(TARGETS)}")
    return TARGETS[name]


FEW = 300
"""Errors below which no model of errors is fitted [judgement]."""

MANY = 30_000
"""Rows from which larger trees are fitted [judgement]."""

HUBER = 0.27
"""Error beyond which it counts by its amount and no longer by its square, in standard deviations
of the values. Measured on moduli by matbench's folds, MAE of log10 K: squares alone 0.0785, 0.54:
0.0758, 0.27: 0.0742, 0.14: 0.0782, amounts alone 0.0760; see docs/models.md."""


def estimator(rows: int, spread: float, seed: int) -> Any:
    """Return the unfitted model: the same for every target and from ten rows on.

    Parameters
    ----------
    rows : int
        How many rows there are to learn from.
    spread : float
        Standard deviation of their values, on the scale on which they are learned.
    seed : int
        Of its random numbers.
    """
    return _trees(
        seed,
        objective="huber",
        alpha=HUBER * spread,
        n_estimators=600,
        learning_rate=0.04,
        num_leaves=127 if rows >= MANY else 63,
        colsample_bytree=0.15,
        subsample=0.8,
        subsample_freq=1,
        min_child_samples=5,
        reg_lambda=1.0,
    )


def error_estimator(rows: int, seed: int) -> Any:
    """Return the unfitted model of the absolute errors; None where there are too few rows.

    Parameters
    ----------
    rows : int
        How many errors there are to learn from.
    seed : int
        Of its random numbers.
    """
    if rows < FEW:
        return None
    return _trees(
        seed,
        n_estimators=200,
        learning_rate=0.05,
        num_leaves=15,
        colsample_bytree=0.3,
        min_child_samples=40,
    )


def _trees(seed: int, **settings: Any) -> Any:
    """Return trees that come out the same on every machine: one thread, in a fixed order."""
    from lightgbm import LGBMRegressor

    same: dict[str, Any] = {
        "deterministic": True,
        "force_row_wise": True,
        "n_jobs": 1,
        "verbose": -1,
    }
    return LGBMRegressor(random_state=seed, **same, **settings)


def describe(rows: int) -> str:
    """State in words what :func:`estimator` gives."""
    trees = estimator(rows, 1.0, 0)
    size = f"{trees.n_estimators} trees of {trees.num_leaves} leaves"
    return f"LightGBM, {size}, Huber loss, on features of the composition"
