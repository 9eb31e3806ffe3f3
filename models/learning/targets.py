"""What the learned models predict, with unit, scale and limits; the recipe of their trees."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError, did_you_mean

Floats = NDArray[np.float64]


LEAST = 1e-300
"""Least number that a logarithm is taken of, where a target names no lower limit."""


@dataclass(frozen=True, slots=True)
class Target:
    """A property that is learned.

    Attributes
    ----------
    name : str
        Letters, digits and ``_``; best ends with its unit, as ``band_gap_ev`` does.
    unit : str
        For readers; empty for a pure number.
    log10 : bool
        Whether it is learned, and its errors stated, as log10 of the number in the unit.
    low, high : float
        What lies outside, no substance has; limits of the check of data, and of predictions.
        Without one, any number.
    doc : str
        What it is.

    Raises
    ------
    InputError
        If a part is of another kind, or the limits leave nothing.

    Examples
    --------
    >>> Target("band_gap_ev", "eV", low=0, high=20).high
    20.0
    """

    name: str
    unit: str = ""
    log10: bool = False
    low: float = -math.inf
    high: float = math.inf
    doc: str = ""

    def __post_init__(self) -> None:
        """Check the parts, and give a logarithm a lower limit above 0."""
        _check_texts(self)
        if not isinstance(self.log10, bool):
            raise InputError("target.log10", self.log10, "give true or false")
        for field in ("low", "high"):
            object.__setattr__(self, field, _limit(field, getattr(self, field)))
        if self.log10 and self.low == -math.inf:
            object.__setattr__(self, "low", LEAST)
        if self.log10 and self.low <= 0:
            remedy = "give one above 0, or leave it out: log10 is taken of the values"
            raise InputError("target.low", self.low, remedy)
        if not self.low < self.high:
            raise InputError("target.high", self.high, f"give more than low, {self.low:g}")

    def learned(self, values: Floats) -> Floats:
        """Bring values in the unit to the scale on which they are learned, any shape."""
        return np.log10(values) if self.log10 else np.asarray(values, dtype=np.float64)

    def measured(self, learned: Floats) -> Floats:
        """Bring values from the scale on which they are learned to the unit, any shape."""
        scale = np.clip(learned, *self.learned(np.array([self.low, self.high])))
        with np.errstate(over="ignore"):
            return np.asarray(10.0**scale if self.log10 else scale)

    @property
    def scale(self) -> str:
        """The unit of its errors: ``log10(GPa)``, ``eV/atom``."""
        return f"log10({self.unit or 1})" if self.log10 else self.unit

    @property
    def is_built_in(self) -> bool:
        """Whether it is one of :data:`TARGETS`, as it stands there."""
        return TARGETS.get(self.name) == self

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON: no limit is None."""
        return {k: None if v in (math.inf, -math.inf) else v for k, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Target":
        """Make a target of plain values, as :meth:`to_dict` gives them, or a TOML file.

        Raises
        ------
        InputError
            If there is no name, an unknown part, or one of another kind.
        """
        known = tuple(cls.__dataclass_fields__)
        for key in plain:
            if key not in known:
                hint = did_you_mean(str(key), known, "; {}")
                raise InputError(f"target.{key}", plain[key], f"take {', '.join(known)}{hint}")
        if "name" not in plain:
            raise InputError("target.name", "", "is missing")
        return cls(**{key: value for key, value in plain.items() if value is not None})


def _check_texts(own: Target) -> None:
    for field in ("name", "unit", "doc"):
        value = getattr(own, field)
        if not isinstance(value, str) or len(value) > LONGEST_TEXT or not _is_one_line(value):
            remedy = f"give a text of one line and at most {LONGEST_TEXT} characters"
            raise InputError(f"target.{field}", value, remedy)
    if not own.name.isidentifier():
        remedy = "take letters, digits and _, such as band_gap_ev"
        raise InputError("target.name", own.name, remedy)


def _is_one_line(text: str) -> bool:
    return text == "" or text.isprintable()


LONGEST_TEXT = 200
"""Characters of a text of a target."""


def _limit(field: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        raise InputError(f"target.{field}", value, "give a number, or leave it out")
    if math.isnan(value):
        raise InputError(f"target.{field}", value, "give a number, or leave it out")
    return float(value)


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


def target(name: str | Target) -> Target:
    """Return a target by its name; one of the user's own as it is.

    Raises
    ------
    InputError
        If there is no such target, or one of the user's own has the name of another.

    Examples
    --------
    >>> target("shear_modulus_gpa").unit
    'GPa'
    """
    if isinstance(name, Target):
        if name.name in TARGETS and not name.is_built_in:
            remedy = "is built in, with other parts; give its name alone, or another name"
            raise InputError("target.name", name.name, remedy)
        return name
    if not isinstance(name, str) or name not in TARGETS:
        hint = did_you_mean(name, TARGETS, "; {}") if isinstance(name, str) else ""
        remedy = (
            f"is none that is built in{hint}; take one of {', '.join(TARGETS)}, or your own: "
            "Target(name, unit, log10, low, high), or a TOML file with these"
        )
        raise InputError("target", name, remedy)
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
