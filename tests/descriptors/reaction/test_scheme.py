from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from maiscreen.candidates.precursors.precursor import Precursor, Precursors
from maiscreen.candidates.snapshot.snapshot import load_snapshot
from maiscreen.descriptors.reaction.bias import MEASURED_BIAS, embedded_scheme
from maiscreen.descriptors.reaction.reduction import reduction
from maiscreen.descriptors.reaction.scheme import FEWEST, bias_of, scheme_of


def test_measured_on_the_embedded_snapshot_it_is_the_constant() -> None:
    measured = bias_of(load_snapshot())
    assert measured.keys() == MEASURED_BIAS.keys()
    for key, bias in measured.items():
        assert bias.median_v == pytest.approx(MEASURED_BIAS[key].median_v, abs=0.01), key
        assert bias.count == MEASURED_BIAS[key].count


def test_the_same_corrections_have_the_same_bias(fetched: Path) -> None:
    scheme = scheme_of(load_snapshot(fetched))
    assert scheme.bias is MEASURED_BIAS
    assert scheme.salt_ev == {x: embedded_scheme().salt_ev[x] for x in ("F", "Cl")}


def test_another_functional_has_its_own_bias_or_none() -> None:
    embedded = load_snapshot()
    other = replace(embedded, manifest={**embedded.manifest, "corrections": "none"})
    scheme = scheme_of(other)
    assert scheme.bias["Cl", True].median_v == pytest.approx(0.401, abs=0.01)
    few = replace(other, phases=embedded.phases.slice(0, 200))
    classes = scheme_of(few).bias
    assert all(bias.count >= FEWEST for bias in classes.values())
    missing = next(key for key in MEASURED_BIAS if key not in classes)
    halide = Precursors.of([Precursor("Np" if not missing[1] else "Os", missing[0], 1, 5)])
    found = reduction(halide, 298.15, np.array([-1.0]), scheme=scheme_of(few))
    assert np.isnan(found.materials_project_corrected_v[0])
