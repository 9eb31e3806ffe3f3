"""What the command line prints of a wide space."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from maiscreen.runners.cli.text import columns

if TYPE_CHECKING:
    from maiscreen.screen.scoring.front import Bound


def bound_text(bound: "Bound", top: int) -> str:
    """Tell for how many errors were drawn, and what is proven of the others."""
    text = f"errors drawn for the first {bound.drawn:,}"
    if bound.open:
        text += (
            f"; of the others {bound.open:,} are not proven to have less than "
            f"{bound.chance:.1%} chance of the first {top} places"
        )
    if bound.audited:
        text += f" ({bound.surprises} of {bound.audited} taken at random had more)"
    return text


def times(used: Mapping[str, Any]) -> str:
    """Tell where the time went."""
    seconds, stages = used["seconds"], dict(used["stages"])
    if not used["described"]:
        return f"ranked in {seconds['rank']:.1f} s: all parts were there"
    whole = stages.pop("task")
    parts = ", ".join(
        f"{name} {value / whole:.0%}" for name, value in sorted(stages.items(), key=_by_time)
    )
    described_s, workers = seconds["describe"], used["workers"]
    by = "1 worker" if workers == 1 else f"{workers} workers"
    rate = f"{used['described'] / described_s:,.0f} candidates/s with {by}"
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
