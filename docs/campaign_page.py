"""Write campaign.md from the settings model: python docs/campaign_page.py > docs/campaign.md."""

import sys
from collections.abc import Mapping
from typing import Any

import schemas

from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.settings import takes
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.toml import as_toml

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

## In an editor

[schema/campaign.json](schema/campaign.json) is a JSON schema of the campaign file: an editor that
knows it completes keys and words, shows meaning, unit and default, and underlines what would be
refused. Where Taplo is at work (Even Better TOML in VS Code, and others), the first line of the
file names it, by path or address:

```toml
#:schema docs/schema/campaign.json
temperature_c = 60

[space]
blends = 2
```

`check-jsonschema --schemafile docs/schema/campaign.json tin.toml` does the same on the command
line and in hooks; `maiscreen space tin.toml` asks maiscreen itself, which also knows what a schema
cannot say: that one weight at least is above 0, and that `seed = 1.0` is no whole number.
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


def page() -> str:
    """Write the whole page."""
    head = HEAD.replace("{bytes}", f"{limits.CAMPAIGN_BYTES:,}")
    return "\n".join([head, *(_section(table) for table in SECTIONS), _defaults()])


def _section(table: str) -> str:
    title, about = SECTIONS[table]
    whole = schemas.schema("campaign")["properties"]
    settings = whole[table]["properties"] if table else whole
    lines = [f"## {title}", "", about, ""]
    lines += ["| key | default | unit | takes | meaning |", "|---|---|---|---|---|"]
    lines += [_row(key, part) for key, part in settings.items() if key not in SECTIONS]
    return "\n".join([*lines, ""])


def _row(key: str, part: Mapping[str, Any]) -> str:
    default, unit = _shown(part["default"]), part.get("x-unit", "")
    meaning = part["description"].partition(" Takes ")[0]
    return f"| `{key}` | {default} | {unit} | {_taken(part)} | {meaning} |"


def _defaults() -> str:
    """Write the file of the default campaign."""
    plain = {key: value for key, value in Campaign().to_dict().items() if key != "metals"}
    about = "The same as one file, but for `metals`, which are all 89 if left out."
    return f"## The default campaign\n\n{about}\n\n```toml\n{as_toml(plain).strip()}\n```\n"


def _taken(part: Mapping[str, Any]) -> str:
    """Say what a setting takes; of a list, what its items are."""
    items = part.get("items")
    if items is None or "x-takes" in part:
        return takes(dict(part))
    words = items.get("enum", ())
    if len(words) < 50:
        return f"a list of: {', '.join(words) or takes(items)}"
    return f"a list of: {words[0]} … {words[-1]} ({len(words)})"


def _shown(value: object) -> str:
    if isinstance(value, list) and len(value) > 12:
        return f"all {len(value)}"
    return f"`{as_toml({'x': value}).strip().removeprefix('x = ')}`"


if __name__ == "__main__":
    sys.stdout.write(page())
