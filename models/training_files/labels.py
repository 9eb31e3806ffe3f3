"""Labels of the interatomic potential as training data."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.targets import Target
from maiscreen.models.learning.training import Sieve
from maiscreen.models.training_files.columns import base_name
from maiscreen.models.training_files.table import read_bytes

if TYPE_CHECKING:
    from maiscreen.models.labels.labels import Label

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
    from maiscreen.models.labels.potentials import DEFAULT

    if str(data) == EMBEDDED:
        labels = load_labels()
        content = to_lines(labels).encode()
    else:
        content = _content(Path(data))
        labels = from_lines(_text(content, data))
    name, known = base_name(target), evidence(labels)

    def error(remedy: str) -> InputError:
        return InputError("data", str(data), remedy)

    rows = {
        label.formula: (row, label)
        for row, label in enumerate(labels, start=1)
        if (label.property, label.model) == (name, DEFAULT)
    }
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
            sieve.leave_out(place, why_unusable(entry.formula, name, labels))
        else:
            sieve.stds[place] = known[entry.formula, name].std
            sieve.values[place] += _scheme(name, entry)
    return sieve, content


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


def _text(content: bytes, data: object) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError("data", str(data), "is no text in UTF-8") from None
