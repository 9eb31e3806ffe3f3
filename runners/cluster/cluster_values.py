"""Values of a cluster file, taken from their texts; what is no good is refused in one line."""

import re
from collections.abc import Callable
from typing import Any

from maiscreen.candidates.errors import InputError

DAY_S = 86400.0

_CLOCK = re.compile(r"(?:(\d{1,3})-)?(\d{1,5}):([0-5]\d):([0-5]\d)")
_AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?([a-z]+)", re.IGNORECASE)
_SECONDS = {"s": 1, "min": 60, "h": 3600, "day": 86400, "days": 86400}
_BYTES = {f"{letter}ib": 1 << 10 * k for k, letter in enumerate("kmgt", 1)}
_BYTES |= {f"{letter}b": 10 ** (3 * k) for k, letter in enumerate("kmgt", 1)}


def plain(key: str, value: Any) -> str:
    """Take a text of one line."""
    if not isinstance(value, str) or not value:
        raise InputError(key, value, "give one value")
    if not value.isprintable() or value.startswith("-"):
        raise InputError(key, value, "give a text of one line that does not begin with -")
    return value


def word(key: str, value: Any) -> str:
    """Take a name: no blanks, nothing that a shell would take for more than a name."""
    if not re.fullmatch(r"[\w.:/@%+=,-]+", plain(key, value)):
        raise InputError(key, value, "give a name without blanks and quotes")
    return str(value)


def lines(key: str, value: Any) -> tuple[str, ...]:
    """Take one line or several."""
    lines = [value] if isinstance(value, str) else value
    if any(not (line and line.isprintable()) for line in lines):
        raise InputError(key, value, "give lines of printable text")
    return tuple(lines)


def choice(*choices: str) -> Callable[[str, Any], str]:
    """Take one of some words."""

    def take(key: str, value: Any) -> str:
        if value not in choices:
            raise InputError(key, value, f"give one of {', '.join(choices)}")
        return str(value)

    return take


def yes(key: str, value: Any) -> bool:
    """Take true or false."""
    return choice("true", "false")(key, value) == "true"


def whole(low: int, high: int) -> Callable[[str, Any], int]:
    """Take a whole number within limits."""

    def take(key: str, value: Any) -> int:
        few = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
        if not few or not low <= int(value) <= high:
            raise InputError(key, value, f"give a whole number from {low} to {high}")
        return int(value)

    return take


def duration(low: float, high: float) -> Callable[[str, Any], float]:
    """Take a time in s, within limits."""

    def take(key: str, value: Any) -> float:
        seconds = _seconds(value) if isinstance(value, str) else None
        if seconds is None:
            remedy = "give a time such as 04:00:00 (h:min:s), 1-12:00:00, 90 min, 4 h or 2 days"
            raise InputError(key, value, remedy)
        if not low <= seconds <= high:
            raise InputError(key, value, f"give a time from {low:g} s to {high / DAY_S:g} days")
        return seconds

    return take


def _seconds(text: str) -> float | None:
    """Read a time.

    Examples
    --------
    >>> _seconds("1-12:00:00"), _seconds("04:00:00"), _seconds("1.5 h"), _seconds("30")
    (129600, 14400, 5400.0, 30.0)
    >>> _seconds("10:30")  # minutes here, hours there
    """
    clock = _CLOCK.fullmatch(text)
    if clock:
        days, hours, minutes, seconds = (int(one or 0) for one in clock.groups())
        return ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    amount = _AMOUNT.fullmatch(text if not text.isdigit() else f"{text} s")
    if amount and amount[2] in _SECONDS:
        return float(amount[1]) * _SECONDS[amount[2]]
    return None


def memory(key: str, value: Any) -> int:
    """Take memory in bytes."""
    amount = _AMOUNT.fullmatch(value) if isinstance(value, str) else None
    if not amount or amount[2].lower() not in _BYTES:
        raise InputError(key, value, "give memory of a job with its unit, such as 16 GiB")
    return round(float(amount[1]) * _BYTES[amount[2].lower()])


def dashboard(key: str, value: Any) -> str:
    """Take ``true`` for loopback, or an address of one's own."""
    if value in ("true", "false"):
        return "127.0.0.1:8787" if value == "true" else ""
    if not re.fullmatch(r"[\w.-]+:\d{1,5}", plain(key, value)):
        raise InputError(key, value, "give true, false or HOST:PORT")
    return str(value)
