"""What a model is trained on: compositions and values of one property, with errors and weights."""

import hashlib
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from maiscreen.models.learning.targets import LABELLED, MEASURED, target

Floats = NDArray[np.float64]

EMBEDDED = "embedded"
"""Name of the data that come with the project."""


@dataclass(frozen=True, slots=True, eq=False)
class Training:
    """Rows to learn from; arrays of shape (n,).

    Attributes
    ----------
    target : str
        Of :data:`maiscreen.models.learning.targets.TARGETS`.
    formulas : tuple of str
        One for each row; a composition may have several (polymorphs, repeated measurements).
    values : Floats
        In the target's unit.
    stds : Floats
        Standard deviations in the target's unit, NaN where they are not known.
    weights : Floats
        How much each row counts, above 0.
    source : str
        Where the rows come from.
    """

    target: str
    formulas: tuple[str, ...]
    values: Floats
    stds: Floats
    weights: Floats
    source: str

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.formulas)

    @property
    def sha256(self) -> str:
        """Hash of all rows, in their order, the same on every machine."""
        digest = hashlib.sha256(f"{self.target}\n".encode())
        numbers = np.stack([self.values, self.stds, self.weights], axis=1).astype("<f8")
        digest.update("\n".join(self.formulas).encode())
        digest.update(numbers.tobytes())
        return digest.hexdigest()

    def take(self, rows: NDArray[np.intp]) -> "Training":
        """Give some of the rows, by their numbers."""
        return Training(
            self.target,
            tuple(self.formulas[row] for row in rows.tolist()),
            self.values[rows],
            self.stds[rows],
            self.weights[rows],
            self.source,
        )


def plain(name: str, formulas: tuple[str, ...], values: Floats, source: str) -> Training:
    """Make rows that all count alike, their errors unknown.

    Parameters
    ----------
    name : str
        Target.
    formulas : tuple of str
        Shape (n,).
    values : Floats
        In the target's unit, shape (n,).
    source : str
        Where they come from.
    """
    n = len(formulas)
    return Training(name, formulas, values, np.full(n, np.nan), np.ones(n), source)


@cache
def embedded_training(name: str) -> Training:
    """Give the rows that come with the project.

    Moduli are those of matbench (Materials Project, 10,987 rows), energies and volumes those of
    CritExam and OQMD (85,014 rows, see candidates/data/SOURCES); barriers, vacancies and works of
    adhesion the labels of the interatomic potential that passed their checks.

    Parameters
    ----------
    name : str
        Target.

    Raises
    ------
    InputError
        If there is no such target.
    """
    target(name)
    if name in MEASURED:
        return plain(name, (), np.empty(0), "")
    if name in LABELLED:
        return _labels(name)
    from maiscreen.candidates.snapshot.training_data import energies, moduli

    if name in ("formation_energy_ev_atom", "volume_a3_atom"):
        table = energies()
        values = table[name].to_numpy()
        there = np.isfinite(values)
        formulas = np.array(table["formula"].to_pylist(), dtype=object)[there]
        return plain(name, tuple(formulas), values[there], EMBEDDED)
    table = moduli()
    formulas = tuple(table["formula"].to_pylist())
    if name != "youngs_modulus_gpa":
        return plain(name, formulas, table[name].to_numpy(), EMBEDDED)
    bulk, shear = (table[f"{kind}_modulus_gpa"].to_numpy() for kind in ("bulk", "shear"))
    return plain(name, formulas, 9 * bulk * shear / (3 * bulk + shear), EMBEDDED)


def _labels(name: str) -> Training:
    from maiscreen.models.labels.evidence import evidence

    found = {f: e for (f, kind), e in evidence().items() if kind == LABELLED[name]}
    formulas = tuple(sorted(found))
    values, stds = (
        np.array([getattr(found[f], field) for f in formulas], dtype=np.float64)
        for field in ("value", "std")
    )
    return Training(name, formulas, values, stds, np.ones(len(formulas)), EMBEDDED)
