"""What the command line prints of a wide space."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from maiscreen.runners.cli.text import columns

if TYPE_CHECKING:
    from maiscreen.runners.runs.campaign import Finished
    from maiscreen.screen.scoring.front import Bound

SHOWN = 10


def summary(finished: "Finished") -> str:
    """Tell what came out of a wide campaign: the best, the gates, where the time went."""
    from maiscreen.screen.blends.words import best_of_each_set

    ranked, top = finished.ranked, finished.campaign.top_k
    counts = ranked.counts
    total = sum(counts.values())
    counted = ", ".join(f"{count:,} {status}" for status, count in counts.items())
    rows = best_of_each_set(ranked.table.to_pylist())
    head = ("rank", "recipe (liquid)", "°C", "s", "score (90 %)", f"P(top {top})")
    body = [_row(row) for row in rows[:SHOWN]]
    lost = sorted(ranked.gates.items(), key=lambda item: -item[1])
    gates = ", ".join(f"{name} {count:,}" for name, count in lost)
    table = columns([(*head, "E / V", "metal phases"), *body]) if body else "none passed"
    return "\n".join(
        [
            f"{total:,} candidates: {counted}",
            f"rejected by: {gates or 'nothing'}",
            "",
            "the best sets of precursors, each at its best ratio, temperature and exposure",
            table,
            "",
            "" if ranked.bound is None else _bound(ranked.bound, top),
            _times(finished.runner_info),
        ]
    )


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(row["rank"]),
        row["recipe"],
        f"{row['temperature_c']:g}",
        f"{row['exposure_s']:g}",
        f"{row['score']:.3f} ({row['score_low']:.2f}–{row['score_high']:.2f})",
        f"{row['p_top_k']:.2f}",
        f"{row['reduction_potential_v']:.2f}",
        row["phases"],
    )


def _bound(bound: "Bound", top: int) -> str:
    text = f"errors drawn for the first {bound.drawn:,}"
    if bound.open:
        text += (
            f"; of the others {bound.open:,} are not proven to have less than "
            f"{bound.chance:.1%} chance of the first {top} places"
        )
    if bound.audited:
        text += f" ({bound.surprises} of {bound.audited} taken at random had more)"
    return text


def _times(used: Mapping[str, Any]) -> str:
    seconds, stages = used["seconds"], dict(used["stages"])
    if not used["described"]:
        return f"ranked in {seconds['rank']:.1f} s: all parts were there"
    whole = stages.pop("task")
    parts = ", ".join(
        f"{name} {value / whole:.0%}" for name, value in sorted(stages.items(), key=_by_time)
    )
    described_s, workers = seconds["describe"], used["workers"]
    rate = f"{used['described'] / described_s:,.0f} candidates/s with {workers} workers"
    screened = f"screened in {described_s:.1f} s ({rate}), ranked in {seconds['rank']:.1f} s"
    memory = f"at most {used['peak_rss_mib']:,.0f} MiB in a worker"
    return f"{screened}; {memory}\nwhere the workers' time went: {parts}"


def _by_time(item: tuple[str, float]) -> float:
    return -item[1]


def forecast_text(forecast: Mapping[str, Any]) -> str:
    """Tell what a campaign would search."""
    thinned = (
        f" (an even sample of {forecast['of']:,})"
        if forecast["of"] > forecast["candidates"]
        else ""
    )
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in forecast["precursors"].items())
    recipes = ", ".join(f"{count:,} {name}" for name, count in forecast["recipes"].items())
    degrees = ", ".join(f"{t:g}" for t in forecast["temperatures_c"])
    exposures = ", ".join(f"{t:g}" for t in forecast["exposures_s"])
    gates = [(f"{name}", f"{share:.1%}") for name, share in forecast["gates"].items()]
    minutes, seconds = divmod(round(forecast["seconds"]), 60)
    spent = f"{minutes} min {seconds} s" if minutes else f"{max(seconds, 1)} s"
    return "\n".join(
        [
            f"{forecast['candidates']:,} candidates{thinned}",
            f"precursors: {kinds}; {forecast['in_blends']} go into blends",
            f"recipes: {recipes}; at {degrees} °C; for {exposures} s",
            "",
            f"what becomes of an even sample of {forecast['sample']:,}:",
            columns(gates),
            "",
            f"a run takes about {spent} with {forecast['workers']} workers like this processor, "
            f"some seconds to start them, and {forecast['megabytes']:,.0f} MB on the disk",
        ]
    )
