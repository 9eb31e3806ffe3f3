"""The surrogates: four attributes of an interphase, each at its best fidelity.

What people need who train models of their own, under short names; each is imported when it is
first used. docs/models.md.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maiscreen.models.learning.featurizer import CompositionFeaturizer
    from maiscreen.models.learning.regressor import SurrogateRegressor
    from maiscreen.models.learning.targets import Target
    from maiscreen.models.retraining.files import load, save

__all__ = ["CompositionFeaturizer", "SurrogateRegressor", "Target", "load", "save"]

_HOMES = {
    "CompositionFeaturizer": "maiscreen.models.learning.featurizer",
    "SurrogateRegressor": "maiscreen.models.learning.regressor",
    "Target": "maiscreen.models.learning.targets",
    "load": "maiscreen.models.retraining.files",
    "save": "maiscreen.models.retraining.files",
}
"""Modules of the names."""


def __dir__() -> list[str]:
    return sorted({*__all__, *globals()} - {"TYPE_CHECKING"})


# Hidden from type checkers, which would take any name for one that it gives.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module 'maiscreen.models' has no attribute {name!r}", name=name)
        from importlib import import_module

        globals()[name] = getattr(import_module(_HOMES[name]), name)
        return globals()[name]
