"""A surrogate as an estimator of scikit-learn: any regressor, with intervals that were tested."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, RegressorMixin, clone
from sklearn.model_selection import KFold, check_cv
from sklearn.utils import check_random_state
from sklearn.utils.validation import (
    _check_sample_weight,
    check_consistent_length,
    check_is_fitted,
    column_or_1d,
    has_fit_parameter,
    validate_data,
)

from maiscreen.candidates.chemistry.formula import Compositions
from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.calibration import ONE_SIGMA
from maiscreen.models.learning.featurizer import CompositionFeaturizer, remember_columns
from maiscreen.models.learning.fit import check_estimator
from maiscreen.models.learning.formulas import are_formulas
from maiscreen.models.learning.intervals import HeldOutErrors
from maiscreen.models.learning.model import ask_estimator, expected_errors
from maiscreen.models.learning.splits import Domain, Fold, folds_of_groups
from maiscreen.models.learning.targets import Target
from maiscreen.models.learning.validation import (
    expect_errors_of_others,
    fit_error_trees,
    fit_regressor,
)

Floats = NDArray[np.float64]


class SurrogateRegressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
    """Learn a property from formulas, or from numbers, with intervals that were tested.

    Intervals are conformal (docs/models.md): from errors of rows that models of the other folds
    had not seen, scaled by what is expected of each. With formulas the folds keep whole chemical
    systems together; numbers say nothing of what is alike, so that their folds are random unless
    ``groups`` are given, and intervals then hold for rows that are like those of the training.

    Parameters
    ----------
    estimator : regressor, optional
        Any of scikit-learn's interface; maiscreen's own trees if left out.
    features : str, matminer featurizer, or sequence of these, optional
        Of :class:`~maiscreen.models.learning.featurizer.CompositionFeaturizer`. If left out,
        formulas get its default, and numbers are taken as they are.
    log10 : bool
        Learn log10 of the values.
    cv : int, splitter, iterable or None
        Folds that the intervals come from. None makes none: one fit in place of six.
    random_state : int, RandomState or None
        Of folds and of estimators whose own is unset.

    Attributes
    ----------
    estimator_ : regressor
        Fitted to all rows.
    held_out_ : HeldOutErrors or None
        Errors of rows that models of the folds had not seen.
    featurizer_ : CompositionFeaturizer or None
        None where it learned from numbers.
    domain_ : Domain or None
        Elements that were seen, where it learned from formulas.
    n_features_in_ : int
        Columns of what it was fitted to.
    feature_names_in_ : array of str
        Their names, where they have any.

    Examples
    --------
    >>> from sklearn.linear_model import Ridge
    >>> formulas, gaps = ["NaF", "NaCl", "KF", "KCl", "LiF", "LiCl"], [11, 8.5, 11, 8.4, 14, 9.4]
    >>> model = SurrogateRegressor(Ridge(), features="magpie").fit(formulas, gaps)
    >>> model.predict(["RbCl"]).shape, model.predict_interval(["RbCl"], coverage=0.5).shape
    ((1,), (1, 2))
    """

    def __init__(
        self,
        estimator: Any = None,
        features: Any = None,
        log10: bool = False,
        cv: Any = 5,
        random_state: Any = 0,
    ) -> None:
        self.estimator = estimator
        self.features = features
        self.log10 = log10
        self.cv = cv
        self.random_state = random_state

    def fit(
        self,
        X: Any,  # noqa: N803
        y: Any,
        sample_weight: Any = None,
        groups: Any = None,
    ) -> "SurrogateRegressor":
        """Learn from rows.

        Parameters
        ----------
        X : array-like
            Formulas, shape (n,) or (n, 1), a DataFrame with a column of them, or numbers, (n, p).
        y : array-like of float, shape (n,)
            Values.
        sample_weight : array-like of float, shape (n,), optional
            How much each row counts.
        groups : array-like, shape (n,), optional
            What the folds keep together; chemical systems, where there are formulas.

        Raises
        ------
        InputError
            If a formula does not parse, values cannot be learned, or all rows are of one group.
        """
        check_estimator(self.estimator)
        known, batch = self._start(X)
        learned = self._check_values(X, known, y)
        weights = None if sample_weight is None else self._check_weights(sample_weight, known)
        self.domain_ = None if batch is None else Domain.of(batch)
        self._seed = _seed(self.random_state)
        self.held_out_: HeldOutErrors | None = None
        self.errors_: Any = None
        if self.cv is not None:
            folds = self._folds(known, learned, batch, groups)
            self._test(known, learned, weights, batch, folds)
        self.estimator_ = fit_regressor(self.estimator, known, learned, weights, self._seed)
        return self

    def predict(self, X: Any, return_std: bool = False) -> Any:  # noqa: N803
        """Predict values, shape (n,); with ``return_std`` also their standard deviations.

        Parameters
        ----------
        X : array-like
            As it was fitted to.
        return_std : bool
            Give (values, standard deviations): half of the interval of 68 %, about the value.

        Raises
        ------
        InputError
            If a formula does not parse, or standard deviations are asked for after ``cv=None``.
        """
        check_is_fitted(self, "estimator_")
        known, batch = self._known(X)
        mean = ask_estimator(self.estimator_, known)
        value = self._kind().measured(mean)
        if not return_std:
            return value
        half = self._half_widths(known, batch, mean, ONE_SIGMA)
        return value, value * np.log(10) * half if self.log10 else half

    def predict_interval(self, X: Any, coverage: float = 0.9) -> Floats:  # noqa: N803
        """Predict intervals: lower and upper ends, shape (n, 2).

        Parameters
        ----------
        X : array-like
            As it was fitted to.
        coverage : float
            Share of rows that the intervals are to hold. Infinite where the rows that they come
            from are too few to promise it.

        Raises
        ------
        InputError
            If the coverage is no share, a formula does not parse, or it was fitted with
            ``cv=None``.
        """
        check_is_fitted(self, "estimator_")
        known, batch = self._known(X)
        mean = ask_estimator(self.estimator_, known)
        half = self._half_widths(known, batch, mean, coverage)
        ends = np.stack([mean - half, mean + half], axis=1)
        return self._kind().measured(ends)

    def is_inside(self, X: Any) -> NDArray[np.bool_]:  # noqa: N803
        """Return whether rows lie in the domain of the training, shape (n,).

        Parameters
        ----------
        X : array-like
            As it was fitted to; of numbers nothing is known, and all are inside.
        """
        check_is_fitted(self, "estimator_")
        known, batch = self._known(X)
        return self._inside(known, batch)

    def __sklearn_tags__(self) -> Any:
        """State that it takes texts as well as numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        return tags

    def _kind(self) -> Target:
        return Target("value", log10=self.log10)

    def _start(self, table: Any) -> tuple[Floats, Compositions | None]:
        """Return features, and compositions where formulas are given, of what is learned from."""
        if self.features is None and not are_formulas(table):
            self.featurizer_: Any = None
            known = validate_data(self, table, dtype=np.float64, ensure_min_samples=2)
            return known, None
        chosen = "default" if self.features is None else self.features
        ready = isinstance(chosen, CompositionFeaturizer)
        self.featurizer_ = clone(chosen) if ready else CompositionFeaturizer(chosen)
        return self._featurize(table, fit=True)

    def _known(self, table: Any) -> tuple[Floats, Compositions | None]:
        """Return features, and compositions where it learned from formulas."""
        if self.featurizer_ is None:
            return validate_data(self, table, dtype=np.float64, reset=False), None
        return self._featurize(table, fit=False)

    def _featurize(self, table: Any, *, fit: bool) -> tuple[Floats, Compositions]:
        remember_columns(self, table, reset=fit)
        known, batch = self.featurizer_.featurize(table, fit=fit)
        return np.asarray(known), batch

    def _check_values(self, table: Any, known: Floats, y: Any) -> Floats:
        """Return the values on the scale on which they are learned."""
        if y is None:
            raise ValueError("y is None: this estimator requires y to be passed, but the target "
                             "y is None; give values")  # fmt: skip
        if self.featurizer_ is None:
            _, values = validate_data(self, table, y, dtype=np.float64, y_numeric=True)
        else:
            values = column_or_1d(y, warn=True)
            check_consistent_length(known, values)
        values = np.asarray(values, dtype=np.float64)
        if not np.isfinite(values).all():
            raise InputError("y", "NaN or infinity", "Input y contains NaN; leave such rows out")
        if self.log10 and values.min() <= 0:
            raise InputError(
                "y", float(values.min()), "log10 is taken of values; give them above 0"
            )
        if len(values) < 2:
            raise InputError("y", "1 sample", "give at least two rows to learn from")
        return self._kind().learned(values)

    def _check_weights(self, sample_weight: Any, known: Floats) -> Floats:
        weights = _check_sample_weight(sample_weight, known, dtype=np.float64)
        if (weights < 0).any() or not weights.sum() > 0:
            remedy = "give weights of 0 or more, not all of them zero"
            raise InputError("sample_weight", float(weights.min()), remedy)
        own = self.estimator
        if own is not None and np.ptp(weights) > 0 and not has_fit_parameter(own, "sample_weight"):
            remedy = f"{type(own).__name__} takes no weights; take another, or leave them out"
            raise InputError("sample_weight", "weights that differ", remedy)
        return np.asarray(weights)

    def _folds(
        self, known: Floats, learned: Floats, batch: Compositions | None, groups: Any
    ) -> Sequence[Fold]:
        """Return the folds that the intervals come from."""
        if not isinstance(self.cv, int | np.integer) or isinstance(self.cv, bool):
            return list(check_cv(self.cv).split(known, learned, groups))
        if self.cv < 2:
            raise InputError("cv", self.cv, "give 2 folds or more, or None for no intervals")
        if groups is None and batch is None:
            folds = min(int(self.cv), len(known))
            return list(KFold(folds, shuffle=True, random_state=self._seed).split(known))
        own = batch.chemical_system if groups is None and batch is not None else groups
        names = np.unique(column_or_1d(own).astype(str), return_inverse=True)[1]
        check_consistent_length(known, names)
        whole = folds_of_groups(names, folds=int(self.cv))
        if not whole:
            remedy = "are of one group; give groups, cv=KFold(5, shuffle=True), or cv=None"
            raise InputError("groups", "all rows", remedy)
        return whole

    def _test(
        self,
        known: Floats,
        learned: Floats,
        weights: Floats | None,
        batch: Compositions | None,
        folds: Sequence[Fold],
    ) -> None:
        """Learn the errors of models of the folds, and how to expect them."""
        parts = []
        for number, (train, test) in enumerate(folds):
            part = None if weights is None else weights[train]
            if part is not None and not part.sum() > 0:
                continue
            model = fit_regressor(self.estimator, known[train], learned[train], part, self._seed)
            inside = np.ones(len(test), dtype=bool)
            if batch is not None:
                inside = Domain.of(batch.take(train)).holds(batch.take(test))
            said = ask_estimator(model, known[test])
            parts.append((test, np.full(len(test), number), said, inside))
        if not parts:
            return
        rows, fold, said, inside = (np.concatenate(one) for one in zip(*parts, strict=True))
        errors = np.abs(said - learned[rows])
        expected = expect_errors_of_others(known[rows], said, errors, fold, self._seed)
        self.errors_ = fit_error_trees(known[rows], said, errors, self._seed)
        self.held_out_ = HeldOutErrors(errors, expected, inside)

    def _inside(self, known: Floats, batch: Compositions | None) -> NDArray[np.bool_]:
        if self.domain_ is None or batch is None:
            return np.ones(len(known), dtype=bool)
        return self.domain_.holds(batch)

    def _half_widths(
        self, known: Floats, batch: Compositions | None, mean: Floats, coverage: float
    ) -> Floats:
        if self.held_out_ is None:
            raise InputError("cv", self.cv, "gives no intervals; fit with cv=5")
        expected = expected_errors(self.errors_, known, mean)
        return self.held_out_.half_widths(expected, self._inside(known, batch), coverage)


def _seed(random_state: Any) -> int:
    """Return a seed: the number itself, or one that is drawn."""
    if isinstance(random_state, int | np.integer) and not isinstance(random_state, bool):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))
