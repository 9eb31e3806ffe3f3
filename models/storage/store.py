"""Stores of models: folders whose subfolders hold models, and which of them are in use.

A store says in ``in_use.json`` which of its models takes the place of the embedded one of the
same target: target → name and SHA-256 of its card, so that a changed model is noticed.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.models.learning.card import Card
from maiscreen.models.learning.model import Surrogate
from maiscreen.models.learning.targets import TARGETS
from maiscreen.models.learning.training import EMBEDDED
from maiscreen.models.storage.folder import write_file
from maiscreen.models.storage.model import CARD, embedded_folder, embedded_targets, load, load_card

STORE = "models"
"""Folder of the user's models, where none is named."""

IN_USE = "in_use.json"


@dataclass(frozen=True, slots=True)
class Entry:
    """A model that there is.

    Attributes
    ----------
    name : str
        By which it is found: ``embedded/<target>``, or its folder within the store.
    folder : Path or Traversable
        Where it lies.
    card : Card or None
        None if it cannot be read.
    error : str
        Why not.
    in_use : bool
        Whether it is the one of its target that the store puts to use.
    """

    name: str
    folder: Path | Traversable
    card: Card | None
    error: str = ""
    in_use: bool = False


def model_entries(store: str | Path = STORE) -> tuple[Entry, ...]:
    """List the embedded models, then those of a store; one that is damaged says so.

    Raises
    ------
    InputError
        If the store's ``in_use.json`` is damaged.
    """
    used = _models_in_use(Path(store))
    embedded = (
        _entry(f"{EMBEDDED}/{target}", embedded_folder() / target, in_use=target not in used)
        for target in embedded_targets()
    )
    own = (_entry(path.name, path, _is_in_use(path, used)) for path in _folders(Path(store)))
    return (*embedded, *own)


def find(name: str, store: str | Path = STORE) -> Path | Traversable:
    """Find the folder of a model.

    Parameters
    ----------
    name : str
        A name within the store, ``embedded/<target>``, a target alone (for the embedded one), or
        a folder.
    store : str or Path
        Where to look.

    Raises
    ------
    InputError
        If there is none.
    """
    bare = name.removeprefix(f"{EMBEDDED}/")
    if bare != name or (name in TARGETS and not _is_model(Path(store) / name)):
        if bare in embedded_targets():
            return embedded_folder() / bare
        raise InputError(
            "NAME", name, f"is not embedded; there are {_name_list(embedded_targets())}"
        )
    for folder in (Path(store) / name, Path(name)):
        if name and _is_model(folder):
            return folder
    known = [path.name for path in _folders(Path(store))]
    remedy = f"is no model; {store} has {_name_list(known)}, and there is embedded/<target>"
    raise InputError("NAME", name, remedy)


def find_model(name: str, store: str | Path = STORE, trusted: Sequence[str] = ()) -> Surrogate:
    """Find and read a model.

    Parameters
    ----------
    name, store
        As for :func:`find`.
    trusted : sequence of str
        As for :func:`maiscreen.models.storage.model.load`.

    Raises
    ------
    InputError
        If there is none, it was changed, or holds types that are not trusted.
    """
    return load(find(name, store), trusted)


def use(name: str, store: str | Path = STORE, force: bool = False) -> Card:
    """Put a model of a store to use for its target; an embedded one takes its place back.

    Parameters
    ----------
    name : str
        Of the model.
    store : str or Path
        Whose model it is.
    force : bool
        Use it although it was not promoted.

    Returns
    -------
    Card
        Of the model.

    Raises
    ------
    InputError
        If there is no such model, it was changed, or was not promoted. Nothing changes then.
    """
    root, folder = Path(store), find(name, store)
    used = dict(_models_in_use(root))
    card = load(folder).card
    if not isinstance(folder, Path) or folder.parent == embedded_folder():
        used.pop(card.target, None)
    else:
        if folder.parent.resolve() != root.resolve():
            raise InputError("NAME", name, f"does not lie in {store}; name its store by --store")
        if card.notes.get("promoted") is False and not force:
            remedy = "was not promoted: it is worse than what it would replace; force it, or not"
            raise InputError("NAME", name, remedy)
        used[card.target] = {"name": folder.name, "sha256": _hash(folder)}
    if root.is_dir():
        write_file(root / IN_USE, json.dumps(dict(sorted(used.items())), indent=1) + "\n")
    return card


def resolve(path: str | Path) -> tuple[str, ...]:
    """Return the folders of models that a path means.

    Parameters
    ----------
    path : str or Path
        The folder of a model, or a store: then the models that it puts to use.

    Raises
    ------
    InputError
        If it is neither, or a model that is in use was changed since.
    """
    folder = Path(path)
    if _is_model(folder):
        load_card(folder)
        return (str(folder),)
    if not _is_file(folder / IN_USE):
        remedy = f"is neither a model nor a store with {IN_USE}; see: maiscreen models use --help"
        raise InputError("models", str(path), remedy)
    return tuple(str(_verify(folder, one)) for one in _models_in_use(folder).values())


def _entry(name: str, folder: Path | Traversable, in_use: bool) -> Entry:
    try:
        return Entry(name, folder, load_card(folder), in_use=in_use)
    except InputError as error:
        return Entry(name, folder, None, str(error), in_use)


def _folders(store: Path) -> list[Path]:
    """List the folders of models in a store, without what is being written."""
    try:
        folders = [path for path in store.iterdir() if not path.name.startswith(".")]
    except (OSError, ValueError):
        return []
    return sorted(path for path in folders if _is_model(path))


def _is_model(folder: Path) -> bool:
    return _is_file(folder / CARD)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _models_in_use(store: Path) -> Mapping[str, Mapping[str, str]]:
    """Read which models of a store are in use; none if it does not say."""
    path = store / IN_USE
    if not _is_file(path):
        return {}
    try:
        used = limits.parse_json(limits.read_bytes(path, limits.CARD_BYTES))
        plain = {
            str(target): {key: str(entry[key]) for key in ("name", "sha256")}
            for target, entry in used.items()
        }
        if not all(limits.is_plain_name(entry["name"]) for entry in plain.values()):
            raise ValueError("a name is a path")
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise InputError("store", str(path), "is damaged; remove it, and choose again") from None
    return plain


def _is_in_use(folder: Path, used: Mapping[str, Mapping[str, str]]) -> bool:
    return any(one["name"] == folder.name for one in used.values())


def _verify(store: Path, entry: Mapping[str, str]) -> Path:
    folder = store / entry["name"]
    if not _is_model(folder):
        raise InputError("models", str(store), f"uses {entry['name']}, which is gone; choose again")
    if _hash(folder) != entry["sha256"]:
        remedy = f"its model {entry['name']} was changed since it was put to use; choose again"
        raise InputError("models", str(store), remedy)
    return folder


def _hash(folder: Path) -> str:
    return hashlib.sha256(limits.read_bytes(folder / CARD, limits.CARD_BYTES)).hexdigest()


def _name_list(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
