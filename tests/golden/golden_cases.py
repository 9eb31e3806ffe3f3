"""What is kept: commands as they are typed, and which folders they need."""

from dataclasses import dataclass

FILES = {
    "wide.toml": """\
metals = ["Si", "Sn"]
halogens = ["F", "Cl"]
fidelity = "F1"
samples = 200
[space]
mixed_halides = true
oxyhalides = true
organohalides = true
blends = 2
ratio_steps = 4
temperatures_c = [25, 60]
exposures_s = [10, 30]
front_runners = 20
""",
    "entries.csv": "formula,formation_energy_ev_atom,scheme\n"
    "Na7Sn12,-0.208,GGA_GGA+U\nNaSn,-0.45,GGA_GGA+U\n",
    "phases.csv": "formula\nNaSn\nSiO2\nAl2O3\nTiN\nXx\n",
    "moduli.csv": "formula,shear_modulus_gpa\nNaSn,11\nNa15Sn4,7.9\nSiO2,31\nAl2O3,160\nXx,3\n",
    "new.csv": "formula,shear_modulus_gpa\nNaSn,11\nNa15Sn4,7.9\nKSn,9\nNaGe,14\nSiO2,31\n",
    "made_up.csv": "formula,shear_modulus_gpa\n"
    + "".join(
        f"{metal}{anion}{n},{4 + 3 * i + j}\n"
        for i, metal in enumerate(
            ("Li", "K", "Rb", "Mg", "Ca", "Sr", "Ti", "Zr", "Fe", "Zn", "Al", "Sn")
        )
        for j, anion in enumerate(("O", "S", "F", "Cl", "N"))
        for n in ("", "2")
    ),
    "slurm.yaml": """\
kind: slurm
jobs: 20
cores: 8
memory: 16 GiB
walltime: 04:00:00
host: 10.0.0.5
python: /opt/env/bin/python
insecure: true
""",
}
"""Files that commands read."""

FOLDERS = {
    "first": "run --out first --serial --quiet",
    "F0": "run --out F0 --set fidelity=F0 --serial --quiet",
    "F1": "run --out F1 --set fidelity=F1 --serial --quiet",
    "as_formed": "run --out as_formed --set state=as_formed --serial --quiet",
    "wide": "run wide.toml --out wide --serial --quiet",
    "measured": "lab import measured lab_paper.csv",
    "more": "snapshot add --entries entries.csv --out more",
    "mine": "models train --target shear_modulus_gpa --data made_up.csv --base none"
    " --out mine --json --quiet",
}
"""Folders, and the command that makes each; what it prints is kept under its name."""

BEFORE = {"measured": "first"}
"""Folders that begin as a copy of another one."""

QUICK = {"first", "measured", "more"}
"""Folders that are made in a few seconds."""


@dataclass(frozen=True)
class Case:
    """Something that is kept.

    Attributes
    ----------
    name : str
        Of its file.
    command : str
        What follows ``maiscreen``, or nothing if a file is kept.
    needs : tuple of str
        Folders.
    file : str
        File that is kept in place of what is printed.
    loose : tuple of str
        Keys of JSON, or patterns, whose values follow from the day, the machine or the code.
    code : int
        Exit code.
    """

    name: str
    command: str = ""
    needs: tuple[str, ...] = ()
    file: str = ""
    loose: tuple[str, ...] = ()
    code: int = 0

    @property
    def slow(self) -> bool:
        """Whether it takes more than a few seconds."""
        return not QUICK.issuperset(self.needs)

    @property
    def lines(self) -> bool:
        """Whether what is printed is JSON."""
        return "json" in self.command or self.file.endswith(".json")


_RUN = (
    "fingerprint",
    "code",
    "maiscreen",
    "packages",
    "kernels",
    "seconds",
    "files",
    "stages",
    "peak_rss_mib",
    "seal_sha256",
)
"""What is loose in the manifest of a run."""

_SHORTLIST = tuple(f"version or hash, {name}" for name in ("maiscreen", "code", "packages, *"))
"""What is loose in where a shortlist comes from."""

_TRAINED = ("date", "packages", "predictions_per_second", "seconds", "files")
"""What is loose in the card of a model that is trained here."""


def _folders() -> list[Case]:
    """Give what the making of each folder prints."""
    return [Case(name, FOLDERS[name], (name,), loose=_TRAINED) for name in FOLDERS]


def _rankings() -> list[Case]:
    narrow = ("first", "F0", "F1", "as_formed")
    tables = [Case(f"{n}-ranking", needs=(n,), file=f"{n}/ranking.parquet") for n in narrow]
    return [
        *tables,
        Case("wide-ranking", needs=("wide",), file="wide/ranking.parquet"),
        Case("wide-ingredients", needs=("wide",), file="wide/ingredients.parquet"),
        Case("wide-candidates", needs=("wide",), file="wide/candidates"),
    ]


