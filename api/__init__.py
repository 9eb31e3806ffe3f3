"""Screen metal-halide vapours for metal-alloy interphases on sodium anodes.

What most programs need, under short names; each is imported when it is first used, so that
``import maiscreen`` costs nothing. All else lies in the sub-packages ``candidates``,
``descriptors``, ``models``, ``screen`` and ``runners``.

Examples
--------
>>> import maiscreen
>>> maiscreen.explain("SnCl4")["alloying"]["in_operation"]
'Na15Sn4'
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maiscreen.models.retraining.retrain import retrain
    from maiscreen.runners.runs.campaign import run
    from maiscreen.runners.runs.compare import compare
    from maiscreen.runners.runs.explain import explain
    from maiscreen.runners.runs.shortlist import shortlist
    from maiscreen.screen.campaign.campaign import Campaign
    from maiscreen.screen.paper.validate import validate

    __version__: str

__all__ = [
    "Campaign",
    "__version__",
    "compare",
    "explain",
    "retrain",
    "run",
    "shortlist",
    "validate",
]

_HOMES = {
    "Campaign": "maiscreen.screen.campaign.campaign",
    "compare": "maiscreen.runners.runs.compare",
    "explain": "maiscreen.runners.runs.explain",
    "retrain": "maiscreen.models.retraining.retrain",
    "run": "maiscreen.runners.runs.campaign",
    "shortlist": "maiscreen.runners.runs.shortlist",
    "validate": "maiscreen.screen.paper.validate",
}
"""Modules of the names."""


def __dir__() -> list[str]:
    return sorted({*__all__, *globals()} - {"TYPE_CHECKING"})


# Hidden from type checkers, which would take any name for one that it gives.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name == "__version__":
            from importlib.metadata import version

            value: object = version("maiscreen")
        elif name in _HOMES:
            from importlib import import_module

            value = getattr(import_module(_HOMES[name]), name)
        else:
            # With a name, Python adds no guess of its own.
            raise AttributeError(_unknown(name), name=name)
        # Asked once: from now on it is found without this function.
        globals()[name] = value
        return value


def _unknown(name: str) -> str:
    """Word the error for a name that is not there, with the nearest."""
    message = f"module 'maiscreen' has no attribute {name!r}"
    if name.startswith("_"):
        return message
    from difflib import get_close_matches

    near = get_close_matches(name, _HOMES, 1)
    return f"{message}; did you mean {near[0]!r}?" if near else message
