"""The page of the benchmarks: docs/performance.md between its marks, and its plot."""

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[1] / "docs"
BEGIN, END = "<!-- make bench: begin -->", "<!-- make bench: end -->"

Results = dict[str, Any]


def machine() -> dict[str, object]:
    """Say what kind of machine this is, without its name."""
    about = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    models = [line.split(":")[1].strip() for line in about.splitlines() if "model name" in line]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = {name: version(name) for name in ("numpy", "pyarrow", "distributed", "pymatgen")}
    return {
        "cpu": models[0] if models else platform.machine(),
        "cores": os.cpu_count(),
        "memory_gib": round(memory, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        **packages,
    }


def write_page(results: Results) -> None:
    """Put the results between the marks of the page, and draw its plot."""
    page = DOCS / "performance.md"
    before, _, rest = page.read_text().partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{_block(results)}\n{END}{after}")
    draw(results["pipeline"], DOCS / "performance.png")


def _block(results: Results) -> str:
    sections = (_machine, _commands, _peers, _pipeline, _floor, _workers, _hot_path, _limits)
    return "\n\n".join(section(results) for section in sections)


def table(head: str, rows: list[tuple[object, ...]]) -> str:
    """Lay out rows in Markdown under a head, whose columns are separated by bars."""
    lines = [f"| {head} |", f"|{'---|' * (head.count('|') + 1)}"]
    lines += [f"| {' | '.join(str(one) for one in row)} |" for row in rows]
    return "\n".join(lines)


def _machine(r: Results) -> str:
    m = r["machine"]
    load = ", ".join(f"{one:.2f}" for one in (r["load_before"], r["load_after"]))
    quick = " A quick run: fewer repeats, and not the largest sizes." if r["quick"] else ""
    return (
        f"{m['cpu']}, {m['cores']} cores, {m['memory_gib']} GiB; Python {m['python']}, "
        f"numpy {m['numpy']}, pyarrow {m['pyarrow']}, distributed {m['distributed']}, "
        f"pymatgen {m['pymatgen']}. Load before and after: {load}.{quick}"
    )


def _commands(r: Results) -> str:
    rows = [
        (
            "the peer: imports alone" if name == "peer" else f"`maiscreen {name}`",
            f"{cost['cpu_s']:.2f}",
            f"{cost['ratio']:.1f}",
            f"{cost['peak_rss_mib']:.0f}",
        )
        for name, cost in r["commands"].items()
    ]
    head = "command | s of processor | times the peer | MiB, largest process"
    note = (
        "From the start of Python to its end, with all worker processes; medians. The peer imports "
        "NumPy, pandas, Arrow and the handbook tables' package, and does nothing."
    )
    return f"### Commands\n\n{table(head, rows)}\n\n{note}"


def _peers(r: Results) -> str:
    p = r["peers"]
    rows = []
    for name, title in (
        ("closed_form", "reaction energy, closed form"),
        ("general", "reaction energies and products, general path"),
    ):
        timing = p[name]
        apart = f"{timing['largest_difference_ev_atom']:.1g} eV/atom"
        rates = (
            f"{timing['ours_per_s']:,.0f}",
            f"{timing['theirs_per_s']:,.0f} (InterfacialReactivity)",
        )
        rows.append((title, *rates, f"{timing['ratio']:,.0f}", apart))
    timing = p["featurise"]
    apart = f"{timing['largest_relative_difference']:.1g}, relative"
    rates = f"{timing['ours_per_s']:,.0f}", f"{timing['theirs_per_s']:,.0f} (matminer)"
    rows.append(("Magpie statistics", *rates, f"{timing['ratio']:,.0f}", apart))
    ours, theirs = (p["general"][f"{who}_preparation_s"] for who in ("our", "their"))
    note = (
        f"Prepared once, told apart: hulls of the general path {ours:.2f} s, pymatgen's phase "
        f"diagrams {theirs:.2f} s. Ratios hang on the load and the machine: of Magpie's statistics "
        "two people on two machines measured 458 to 1,551."
    )
    head = "one core | here, per second | peer, per second | ratio | largest difference"
    return f"### Against peers\n\n{table(head, rows)}\n\n{note}"


def _pipeline(r: Results) -> str:
    rows = [
        (
            f"{run['candidates']:,}",
            run["runs"],
            f"{run['seconds']:.1f}",
            f"{run['screening_s']:.2f}",
            f"{run['candidates_per_s']:,.0f}",
            f"{run['screened_per_s']:,.0f}",
            f"{run['peak_rss_mib_per_worker']:.0f}",
            f"{run['peak_rss_mib_scheduler']:.0f}",
            f"{run['parquet_bytes'] / 2**20:.1f}",
        )
        for run in r["pipeline"]
    ]
    head = (
        "candidates | runs | s in all | s screening | per s in all | per s screening | MiB a worker"
        " | MiB scheduler | MiB written"
    )
    last = r["pipeline"][-1]
    spent = last["stages"]
    parts = [(n, v) for n, v in spent.items() if n not in ("task", "prepare")]
    whole = sum(v for _, v in parts)
    shares = ", ".join(f"{name} {value / whole:.0%}" for name, value in parts)
    return (
        f"### Whole runs, two workers\n\n{table(head, rows)}\n\n"
        "Seconds in all begin before Python and its workers start and end with the report; "
        f"medians. Cost of screening ∝ n^{r['exponent']:.2f}, without the smallest size "
        f"n^{r['exponent_beyond_smallest']:.2f} (workers' time, start-up taken off; every worker "
        "spans the hulls of joint compounds once, which is most of the smallest). "
        f"By stage at {last['candidates']:,}: {shares}; beside that each worker prepares its "
        f"tables for {spent['prepare'] / min(2, last['tasks']):.1f} s.\n\n"
        "![cost against candidates](performance.png)"
    )


def _floor(r: Results) -> str:
    cost = r["floor"]
    return (
        f"### The floor\n\nDescribing and writing {cost['candidates']:,} candidates in one process "
        f"takes {cost['describe_and_write_s']:.2f} s, writing the same table as Parquet and "
        f"nothing else {cost['write_s']:.2f} s: **{cost['ratio']:.1f}** times the floor "
        f"(tables prepared before, {cost['prepare_s']:.1f} s)."
    )


def _workers(r: Results) -> str:
    w, c, s = r["workers"], r["two_cores"], r["workers"]["scheduler"]
    each = ", ".join(f"{one:+.1%}" for one in w["dask_overhead_each"])
    loads = f"{min(w['load_average_1_min']):.1f} to {max(w['load_average_1_min']):.1f}"
    return (
        f"### Workers\n\n{w['tasks']} tasks of {w['median_task_s']:.1f} s (median), workers warmed "
        f"up: {w['plain_processes_s']:.1f} s on two plain processes, {w['dask_2_workers_s']:.1f} s "
        f"on two Dask workers, {w['dask_1_worker_s']:.1f} s on one. Dask costs "
        f"**{w['dask_overhead']:+.1%}** (repeats: {each}); two workers are "
        f"**{w['speedup_2_workers']:.2f}** times as fast as one. Pure arithmetic in two processes "
        f"beside one: {c['speedup']:.2f} times, with a load of {loads} during the whole, ours "
        f"included.\n\nThe scheduler's process holds {s['rss_mib_before']:.0f} MiB, "
        f"{s['rss_mib_after']:.0f} after {s['small_tasks']:,} small tasks, "
        f"{s['rss_mib_after_as_many_again']:.0f} after as many again, and remembers "
        f"{s['tasks_remembered']} of them; a small task costs "
        f"{s['seconds_per_small_task'] * 1e3:.0f} ms."
    )


def _hot_path(r: Results) -> str:
    rows = [(f"`{one['function']}`", one["calls"], f"{one['share']:.0%}") for one in r["hot_path"]]
    body = table("function | calls | share of own time", rows)
    return f"### Hot path\n\n{r['floor']['candidates']:,} candidates, one process.\n\n{body}"


def _limits(r: Results) -> str:
    limits, floor = r["limits"], r["floor"]
    calls, size = limits["call_share"], floor["candidates"]
    write = floor["write_s"] / floor["describe_and_write_s"]
    times = limits["copy_bytes_per_s"] * limits["describe_s"] / floor["table_bytes"]
    return (
        f"### What limits it\n\nWriting Parquet is {write:.0%} of describing and writing. Of "
        f"describing, {calls:.0%} is what Python and NumPy take for each block whatever it holds "
        f"({limits['call_s_per_block'] * 1e3:.0f} ms a block, from the same candidates in blocks "
        f"of a sixteenth). Memory copies at {limits['copy_bytes_per_s'] / 1e9:.1f} GB/s here, so "
        "the time of describing would copy the finished table of "
        f"{floor['table_bytes'] / size:.0f} bytes a candidate {times:.0f} times: what remains is "
        "arithmetic and gathering over arrays."
    )


def draw(runs: list[Results], path: Path) -> None:
    """Draw the cost against the number of candidates, both by their logarithm."""
    from matplotlib.figure import Figure

    sizes = [one["candidates"] for one in runs]
    figure = Figure(figsize=(5, 3.6), layout="constrained")
    axes = figure.subplots()
    axes.loglog(sizes, [one["seconds"] for one in runs], "o-", label="in all, from a cold start")
    costs = [one["worker_s"] for one in runs]
    axes.loglog(sizes, costs, "s-", label="workers' time, start-up taken off")
    linear = [costs[-1] * size / sizes[-1] for size in sizes]
    axes.loglog(sizes, linear, ":", color="grey", label="linear")
    axes.set(xlabel="candidates", ylabel="s")
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, dpi=110, metadata={"Software": None})
