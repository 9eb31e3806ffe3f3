"""A run: the tasks in the plan, less the parts that are there, then the ranking and the files."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import check_names
from maiscreen.runners.cluster.open import Execute, RunnerOptions, open_runner
from maiscreen.runners.cluster.same_code import campaign_versions, local_versions
from maiscreen.runners.endings import TASK_TIMEOUT_S, AllFailedError, StorageError
from maiscreen.runners.folder import ownership
from maiscreen.runners.folder.again import drop_failed
from maiscreen.runners.folder.files import HIDDEN
from maiscreen.runners.folder.ownership import ClaimedFolder, claim_folder
from maiscreen.runners.folder.place import Place, parse_place
from maiscreen.runners.folder.status import record_start
from maiscreen.runners.outcome import Failure
from maiscreen.runners.provenance import provenance
from maiscreen.runners.runs.lab import known_results
from maiscreen.runners.runs.outputs import append_failures, count_statuses, write_outputs
from maiscreen.runners.runs.ranking import Ranking
from maiscreen.runners.stages import show_stage
from maiscreen.runners.work.parts import Parts, Receipt
from maiscreen.runners.work.progress import show_progress
from maiscreen.screen.campaign.campaign import Campaign, checked_campaign
from maiscreen.screen.campaign.plan import Task, choose_parts, remaining_tasks
from maiscreen.screen.describe.describe import pin_own_data
from maiscreen.screen.describe.labels_used import labels_used
from maiscreen.screen.screens.choose import screen_of
from maiscreen.screen.screens.screen import Ranked, Screen, describe_part

if TYPE_CHECKING:
    from maiscreen.screen.facts.findings import Findings


OPTIONS = (*(one.name for one in fields(RunnerOptions)), "again", "quiet", "rows", "with_paper")
"""Options of a run in Python."""


@dataclass(frozen=True, slots=True, eq=False)
class Finished:
    """A campaign that is done.

    Attributes
    ----------
    ranked : Ranked
        What came out.
    findings : Findings
        What follows from it, for its readers.
    runner_info : dict of str to object
        Runner, workers, candidates described this time, seconds by stage, memory, failures.
    """

    ranked: Ranked
    findings: "Findings"
    runner_info: dict[str, object]


def run(campaign: Campaign | None = None, out: Place | str = "campaign", **options: Any) -> Ranking:
    """Screen a campaign and write its folder.

    Parameters
    ----------
    campaign : Campaign, optional
        What to screen; the default campaign if left out.
    out : path
        Folder for candidates, ranking, shortlist, report and manifest; an address such as
        ``s3://bucket/folder`` too.
    **options
        As for :func:`run_campaign`.

    Returns
    -------
    Ranking
        Best first: every candidate of a campaign of halides, rejected and failed ones with their
        reason; the front-runners of a wide one. It shows itself, and gives its Arrow ``table``,
        ``to_pandas()``, ``to_polars()`` and the ``decision`` what to try next.

    Raises
    ------
    InputError, EndingError
        As for :func:`run_campaign`.
    """
    settings = checked_campaign(campaign)
    done = run_campaign(settings, out, **options)
    return Ranking(done.ranked.table, settings, done.findings.decision, str(out))


def run_campaign(
    campaign: Campaign,
    out: Place | str,
    *,
    again: bool = False,
    quiet: bool = True,
    rows: int | None = None,
    with_paper: bool = True,
    screen: Callable[[Campaign], Screen] | None = None,
    **how: Any,
) -> Finished:
    """Screen a campaign, write its folder, and give all that came out.

    Parameters
    ----------
    campaign : Campaign
        What to screen.
    out : path
        Folder; it may hold part of the same campaign already.
    again : bool
        Do the candidates again that failed in an earlier run.
    quiet : bool
        Show no progress.
    rows : int, optional
        Candidates in a task.
    with_paper : bool
        Whether the paper's cells count in what to try next, beside those imported into the folder;
        they change no rank.
    screen : callable, optional
        Campaign → what describes and ranks its candidates; its own if left out.
    **how
        What performs the tasks, such as ``workers=4``, ``serially=True`` or
        ``scheduler="tls://…"``: the attributes of
        :class:`maiscreen.runners.cluster.open.RunnerOptions`. Left out, what takes less time than
        workers take to start is done in this process.

    Raises
    ------
    InputError
        If the folder belongs to another campaign or cannot be written, another run is at work on
        it, a folder of a model holds none or another one than it is pinned to, or the scheduler
        cannot be reached.
    EndingError
        If it cannot go on: see :mod:`maiscreen.runners.endings`.
    """
    check_names("run", how, ("campaign", "out", *OPTIONS))
    wanted = RunnerOptions(**({"task_timeout_s": TASK_TIMEOUT_S} | how))
    out = parse_place("--out", out).absolute()
    with show_stage("load data", quiet=quiet):
        campaign = pin_own_data(campaign)
        screened = (screen or screen_of)(campaign)
        sources = {**provenance(), **screened.sources()}
        fingerprint = campaign.fingerprint(sources)
    with claim_folder(out, fingerprint, campaign.to_dict(), again=again, quiet=quiet) as claim:
        # Damaged results are refused before the work, not after it.
        records = known_results(out, with_paper=with_paper)
        begun = time.perf_counter()
        work = _Work(screened, Parts(out, fingerprint), wanted, str(sources["code"]), claim)
        receipts, runner_info = work.do(rows)
        described = time.perf_counter()
        with show_stage("rank", quiet=quiet):
            ranked = rank_parts(screened, Parts(out, fingerprint), receipts)
        seconds = {"describe": described - begun, "rank": time.perf_counter() - described}
        runner_info |= _costs(receipts) | {
            "kernels": claim.kernels(receipt.kernels for receipt in receipts.values()),
            "seconds": {name: round(value, 3) for name, value in seconds.items()},
            "models": screened.models(),
            "labels": labels_used(campaign),
        }
        claim.lock.check()
        with show_stage("decide what to try next; write ranking, shortlist, report", quiet=quiet):
            findings = write_outputs(screened, out, ranked, sources, runner_info, records)
    return Finished(ranked, findings, runner_info)


@dataclass(frozen=True, slots=True)
class _Work:
    """What is left of a plan, and who does it."""

    screen: Screen
    parts: Parts
    options: RunnerOptions
    code: str
    claim: ClaimedFolder

    def do(self, rows: int | None) -> tuple[dict[Task, Receipt], dict[str, object]]:
        """Do what is left; give all receipts, and what performed the tasks."""
        with show_stage("look what is there", quiet=self.claim.quiet):
            total, done, out = self.screen.size, self.parts.receipts(), self.parts.out
        if self.claim.again:
            done = {task: receipt for task, receipt in done.items() if not receipt.failures}
        left = sum(task.size for task in remaining_tasks(total, total, done))
        runner_info: dict[str, object] = {"runner": "none: all parts were there", "workers": 0}
        if left:
            with self._runner(left) as (execute, runner_info):
                ownership.create_folder(out)
                parts = self._record(total)
                if self.claim.again:
                    drop_failed(out / HIDDEN / self.parts.fingerprint)
                rows = rows or self.screen.task_rows(int(str(runner_info["workers"])))
                tasks = remaining_tasks(total, rows, done)
                self._perform(parts, execute, runner_info, tasks)
        else:  # what was recorded may have been damaged since
            self._record(total)
        runner_info["described"] = left
        return self._whole(total), runner_info

    def _runner(self, left: int) -> AbstractContextManager[tuple[Execute[Any], dict[str, object]]]:
        """Open what is to do so many candidates."""
        options = self.options.for_work(left * self.screen.seconds_each)
        ask = partial(campaign_versions, pin_own_data, self.screen.campaign)
        data = partial(_own_folders, self.screen.campaign)
        expected = {**local_versions(), "code": self.code}
        return open_runner(options, expected, ask, data)

    def _record(self, total: int) -> Parts:
        """Record what is run, and write what its workers share."""
        parts = self.parts.prepare(self.screen)
        campaign = self.screen.campaign
        record_start(parts.out, parts.fingerprint, campaign, total, parts.prepared)
        return parts

    def _perform(
        self,
        parts: Parts,
        execute: Execute[Any],
        runner_info: dict[str, object],
        tasks: tuple[Task, ...],
    ) -> None:
        """Perform tasks; each part is written before its task counts as done."""
        claim, total = self.claim, self.screen.size
        claim.begin(parts.fingerprint, runner_info, total, len(tasks))
        outcomes = execute(describe_part, self.screen, tasks, parts.perform, claim.log)
        done = total - sum(task.size for task in tasks)
        words = "describe", " candidates"
        for task, outcome in show_progress(outcomes, total, done, quiet=claim.quiet, words=words):
            claim.lock.stop_if_taken()
            parts.keep(self.screen, task, outcome)

    def _whole(self, total: int) -> dict[Task, Receipt]:
        """Return the receipts that cover every candidate once; remove all other parts.

        Raises
        ------
        StorageError
            If some are gone that were written.
        """
        receipts = self.parts.receipts()
        kept = {task: receipts[task] for task in choose_parts(total, receipts)}
        if sum(task.size for task in kept) != total:
            where = str(self.parts.out)
            raise StorageError(where, "receipts that were written are not there any more")
        self.claim.lock.check()
        self.parts.drop_others(kept)
        return kept


def _own_folders(campaign: Campaign) -> Mapping[str, Mapping[str, bytes]]:
    """Read the campaign's own data for workers; Dask is not loaded before there are some."""
    from maiscreen.runners.cluster.shipped_data import campaign_folders

    return campaign_folders(campaign)


