"""Reasons of labels in a chemist's words."""

from maiscreen.models.labels.labels import load_labels
from maiscreen.screen.advice.simulated import UNKNOWN, why_not_simulated


def test_every_reason_of_an_embedded_label_has_words() -> None:
    reasons = {(label.property, label.reason) for label in load_labels() if label.reason}
    assert len(reasons) > 100
    # A check of the structure ends the other properties of a phase too.
    every = [
        (name, f"{before}{why}") for name, why in reasons for before in ("", "its structure: ")
    ]
    assert [one for one in every if UNKNOWN in why_not_simulated(*one)] == []


def test_a_reason_that_nobody_listed_says_no_more_than_is_known() -> None:
    said = why_not_simulated("youngs_modulus", "its structure: failed a check")
    assert said == f"no modulus by simulation: {UNKNOWN}"
