from maiscreen.candidates.chemistry.elements import METALS
from maiscreen.candidates.snapshot.known_phases import known_phases_of
from maiscreen.candidates.snapshot.sodium_uptake import KINDS, sodium_uptakes

EVERY = [seen for rows in sodium_uptakes().values() for seen in rows]


def test_every_observation_is_whole() -> None:
    for seen in EVERY:
        assert seen.metal in METALS
        assert seen.kind in KINDS
        assert seen.finding and seen.source
        assert seen.seconds > 0 and seen.sodium_per_metal > 0
        assert seen.activation_kj_mol is None or 20 < seen.activation_kj_mol < 300
        # Sodium melts at 97.8 °C: beyond it nothing says how a layer on it grows.
        assert (seen.temperature_c > 98) == (seen.kind == "heated")


def test_no_observation_is_richer_in_sodium_than_what_is_known() -> None:
    from maiscreen.candidates.chemistry.formula import parse_formula

    for seen in EVERY:
        counts = [parse_formula(k.formula) for k in known_phases_of(seen.metal) if k.is_known]
        richest = max(c["Na"] / c[seen.metal] for c in counts)
        assert seen.sodium_per_metal <= richest + 0.01, seen


def test_metals_that_form_no_compound_have_no_observation() -> None:
    assert not {"Ti", "Al", "W", "V", "Mo", "Cu", "Fe"} & sodium_uptakes().keys()


def test_time_that_was_not_read_is_a_round_one() -> None:
    """What is assumed must not look like a measurement."""
    assumed = {seen.seconds for seen in EVERY if not seen.time_read}
    assert assumed <= {10.0, 600.0, 36000.0, 86400.0}
