"""What the README shows is what the program prints."""

from collections import Counter
from pathlib import Path

import pyarrow as pa

from maiscreen.models.labels.labels import load_labels
from maiscreen.models.storage.store import model_entries
from maiscreen.runners.cli.comparison import as_markdown
from maiscreen.runners.cli.model_cards import as_markdown as embedded_table
from maiscreen.runners.cli.text import best, opening, paper_standing
from maiscreen.runners.runs.outputs import append_failures, count_statuses
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.facts.findings import Findings
from maiscreen.screen.lab_learning.decision import decide
from maiscreen.screen.lab_learning.known import known_cells
from maiscreen.screen.paper.controls import candidates_of

ROOT = Path(__file__).parents[1]


def test_readme_shows_the_output_of_the_default_run(default_ranking: pa.Table) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    block = readme.split("which never pass):")[1].split("and writes a folder")[0]
    shown = [line.strip() for line in block.splitlines() if line.strip() not in ("", "…")]
    ranking = append_failures(default_ranking, [], lambda index: {})
    reasons = candidates_of(ranking)["rejected_reason"].to_pylist()
    gates = Counter(reason.split(":")[0] for reason in reasons if reason)
    manifest = {"counts": count_statuses(ranking), "gates": gates}
    decision = str(decide(Campaign(), ranking, known_cells([])))
    findings = Findings(Campaign(), ranking, manifest, decision=decision)
    parts = (write(findings) for write in (opening, best, paper_standing))
    printed = "\n".join(parts).splitlines()
    assert len(shown) > 7
    assert [line for line in shown if line not in map(str.strip, printed)] == []


def test_the_page_on_the_potential_is_what_compare_prints() -> None:
    page = (ROOT / "docs" / "potential.md").read_text(encoding="utf-8")
    assert as_markdown(load_labels()).strip() in page


def test_the_page_on_models_is_what_evaluate_prints(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    begin, end = "maiscreen models evaluate --markdown -->\n", "\n<!-- up to here -->"
    assert page.split(begin)[1].split(end)[0] == embedded_table(model_entries(tmp_path)).strip()
