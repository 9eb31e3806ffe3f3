"""A column of a shortlist: its name, heading, unit, meaning and source."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fact:
    """A column of facts about a precursor.

    Attributes
    ----------
    name : str
        In CSV, JSON and Parquet, with its unit.
    heading : str
        In a workbook and on a card, without the unit.
    unit, about, source : str
        Unit, meaning and where it comes from.
    number : str
        Format of its numbers in a workbook.
    width : int
        There, in characters; text of wide columns wraps.
    """

    name: str
    heading: str
    unit: str
    about: str
    source: str
    number: str = "General"
    width: int = 12

    @property
    def title(self) -> str:
        """Heading with unit."""
        return f"{self.heading} ({self.unit})" if self.unit else self.heading
