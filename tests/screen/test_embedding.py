"""Predictions worked out beforehand: as the models say, and all that a campaign asks for."""

import subprocess
import sys
from importlib.resources import files

import pytest

from maiscreen.models.predictions import learned
from maiscreen.models.predictions.learned import predict_target as ask
from maiscreen.screen.embedding import embedded_predictions, formulas_by_target


@pytest.mark.slow
def test_the_file_is_what_the_embedded_models_say() -> None:
    """If this fails: make predictions."""
    kept = (files("maiscreen.models") / "data" / learned.FILE).read_text(encoding="utf-8")
    assert kept == embedded_predictions()


def test_a_model_that_is_asked_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    for target, formulas in formulas_by_target().items():
        kept = ask(target, formulas)
        learned._predict.cache_clear()
        monkeypatch.setattr(learned, "look_up_predictions", lambda *_: None)
        fresh = ask(target, formulas[::7])
        monkeypatch.undo()
        learned._predict.cache_clear()
        assert fresh.value.tolist() == kept.value[::7].tolist()
        assert fresh.std.tolist() == kept.std[::7].tolist()
        assert fresh.source.tolist() == kept.source[::7].tolist()


def test_another_model_is_not_answered_from_the_file() -> None:
    formulas = formulas_by_target()["volume_a3_atom"]
    assert learned.look_up_predictions("volume_a3_atom", "0" * 64, formulas) is None
    digest = learned.embedded_digest("volume_a3_atom")
    assert learned.look_up_predictions("volume_a3_atom", digest, formulas) is not None
    assert learned.look_up_predictions("volume_a3_atom", digest, (*formulas, "NaXe")) is None


@pytest.mark.slow
@pytest.mark.parametrize("fidelity", ["F0", "F1", "F2"])
def test_the_default_campaign_does_without_scikit_learn(fidelity: str) -> None:
    code = (
        "import sys\n"
        "from maiscreen.screen.describe import describe as stages\n"
        "from maiscreen.screen.campaign.campaign import Campaign\n"
        f"campaign = Campaign(fidelity={fidelity!r})\n"
        "stages.describe_precursors(campaign, stages.halides_of(campaign))\n"
        "stages.learned_models(campaign)\n"
        "sys.exit(any(name in sys.modules for name in ('sklearn', 'skops', 'torch')))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == 0
