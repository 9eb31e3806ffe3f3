"""Checks of the settings of a campaign: each takes field and value, gives the value or refuses."""

from collections.abc import Callable, Iterable

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits

Check = Callable[[str, object], object]


def nearest(word: str, words: Iterable[str]) -> str:
    """Find which of the words was probably meant.

    Parameters
    ----------
    word : str
        What was written.
    words : iterable of str
        What could have been written.

    Returns
    -------
    str
        A remedy: the nearest word, or all of them.

    Examples
    --------
    >>> nearest("temprature_c", ["temperature_c", "seed"])
    "did you mean 'temperature_c'?"
    >>> nearest("zzz", ["temperature_c", "seed"])
    'known are: temperature_c, seed'
    """
    # Local: the command line imports this file for --help, and difflib is not free.
    from difflib import get_close_matches

    words = list(words)
    close = get_close_matches(word, words, n=1, cutoff=0.7)
    return f"did you mean {close[0]!r}?" if close else "known are: " + ", ".join(words)


def number(
    low: float, high: float, *, high_is_open: bool = False
) -> Callable[[str, object], float]:
    """Make a check for a finite number within bounds (a bool is no number)."""
    asked = f"give a number from {low:g} to {'below ' if high_is_open else ''}{high:g}"

    def check(field: str, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise InputError(field, value, asked)
        # The bounds refuse NaN and infinity too, and hold for whole numbers beyond any float.
        if not low <= value <= high or (high_is_open and value == high):
            raise InputError(field, _display(value), asked)
        return float(value)

    return check


def integer(low: int, high: int, note: str = "") -> Check:
    """Make a check for a whole number within bounds; the note says why they are where they are."""
    asked = f"give a whole number from {low} to {high}{note}"

    def check(field: str, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise InputError(field, value, asked)
        if not low <= value <= high:
            raise InputError(field, _display(value), asked)
        return value

    return check


def numbers(
    low: float, high: float, *, high_is_open: bool = False, may_be_empty: bool = False
) -> Check:
    """Make a check for a list of finite numbers within bounds; they come out by size, each once."""
    check_one = number(low, high, high_is_open=high_is_open)

    def check(field: str, value: object) -> tuple[float, ...]:
        if not isinstance(value, list | tuple):
            raise InputError(field, value, f"give a list, such as [{low:g}]")
        if not value and not may_be_empty:
            raise InputError(field, list(value), f"give at least one, such as [{low:g}]")
        return tuple(sorted({check_one(field, item) for item in value}))

    return check


def switch(field: str, value: object) -> bool:
    """Check a yes or no."""
    if not isinstance(value, bool):
        raise InputError(field, value, "give true or false")
    return value


def one_of(words: tuple[str, ...]) -> Check:
    """Make a check for one of some words."""

    def check(field: str, value: object) -> str:
        if not isinstance(value, str) or value not in words:
            raise InputError(field, value, "give one of: " + ", ".join(words))
        return value

    return check


def several_of(words: tuple[str, ...], *, may_be_empty: bool = False) -> Check:
    """Make a check for a list of some words; the order of ``words`` becomes its order."""

    def check(field: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list | tuple):
            raise InputError(field, value, f'give a list, such as ["{words[0]}"]')
        for item in value:
            if not isinstance(item, str) or item not in words:
                raise InputError(field, item, nearest(str(item), words))
            if value.count(item) > 1:
                raise InputError(field, item, "is listed more than once; list it once")
        if not value and not may_be_empty:
            raise InputError(field, list(value), f'give at least one, such as ["{words[0]}"]')
        return tuple(word for word in words if word in value)

    return check


def folders(field: str, value: object) -> tuple[str, ...]:
    """Check a list of folders; one text lists them with commas between."""
    listed = [one.strip() for one in value.split(",")] if isinstance(value, str) else value
    if not isinstance(listed, list | tuple):
        raise InputError(field, value, 'give a list of folders, such as ["models/mine"]')
    if len(listed) > limits.FOLDERS:
        raise InputError(field, list(listed), f"give at most {limits.FOLDERS} folders")
    for item in listed:
        if not isinstance(item, str) or not item.strip() or not item.isprintable():
            raise InputError(field, item, 'give the path of a folder, such as "models/mine"')
        if listed.count(item) > 1:
            raise InputError(field, item, "is listed more than once; list it once")
    return tuple(listed)


def folder(field: str, value: object) -> str:
    """Check the path of a folder; "" and "embedded" stand for what comes with the project."""
    if not isinstance(value, str) or not value.isprintable() or (value and not value.strip()):
        raise InputError(field, value, 'give the path of a folder, such as "snapshots/today"')
    return "" if value == "embedded" else value


def title(field: str, value: object) -> str:
    """Check a line of text that names something."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise InputError(field, value, "give one line of text")
    if len(value) > 80:
        raise InputError(field, value, "give at most 80 characters")
    return value


def _display(value: float) -> object:
    """Give a number as it can be shown: Python writes out no whole number of thousands of digits.

    Examples
    --------
    >>> _display(7), _display(10**5000)
    (7, 'a whole number of 16610 bits')
    """
    if isinstance(value, int) and value.bit_length() > 10_000:
        return f"a whole number of {value.bit_length()} bits"
    return value
