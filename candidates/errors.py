"""The one error that a user can mend."""

import reprlib

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 300
_SHORT.maxlong = 40
_SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxdict = 12


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
        """Give the error as one line."""
        return " ".join(f"{self.field} = {_shown(self.value)}: {self.remedy}".split())


def _shown(value: object) -> str:
    try:
        return _SHORT.repr(value)
    except ValueError:  # Python refuses to write integers of more than 4,300 digits
        return "a number of thousands of digits"
