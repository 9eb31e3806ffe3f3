"""An experiment of Ax: candidates, cells as trials with their noise, cells that run; and back.

What ``ax.api.client.Client.load_from_json_file`` reads, and its ``save_to_json_file`` writes; the
metric is ``ln_cycles``. Nothing of Ax is needed for either. Tried with Ax 1.3.
"""

import csv
import io
import json
from math import exp, fsum, isfinite, log, sqrt
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.screen.lab_exchange.cells import DIGITS, Exchange
from maiscreen.screen.lab_learning.trials import key_of, ln_cycles
from maiscreen.screen.lab_sheet.columns import MAX_BYTES, MAX_ROWS

METRIC = "ln_cycles"

_MOST_LN = log(1e6)

_TIME = {"__type": "datetime", "value": "2026-01-01 00:00:00.000000"}
"""Ax wants times, results have none."""

_NONE_OF_RUN = (
    "optimization_config", "search_space", "model_predictions", "best_arm_predictions", "fit_time",
    "gen_time", "generator_key", "generator_kwargs", "adapter_kwargs", "gen_metadata",
    "generator_state_after_gen", "candidate_metadata_by_arm_signature", "generation_node_name",
    "suggested_experiment_status",
)  # fmt: skip


def to_ax(exchange: Exchange, scatter: float, name: str) -> bytes:
    """Return an experiment for Ax as JSON.

    Parameters
    ----------
    exchange : Exchange
    scatter : float
        σ of ln cycles of equal cells; over the root of their number it is the error of a mean.
    name : str
        Of the experiment.
    """
    by_key: dict[str, list[float]] = {}
    for one in exchange.cells:
        if not one.running:
            by_key.setdefault(key_of(one), []).append(round(ln_cycles(one), DIGITS))
    trials = [_trial(i, key, "COMPLETED") for i, key in enumerate(by_key)]
    data = {
        str(i): _data(i, fsum(logs) / len(logs), scatter / sqrt(len(logs)))
        for i, logs in enumerate(by_key.values())
    }
    trials += [_trial(i, key, "RUNNING") for i, key in enumerate(exchange.pending, len(trials))]
    experiment: dict[str, Any] = {
        "__type": "Experiment",
        "name": name,
        "description": "maiscreen: precursors of a layer on sodium, by ln cycles to failure",
        "experiment_type": None,
        "search_space": _search_space(exchange),
        "optimization_config": {
            "__type": "OptimizationConfig",
            "objective": {"__type": "Objective", "expression": METRIC},
            "outcome_constraints": [],
            "pruning_target_parameterization": None,
        },
        "tracking_metrics": [
            {"name": METRIC, "lower_is_better": False, "properties": {},
             "signature_override": None, "__type": "MapMetric"}
        ],
        "runner": None,
        "status_quo": None,
        "time_created": _TIME,
        "trials": {str(i): trial for i, trial in enumerate(trials)},
        "is_test": False,
        "data_by_trial": data,
        "properties": {"owners": [None]},
        "_trial_type_to_runner": {"null": None},
    }  # fmt: skip
    told = {"_type": "Client", "experiment": experiment, "generation_strategy": None}
    return (json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()


def _search_space(exchange: Exchange) -> dict[str, Any]:
    parameter = {
        "__type": "ChoiceParameter",
        "is_ordered": False,
        "is_task": False,
        "name": "precursor",
        "parameter_type": {"__type": "ParameterType", "name": "STRING"},
        "values": list(exchange.keys),
        "log_scale": False,
        "is_fidelity": False,
        "target_value": None,
        "dependents": None,
        "sort_values": False,
    }
    return {"__type": "SearchSpace", "parameters": [parameter], "parameter_constraints": []}


def _trial(index: int, key: str, status: str) -> dict[str, Any]:
    arm = {"__type": "Arm", "parameters": {"precursor": key}, "name": f"{index}_0"}
    run = {
        "__type": "GeneratorRun",
        "arms": [arm],
        "weights": [1.0],
        "time_created": _TIME,
        "generator_run_type": "MANUAL",
        **dict.fromkeys(_NONE_OF_RUN),
    }
    return {
        "__type": "Trial",
        "index": index,
        "trial_type": None,
        "ttl_seconds": None,
        "status": {"__type": "TrialStatus", "name": status},
        "time_created": _TIME,
        "time_completed": _TIME if status == "COMPLETED" else None,
        "time_staged": None,
        "time_run_started": _TIME,
        "status_reason": None,
        "run_metadata": {},
        "stop_metadata": {},
        "generator_run": run,
        "runner": None,
        "num_arms_created": 1,
        "properties": {},
    }


def _data(index: int, mean: float, sem: float) -> dict[str, Any]:
    row = {"trial_index": index, "arm_name": f"{index}_0", "metric_name": METRIC,
           "metric_signature": METRIC, "mean": round(mean, 6), "sem": round(sem, 6),
           "step": None}  # fmt: skip
    frame = json.dumps({name: {"0": value} for name, value in row.items()})
    data = {"df": {"__type": "DataFrame", "value": frame}, "__type": "Data"}
    return {"__type": "OrderedDict", "value": [[index, data]]}


def is_ax(content: bytes) -> bool:
    """Return whether a file is JSON, which of all that is imported an experiment of Ax alone is."""
    return content[:200].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def read_ax(content: bytes, name: str) -> bytes:
    """Return an experiment of Ax as a sheet of results, as CSV.

    A trial that is completed is a cell with its cycles, one that runs a cell that runs; others are
    left out: failed and abandoned ones have no result. A bound is not known there.

    Raises
    ------
    InputError
        If it is no experiment with a parameter ``precursor`` and the metric ``ln_cycles``, or too
        large.
    """
    if len(content) > MAX_BYTES:
        raise InputError("FILE", name, f"has more than {MAX_BYTES // 1_000_000} MB; split it")
    try:
        document = json.loads(content)
        if "searchspace" in document or "campaign" in document:
            remedy = (
                "is a campaign of BayBE, which keeps its table as a pickle that is not read; "
                "give campaign.measurements.to_csv(FILE, index=False)"
            )
            raise InputError("FILE", name, remedy)
        experiment = document["experiment"]
        rows = [_cells(trial, experiment) for trial in experiment["trials"].values()]
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        remedy = "is no experiment of Ax with a parameter precursor and the metric ln_cycles"
        raise InputError("FILE", name, remedy) from None
    if len(rows) > MAX_ROWS:
        raise InputError("FILE", name, f"has more than {MAX_ROWS:,} trials; split it")
    sink = io.StringIO()
    table = csv.writer(sink, lineterminator="\n")
    table.writerow(("precursor", "replicate", "cycles", "still running"))
    table.writerows(row for row in rows if row)
    return sink.getvalue().encode()


def _cells(trial: dict[str, Any], experiment: dict[str, Any]) -> tuple[str, str, str, str] | None:
    index, status = int(trial["index"]), str(trial["status"]["name"])
    (arm,) = trial["generator_run"]["arms"]
    precursor = str(arm["parameters"]["precursor"])[:200]
    if status == "RUNNING":
        return precursor, f"Ax {index}", "", "yes"
    if status != "COMPLETED":
        return None
    ((_, data),) = experiment["data_by_trial"][str(index)]["value"][-1:]
    frame = json.loads(data["df"]["value"])
    means = [
        float(frame["mean"][row])
        for row, metric in frame["metric_name"].items()
        if metric == METRIC
    ]
    if not means or not isfinite(means[-1]) or means[-1] > _MOST_LN:
        raise ValueError("no cycles")
    return precursor, f"Ax {index}", str(round(exp(means[-1]))), "no"
