"""A run: the tasks in the plan, less the shards that are there, then the choice and the files."""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from maiscreen.runners.cluster import shipped_data
from maiscreen.runners.cluster.open import Execute, How, opened
from maiscreen.runners.cluster.same_code import asked, here
from maiscreen.runners.endings import TASK_TIMEOUT_S, AllFailedError
from maiscreen.runners.folder import ownership
from maiscreen.runners.folder.again import drop_failed
from maiscreen.runners.folder.ownership import Desk, desk
from maiscreen.runners.folder.place import Place, place
from maiscreen.runners.folder.shards import HIDDEN, read_shards, write_shard
from maiscreen.runners.folder.status import begin
from maiscreen.runners.outcome import Outcome
from maiscreen.runners.runs.outputs import append_failures, write_outputs
from maiscreen.runners.work.progress import shown
from maiscreen.runners.work.work import Describe, stack
from maiscreen.screen.campaign.campaign import Campaign
from maiscreen.screen.campaign.plan import Task, keep, plan


def _as_it_is(campaign: Campaign) -> Campaign:
    return campaign


def _no_models(campaign: Campaign) -> list[dict[str, str]]:
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
    pin: Callable[[Campaign], Campaign] = _as_it_is
    models: Callable[[Campaign], list[dict[str, str]]] = _no_models
    sources: Callable[[Campaign], dict[str, object]] = _no_sources


def science() -> Science:
    """Give the science of maiscreen."""
    from maiscreen.runners.provenance import provenance
    from maiscreen.screen.describe import describe as stages
    from maiscreen.screen.paper import comparison, validate

    return Science(
        count=stages.candidate_count,
        describe=stages.describe,
        choose=comparison.choose,
        identify=stages.identify,
        compare=validate.validate,
        provenance=provenance,
        pin=stages.pin,
        models=stages.models_told,
        sources=stages.sources,
    )


def run(
    campaign: Campaign | None = None,
    out: Place | str = "campaign",
    *,
    again: bool = False,
    quiet: bool = True,
    parts: Science | None = None,
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
    parts : Science, optional
        For tests: another science.
    **how
        What performs the tasks, such as ``workers=4``, ``serially=True`` or
        ``scheduler="tls://…"``: the attributes of :class:`maiscreen.runners.cluster.open.How`.

    Returns
    -------
    pyarrow.Table
        The ranking: one row for each candidate, rejected and failed ones with their reason.

    Raises
    ------
    InputError
        If the folder belongs to another campaign or cannot be written, another run is at work on
        it, a folder of a model holds none or another one than it is pinned to, or the scheduler
        cannot be reached.
    EndingError
        If it cannot go on: see :mod:`maiscreen.runners.endings`.
    """
    wanted, out, parts = (
        How(**({"task_timeout_s": TASK_TIMEOUT_S} | how)),
        place("--out", out),
        parts or science(),
    )
    campaign = parts.pin(campaign or Campaign())
    sources = {**parts.provenance(), **parts.sources(campaign)}
    fingerprint = campaign.fingerprint(sources)
    ask, data = partial(asked, parts.pin, campaign), partial(shipped_data.of_campaign, campaign)
    runner = partial(opened, wanted, {**here(), "code": str(sources["code"])}, ask, data)
    with desk(out, fingerprint, campaign.to_dict(), again=again, quiet=quiet) as at:
        begun = time.perf_counter()
        shards, used = _describe(campaign, out, fingerprint, parts, runner, at)
        described = time.perf_counter()
        ranking = _rank(campaign, parts, shards)
        comparison = parts.compare(campaign)
        used["seconds"] = {
            "describe": round(described - begun, 3),
            "choose": round(time.perf_counter() - described, 3),
        }
        used["models"] = parts.models(campaign)
        used["kernels"] = at.kernels(outcome.kernels for outcome in shards.values())
        at.lock.check()
        write_outputs(campaign, out, ranking, comparison, sources, used)
    return ranking


def _describe(
    campaign: Campaign,
    out: Place,
    fingerprint: str,
    parts: Science,
    runner: Callable[[], AbstractContextManager[tuple[Execute[Any], dict[str, object]]]],
    at: Desk,
) -> tuple[dict[Task, Outcome], dict[str, object]]:
    """Do what is left of the plan; give all shards, and what performed them."""
    shard_folder, total = out / HIDDEN / fingerprint, parts.count(campaign)
    shards = read_shards(shard_folder, fingerprint)
    if at.again:
        shards = {task: outcome for task, outcome in shards.items() if not outcome.failures}
    tasks = plan(total, campaign.chunk_size, shards)
    used: dict[str, object] = {"runner": "none: all shards were there", "workers": 0}
    if tasks:
        with runner() as (execute, used):
            ownership.create(out)
            begin(out, fingerprint, campaign, total)
            if at.again:
                drop_failed(shard_folder)
            at.begin(fingerprint, used, total, len(tasks))
            outcomes = execute(parts.describe, campaign, tasks, log=at.log)
            done = total - sum(task.size for task in tasks)
            for task, outcome in shown(outcomes, total, done, quiet=at.quiet):
                at.lock.stop_if_taken()
                write_shard(shard_folder, fingerprint, task, outcome)
                shards[task] = outcome
    else:
        begin(out, fingerprint, campaign, total)  # it may have been damaged since
    return {task: shards[task] for task in keep(total, shards)}, used


def _rank(campaign: Campaign, parts: Science, shards: dict[Task, Outcome]) -> pa.Table:
    described = stack([outcome.table for outcome in shards.values()])
    failures = [failure for outcome in shards.values() for failure in outcome.failures]
    if described is None:
        raise AllFailedError(f"all {len(failures)} candidates failed: {failures[0].reason}")
    chosen = parts.choose(campaign, described)
    return append_failures(chosen, failures, partial(parts.identify, campaign))
