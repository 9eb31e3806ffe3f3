"""Features of formulas as a transformer of scikit-learn."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.utils.validation import (
    _check_feature_names,
    _check_n_features,
    check_is_fitted,
)

from maiscreen.candidates.chemistry.formula import Compositions, compositions
from maiscreen.candidates.errors import InputError, did_you_mean
from maiscreen.candidates.reading.table import plain_name
from maiscreen.descriptors.composition.features import (
    GROUPS,
    IN_USE,
    feature_labels,
    features,
)
from maiscreen.models.learning.formulas import NAMES, TAKEN, formula_texts

Floats = NDArray[np.float64]

DEFAULT = "default"
"""Says that the features of maiscreen's own models are meant."""


class CompositionFeaturizer(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn formulas into features.

    Parameters
    ----------
    features : str, matminer featurizer, or sequence of these
        ``default``: those of maiscreen's own models, 360 of them. Groups of
        :data:`maiscreen.descriptors.composition.features.GROUPS` (``magpie``, ``ionic``, …), and
        any featurizer of compositions of matminer beside them. What matminer cannot compute of a
        composition is NaN.
    column : str, optional
        Of a DataFrame, where the formulas have a name that is not recognised.

    Attributes
    ----------
    n_features_in_ : int
        Columns of what it was fitted to.
    feature_names_in_ : array of str
        Their names, where they have any.

    Examples
    --------
    >>> CompositionFeaturizer(["stoichiometry", "ionic"]).fit_transform(["NaSn", "Na15Sn4"]).shape
    (2, 8)
    """

    def __init__(self, features: Any = DEFAULT, column: str | None = None) -> None:
        self.features = features
        self.column = column

    def fit(self, X: Any, y: object = None) -> "CompositionFeaturizer":  # noqa: N803
        """Check the formulas; there is nothing to learn from them but the names of columns.

        Parameters
        ----------
        X : array-like of str or pymatgen Composition, shape (n,), (n, 1), or DataFrame
            Formulas.
        y : object
            Not looked at.

        Raises
        ------
        InputError
            If a formula does not parse, or there are no such features.
        """
        self._fit(X, y)
        return self

    def transform(self, X: Any) -> Floats:  # noqa: N803
        """Return the features of formulas, shape (n, p).

        Parameters
        ----------
        X : array-like of str or pymatgen Composition, shape (n,), (n, 1), or DataFrame
            Formulas.

        Raises
        ------
        InputError
            If a formula does not parse.
        """
        return self.featurize(X)[0]

    def featurize(self, X: Any, *, fit: bool = False) -> tuple[Floats, Compositions]:  # noqa: N803
        """Return the features of formulas, shape (n, p), and their compositions, read once.

        Parameters
        ----------
        X : array-like of str or pymatgen Composition, shape (n,), (n, 1), or DataFrame
            Formulas.
        fit : bool
            Fit to them first.

        Raises
        ------
        InputError
            If a formula does not parse, or there are no such features.
        """
        batch = self._fit(X) if fit else self._read(X)
        return np.hstack([_evaluate(part, batch) for part in self.parts_]), batch

    def _fit(self, table: Any, y: object = None) -> Compositions:
        self.parts_ = _parts(self.features)
        remember_columns(self, table, reset=True)
        batch = read_formulas(table, self.column)
        for part in self.parts_:
            if hasattr(part, "fit"):
                part.fit(_to_pymatgen(batch), y)
        return batch

    def _read(self, table: Any) -> Compositions:
        check_is_fitted(self, "parts_")
        remember_columns(self, table, reset=False)
        return read_formulas(table, self.column)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[np.object_]:
        """Return the names of the features, shape (p,).

        Parameters
        ----------
        input_features : object
            Not looked at.
        """
        check_is_fitted(self, "parts_")
        return np.array([name for part in self.parts_ for name in _labels(part)], dtype=object)

    def __sklearn_tags__(self) -> Any:
        """State that it takes texts, one column of them, and no table of numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        return tags


def read_formulas(column: Any, name: str | None = None) -> Compositions:
    """Read formulas, or the column of them in a DataFrame.

    Parameters
    ----------
    column : array-like or DataFrame
        As :class:`CompositionFeaturizer` takes them.
    name : str, optional
        Of the column.

    Raises
    ------
    InputError
        If there is no such column, or a formula does not parse.
    """
    texts = formula_texts(_column_of(column, name), "X")
    if not texts:
        raise InputError("X", "no rows", f"give {TAKEN}")
    return compositions(texts)


def _column_of(table: Any, name: str | None) -> Any:
    """Return the column of formulas of a DataFrame; anything else as it is."""
    if not hasattr(table, "columns") or getattr(table, "ndim", 2) == 1:
        return table
    headings = [str(heading) for heading in table.columns]
    if name is not None and name not in headings:
        raise InputError("column", name, f"is none of {', '.join(headings[:8])}")
    known = [h for h in headings if plain_name(h) in NAMES]
    if name is None and len(headings) > 1 and len(known) != 1:
        what = "several columns" if known else "no column"
        raise InputError("X", f"columns {', '.join(headings[:8])}", f"has {what} of formulas; name "
                         "one: column")  # fmt: skip
    chosen = name or (known[0] if known else headings[0])
    return table[list(table.columns)[headings.index(chosen)]]


def remember_columns(estimator: Any, table: Any, *, reset: bool) -> None:
    """Keep number and names of columns when fitting; later check that they are the same.

    Parameters
    ----------
    estimator : Any
        With scikit-learn's interface; it gets ``n_features_in_`` and, where columns have names,
        ``feature_names_in_``.
    table : array-like or DataFrame
        What it is fitted to, or asked with.
    reset : bool
        Keep them; else check.

    Raises
    ------
    ValueError
        If they are others.
    """
    _check_feature_names(estimator, table, reset=reset)
    shape = getattr(table, "shape", ())
    if len(shape) == 2:
        _check_n_features(estimator, table, reset=reset)
    elif reset:
        estimator.n_features_in_ = 1


def _parts(chosen: Any) -> tuple[Any, ...]:
    """Return groups of ours (as tuples of names) and featurizers of matminer, in their order."""
    every: Iterable[Any] = chosen if isinstance(chosen, list | tuple) else (chosen,)
    parts: list[Any] = []
    for part in every:
        if isinstance(part, str):
            parts.append(_groups(part))
        elif hasattr(part, "featurize_many") and hasattr(part, "feature_labels"):
            parts.append(clone(part))
        else:
            remedy = f"give {DEFAULT}, groups ({', '.join(GROUPS)}) or featurizers of matminer"
            raise InputError("features", part, remedy)
    if not parts:
        raise InputError("features", chosen, f"is empty; give {DEFAULT}, or {', '.join(GROUPS)}")
    return tuple(parts)


def _groups(name: str) -> tuple[str, ...]:
    if name == DEFAULT:
        return tuple(IN_USE)
    if name not in GROUPS:
        hint = did_you_mean(name, GROUPS, "; {}")
        remedy = f"is no group of features; take {DEFAULT}, {', '.join(GROUPS)}{hint}"
        raise InputError("features", name, remedy)
    return (name,)


def _labels(part: Any) -> Sequence[str]:
    return feature_labels(part) if isinstance(part, tuple) else list(part.feature_labels())


def _evaluate(part: Any, batch: Compositions) -> Floats:
    """Return the features of a part, shape (n, p)."""
    if isinstance(part, tuple):
        return features(batch, part)
    part.set_n_jobs(1)
    rows = part.featurize_many(_to_pymatgen(batch), ignore_errors=True, pbar=False)
    try:
        return np.array(rows, dtype=np.float64).reshape(len(batch), -1)
    except (TypeError, ValueError):
        remedy = "gives something else than numbers; take another"
        raise InputError("features", type(part).__name__, remedy) from None


def _to_pymatgen(batch: Compositions) -> list[Any]:
    from pymatgen.core.composition import Composition

    return [Composition(key) for key in batch.key.tolist()]
