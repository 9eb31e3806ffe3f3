"""Errors drawn by their cause, and what they make of attributes and scores.

Every cause is drawn once and enters wherever it acts (docs/attributes.md, "Errors by their
cause"), so that what two candidates have in common does not tell them apart.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum, unique
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.elements import HALOGENS, SYMBOLS
from maiscreen.descriptors.columns import ATTRIBUTES, texts_of
from maiscreen.descriptors.layer.layer import FARTHEST, Errors, Estimate, LayerEstimate
from maiscreen.models.attributes.attributes import mix_outcomes
from maiscreen.screen.scoring.score import THRESHOLD_STD, desirability, score

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Strings = NDArray[np.str_]

AT_A_TIME = 32
"""Candidates whose scores are drawn together: half a MiB for each array."""

ANIONS = (*HALOGENS, "O")
"""Of the salts that a layer may hold: NaX, and Na2O."""

SHARED_CAUSES = {
    "adhesion": "surface energy of sodium",
    "ionic_conductivity": "conductivity that anchors all alloys",
    "youngs_modulus": "moduli of all layers",
    "electrolyte_permeability": "reduced electrolyte in additives' layers",
}
"""What is not known of all layers alike, by the attribute that it enters."""

STRUCTURE = "how layers are built"
"""Salt throughout, or on top; where the metal connects: one for all layers and attributes."""


@unique
class Stream(IntEnum):
    """Every stream of random numbers of a campaign; the seed and one of these make it.

    Weightings are one sample wherever they are drawn.
    """

    ALLOYING = 0
    PHASE = 1
    SALT = 2
    SHARED = 3
    THRESHOLD = 4
    STRUCTURE = 5
    KINETICS = 6
    AUDIT = 7
    WEIGHTINGS = 9
    RESAMPLED_CELLS = 11
    DEALT_LIVES = 12
    SOBOL = 19


def random_stream(seed: int, stream: Stream, part: int = 0) -> np.random.Generator:
    """Begin a stream of a campaign, or one of its parts.

    Examples
    --------
    >>> draws = [random_stream(1, one).random() for one in Stream]
    >>> len({*draws}) == len(Stream)
    True
    """
    return np.random.default_rng([seed, stream, part])


CAUSES = ("phase", "salt", "shared", "threshold")
"""Causes that have an error for each attribute: those of its value, and what is asked of it."""


class Source(NamedTuple):
    """A source of error: a cause and the attribute that it enters, or nothing if it enters all."""

    cause: str
    attribute: str = ""


FORMATION = (Source("alloying"), Source("kinetics"))
"""An alloy forms if it is stable, and if it forms in the time that it has."""

ALLOY = Source("formation")
"""Both together, where nobody asks which."""


def sources() -> tuple[Source, ...]:
    """List all sources of error."""
    by_attribute = (Source(cause, name) for cause in CAUSES for name in ATTRIBUTES)
    return (*by_attribute, Source("structure"), *FORMATION)


@dataclass(frozen=True, slots=True, eq=False)
class ErrorDraws:
    """What is drawn, in standard deviations, by cause.

    The random numbers of a cause depend on the seed and on what it is the cause of, alone, so
    that a candidate's draws are the same whatever others are screened with it.

    Attributes
    ----------
    formed : Floats
        Uniform on [0, 1): the alloy of a metal is stable where it is below its probability; shape
        (samples, metals), the metals as :func:`metal_index` counts them.
    in_time : Floats
        The same for whether it forms in the time that it has.
    phase : dict of str to Floats
        By attribute, errors of the metal phases, shape (samples, metals).
    salt : dict of str to Floats
        By attribute, errors of the salts, shape (samples, anions), the anions as
        :func:`anion_index` counts them.
    shared : dict of str to Floats
        By attribute, the error of all layers alike, shape (samples, 1).
    threshold : dict of str to Floats
        By attribute, the error of what is asked of it, shape (samples, 1).
    structure : Floats
        How layers are built, even from 0 on with a mean square of 1, shape (samples, 1).
    """

    formed: Floats
    in_time: Floats
    phase: dict[str, Floats]
    salt: dict[str, Floats]
    shared: dict[str, Floats]
    threshold: dict[str, Floats]
    structure: Floats

    @classmethod
    def of(cls, samples: int, seed: int) -> "ErrorDraws":
        """Draw them."""
        metals = len(SYMBOLS) + 1

        def normal(cause: Stream, columns: int) -> dict[str, Floats]:
            return {
                name: random_stream(seed, cause, i).standard_normal((samples, columns))
                for i, name in enumerate(ATTRIBUTES)
            }

        return cls(
            random_stream(seed, Stream.ALLOYING).random((samples, metals)),
            random_stream(seed, Stream.KINETICS).random((samples, metals)),
            normal(Stream.PHASE, metals),
            normal(Stream.SALT, len(ANIONS) + 1),
            normal(Stream.SHARED, 1),
            normal(Stream.THRESHOLD, 1),
            FARTHEST * random_stream(seed, Stream.STRUCTURE).random((samples, 1)),
        )

    @classmethod
    def given(cls, columns: Mapping[Source, Floats]) -> "ErrorDraws":
        """Take one column for every metal and salt from each source, shape (samples, 1).

        Structure, alloying and kinetics are even between 0 and 1, the others normal.
        """

        def of(cause: str, width: int) -> dict[str, Floats]:
            each = ((name, columns[Source(cause, name)]) for name in ATTRIBUTES)
            return {name: np.broadcast_to(one, (len(one), width)) for name, one in each}

        metals = len(SYMBOLS) + 1
        formed, in_time = (columns[source] for source in FORMATION)
        return cls(
            np.broadcast_to(formed, (len(formed), metals)),
            np.broadcast_to(in_time, (len(in_time), metals)),
            of("phase", metals),
            of("salt", len(ANIONS) + 1),
            of("shared", 1),
            of("threshold", 1),
            FARTHEST * columns[Source("structure")],
        )

    def scaled(self, source: Source, factor: float) -> "ErrorDraws":
        """Scale the errors of a source: halved, or none; what is likelier then happens."""
        if source.cause == "alloying":
            return replace(self, formed=0.5 + factor * (self.formed - 0.5))
        if source.cause == "kinetics":
            return replace(self, in_time=0.5 + factor * (self.in_time - 0.5))
        if source.cause == "structure":
            return replace(self, structure=factor * self.structure)
        drawn = getattr(self, source.cause)
        changed = drawn | {source.attribute: factor * drawn[source.attribute]}
        return replace(self, **{source.cause: changed})

    def alloyed(
        self, column: int | Integers, p_alloy: float | Floats, p_kinetic: float | Floats
    ) -> NDArray[np.bool_]:
        """Tell in which draws alloys form: where they are stable and form in time.

        Parameters
        ----------
        column : int or Integers
            Of the metals, shape (n,) or none.
        p_alloy, p_kinetic : float or Floats
            Probabilities of either, of the same shape.

        Returns
        -------
        NDArray
            Shape (samples, n) or (samples,).
        """
        stable = self.formed[:, column] < p_alloy
        return np.asarray(stable & (self.in_time[:, column] < p_kinetic))


def metal_index(metal: Strings) -> Integers:
    """Return the column of each metal in the draws; an empty one has its own."""
    place = {symbol: i for i, symbol in enumerate((*SYMBOLS, ""))}
    return np.array([place[m] for m in metal.tolist()], dtype=np.int64)


def anion_index(halogen: Strings) -> Integers:
    """Return the column of each salt in the draws; an empty one has its own."""
    place = {anion: i for i, anion in enumerate((*ANIONS, ""))}
    return np.array([place[x] for x in halogen.tolist()], dtype=np.int64)


def salt_formula(anion: str) -> str:
    """Return the formula of a salt by its anion.

    Examples
    --------
    >>> salt_formula("Cl"), salt_formula("O")
    ('NaCl', 'Na2O')
    """
    return "Na2O" if anion == "O" else f"Na{anion}"


def add_errors(value: Floats, errors: Errors, noise: Errors) -> Floats:
    """Add errors to an attribute, as they are drawn; arrays that broadcast to (samples, n)."""
    drawn = value
    for std, times in zip(errors, noise, strict=True):
        drawn = drawn + std * times
    return drawn


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What may come of each candidate: the alloy, or else the bare metal.

    Attributes
    ----------
    metal, halogen : Strings
        Shape (n,); an empty metal is a layer without any.
    p_alloy, p_kinetic : Floats
        Probability that the alloy is stable, and that it forms in time, shape (n,).
    alloy, bare : dict[str, LayerEstimate]
        By attribute, arrays of shape (n,).
    """

    metal: Strings
    halogen: Strings
    p_alloy: Floats
    p_kinetic: Floats
    alloy: dict[str, LayerEstimate]
    bare: dict[str, LayerEstimate]

    def take(self, rows: slice) -> "Outcomes":
        """Keep some candidates."""
        alloy, bare = (
            {name: _take(estimate, rows) for name, estimate in possible.items()}
            for possible in (self.alloy, self.bare)
        )
        return Outcomes(
            self.metal[rows],
            self.halogen[rows],
            self.p_alloy[rows],
            self.p_kinetic[rows],
            alloy,
            bare,
        )

    @property
    def p_formed(self) -> Floats:
        """Probability that the alloy forms: it is stable, and forms in time."""
        return self.p_alloy * self.p_kinetic

    def nominal(self) -> dict[str, Estimate]:
        """Return the likelier outcome of each attribute, with the error of both."""
        return {
            name: mix_outcomes(self.alloy[name], self.bare[name], self.p_formed)
            for name in self.alloy
        }