def rank_parts(screen: Screen, parts: Parts, receipts: dict[Task, Receipt]) -> Ranked:
    """Rank what was described, failed candidates listed where everyone is."""
    failures = _failures(receipts)
    described = [receipt for receipt in receipts.values() if receipt.rows]
    if not described:
        raise AllFailedError(f"all {len(failures)} candidates failed: {failures[0].reason}")
    tables = parts.tables(screen, described)
    ranked = screen.rank(tables, [receipt.summary for receipt in described])
    if screen.ranks_everyone:
        table = append_failures(ranked.table, failures, screen.identify)
        return replace(ranked, table=table, counts=count_statuses(table))
    return replace(ranked, counts=ranked.counts | {"failed": len(failures)})


def _failures(receipts: dict[Task, Receipt]) -> list[Failure]:
    return [failure for receipt in receipts.values() for failure in receipt.failures]


def _costs(receipts: dict[Task, Receipt]) -> dict[str, object]:
    """Add up what the parts cost, whoever made them, and list what failed."""
    spent: Counter[str] = Counter()
    for receipt in receipts.values():
        spent.update(receipt.seconds)
    return {
        "stages": {name: round(value, 3) for name, value in spent.items()},
        "peak_rss_mib": max((receipt.peak_mib for receipt in receipts.values()), default=0.0),
        "failures": [asdict(failure) for failure in _failures(receipts)],
    }
