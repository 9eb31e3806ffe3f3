"""A run: the tasks in the plan, less the shards that are there, then the choice and the files."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from maiscreen.candidates.errors import InputError
from maiscreen.runners.cluster import shipped_data
from maiscreen.runners.cluster.open import Execute, RunnerOptions, open_runner
from maiscreen.runners.cluster.same_code import campaign_versions, local_versions
from maiscreen.runners.endings import TASK_TIMEOUT_S, AllFailedError
from maiscreen.runners.folder import ownership
from maiscreen.runners.folder.again import drop_failed
from maiscreen.runners.folder.ownership import ClaimedFolder, claim_folder
from maiscreen.runners.folder.place import Place, parse_place
from maiscreen.runners.folder.shards import HIDDEN, read_shards, write_shard
from maiscreen.runners.folder.status import record_start
from maiscreen.runners.outcome import Outcome
from maiscreen.runners.runs.outputs import append_failures, write_outputs
from maiscreen.runners.work.progress import show_progress
from maiscreen.runners.work.work import Describe, stack_tables
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import Task, choose_shards, remaining_tasks


def _unpinned(campaign: Campaign) -> Campaign:
    return campaign


def _no_models_used(campaign: Campaign) -> list[dict[str, str]]:
    return []


def _no_sources(campaign: Campaign) -> dict[str, object]:
    return {}


@dataclass(frozen=True, slots=True)
class Science:
    """What a run carries out, as functions that a worker can import.

    Attributes
    ----------
    count : callable
        Campaign → number of candidates.
    describe : callable
        Campaign, start, stop → descriptor table of these candidates.
    choose : callable
        Campaign, descriptor table → ranking.
    identify : callable
        Campaign, index → what is known of a candidate before it is described (``key``, …).
    compare : callable
        Campaign → comparison with the paper.
    provenance : callable
        What the result follows from beside the campaign.
    pin : callable
        Campaign → the same, with each of its models pinned to what is in it.
    models : callable
        Campaign → the learned models that it takes, for the manifest.
    sources : callable
        Campaign → what it takes in place of the embedded data.
    """

    count: Callable[[Campaign], int]
    describe: Describe[Campaign]
    choose: Callable[[Campaign, pa.Table], pa.Table]
    identify: Callable[[Campaign, int], Mapping[str, object]]
    compare: Callable[[Campaign], dict[str, object]]
    provenance: Callable[[], dict[str, object]]
    pin: Callable[[Campaign], Campaign] = _unpinned
    models: Callable[[Campaign], list[dict[str, str]]] = _no_models_used
    sources: Callable[[Campaign], dict[str, object]] = _no_sources


def science() -> Science:
    """Give the science of maiscreen."""
    from maiscreen.runners.provenance import provenance
    from maiscreen.screen.describe import describe
    from maiscreen.screen.paper import comparison, validate

    return Science(
        count=describe.candidate_count,
        describe=describe.describe,
        choose=comparison.rank_with_controls,
        identify=describe.identify,
        compare=validate.validate,
        provenance=provenance,
        pin=describe.pin_own_data,
        models=describe.learned_models,
        sources=describe.own_sources,
    )


def run(
    campaign: Campaign | None = None,
    out: Place | str = "campaign",
    *,
    again: bool = False,
    quiet: bool = True,
    screen: Science | None = None,
    **how: Any,
) -> pa.Table:
    """Screen a campaign and write its folder.

    Parameters
    ----------
    campaign : Campaign, optional
        What to screen; the default campaign if left out.
    out : path
        Folder for manifest, ranking, shortlist and report; an address such as
        ``s3://bucket/folder`` too.
    again : bool
        Do the candidates again that failed in an earlier run.
    quiet : bool
        Show no progress.
    screen : Science, optional
        For tests: another science.
    **how
        What performs the tasks, such as ``workers=4``, ``serially=True`` or
        ``scheduler="tls://…"``: the attributes of
        :class:`maiscreen.runners.cluster.open.RunnerOptions`.

    Returns
    -------
    pyarrow.Table
        The ranking: one row for each candidate, rejected and failed ones with their reason.

    Raises
    ------
    InputError
        If the campaign is wide, the folder belongs to another campaign or cannot be written,
        another run is at work on it, a folder of a model holds none or another one than it is
        pinned to, or the scheduler cannot be reached.
    EndingError
        If it cannot go on: see :mod:`maiscreen.runners.endings`.
    """
    if campaign is not None and campaign.space.is_wide:
        remedy = "is wide; give it to maiscreen.runners.runs.blends.run_wide, or to maiscreen run"
        raise InputError("campaign", campaign.name, remedy)
    wanted, out, screen = (
        RunnerOptions(**({"task_timeout_s": TASK_TIMEOUT_S} | how)),
        parse_place("--out", out),
        screen or science(),
    )
    campaign = screen.pin(campaign or Campaign())
    sources = {**screen.provenance(), **screen.sources(campaign)}
    fingerprint = campaign.fingerprint(sources)
    ask, data = (
        partial(campaign_versions, screen.pin, campaign),
        partial(shipped_data.campaign_folders, campaign),
    )
    runner = partial(
        open_runner, wanted, {**local_versions(), "code": str(sources["code"])}, ask, data
    )
    with claim_folder(out, fingerprint, campaign.to_dict(), again=again, quiet=quiet) as claim:
        begun = time.perf_counter()
        shards, runner_info = _describe(campaign, out, fingerprint, screen, runner, claim)
        described = time.perf_counter()
        ranking = _rank(campaign, screen, shards)
        comparison = screen.compare(campaign)
        runner_info["seconds"] = {
            "describe": round(described - begun, 3),
            "choose": round(time.perf_counter() - described, 3),
        }
        runner_info["models"] = screen.models(campaign)
        runner_info["kernels"] = claim.kernels(outcome.kernels for outcome in shards.values())
        claim.lock.check()
        write_outputs(campaign, out, ranking, comparison, sources, runner_info)
    return ranking


def _describe(
    campaign: Campaign,
    out: Place,
    fingerprint: str,
    screen: Science,
    runner: Callable[[], AbstractContextManager[tuple[Execute[Any], dict[str, object]]]],
    claim: ClaimedFolder,
) -> tuple[dict[Task, Outcome], dict[str, object]]:
    """Do what is left of the plan; give all shards, and what performed them."""
    shard_folder, total = out / HIDDEN / fingerprint, screen.count(campaign)
    shards = read_shards(shard_folder, fingerprint)
    if claim.again:
        shards = {task: outcome for task, outcome in shards.items() if not outcome.failures}
    tasks = remaining_tasks(total, campaign.chunk_size, shards)
    runner_info: dict[str, object] = {"runner": "none: all shards were there", "workers": 0}
    if tasks:
        with runner() as (execute, runner_info):
            ownership.create_folder(out)
            record_start(out, fingerprint, campaign, total)
            if claim.again:
                drop_failed(shard_folder)
            claim.begin(fingerprint, runner_info, total, len(tasks))
            outcomes = execute(screen.describe, campaign, tasks, log=claim.log)
            done = total - sum(task.size for task in tasks)
            for task, outcome in show_progress(outcomes, total, done, quiet=claim.quiet):
                claim.lock.stop_if_taken()
                write_shard(shard_folder, fingerprint, task, outcome)
                shards[task] = outcome
    else:
        record_start(out, fingerprint, campaign, total)  # it may have been damaged since
    return {task: shards[task] for task in choose_shards(total, shards)}, runner_info


def _rank(campaign: Campaign, screen: Science, shards: dict[Task, Outcome]) -> pa.Table:
    described = stack_tables([outcome.table for outcome in shards.values()])
    failures = [failure for outcome in shards.values() for failure in outcome.failures]
    if described is None:
        raise AllFailedError(f"all {len(failures)} candidates failed: {failures[0].reason}")
    chosen = screen.choose(campaign, described)
    return append_failures(chosen, failures, partial(screen.identify, campaign))