def _take(estimate: LayerEstimate, rows: slice) -> LayerEstimate:
    errors = Errors(*(part[rows] for part in estimate.errors))
    return LayerEstimate(
        estimate.value[rows], errors, estimate.source[rows], estimate.fidelity[rows]
    )


def outcomes(table: pa.Table, state: str) -> Outcomes:
    """Read from described candidates what may come of them in a state."""
    metal, halogen = texts_of(table["metal"]), texts_of(table["halogen"])
    # A control has no alloy.
    p_alloy, p_kinetic = (
        np.nan_to_num(table[f"{name}_{state}"].to_numpy())
        for name in ("p_alloy", "p_alloy_kinetic")
    )
    return Outcomes(
        metal,
        halogen,
        p_alloy,
        p_kinetic,
        {name: _estimate(table, f"{name}_{state}") for name in ATTRIBUTES},
        {name: _estimate(table, f"{name}_bare") for name in ATTRIBUTES},
    )


def _estimate(table: pa.Table, stem: str) -> LayerEstimate:
    return LayerEstimate(
        table[stem].to_numpy(),
        Errors(*(table[f"{stem}_std_{cause}"].to_numpy() for cause in Errors._fields)),
        *(np.array(table[f"{stem}_{of}"].to_pylist(), np.str_) for of in ("source", "fidelity")),
    )


