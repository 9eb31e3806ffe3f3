"""Write campaign.md from the settings model: python docs/campaign_page.py > docs/campaign.md.

What a setting takes is what its own check says when it refuses something, so that the page cannot
say anything else than the program.
"""

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from typing import Any

from numpydoc.docscrape import NumpyDocString

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.screen.campaign.campaign import _CHECKS as TOP
from maiscreen.screen.campaign.campaign import Campaign, Weights
from maiscreen.screen.campaign.space import _CHECKS as WIDE
from maiscreen.screen.campaign.space import Space
from maiscreen.screen.campaign.toml import as_toml

UNITS = {"c": "°C", "pa": "Pa", "ev_atom": "eV/atom", "s": "s"}
"""Units by the end of a name; the longest that fits counts."""

HEAD = """\
# Campaign file: every setting

<!-- written by docs/campaign_page.py from the settings model; change that, not this page -->

A campaign file is TOML and holds only what differs from the defaults; an empty file is a
campaign, too. `maiscreen run CAMPAIGN.toml --out DIR` takes one, and `--set KEY=VALUE` changes a
single setting on top of it, as often as wanted (`--set temperature_c=60 --set weights.adhesion=2`).
A key that does not exist, a wrong type and a value out of range are refused in one line, with the
nearest key that does exist; nothing is written then. At most {bytes} bytes.

```toml
name = "warm chlorides"
halogens = ["Cl"]
temperature_c = 60
routes = ["vapour", "solution"]

[weights]
adhesion = 2
```

Two settings change no result, `name` and `chunk_size`; all others are part of the fingerprint by
which a folder knows its campaign. The limits of time and memory behind some of the bounds:
[hostile_input.md](hostile_input.md).
"""

SECTIONS = {
    "": ("The campaign", "At the top of the file."),
    "weights": (
        "`[weights]`",
        "Weights of the four attributes in the score ([attributes.md](attributes.md)): at least "
        "one above 0; only their ratios count.",
    ),
    "space": (
        "`[space]`",
        "What is searched beside the homoleptic halides. Any setting here that differs from its "
        "default makes the campaign wide: [space.md](space.md).",
    ),
}


_MODELS: Mapping[str, type] = {"": Campaign, "weights": Weights, "space": Space}


def page() -> str:
    """Write the whole page."""
    head = HEAD.replace("{bytes}", f"{limits.CAMPAIGN_BYTES:,}")
    return "\n".join([head, *(_section(table) for table in SECTIONS), _defaults()])


def settings(table: str) -> Iterator[tuple[str, object, str, str]]:
    """Give key, default, what is taken and meaning of every setting of a table."""
    model: Any = _MODELS[table]
    meanings = _meanings(model)
    for one in fields(model):
        if one.name not in ("weights", "space"):
            yield one.name, getattr(model(), one.name), _taken(table, one.name), meanings[one.name]


def _section(table: str) -> str:
    title, about = SECTIONS[table]
    lines = [f"## {title}", "", about, ""]
    lines += ["| key | default | unit | takes | meaning |", "|---|---|---|---|---|"]
    for key, default, taken, meaning in settings(table):
        lines.append(f"| `{key}` | {_shown(default)} | {_unit(key)} | {taken} | {meaning} |")
    return "\n".join([*lines, ""])


def _defaults() -> str:
    """Write the file of the default campaign."""
    plain = {key: value for key, value in Campaign().to_dict().items() if key != "metals"}
    about = "The same as one file, but for `metals`, which are all 89 if left out."
    return f"## The default campaign\n\n{about}\n\n```toml\n{as_toml(plain).strip()}\n```\n"


def _taken(table: str, key: str) -> str:
    """Ask the check of a setting what it takes, by giving it what it does not."""
    if table == "weights":
        return _says(lambda: Weights(**{key: -1.0}))
    check = (WIDE if table else TOP)[key]
    first = _says(lambda: check(key, object()))
    if not first.startswith("a list") or key == "models":
        return first
    item = _says(lambda: check(key, ["?"]))
    return f"a list of: {_words(item)}"


def _words(said: str) -> str:
    words = said.removeprefix("known are: ").split(", ")
    return ", ".join(words) if len(words) < 50 else f"{words[0]} … {words[-1]} ({len(words)})"


def _says(refused: Callable[[], object]) -> str:
    try:
        refused()
    except InputError as error:
        return str(error.remedy).removeprefix("give ").replace("|", "\\|")
    raise AssertionError("a check took what it should refuse")


def _meanings(model: type) -> Mapping[str, str]:
    """Read what the docstring of a model says of each setting."""
    found = NumpyDocString(inspect.getdoc(model) or "")["Attributes"]
    return {one.name: " ".join(one.desc).replace("``", "`") for one in found}


def _unit(key: str) -> str:
    fits = [end for end in UNITS if key.endswith(f"_{end}")]
    return UNITS[max(fits, key=len)] if fits else ""


def _shown(value: object) -> str:
    if isinstance(value, tuple) and len(value) > 12:
        return f"all {len(value)}"
    plain = list(value) if isinstance(value, tuple) else value
    return f"`{as_toml({'x': plain}).strip().removeprefix('x = ')}`"


if __name__ == "__main__":
    sys.stdout.write(page())
