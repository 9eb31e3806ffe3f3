"""Acute toxicity warns, and rejects where a campaign says so."""

from dataclasses import replace

from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.descriptors.hazards.statements import FATAL, TOXIC
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.describe.describe import describe_precursors
from maiscreen.screen.scoring.gates import Gate, gates

FORMULAS = ("BF3", "GeF4", "SiCl4", "SnCl4", "HgCl2", "PCl3")


def hazard_gate(campaign: Campaign) -> Gate:
    batch = Precursors.of([Precursor.parse(one) for one in FORMULAS])
    tried = gates(describe_precursors(campaign, batch), campaign)
    return next(gate for gate in tried if gate.name == "hazard")


def test_by_default_it_only_warns() -> None:
    assert hazard_gate(Campaign()).passed.tolist() == [True, True, True, True, False, False]


def test_a_campaign_may_reject_by_it_derived_or_not() -> None:
    gate = hazard_gate(Campaign(hazards_rejected=(FATAL,)))
    assert gate.passed.tolist() == [False, False, True, True, False, False]
    assert gate.reason[:2].tolist() == ["fatal if inhaled", "fatal if inhaled?"]
    assert not hazard_gate(Campaign(hazards_rejected=(FATAL, TOXIC))).passed[2]


def test_an_accepted_hazard_hides_no_rejected_one() -> None:
    accepting = Campaign(hazards_allowed=("toxic hydride", "toxic metal"))
    assert hazard_gate(accepting).passed.all()
    gate = hazard_gate(replace(accepting, hazards_rejected=(FATAL,)))
    assert not gate.passed[5]
    assert gate.reason[5] == "fatal if inhaled"


def test_nobody_who_can_be_ranked_is_blank() -> None:
    campaign = Campaign(temperature_c=60)
    formulas = (
        "SnCl4 SnBr4 SbCl5 SbCl3 GeCl4 SbF5 GeF4 GeBr4 SiCl4 Si2Cl6 Si3Cl8 SiBr4 Si4F10 Si2F6 SiF4 "
        "BBr3 BI3 VCl4 TiBr4 BCl3 TiCl4 B2Cl4 ReF6 MoF6 WF6 ReF5 GaCl3 MoF5 BF3 TaF5 B2F4"
    ).split()
    batch = Precursors.of([Precursor.parse(one) for one in formulas])
    for row in describe_precursors(campaign, batch).to_pylist():
        assert row["danger"].rstrip("?") not in ("", "no entry"), row["formula"]
        assert row["ghs"]
        assert row["hazard_source"]
        assert row["with_sodium"]