def draw_blocks(
    possible: Outcomes, weights: dict[str, float], drawn: ErrorDraws
) -> Iterator[tuple[slice, Floats]]:
    """Draw scores of some candidates after the other: their rows, and shape (samples, rows)."""
    for first in range(0, max(1, len(possible.metal)), AT_A_TIME):
        rows = slice(first, first + AT_A_TIME)
        yield rows, score(draw_worths(possible.take(rows), drawn), weights)


def draw_scores(possible: Outcomes, weights: dict[str, float], drawn: ErrorDraws) -> Floats:
    """Draw scores by Monte Carlo, shape (samples, n)."""
    scores = np.empty((len(drawn.formed), len(possible.metal)))
    for rows, block in draw_blocks(possible, weights, drawn):
        scores[:, rows] = block
    return scores


def draw_worths(possible: Outcomes, drawn: ErrorDraws) -> dict[str, Floats]:
    """Draw desirabilities, each of shape (samples, n)."""
    metal, anion = metal_index(possible.metal), anion_index(possible.halogen)
    alloyed = drawn.alloyed(metal, possible.p_alloy, possible.p_kinetic)
    worths = {}
    for name in possible.alloy:
        own = drawn.phase[name][:, metal], drawn.salt[name][:, anion]
        noise = Errors(*own, drawn.shared[name], drawn.structure)
        with_alloy, without = (
            add_errors(one[name].value, one[name].errors, noise)
            for one in (possible.alloy, possible.bare)
        )
        value = np.where(alloyed, with_alloy, without)
        worths[name] = desirability(name, value, THRESHOLD_STD[name] * drawn.threshold[name])
    return worths
