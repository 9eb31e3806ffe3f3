"""The one error that a user can mend."""

import re
import reprlib
from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 300
_SHORT.maxlong = 40
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 12

_ACTING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


def harmless(text: str) -> str:
    r"""Write out what a terminal would act on instead of showing it.

    Control characters but for tab and line break, marks that turn the direction of writing, and
    halves of characters, which cannot be written at all.

    Examples
    --------
    >>> harmless("a\x1b[2Jb")
    'a\\x1b[2Jb'
    """
    return _ACTING.sub(lambda found: repr(found.group())[1:-1], text)


def did_you_mean(word: str, words: Iterable[str], text: str = "{}") -> str:
    """Return a question for the nearest of the words that are known; empty if none is near.

    Parameters
    ----------
    word : str
        What was written.
    words : iterable of str
        What could have been written.
    text : str
        What the question is put into.

    Examples
    --------
    >>> did_you_mean("--worker", ["--workers", "--wait"], "; {}")
    "; did you mean '--workers'?"
    >>> did_you_mean("zzz", ["run", "status"])
    ''
    """
    # Local: not needed where all is well, and not free.
    from difflib import get_close_matches

    folded = {one.casefold(): one for one in words}
    close = get_close_matches(word.casefold()[:100], folded, n=1, cutoff=0.65)
    return text.format(f"did you mean {folded[close[0]]!r}?") if close else ""


class InputError(ValueError):
    """Bad input: the field, the value that was given and what to do about it.

    Parameters
    ----------
    field : str
        What was wrong: an option, a key of the campaign file, ``formula``.
    value : object
        The value as the user gave it.
    remedy : str
        What would be accepted.

    Examples
    --------
    >>> str(InputError("weights.adhesion", -1, "give a number of 0 or more"))
    'weights.adhesion = -1: give a number of 0 or more'
    """

    def __init__(self, field: str, value: object, remedy: str) -> None:
        # All three as args, so that the error pickles back whole from a worker.
        super().__init__(field, value, remedy)
        self.field, self.value, self.remedy = field, value, remedy

    def __str__(self) -> str:
        """Return the error as one line."""
        text = f"{self.field} = {_display(self.value)}: {self.remedy}"
        return harmless(" ".join(text.split()))


def _display(value: object) -> str:
    try:
        return _SHORT.repr(value)
    except ValueError:  # Python refuses to write integers of more than 4,300 digits
        return "a number of thousands of digits"


def one_text(field: str, value: object) -> str:
    """Take a text; of a list say how to give its members.

    Raises
    ------
    InputError
        If it is anything else.
    """
    if isinstance(value, str):
        return value
    several = isinstance(value, list | tuple | set)
    how = "; of several, call it for each" if several else ', such as "SnCl4"'
    raise InputError(field, value, f"give one text{how}")


def several_texts(field: str, value: object) -> None:
    """Refuse a single text where a list of them is taken: it would be taken letter by letter.

    Raises
    ------
    InputError
        If it is one text, or nothing that holds several.

    Examples
    --------
    >>> several_texts("formulas", "SnBr4")
    Traceback (most recent call last):
    ...
    maiscreen.candidates.errors.InputError: formulas = 'SnBr4': give a list, such as ['SnBr4']
    """
    if isinstance(value, str | bytes):
        raise InputError(field, value, f"give a list, such as {[value]!r}")
    if not isinstance(value, Iterable):
        raise InputError(field, value, "give a list, such as ['SnCl4']")


def check_names(of: str, keywords: Mapping[str, object], known: Iterable[str]) -> None:
    """Refuse the first keyword argument that a function does not have.

    Raises
    ------
    InputError
        With the nearest that it has, or all of them.

    Examples
    --------
    >>> check_names("run", {"serial": True}, ["serially", "workers"])
    Traceback (most recent call last):
    ...
    maiscreen.candidates.errors.InputError: serial = True: run has no such option; did you mean \
'serially'?
    """
    have = list(known)
    for name, value in keywords.items():
        if name not in have:
            near = did_you_mean(name, have) or f"it has {', '.join(have)}"
            raise InputError(name, value, f"{of} has no such option; {near}")


def teaching(function: Callable[P, T]) -> Callable[P, T]:
    """Make a function name the nearest of its arguments where a keyword is none of them."""

    @wraps(function)
    def called(*args: P.args, **kwargs: P.kwargs) -> T:
        code = function.__code__
        known = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        check_names(function.__name__, kwargs, known)
        return function(*args, **kwargs)

    return called
