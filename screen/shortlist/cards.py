"""A shortlist as cards: a PDF with one page for each precursor, to print and to fill in."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from maiscreen.candidates.reading.packages import package_folder
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.screen.facts.columns import BY_NAME, expected
from maiscreen.screen.shortlist.bench_sheet import columns_to_fill_in
from maiscreen.screen.shortlist.how_to_block import TITLE, how_to_text
from maiscreen.screen.shortlist.value import Rows
from maiscreen.screen.text import (
    finite_or_none,
    number,
    plain_words,
    printable,
    roman,
    significant,
    subscripts,
    worth,
)

if TYPE_CHECKING:
    from fpdf import FPDF

Row = Mapping[str, object]

WIDTH, HEIGHT, MARGIN = 210.0, 297.0, 16.0
"""Of A4, mm."""

SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7)
"""Sizes of type that are tried until a card fits its page."""

LENGTHS = (900, 600, 450, 350, 290, 250, 220, 190, 160, 130, 100, 70, 40)
"""Characters of a text that are shown at the smallest size, tried in turn after that."""

FIDELITIES = {
    "F0": "estimated from tables",
    "F1": "from crystal data or learned from them",
    "F2": "simulated with an interatomic potential",
}
"""What the value of an attribute rests on, for a bench."""

_SAFETY = frozenset(("toxicity", "hazards", "caution", "with_sodium", "with_moisture", "container",
                     "glovebox"))  # fmt: skip
"""Texts that are cut last: they may have three times the characters of others [judgement]."""


_FILL_IN_ROW, _FILL_IN_COLUMNS, _FOOT = 7.0, 3, 9.0
_WARNING = (170, 20, 20)
_INK, _SOFT, _LINE, _TINT = (25, 25, 25), (95, 95, 95), (170, 170, 170), (238, 242, 245)

LACKING = "□"
"""Drawn in the place of a letter that the font lacks, and explained at the foot of the card."""

_FONTS = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}

_FACTS = ("state_25_c", "melting_point_c", "boiling_point_c", "vapour_pressure_25_pa",
          "vapour_pressure_60_pa", "vapour_pressure_source", "reduction_potential_v", "equation",
          "layer_as_formed", "layer_in_operation", "p_alloy_in_operation",
          "p_alloy_kinetic_as_formed", "p_alloy_kinetic_in_operation",
          # Of recipes:
          "vapour", "temperature_c", "exposure_s", "thickness_um", "vapour_pressure_pa",
          "expected_phases")  # fmt: skip

_SECTIONS = (
    ("Toxicity", ("toxicity", "hazard_source", "exposure_limit")),
    ("Hazards", ("hazards", "caution")),
    ("With sodium", ("with_sodium",)),
    ("With moisture", ("with_moisture",)),
    ("Handling", ("container", "glovebox")),
    ("Supply, and how long it lasts", ("supply", "supply_evidence", "stability_reason")),
)

_BEFORE = {"hazard_source": "from: ", "exposure_limit": "limit in air, "}
"""Words before a text that does not tell what it is."""


def to_pdf(table: Rows) -> bytes:
    """Write the cards; the same shortlist gives the same bytes."""
    with _document() as pdf, _document() as trial:
        for place, row in enumerate(table.rows, 1):
            card = _Card(table, row, f"{place} of {len(table)}", first=place == 1)
            scale, most = card.fitting(trial)
            pdf.add_page()
            card.draw(pdf, scale, most)
        if not table.rows:
            pdf.add_page()
            pdf.cell(text="No candidate passed.")
        return bytes(pdf.output())


@contextmanager
def _document() -> Iterator["FPDF"]:
    """Begin a document whose texts may hold formulas, Greek and arrows."""
    from fpdf import FPDF

    pdf = FPDF(format="A4")
    pdf.set_creation_date(datetime(2026, 1, 1, tzinfo=UTC))
    pdf.set_auto_page_break(False)
    pdf.set_margins(MARGIN, MARGIN)
    pdf.set_title("Shortlist")
    for style, file in _FONTS.items():
        pdf.add_font("DejaVu", style, _font_folder() / file)
    pdf.set_font("DejaVu", size=9)
    try:
        yield pdf
    finally:
        # fpdf2 leaves its files to the garbage collector.
        for font in pdf.fonts.values():
            opened = getattr(font, "ttfont", None)
            if opened is not None:
                opened.close()


def _font_folder() -> Path:
    """Find the fonts that come with matplotlib; those of a PDF reader lack subscripts, arrows."""
    return package_folder("matplotlib") / "mpl-data" / "fonts" / "ttf"


@cache
def _glyphs() -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(_font_folder() / _FONTS["B"], lazy=True) as font:
        return frozenset(font.getBestCmap())


def printable_value(value: object, most: int) -> str:
    r"""Return a value as text that can be drawn; a letter that the font lacks becomes a box.

    Examples
    --------
    >>> printable_value("SnCl4\t→ 雪", 20), printable_value("abcdef", 4)
    ('SnCl4 → □', 'abc…')
    >>> printable_value(None, 9), printable_value(3176.9, 9)
    ('–', '3180')
    """
    if value is None or value == "":
        return "–"
    if isinstance(value, float):
        return significant(value, 3)
    text = printable(str(value))
    text = "".join(c if ord(c) in _glyphs() else LACKING for c in text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def lacking_letters(table: Rows, rows: Iterable[Row]) -> str:
    """Return the letters of some rows that the font lacks, each once."""
    texts = [table.campaign, *(str(value) for row in rows for value in row.values())]
    letters = dict.fromkeys(printable(" ".join(texts)))
    return "".join(letter for letter in letters if ord(letter) not in _glyphs())


class _Card:
    """One page."""

    def __init__(self, table: Rows, row: Row, place: str, *, first: bool) -> None:
        self.table, self.row, self.place, self.first = table, row, place, first
        self.asked = [
            "replicate",
            *(c.title for c in columns_to_fill_in(table) if c.name != "replicate"),
        ]

    def fitting(self, trial: "FPDF") -> tuple[float, int]:
        """Find the largest type, and after that the longest texts, with which the page holds."""
        tries = [(scale, LENGTHS[0]) for scale in SCALES]
        tries += [(SCALES[-1], most) for most in LENGTHS[1:]]
        for scale, most in tries:
            trial.add_page()
            if self._known(trial, scale, most) <= self._bottom():
                return scale, most
        return tries[-1]

    def draw(self, pdf: "FPDF", scale: float, most: int) -> None:
        """Draw it on the page that is open."""
        self._known(pdf, scale, most)
        self._fill_in(pdf)
        self._foot(pdf)

    def _bottom(self) -> float:
        """Return where what is known has to end, mm."""
        rows = -(-len(self.asked) // _FILL_IN_COLUMNS)
        return HEIGHT - MARGIN - _FOOT - rows * _FILL_IN_ROW - 9.0

    def _known(self, pdf: "FPDF", scale: float, most: int) -> float:
        """Draw what is known; give where it ends, mm."""
        self._head(pdf, most)
        top, middle = pdf.get_y(), WIDTH / 2 + 2
        self._facts(pdf, scale, most, MARGIN, middle - MARGIN - 6)
        left = pdf.get_y()
        pdf.set_xy(middle, top)
        self._standing(pdf, scale, most, middle, WIDTH - MARGIN - middle)
        pdf.set_y(max(left, pdf.get_y()) + 2)
        for title, text in self._texts(most):
            _section(pdf, title, text, scale)
        return float(pdf.get_y())

    def _head(self, pdf: "FPDF", most: int) -> None:
        row, wide = self.row, self.table.is_wide
        title = subscripts(printable_value(row.get("recipe" if wide else "formula"), min(most, 60)))
        room = WIDTH - 2 * MARGIN - 30
        pdf.set_text_color(*_INK)
        pdf.set_font("DejaVu", "B", 22)
        pdf.set_font_size(min(22.0, 22.0 * (room - 2) / pdf.get_string_width(title)))
        pdf.cell(room, 11, title)
        pdf.set_font("DejaVu", "B", 11)
        pdf.cell(30, 11, f"rank {printable_value(row.get('rank'), 9)}", align="R", new_x="LMARGIN",
                 new_y="NEXT")  # fmt: skip
        pdf.set_font("DejaVu", size=10)
        known = [
            printable_value(row.get("name"), min(most, 80)),
            f"CAS {printable_value(row.get('cas'), 40)}",
        ]
        pdf.multi_cell(0, 5, " · ".join(known), align="L", new_x="LMARGIN", new_y="NEXT")
        self._danger(pdf)
        pdf.set_text_color(*_SOFT)
        pdf.set_font("DejaVu", size=7.5)
        about = f"{printable_value(self.table.campaign, 120)} · card {self.place}"
        pdf.multi_cell(0, 4, about, align="L", new_x="LMARGIN", new_y="NEXT")
        if self.first and self.table.decision:
            text = printable_value(self.table.decision, LENGTHS[0])
            pdf.set_font("DejaVu", size=6.5)
            pdf.multi_cell(0, 3, text, align="L", new_x="LMARGIN", new_y="NEXT")
        _rule(pdf)

    def _danger(self, pdf: "FPDF") -> None:
        """Draw the gravest statement at a glance, where nobody overlooks it."""
        danger = printable_value(self.row.get("danger"), 80)
        doubt = " (derived, or from memory)" if danger.endswith("?") else ""
        pdf.set_text_color(*_WARNING)
        pdf.set_font("DejaVu", "B", 11)
        text = f"{danger.removesuffix('?').upper()}{doubt}"
        room = WIDTH - 2 * MARGIN - 2
        pdf.set_font_size(min(11.0, 11.0 * room / pdf.get_string_width(text)))
        pdf.cell(0, 6, text, new_x="LMARGIN", new_y="NEXT")

    def _facts(self, pdf: "FPDF", scale: float, most: int, x: float, width: float) -> None:
        for name in _FACTS:
            column = BY_NAME[name]
            if column not in self.table.columns:
                continue
            text = printable_value(self.row.get(name), most)
            if name in ("equation", "layer_as_formed", "layer_in_operation", "expected_phases"):
                text = subscripts(text)
            unit = f" {column.unit}" if column.unit and text != "–" else ""
            std = finite_or_none(self.row.get("vapour_pressure_std_log10"))
            if name == "vapour_pressure_25_pa" and std is not None and text != "–":
                unit += f" (× or ÷ {significant(10**std)})"
            if name == "thickness_um" and text != "–":
                unit += f" ({_range(self.row)})"
            _pair(pdf, column.heading, text + unit, scale, x, width)

    def _standing(self, pdf: "FPDF", scale: float, most: int, x: float, width: float) -> None:
        row = self.row
        score = [worth(row.get(name)) for name in ("score", "score_low", "score_high")]
        _pair(pdf, "score (90 %)", f"{score[0]} ({score[1]}–{score[2]})", scale, x, width)
        ends = [printable_value(row.get(name), 9) for name in ("place_low", "place_high")]
        place = f"{number(row.get('expected_place'), 1)} ({ends[0]}–{ends[1]})"
        _pair(pdf, "expected place (90 %)", place, scale, x, width)
        tier = row.get("tier")
        _pair(pdf, "tier", roman(tier) if isinstance(tier, int) else "–", scale, x, width)
        _pair(pdf, "P(top k)", number(row.get("p_top_k")), scale, x, width)
        for name in ATTRIBUTES:
            _pair(pdf, plain_words(name), self._attribute(name, most), scale, x, width)

    def _attribute(self, name: str, most: int) -> str:
        """Return an attribute with error, unit, and what it rests on; the workbook says more."""
        value, std = (name, "") if self.table.is_wide else expected(name)
        column = BY_NAME[value]
        quantity = finite_or_none(self.row.get(value))
        if quantity is None:
            return "–"
        error = finite_or_none(self.row.get(std))
        text = significant(quantity)
        if error is not None:
            decades = std.endswith("log10")
            text += f" (± {significant(error)} decades)" if decades else f" ± {significant(error)}"
        fidelity = str(self.row.get(f"{name}_fidelity") or "")
        where = printable_value(FIDELITIES.get(fidelity, fidelity), most)
        return f"{text} {column.unit}" + (f"; {where}" if fidelity else "")

    def _texts(self, most: int) -> list[tuple[str, str]]:
        """Gather the sections over the whole width, what has to be known first at the top."""
        written = partial(printable_value, most=most)
        sections = [(TITLE, how_to_text(self.row, written))]
        for title, names in _SECTIONS:
            texts = [
                _BEFORE.get(name, "")
                + printable_value(self.row[name], 3 * most if name in _SAFETY else most)
                for name in names
                if self.row.get(name)
            ]
            sections.append((title, ". ".join(map(_capitalise, texts))))
        sections.append(("Why it ranks here", self._reasons(most)))
        sections.append(("What would move it most", self._hangs_on(most)))
        return [(title, _capitalise(text)) for title, text in sections if text]

    def _reasons(self, most: int) -> str:
        row = self.row
        said = [printable_value(row["why"], most)] if row.get("why") else []
        pairs = (("up by", row.get("lifts")), ("down by", row.get("pulls_down")))
        against = [f"{way} {printable_value(text, most)}" for way, text in pairs if text]
        if against:
            said.insert(0, f"Against SnCl4, {', '.join(against)}.")
        elif row.get("formula") == "SnCl4":
            said.insert(0, "The others are compared with it.")
        return " ".join(said)

    def _hangs_on(self, most: int) -> str:
        row = self.row
        if not row.get("place_hangs_on"):
            return ""
        share = finite_or_none(row.get("place_hangs_on_share"))
        part = "" if share is None else f" ({share:.0%} of the variance of its rank)"
        # Of simulations the other forms tell.
        is_first = row["place_hangs_on"] == row.get("settle_first")
        how = printable_value(row.get("settle_first_by" if is_first else "measurement"), most)
        cause = printable_value(row["place_hangs_on"], most)
        return f"{cause}{part}. {_capitalise(how) if how != '–' else ''}"

    def _fill_in(self, pdf: "FPDF") -> None:
        """Draw lines for results, with the headings that `lab import` knows."""
        y = self._bottom() + 3
        pdf.set_xy(MARGIN, y)
        pdf.set_text_color(*_INK)
        pdf.set_font("DejaVu", "B", 9)
        pdf.cell(0, 5, "Results")
        width = (WIDTH - 2 * MARGIN) / _FILL_IN_COLUMNS
        pdf.set_font("DejaVu", size=7)
        pdf.set_draw_color(*_LINE)
        for i, heading in enumerate(self.asked):
            x = MARGIN + i % _FILL_IN_COLUMNS * width
            at = y + 6 + i // _FILL_IN_COLUMNS * _FILL_IN_ROW
            pdf.set_xy(x, at)
            pdf.cell(width - 3, 3, heading)
            pdf.line(x + 1, at + _FILL_IN_ROW - 1.5, x + width - 3, at + _FILL_IN_ROW - 1.5)

    def _foot(self, pdf: "FPDF") -> None:
        lacking = ""
        if lacking_letters(self.table, [self.row]):
            lacking = f" {LACKING} is a letter that the font of this card lacks."
        pdf.set_xy(MARGIN, HEIGHT - MARGIN - 5)
        pdf.set_text_color(*_SOFT)
        pdf.set_font("DejaVu", size=6.5)
        pdf.multi_cell(0, 3.2, "No safety assessment: read the supplier's safety data sheet. The "
                       "score is no prediction of cycles. A dash: not known. ± is one standard "
                       "deviation." + lacking)  # fmt: skip


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def _range(row: Row) -> str:
    """Return one standard deviation of the thickness to both sides."""
    ends = (finite_or_none(row.get(f"expected_thickness_{end}_um")) for end in ("low", "high"))
    return "–".join(number(end, 1) for end in ends)


def _rule(pdf: "FPDF") -> None:
    pdf.set_draw_color(*_LINE)
    pdf.line(MARGIN, pdf.get_y() + 1, WIDTH - MARGIN, pdf.get_y() + 1)
    pdf.set_y(pdf.get_y() + 3)


def _pair(pdf: "FPDF", name: str, text: str, scale: float, x: float, width: float) -> None:
    """Draw a name and, beside it, its value over as many lines as it needs."""
    top, first = pdf.get_y(), 30.0
    pdf.set_xy(x, top)
    pdf.set_text_color(*_SOFT)
    pdf.set_font("DejaVu", size=7.5 * scale)
    pdf.multi_cell(first, 4 * scale, name, align="L", new_x="LEFT", new_y="NEXT")
    bottom = pdf.get_y()
    pdf.set_xy(x + first, top)
    pdf.set_text_color(*_INK)
    pdf.set_font("DejaVu", size=8 * scale)
    pdf.multi_cell(width - first, 4 * scale, text, align="L", new_x="LEFT", new_y="NEXT")
    pdf.set_y(max(bottom, pdf.get_y()) + 0.8 * scale)


def _section(pdf: "FPDF", title: str, text: str, scale: float) -> None:
    pdf.set_x(MARGIN)
    pdf.set_text_color(*_INK)
    pdf.set_fill_color(*_TINT)
    pdf.set_font("DejaVu", "B", 8.5 * scale)
    pdf.cell(0, 5 * scale, title, fill=True, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font("DejaVu", size=8.5 * scale)
    pdf.multi_cell(0, 4.3 * scale, text, align="L", new_x="LMARGIN", new_y="NEXT")
    pdf.set_y(pdf.get_y() + 1.5 * scale)
