"""Labels from several sources, and which of them are as they would be made today."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from maiscreen.models.labels.labels import QUANTITIES, Label
from maiscreen.models.labels.plan import Job, Origin
from maiscreen.runners.runs import labels_shards as store
from maiscreen.runners.runs.simulation import Simulation


@dataclass(frozen=True, slots=True)
class Today:
    """What a label carries that is made today.

    Attributes
    ----------
    weights : mapping of str to str
        Model → hash of its weights; of a model that is missing here any weights do.
    settings : mapping of str to str
        Property → hash of the settings.
    """

    weights: Mapping[str, str]
    settings: Mapping[str, str]

    def fresh(self, label: Label) -> bool:
        """Tell whether a label is as it would be made today."""
        weights = self.weights.get(label.model, label.weights_sha256)
        return (label.weights_sha256, label.settings) == (
            weights,
            self.settings.get(label.property),
        )


@dataclass(slots=True)
class Sources:
    """All labels that there are.

    Attributes
    ----------
    today : Today
        Says which are fresh.
    embedded : tuple of Label
        Those that come with the package.
    table : tuple of Label
        Those of the table of an earlier run that are not embedded.
    receipts : dict of Job to Receipt
        Those of the folder.
    """

    today: Today
    embedded: tuple[Label, ...]
    table: tuple[Label, ...]
    receipts: dict[Job, store.Receipt]

    def held(self) -> tuple[Label, ...]:
        """Give what the folder holds, the fresh before the stale, the newer before the older."""
        made = (label for receipt in self.receipts.values() for label in receipt.labels)
        return self._joined([*self.table, *made])

    def labels(self, *, embedded: bool = True) -> tuple[Label, ...]:
        """Join all; nothing stale takes the place of something fresh."""
        return self._joined([*(self.embedded if embedded else ()), *self.held()])

    def made(self) -> tuple[Label, ...]:
        """Give what the folder holds and no fresher embedded label takes the place of."""
        chosen = self.labels()
        return tuple(label for label in self.held() if label in chosen)

    def aside(self) -> int:
        """Count what the folder holds and a fresher embedded label takes the place of."""
        return len(self.held()) - len(self.made())

    def stale_receipts(self) -> list[Job]:
        """List the receipts of which nothing is used."""
        made = self.made()
        return [
            job
            for job, receipt in self.receipts.items()
            if not any(label in made for label in receipt.labels)
        ]

    def _joined(self, labels: Iterable[Label]) -> tuple[Label, ...]:
        return store.merged((), sorted(labels, key=self.today.fresh))


def read_sources(parts: Simulation, origins: Mapping[str, Origin], folder: Path) -> Sources:
    """Read what a folder holds, beside what is embedded.

    Parameters
    ----------
    parts : Simulation
        With the embedded labels and the settings of today.
    origins : mapping of str to Origin
        Of the models that are loaded; for others, the weights of the embedded labels count.
    folder : Path
        The folder.
    """
    weights = {label.model: label.weights_sha256 for label in parts.embedded}
    weights |= {model: origin.weights_sha256 for model, origin in origins.items()}
    settings = {
        name: parts.settings(quantity) for quantity in QUANTITIES for name in QUANTITIES[quantity]
    }
    table = tuple(label for label in store.read_table(folder) if label not in parts.embedded)
    return Sources(Today(weights, settings), parts.embedded, table, store.read_receipts(folder))
