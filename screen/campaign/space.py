"""The settings of a wide space: what else than homoleptic halides, which blends, how poured."""

from typing import Annotated

from pydantic import AfterValidator, Field

from maiscreen.candidates.molecules.mixtures import MOST_IN_A_BLEND
from maiscreen.candidates.reading.settings import LISTED, NUMBER, SeveralOf, settings
from maiscreen.descriptors.columns import WIDE_COLUMNS

T_LIMIT_C = 97.7
"""Sodium melts at 97.8 °C (CRC Handbook, 370.95 K); the process stays 0.1 K below."""

EXPOSURES_S = (10.0, 30.0)
"""Shortest and longest exposure of which the paper gives a thickness."""

MAX_CANDIDATES = 100_000_000
"""More than that are hours of work, and gigabytes on the disk; a limit thins the space."""


_BY_SIZE = AfterValidator(lambda numbers: tuple(sorted(set(numbers))))

Celsius = Annotated[float, Field(ge=0, lt=T_LIMIT_C), NUMBER]
"""A process temperature."""

Exposure = Annotated[float, Field(ge=EXPOSURES_S[0], le=EXPOSURES_S[1]), NUMBER]


@settings("space")
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
    blends: Annotated[int, Field(ge=1, le=MOST_IN_A_BLEND, examples=[2])] = 1
    ratio_steps: Annotated[int, Field(ge=2, le=100, examples=[20])] = 10
    least_vapour_share: Annotated[float, Field(ge=0, le=0.5, examples=[0.01]), NUMBER] = 0.05
    temperatures_c: Annotated[
        tuple[Celsius, ...], Field(examples=[[25, 60]]), LISTED, _BY_SIZE
    ] = ()
    exposures_s: Annotated[
        tuple[Exposure, ...], Field(min_length=1, examples=[[10, 30]]), LISTED, _BY_SIZE
    ] = (10.0,)
    limit: Annotated[int, Field(ge=0, le=MAX_CANDIDATES, examples=[1_000_000])] = 0
    front_runners: Annotated[int, Field(ge=1, le=10_000, examples=[200])] = 1000
    columns: Annotated[tuple[str, ...], SeveralOf(WIDE_COLUMNS, at_least=0)] = ()

    @property
    def is_wide(self) -> bool:
        """Whether there is more than the homoleptic halides, each by itself."""
        return self != Space()
