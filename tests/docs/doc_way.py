"""Run a small campaign in this process; print which functions are called first, in order.

python doc_way.py FOLDER FILE:FUNCTION ...
"""

import importlib
import pkgutil
import sys
from pathlib import Path
from types import CodeType, FrameType

CAMPAIGN = 'metals = ["Si", "Sn", "Ti"]\nhalogens = ["Cl"]\n'


def code_of(name: str) -> CodeType:
    """Give the code of a function, looked up as FILE:FUNCTION."""
    file, _, function = name.partition(":")
    module = importlib.import_module(f"maiscreen.{file.removesuffix('.py').replace('/', '.')}")
    found = pkgutil.resolve_name(f"{module.__name__}:{function}")
    code: CodeType = getattr(found, "__wrapped__", found).__code__
    return code


def called(names: list[str], folder: Path) -> list[str]:
    """Run a campaign; give those of the functions that it calls, in order of their first call."""
    from maiscreen.runners.cli.main import main

    (folder / "campaign.toml").write_text(CAMPAIGN)
    wanted, seen = {code_of(name): name for name in names}, []

    def note(frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code in wanted:
            seen.append(wanted.pop(frame.f_code))

    command = ["run", str(folder / "campaign.toml"), "--out", str(folder / "out"), "--serial"]
    sys.setprofile(note)
    code = main([*command, "--quiet"])
    sys.setprofile(None)
    if code:
        raise SystemExit(code)
    return seen


if __name__ == "__main__":
    print("WAY", *called(sys.argv[2:], Path(sys.argv[1])))
