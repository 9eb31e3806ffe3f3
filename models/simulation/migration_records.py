"""What a simulation of migration found: hops, vacant sites, and what they amount to."""

from dataclasses import dataclass

from maiscreen.models.crystals.network import Pair

REARRANGED = 0.25
"""Share of the shortest hop: in labels of before strays were counted, an atom that moves farther
beside a vacancy counts as one that has left its site [judgement]. In NaCl and NaSn the farthest
goes a twentieth, in Na15Sn4 and Na3Sb a sixth, in NaSi a quarter without having left it."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One of the distinct hops.

    Attributes
    ----------
    start, end : int
        Distinct sites, named by the first site of the structure that is equal to them.
    length_a : float
        Distance of the two sites, Å.
    multiplicity : int
        How many hops of a cell are equal to it.
    members : tuple[Pair, ...]
        Each of them: start, end, and the cell in which it ends.
    saddle_ev : float
        Energy of the saddle above the lowest vacancy.
    forward_ev, reverse_ev : float
        Barrier for the vacancy from start to end, and back.
    mirrored : bool
        Whether symmetry turns the path round, so that half of it was computed.
    converged : bool
        Whether it was converged with a climbing image; a hop that decides nothing is not.
    evaluations : int
        Of single images.
    seconds : float
        Spent on it.
    reason : str
        What is odd about it; empty otherwise.
    """

    start: int
    end: int
    length_a: float
    multiplicity: int
    members: tuple[Pair, ...]
    saddle_ev: float
    forward_ev: float
    reverse_ev: float
    mirrored: bool
    converged: bool
    evaluations: int
    seconds: float
    reason: str


@dataclass(frozen=True, slots=True)
class VacantSite:
    """A distinct site and its vacancy.

    Attributes
    ----------
    site : int
        The first site of the structure that is equal to it.
    multiplicity : int
        How many sites of the cell are.
    formation_ev : float
        Energy of the vacancy, the atom brought to its bulk metal.
    healed_by : int or None
        The site whose atom jumped into it by itself: then it is no minimum, and the energy is
        that with this atom held.
    largest_move_a : float
        The farthest that an atom moved from its site, Å.
    strays : int or None
        Atoms that came to lie nearer to another site of their element than to their own; None in
        labels of before they were counted.
    """

    site: int
    multiplicity: int
    formation_ev: float
    healed_by: int | None
    largest_move_a: float
    strays: int | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """How an element migrates by vacancies.

    Attributes
    ----------
    barrier_ev, barrier_std_ev : float
        From the lowest vacancy of the percolating network to its highest saddle, and the
        numerical error: how much both would still have moved, were their relaxations continued.
        The error of the model and of the finite cell are not in it.
    converged : bool
        Whether every band that decides the barrier is converged.
    dimensions : int
        In how many directions the network percolates; below 3 there is no way through in others
        within the hops that were followed.
    barrier_by_dimension_ev : tuple[float, ...]
        The same for one, two and three directions, as far as it percolates.
    vacancy_formation_ev, vacancy_formation_std_ev : float
        The lowest over the sites, relative to the relaxed bulk metal of the same model.
    vacancies : tuple[VacantSite, ...]
        By distinct site.
    hops : tuple[Hop, ...]
        By length.
    cutoff_a : float
        Hops were followed up to this length, Å.
    blocked : int
        Distinct hops up to that length left out because they run over another atom.
    lattice_a : tuple[tuple[float, ...], ...]
        Vectors of the cell, Å.
    sites : tuple[tuple[float, ...], ...]
        The mobile sites, fractions of the cell.
    equal_to : tuple[int, ...]
        For each site the first that symmetry makes equal to it.
    diffusivity_cm2_s : tuple[tuple[float, ...], ...]
        Of a vacancy at 25 °C, by all hops: a tensor.
    a3_per_sodium : float
        Volume of the cell for each mobile site, Å3.
    supercell : tuple[tuple[int, int, int], ...]
        Its vectors in those of the structure.
    supercell_atoms : int
        Without a vacancy.
    supercell_width_a : float
        The least distance of its opposite faces, Å.
    seconds : float
        For everything.
    """

    barrier_ev: float
    barrier_std_ev: float
    converged: bool
    dimensions: int
    barrier_by_dimension_ev: tuple[float, ...]
    vacancy_formation_ev: float
    vacancy_formation_std_ev: float
    vacancies: tuple[VacantSite, ...]
    hops: tuple[Hop, ...]
    cutoff_a: float
    blocked: int
    lattice_a: tuple[tuple[float, ...], ...]
    sites: tuple[tuple[float, ...], ...]
    equal_to: tuple[int, ...]
    diffusivity_cm2_s: tuple[tuple[float, ...], ...]
    a3_per_sodium: float
    supercell: tuple[tuple[int, int, int], ...]
    supercell_atoms: int
    supercell_width_a: float
    seconds: float

    @property
    def rearranged(self) -> bool:
        """Whether an atom beside a vacancy left its site.

        The barrier is then not one of this crystal, which the model does not hold together.
        """
        limit_a = REARRANGED * min(hop.length_a for hop in self.hops)
        return any(
            site.largest_move_a > limit_a if site.strays is None else site.strays > 0
            for site in self.vacancies
        )
