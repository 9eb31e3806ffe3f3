"""The register of interatomic potentials: what is needed to load one, and to cite its labels.

No potential is imported here. A user's own comes from a TOML file
(:mod:`maiscreen.models.labels.potential_files`); docs/potential.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from maiscreen.candidates.errors import InputError

DEFAULT = "7net-0"
"""Whose values the embedded labels stand for; docs/potential.md says which table is to choose it
(decision 48)."""

FILE = "{file}"
"""Stands for the path of the first file within the arguments of a calculator."""

NOT_STATED = "not stated"
"""Functional, licence or citation that a file of the user's leaves out."""


@dataclass(frozen=True, slots=True)
class WeightsFile:
    """A file that a potential needs.

    Attributes
    ----------
    path : str
        Absolute; or ``package:path`` within an installed package; or below the home folder, with
        ``~``.
    sha256 : str
        What it is to hold; empty if any content will do, whose hash the labels then carry.
    """

    path: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class PotentialEntry:
    """What is known of a potential before it is loaded.

    Attributes
    ----------
    name : str
        As labels have it.
    calculator : str
        What makes an ASE calculator, as ``module:callable``.
    arguments : tuple of (str, value)
        Handed to it by name; :data:`FILE` stands for the first file.
    files : tuple of WeightsFile
        What it reads.
    functional : str
        On whose energies it was trained.
    energies : str
        ``uncorrected``, or the scheme of corrections that its energies hold already: formation
        energies get the corrections of 2020 where they are ``uncorrected``.
    licence, citation : str
        Of the weights.
    package : str
        Distribution whose version the labels carry; empty for none.
    install : str
        How to install what it needs, after "needs".
    opinion_alone : bool
        Whether its labels are held against those of others and never stand for a value.
    own : bool
        Whether it is the user's.
    batches : bool
        Whether it takes many structures as one graph of SevenNet.
    """

    name: str
    calculator: str
    arguments: tuple[tuple[str, str | int | float | bool], ...] = ()
    files: tuple[WeightsFile, ...] = ()
    functional: str = NOT_STATED
    energies: str = "uncorrected"
    licence: str = NOT_STATED
    citation: str = NOT_STATED
    package: str = ""
    install: str = ""
    opinion_alone: bool = False
    own: bool = False
    batches: bool = False


UNCORRECTED, MP2020 = "uncorrected", "MP2020"

ENERGIES = (UNCORRECTED, MP2020)
"""Schemes that formation energies are made comparable from."""

_INSTALL_SEVENN = (
    "torch and sevenn: pip install torch==2.13.0, then pip install -e '.[potential]' "
    "in maiscreen's folder"
)

_SEVENNET = (
    "Y. Park, J. Kim, S. Hwang, S. Han, J. Chem. Theory Comput. 20, 4857 (2024), "
    "10.1021/acs.jctc.4c00190"
)


def _sevennet(
    name: str, weights: str, sha256: str, functional: str, citation: str, **arguments: str
) -> PotentialEntry:
    """Enter a model whose weights come inside the wheel of sevenn."""
    return PotentialEntry(
        name=name,
        calculator="maiscreen.models.simulation.calculators:sevennet",
        arguments=(("model", FILE), *arguments.items()),
        files=(WeightsFile(f"sevenn:pretrained_potentials/{weights}", sha256),),
        functional=functional,
        licence="MIT",
        citation=citation,
        package="sevenn",
        install=_INSTALL_SEVENN,
        batches="modal" not in arguments,  # that graph does not say which functional is meant
    )


_BUILT_IN = (
    _sevennet(
        DEFAULT,
        "SevenNet_0__11Jul2024/checkpoint_sevennet_0.pth",
        "7052cb42b7b3be42b40b97fa0d21077a48c54b5548948fc4dcf346629f813c36",
        "PBE, PBE+U (MPtrj)",
        _SEVENNET,
    ),
    _sevennet(
        "7net-l3i5",
        "SevenNet_l3i5/checkpoint_l3i5.pth",
        "a7ff190d41efe5b8317a03d20a468e4036a1a3e64e0b14fdbab64ac3f4bfc09d",
        "PBE, PBE+U (MPtrj)",
        _SEVENNET,
    ),
    _sevennet(
        "7net-mf-0",
        "SevenNet_MF_0/checkpoint_sevennet_mf_0.pth",
        "81791329b37d445f46b531578c182c41792d98c7814222c9e5dde276402225fd",
        "PBE, PBE+U (the PBE head of a model of two functionals)",
        "J. Kim and others, J. Am. Chem. Soc. 147, 1042 (2025), 10.1021/jacs.4c14455",
        modal="PBE",
    ),
    PotentialEntry(
        name="nequix-oam-1-pft",
        calculator="maiscreen.models.simulation.calculators:nequix",
        arguments=(("model_name", "nequix-oam-1-pft"), ("model_path", FILE)),
        files=(
            WeightsFile(
                "~/.cache/nequix/models/nequix-oam-1-pft.nqx",
                "4ce693d68886512aab50c84ea2400efd68163e11155f7c7babe98e695177e809",
            ),
        ),
        functional="PBE, PBE+U (OMat24, sAlex, MPtrj; MDR phonons)",
        licence="MIT",
        citation="T. Koker, M. Kotak and others, arXiv 2508.16067 and 2601.07742",
        package="nequix",
        install="nequix and jax: docs/potential.md of maiscreen says how they are installed",
    ),
)

BUILT_IN = MappingProxyType({entry.name: entry for entry in _BUILT_IN})
"""The potentials that need no file of the user's, by name. The first that has a usable label of a
property gives its value; the others are held against it."""

MODELS = tuple(BUILT_IN)
"""Their names, the default first."""

USUAL = (DEFAULT, "7net-l3i5")
"""What a run of labels simulates with if nothing else is asked for: what one extra installs."""


def register(own: Iterable[PotentialEntry] = ()) -> dict[str, PotentialEntry]:
    """Return all potentials by name, in the order in which they give values.

    A user's own come first: who registers one and hands over its labels wants them.

    Parameters
    ----------
    own : iterable of PotentialEntry
        The user's; one with the name of a built-in one says where the files of that one lie.

    Raises
    ------
    InputError
        If two of the user's have the same name.
    """
    mine: dict[str, PotentialEntry] = {}
    for entry in own:
        if entry.name in mine:
            raise InputError("potential", entry.name, "is there twice; give each its own name")
        mine[entry.name] = entry
    first = {name: entry for name, entry in mine.items() if name not in BUILT_IN}
    return first | {name: mine.get(name, entry) for name, entry in BUILT_IN.items()}
