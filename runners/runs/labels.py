"""A run of simulations: those that are wanted, less those whose labels are there."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from maiscreen.candidates.errors import InputError
from maiscreen.models.labels.labels import QUANTITIES, Label, from_lines
from maiscreen.models.labels.plan import (
    Job,
    Origin,
    is_complete,
    jobs,
    labels_of_job,
    meaningful_quantities,
    without_result,
)
from maiscreen.runners.cluster import shipped_data
from maiscreen.runners.cluster.open import RunnerOptions, open_runner
from maiscreen.runners.cluster.same_code import local_versions
from maiscreen.runners.folder.files import HIDDEN
from maiscreen.runners.folder.lock import hold_folder
from maiscreen.runners.folder.log import run_log
from maiscreen.runners.outcome import Outcome
from maiscreen.runners.runs import labels_receipts
from maiscreen.runners.runs.labels_folder import manifest, read_sources
from maiscreen.runners.runs.labels_register import register_potentials
from maiscreen.runners.runs.simulation import (
    LabelRequest,
    LabelsResult,
    Simulation,
    SimulationPlan,
    describe,
    simulation,
)
from maiscreen.runners.work.progress import show_progress
from maiscreen.screen.campaign.plan import remaining_tasks


def split_list(field: str, text: str | None) -> tuple[str, ...]:
    """Take a list apart at its commas; nothing given is nothing chosen.

    Raises
    ------
    InputError
        If there is nothing between two commas.

    Examples
    --------
    >>> split_list("--phases", "NaCl, NaSn"), split_list("--phases", None)
    (('NaCl', 'NaSn'), ())
    """
    if text is None:
        return ()
    names = tuple(part.strip() for part in text.split(","))
    if not all(names):
        raise InputError(field, text, "has an empty name; give names with commas between")
    return names


def choose_known(field: str, names: Sequence[str], known: Iterable[str]) -> tuple[str, ...]:
    """Choose among what is known, in its order; everything if nothing is named.

    Raises
    ------
    InputError
        If something is not known.

    Examples
    --------
    >>> known = ("structure", "migration", "adhesion")
    >>> choose_known("--quantities", ("adhesion", "structure"), known)
    ('structure', 'adhesion')
    """
    every = tuple(known)
    for name in names:
        if name not in every:
            near = get_close_matches(name, every, n=3)
            hint = f"did you mean {', '.join(near)}? " if near else ""
            raise InputError(field, name, f"is not known; {hint}give one of {', '.join(every)}")
    return tuple(name for name in every if not names or name in names)


def run_labels(
    wanted: LabelRequest,
    out: Path,
    options: RunnerOptions | None = None,
    *,
    quiet: bool = True,
    simulator: Simulation | None = None,
) -> LabelsResult:
    """Simulate what is missing, and write the folder of all labels.

    Parameters
    ----------
    wanted : LabelRequest
        What is to be there in the end.
    out : Path
        Folder for receipts, table and manifest.
    how : RunnerOptions, optional
        What performs the simulations; local workers if left out.
    quiet : bool
        Show no progress.
    simulator : Simulation, optional
        For tests: other simulations.

    Raises
    ------
    InputError
        If something wanted is not known, a model is not installed, or the folder is not ours or
        cannot be written: nothing is written then.
    EndingError
        If it cannot go on: see :mod:`maiscreen.runners.endings`.
    """
    begun, simulator, options = (
        time.perf_counter(),
        simulator or simulation(),
        options or RunnerOptions(),
    )
    every = _all_jobs(wanted, simulator)
    labels_receipts.check_folder(out)
    origins = {model: simulator.origin(model) for model in sorted({job.model for job in every})}
    settings = {name: simulator.settings(name) for name in sorted({job.quantity for job in every})}
    plan = SimulationPlan(every, simulator.simulate, origins, settings)
    with hold_folder(out, "labels"):
        return _run(wanted, out, simulator, plan, partial(_perform, out, options, quiet), begun)


def _run(
    wanted: LabelRequest,
    out: Path,
    simulator: Simulation,
    plan: SimulationPlan,
    perform: Callable[
        [Simulation, SimulationPlan, SimulationPlan, dict[Job, labels_receipts.Receipt]],
        dict[str, object],
    ],
    begun: float,
) -> LabelsResult:
    """Do all that reads or writes the folder; nobody else is at it."""
    sources = read_sources(simulator, plan.origins, out)
    there = tuple(filter(sources.today.fresh, sources.labels(embedded=not wanted.again)))
    missing = replace(plan, jobs=tuple(_missing_jobs(plan, there, wanted.retry_failed)))
    runner_info: dict[str, object] = {"runner": "none: all labels were there", "workers": 0}
    if missing.jobs:
        runner_info = perform(simulator, plan, missing, sources.receipts)
    labels, made, aside = sources.labels(), sources.made(), sources.aside()
    spent = time.perf_counter() - begun
    done = LabelsResult(labels, plan.jobs, missing.jobs, simulator.embedded, made, spent, aside)
    receipts = sources.used_receipts()
    register_potentials(out, simulator.own)
    labels_receipts.write_tables(out, labels, receipts, manifest(done, plan, runner_info))
    labels_receipts.mend_receipts(out, receipts)
    return done


def _all_jobs(wanted: LabelRequest, simulator: Simulation) -> tuple[Job, ...]:
    """List the simulations that are wanted, done or not."""
    formulas = choose_known("--phases", wanted.phases, simulator.phases)
    quantities = choose_known("--quantities", wanted.quantities, QUANTITIES)
    models = choose_known("--models", wanted.models or simulator.usual, simulator.models)
    every = jobs({formula: simulator.phases[formula] for formula in formulas}, quantities, models)
    if not every:
        has = "; ".join(
            f"{f} has {', '.join(meaningful_quantities(f, simulator.phases[f]))}" for f in formulas
        )
        asked = ",".join(quantities)
        raise InputError("--quantities", asked, f"leaves nothing to simulate: {has}")
    return every


def _missing_jobs(
    plan: SimulationPlan, there: Sequence[Label], retry_failed: bool
) -> Iterator[Job]:
    for job in plan.jobs:
        found = labels_of_job(job, there)
        failed = all(label.value is None for label in found)
        if not _complete(plan, job, found) or (failed and retry_failed):
            yield job


def _complete(plan: SimulationPlan, job: Job, labels: Iterable[Label]) -> bool:
    return is_complete(job, labels, plan.origins[job.model], plan.settings[job.quantity])


def _perform(
    out: Path,
    options: RunnerOptions,
    quiet: bool,
    simulator: Simulation,
    plan: SimulationPlan,
    missing: SimulationPlan,
    receipts: dict[Job, labels_receipts.Receipt],
) -> dict[str, object]:
    """Run what is missing; each receipt is written as soon as its simulation is done."""
    total, begun_with = len(plan.jobs), len(plan.jobs) - len(missing.jobs)
    question = _worker_question(simulator.origin, tuple(plan.origins))
    data = partial(shipped_data.pack_folders, simulator.snapshot)
    with (
        run_log(out / HIDDEN / "labels", quiet=quiet) as log,
        open_runner(options, *question, data) as (execute, runner_info),
    ):
        log.begin("labels", runner_info, total, len(missing.jobs))
        outcomes = execute(describe, missing, remaining_tasks(len(missing.jobs), 1), log=log)
        names = [" ".join(job) for job in missing.jobs]
        words, tell = ("labels", " simulations"), lambda task: names[task.start]
        for task, outcome in show_progress(
            outcomes, total, begun_with, quiet=quiet, words=words, tell=tell
        ):
            receipt = _receipt(missing, missing.jobs[task.start], outcome)
            labels_receipts.write_receipt(out, receipt)
            receipts[receipt.job] = receipt
    return runner_info


def _receipt(plan: SimulationPlan, job: Job, outcome: Outcome) -> labels_receipts.Receipt:
    """Make the receipt of a simulation; an error that it did not foresee is a failure as well."""
    if outcome.table is not None:
        return labels_receipts.Receipt(job, from_lines(outcome.table["labels"][0].as_py()))
    (failure,) = outcome.failures
    origin, settings = plan.origins[job.model], plan.settings[job.quantity]
    labels = without_result(job, failure.reason, outcome.seconds, origin, settings)
    return labels_receipts.Receipt(job, labels, failure.traceback)


def _worker_question(
    origin_of: Callable[[str], Origin], models: tuple[str, ...]
) -> tuple[dict[str, str], Callable[[], dict[str, str]]]:
    """Return what the workers of a scheduler must answer, and the question."""
    ask = partial(_label_versions, origin_of, models)
    return ask(), ask


def _label_versions(origin_of: Callable[[str], Origin], models: tuple[str, ...]) -> dict[str, str]:
    """Answer with versions and hashes here, and the weights of the models."""
    return local_versions() | {
        f"weights of {model}": origin_of(model).weights_sha256 for model in models
    }
