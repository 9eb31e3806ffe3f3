"""Gates for supply, stability and handling, on the halides of the default campaign."""

from dataclasses import replace

import pyarrow as pa
import pytest

from maiscreen.candidates.errors import InputError
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import describe_precursors, halides_of
from maiscreen.screen.scoring.gates import first_rejection, gates


@pytest.fixture(scope="module")
def described() -> pa.Table:
    """All halides at 25 °C."""
    return describe_precursors(Campaign(), halides_of(Campaign()))


def verdicts(described: pa.Table, campaign: Campaign) -> dict[str, str]:
    keys = described["key"].to_pylist()
    return dict(zip(keys, first_rejection(gates(described, campaign)).tolist(), strict=True))


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("PbCl4", "stability: decomposes from 0 °C: PbCl2 and Cl2"),
        ("B2Cl4", "stability: decomposes from 20 °C: BCl3"),
        ("SF6", "stability: inert to sodium: molten sodium"),
        ("Te2F10", "stability: no such substance"),
        ("AsCl5", "stability: decomposes from -50 °C"),
        ("GeCl2", "compound: gas tables only: a polymer that does not evaporate"),
        ("AlCl", "compound: gas tables only: decomposes: Al and AlCl3"),
        ("GaCl", "compound: gas tables only: as it condenses it would become 0.33 GaCl3"),
        ("SnCl3", "compound: gas tables only: a radical"),
        ("Si2F6", "supply: on no inventory: hardly for sale"),
        ("Si4F10", "supply: on no inventory: hardly for sale"),
        ("B2F4", "supply: on no inventory: hardly for sale"),
        ("CCl4", "hazard: explosive with sodium"),
        ("BaCl2", "volatility: "),
        ("SnCl4", ""),
        ("VCl4", ""),
    ],
)
def test_the_most_telling_reason_comes_first(
    described: pa.Table, formula: str, reason: str
) -> None:
    found = verdicts(described, Campaign())[formula]
    assert found.startswith(reason) and bool(found) == bool(reason)


def test_whoever_passes_can_be_had_and_lasts(described: pa.Table) -> None:
    passed = {key for key, why in verdicts(described, Campaign()).items() if not why}
    rows = [row for row in described.to_pylist() if row["key"] in passed]
    assert len(rows) == 18
    for row in rows:
        assert row["supply"] in ("bulk", "reported", "inventoried"), row["key"]
        assert " on " in f" {row['supply_evidence']}" and row["cas"], row["key"]
        assert row["handling"] in ("bottle", "cylinder"), row["key"]
        assert row["stability"] in (None, "slow", "decomposes"), row["key"]
        assert row["stability_limit_c"] is None or row["stability_limit_c"] >= 25, row["key"]


def test_settings_let_in_and_shut_out(described: pa.Table) -> None:
    def passed(**settings: object) -> set[str]:
        campaign = Campaign.from_dict(settings)
        return {key for key, why in verdicts(described, campaign).items() if not why}

    usual = passed()
    assert passed(supply="any") - usual == {"Si2F6", "Si3F8", "Si4F10", "B2F4"}
    assert passed(supply="reported") < usual and "SbCl5" not in passed(supply="reported")
    assert passed(supply="bulk") == {"SnCl4", "SiCl4", "SiF4", "TiCl4", "BF3"}
    bottles, cylinders = passed(handling=["bottle"]), passed(handling=["cylinder"])
    assert bottles | cylinders == usual and not bottles & cylinders
    assert cylinders == {"GeF4", "SiF4", "BCl3", "WF6", "BF3"}


def test_a_warmer_process_ends_what_a_bottle_bears(described: pa.Table) -> None:
    by_name = {gate.name: gate for gate in gates(described, Campaign(temperature_c=60.0))}
    keys = described["key"].to_pylist()
    stands = dict(zip(keys, by_name["stability"].passed.tolist(), strict=True))
    assert not stands["TlCl3"] and stands["SbCl5"] and stands["SnCl4"]
    cold = {gate.name: gate for gate in gates(described, Campaign(temperature_c=5.0))}
    at_5 = dict(zip(keys, cold["stability"].passed.tolist(), strict=True))
    # A bottle of it stands at room temperature, however cold the process.
    assert not at_5["PbCl4"] and not at_5["B2Cl4"] and at_5["TlCl3"]


@pytest.mark.parametrize(
    "settings", [{"supply": "ample"}, {"handling": []}, {"handling": ["bag"]}, {"supply": 1}]
)
def test_bad_settings_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(InputError):
        Campaign.from_dict(settings)


def test_both_change_the_fingerprint() -> None:
    usual = Campaign().fingerprint()
    assert replace(Campaign(), supply="any").fingerprint() != usual
    assert replace(Campaign(), handling=("bottle",)).fingerprint() != usual
