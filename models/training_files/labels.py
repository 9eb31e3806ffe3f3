"""Labels of the interatomic potential as training data."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.sieve import Sieve
from maiscreen.models.learning.targets import Target
from maiscreen.models.training_files.files import read_bytes
from maiscreen.models.training_files.units import base_name

if TYPE_CHECKING:
    from maiscreen.models.labels.evidence import Evidence
    from maiscreen.models.labels.labels import Label
    from maiscreen.models.labels.potentials import PotentialEntry

EMBEDDED = "labels"
"""Says that the embedded labels are meant."""


def read_labels(target: Target, data: str | Path) -> tuple[Sieve, bytes]:
    """Read what may be used of labels; the rest is left out with its reason.

    Parameters
    ----------
    target : Target
        Which property.
    data : str or Path
        ``labels`` for the embedded ones, a ``labels.jsonl``, or the folder of a run of labels.

    Returns
    -------
    tuple
        The rows, numbered as the lines, and the bytes that they come from.

    Raises
    ------
    InputError
        If there are none of the property, or a line is no label.
    """
    from maiscreen.models.labels.evidence import evidence, why_unusable
    from maiscreen.models.labels.labels import from_lines, load_labels, to_lines

    own: tuple[PotentialEntry, ...] = ()
    if str(data) == EMBEDDED:
        labels = load_labels()
        content = to_lines(labels).encode()
    else:
        content, own = _content(Path(data)), _own(Path(data))
        labels = from_lines(_text(content, data))
    name, known = base_name(target), evidence(labels, own)

    def error(remedy: str) -> InputError:
        return InputError("data", str(data), remedy)

    rows = _rows(name, labels, own, known)
    if not rows:
        raise error(f"holds no label of {name}; make some with: maiscreen labels run")
    every = list(rows.values())
    values = [
        known[o.formula, name].value if (o.formula, name) in known else np.nan for _, o in every
    ]
    sieve = Sieve(
        np.array([row for row, _ in every], dtype=np.int64),
        [entry.formula for _, entry in every],
        ["" if entry.value is None else f"{entry.value:g}" for _, entry in every],
        np.array(values, dtype=np.float64),
        error,
    )
    for place, (_, entry) in enumerate(every):
        if (entry.formula, name) not in known:
            sieve.leave_out(place, why_unusable(entry.formula, name, labels, own))
        else:
            sieve.stds[place] = known[entry.formula, name].std
            sieve.values[place] += _scheme(name, entry)
    return sieve, content


def _rows(
    name: str,
    labels: Sequence["Label"],
    own: Sequence["PotentialEntry"],
    known: Mapping[tuple[str, str], "Evidence"],
) -> dict[str, tuple[int, "Label"]]:
    """Choose the line of each formula: of the model that gives the value, else of the first."""
    from maiscreen.models.labels.potentials import register

    places = {model: place for place, model in enumerate(register(own))}

    def place_of(label: "Label") -> tuple[bool, int]:
        there = known.get((label.formula, name))
        return there is None or label.model != there.models[0], places[label.model]

    rows: dict[str, tuple[int, Label]] = {}
    for row, label in enumerate(labels, start=1):
        if label.property != name:
            continue
        before = rows.get(label.formula)
        if before is None or place_of(label) <= place_of(before[1]):
            rows[label.formula] = row, label
    return rows


def _scheme(name: str, label: "Label") -> float:
    """Return what brings an energy to the corrections of the embedded energies, eV/atom.

    Labels follow the corrections of 2020, embedded formation energies those before.
    """
    if name != "formation_energy":
        return 0.0
    from maiscreen.candidates.chemistry.formula import compositions
    from maiscreen.candidates.snapshot.corrections import ANION_SHIFT_EV

    made = compositions([label.formula])
    share = {x: float(made.fraction[made.element == _NUMBER[x]].sum()) for x in ANION_SHIFT_EV}
    if any(share.values()):
        return -sum(shift * share[x] for x, shift in ANION_SHIFT_EV.items())
    return _detail(label, "legacy_ev_atom") - _detail(label, "mp2020_ev_atom")


def _detail(label: "Label", name: str) -> float:
    """Return an energy of the details of a label; 0 where there is none."""
    return float(label.details.get(name) or 0.0)


_NUMBER = {"F": 8, "Cl": 16, "Br": 34, "I": 52}
"""Atomic numbers of the halogens, less one."""


def _content(path: Path) -> bytes:
    from maiscreen.models.labels.table import TABLE, read_table

    if not path.is_dir():
        return read_bytes(path, "data")
    try:
        return read_table(path)
    except OSError as error:
        remedy = f"its {TABLE} can't be read: {error.strerror}"
        raise InputError("data", str(path), remedy) from None
    except ValueError as error:
        raise InputError("data", str(path), f"its {TABLE} can't be read: {error}") from None


def _own(path: Path) -> tuple["PotentialEntry", ...]:
    """Return the user's own potentials in the register of a folder of labels."""
    from maiscreen.models.labels.potential_files import read_register
    from maiscreen.models.labels.table import read_register_bytes

    folder = path if path.is_dir() else path.parent
    return read_register(read_register_bytes(folder, "data"), "data", folder)


def _text(content: bytes, data: object) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("data", str(data), "is no text in UTF-8") from None