def _campaigns() -> list[Case]:
    first, wide = ("first",), ("wide",)
    status = ("candidates_per_s", "last_receipt_s_ago", "host", "pid", "user", "begun", "log")
    return [
        Case("first-manifest", needs=first, file="first/manifest.json", loose=_RUN),
        Case("wide-manifest", needs=wide, file="wide/manifest.json", loose=_RUN),
        Case("first-report", needs=first, file="first/report.html"),
        Case("wide-report", needs=wide, file="wide/report.html"),
        Case("status-json", "status first --json", first, loose=status),
        Case("verify", "verify first", first),
        Case("verify-wide", "verify wide", wide),
        Case("retry", "retry first", first, code=2),
        Case("shortlist-json", "shortlist first --top 3 --format json", first, loose=_SHORTLIST),
        Case("shortlist-csv", "shortlist first --top 12", first),
        Case("shortlist-diverse", "shortlist first --top 20 --diverse", first),
        Case("shortlist-wide-json", "shortlist wide --top 3 --format json", wide, loose=_SHORTLIST),
        Case("space", "space --workers 2"),
        Case("space-json", "space wide.toml --workers 2 --json", loose=("seconds", "megabytes")),
        Case("space-index-json", "space wide.toml --index 100 --json"),
        Case("suggest-json", "models suggest first --n 5 --json", first),
        Case("suggest-candidates-json", "models suggest first --n 5 --of candidates --json", first),
        Case("suggest", "models suggest first --n 5 --by score", first),
        Case("suggest-csv", "models suggest first --n 5 --csv", first),
    ]


def _lab() -> list[Case]:
    first, measured = ("first",), ("measured",)
    template = "lab template first --format csv --out template.csv --overwrite"
    return [
        Case("lab-next-first-json", "lab next first --json", first),
        Case("lab-next-json", "lab next measured --json", measured),
        Case("lab-next", "lab next measured", measured),
        Case("lab-next-csv", "lab next measured --csv", measured),
        Case("lab-next-cylinder", "lab next measured --handling cylinder", measured),
        Case("lab-weights-json", "lab weights measured --json", measured),
        Case("lab-weights", "lab weights measured", measured),
        Case("lab-replay-json", "lab replay measured --json", measured),
        Case("lab-replay", "lab replay measured", measured),
        Case("lab-show-json", "lab show measured --json", measured, loose=("import", "imported")),
        Case("lab-show", "lab show measured", measured),
        Case("lab-show-csv", "lab show measured --csv", measured),
        Case("lab-template", template, first),
        Case("lab-template-sheet", template, first, file="template.csv"),
    ]


def _precursors() -> list[Case]:
    return [
        Case("explain-json", "explain SnCl4 GeCl4 --json"),
        Case("explain-warm-json", "explain WF6 Si2Cl6 --json --temperature-c 60"),
        Case("explain", "explain SnCl4 TiCl4 UF6"),
        Case("explain-more-json", "explain SnBr4 --json --snapshot more", ("more",)),
        Case("explain-wrong", "explain VOCl3", code=2),
        Case("lookup-json", "lookup SnCl4 50-00-0 --json"),
        Case("lookup", "lookup 10038-98-9 Si2F6"),
        Case("lookup-wrong", "lookup SnCl4 foo", code=2),
        Case("compare-json", "compare SnCl4 SiCl4 TiCl4 --json"),
        Case("compare", "compare SnCl4 GeCl4 C3H7Cl --set samples=500"),
        Case("compare-wrong", "compare SnCl4 SiCI4", code=2),
        Case("validate-json", "validate --json"),
        Case("validate", "validate"),
    ]


def _labels() -> list[Case]:
    return [
        Case("labels-show-json", "labels show NaSn NaCl --json"),
        Case("labels-show", "labels show NaSn NaCl"),
        Case("labels-export-json", "labels export --json"),
        Case("labels-export", "labels export"),
        Case("labels-compare", "labels compare"),
    ]


def _models() -> list[Case]:
    shear, mine = "embedded/shear_modulus_gpa", ("mine",)
    return [
        Case("models-list-json", "models list --json", loose=("folder",)),
        Case("models-list", "models list"),
        Case("models-show-json", f"models show {shear} --json", loose=("folder",)),
        Case("models-show", f"models show {shear}"),
        Case("models-evaluate-json", f"models evaluate {shear} --data moduli.csv --json"),
        Case("models-evaluate", f"models evaluate {shear} --data moduli.csv"),
        Case("models-evaluate-all", "models evaluate --markdown"),
        Case("models-predict-json", f"models predict {shear} --data phases.csv --json"),
        Case("models-predict-fast-json", f"models predict {shear} --data phases.csv --fast --json"),
        Case("models-predict", f"models predict {shear} --data phases.csv"),
        Case("models-show-mine-json", "models show ./mine --json", mine, loose=_TRAINED),
        Case("models-compare-json", f"models compare {shear} ./mine --data new.csv --json", mine,
             loose=_TRAINED),
    ]  # fmt: skip


def _snapshots() -> list[Case]:
    more, loose = ("more",), ("snapshot", "date")
    return [
        Case("snapshot-show-json", "snapshot show --json"),
        Case("snapshot-show", "snapshot show"),
        Case(
            "snapshot-show-more-json", "snapshot show more --json", more, loose=("snapshot", "date")
        ),
        Case("snapshot-verify-json", "snapshot verify --json"),
        Case("snapshot-verify", "snapshot verify more", more),
        Case("snapshot-diff-json", "snapshot diff embedded more --json", more, loose=loose),
        Case("snapshot-diff", "snapshot diff embedded more --no-ranks", more),
        Case("cluster-show", "cluster show slurm.yaml"),
    ]


CASES = (
    *_folders(),
    *_rankings(),
    *_campaigns(),
    *_lab(),
    *_precursors(),
    *_labels(),
    *_models(),
    *_snapshots(),
)
"""All that is kept, but for what --help says."""
