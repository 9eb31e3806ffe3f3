"""The settings of a wide space: what else than homoleptic halides, which blends, how poured."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.molecules.mixtures import MOST_IN_A_BLEND
from maiscreen.descriptors.columns import WIDE_COLUMNS
from maiscreen.screen.campaign import checks

T_LIMIT_C = 97.7
"""Sodium melts at 97.8 °C (CRC Handbook, 370.95 K); the process stays 0.1 K below."""

EXPOSURES_S = (10.0, 30.0)
"""Shortest and longest exposure of which the paper gives a thickness."""

MAX_CANDIDATES = 100_000_000
"""More than that are hours of work, and gigabytes on the disk; a limit thins the space."""


@dataclass(frozen=True, slots=True)
class Space:
    """What a campaign searches beside the homoleptic halides.

    Attributes
    ----------
    mixed_halides : bool
        Halides of two or more halogens, MX_aY_b.
    oxyhalides : bool
        Known ones, such as VOCl3.
    organohalides : bool
        Known ones with organic groups or hydrogen on M, such as (CH3)3SiCl and SiHCl3.
    groups_leave : bool
        Whether sodium is taken to tear organic groups and hydrogen off M as well. Else organo- and
        hydrohalides are listed and rejected: M–C and M–H bonds are known to outlive sodium (Wurtz
        coupling to R3M–MR3, H3Si–SiH3), and then there is no layer of M to speak of.
    blends : int
        Precursors in a blend, at most; 1 for none.
    ratio_steps : int
        Mole fractions in the liquid are multiples of 1/ratio_steps.
    least_vapour_share : float
        What has a smaller mole fraction in the vapour is a trace, and the blend none [judgement].
    temperatures_c : tuple of float
        Process temperatures, °C; that of the campaign where none is given.
    exposures_s : tuple of float
        Seconds in the vapour.
    limit : int
        Candidates, at most: beyond it an even sample of the space is taken; 0 for no limit.
    front_runners : int
        Best candidates by score, which are ranked with their errors by Monte Carlo.
    columns : tuple of str
        Columns of the table of all candidates; all if none is given.
    """

    mixed_halides: bool = False
    oxyhalides: bool = False
    organohalides: bool = False
    groups_leave: bool = False
    blends: int = 1
    ratio_steps: int = 10
    least_vapour_share: float = 0.05
    temperatures_c: tuple[float, ...] = ()
    exposures_s: tuple[float, ...] = (10.0,)
    limit: int = 0
    front_runners: int = 1000
    columns: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for key, check in _CHECKS.items():
            object.__setattr__(self, key, check(f"space.{key}", getattr(self, key)))

    @classmethod
    def from_dict(cls, settings: object) -> "Space":
        """Make the settings from plain values.

        Raises
        ------
        InputError
            If it is no table, a key is unknown, a type is wrong or a value is out of range.
        """
        if isinstance(settings, Space):
            return settings
        if not isinstance(settings, Mapping):
            raise InputError("space", settings, "give a table, such as space.blends = 2")
        known = [f.name for f in fields(cls)]
        for key in settings:
            if key not in known:
                remedy = "is no setting; " + checks.nearest(key, known)
                raise InputError(f"space.{key}", settings[key], remedy)
        return cls(**settings)

    @property
    def is_wide(self) -> bool:
        """Whether there is more than the homoleptic halides, each by itself."""
        return self != Space()


_CHECKS: dict[str, checks.Check] = {
    "mixed_halides": checks.switch,
    "oxyhalides": checks.switch,
    "organohalides": checks.switch,
    "groups_leave": checks.switch,
    "blends": checks.integer(1, MOST_IN_A_BLEND),
    "ratio_steps": checks.integer(2, 100),
    "least_vapour_share": checks.number(0, 0.5),
    "temperatures_c": checks.numbers(0, T_LIMIT_C, high_is_open=True, may_be_empty=True),
    "exposures_s": checks.numbers(*EXPOSURES_S),
    "limit": checks.integer(0, MAX_CANDIDATES),
    "front_runners": checks.integer(1, 10_000),
    "columns": checks.several_of(WIDE_COLUMNS, may_be_empty=True),
}
