"""Models of the user's own, written and read from Python."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.model import Surrogate
from maiscreen.models.storage.folder import check_out, written_atomically
from maiscreen.models.storage.model import save as save_files
from maiscreen.models.storage.store import STORE, find_model


def save(model: Surrogate, folder: str | Path, force: bool = False) -> Surrogate:
    """Write a model into a folder, whole or not at all.

    Parameters
    ----------
    model : Surrogate
        As ``retrain(…).model`` and :func:`load` give it.
    folder : str or Path
        Made if it is not there.
    force : bool
        Replace a model that lies there.

    Returns
    -------
    Surrogate
        The same, its card with the hashes of the files.

    Raises
    ------
    InputError
        If it is no such model, or the folder cannot be written.
    """
    if not isinstance(model, Surrogate):
        remedy = "give the model of a report: retrain(target, data, estimator=…).model"
        raise InputError("model", type(model).__name__, remedy)
    out = Path(folder)
    check_out(out, force)
    with written_atomically(out) as part:
        return save_files(model, part)


def load(name: Any, store: str | Path = STORE, trusted: Sequence[str] = ()) -> Surrogate:
    """Read a model.

    Parameters
    ----------
    name : str or Path
        Its folder, its name in a store, or ``embedded/<target>``.
    store : str or Path
        Where to look for the name.
    trusted : sequence of str
        Types of an estimator that is none of maiscreen's, as the card has them in
        ``notes["types"]``: give them if you trust who made the model.

    Raises
    ------
    InputError
        If there is none, it was changed, or holds types that are not trusted.
    """
    if not isinstance(name, str | Path):
        raise InputError("name", name, "give the folder of a model, or its name")
    if isinstance(trusted, str):
        raise InputError("trusted", trusted, "give a list of the names of types")
    return find_model(str(name), store, trusted)
