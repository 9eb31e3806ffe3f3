"""What the user wants simulated, seen against what there is."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from maiscreen.candidates.errors import InputError


def listed(field: str, text: str | None) -> tuple[str, ...]:
    """Take a list apart at its commas; nothing given is nothing chosen.

    Raises
    ------
    InputError
        If there is nothing between two commas.

    Examples
    --------
    >>> listed("--phases", "NaCl, NaSn"), listed("--phases", None)
    (('NaCl', 'NaSn'), ())
    """
    if text is None:
        return ()
    names = tuple(part.strip() for part in text.split(","))
    if not all(names):
        raise InputError(field, text, "has an empty name; give names with commas between")
    return names


def chosen(field: str, names: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    """Choose among what is known, in its order; everything if nothing is named.

    Raises
    ------
    InputError
        If something is not known.

    Examples
    --------
    >>> chosen("--quantities", ("adhesion", "structure"), ("structure", "migration", "adhesion"))
    ('structure', 'adhesion')
    """
    every = tuple(known)
    for name in names:
        if name not in every:
            near = get_close_matches(name, every, n=3)
            hint = f"did you mean {', '.join(near)}? " if near else ""
            raise InputError(field, name, f"is not known; {hint}give one of {', '.join(every)}")
    return tuple(name for name in every if not names or name in names)
