"""What the page of models shows: sentences, rows, who beats whom, and what length does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from labeling.lead.ranking.downloads import (
    CONTROLLED,
    RAW,
    group_letters,
    matrix_of,
    why_no_ranking,
)
from labeling.lead.ranking.drawings import DRAWN_MODELS, category_drawing, ranking_drawing
from labeling.lead.ranking.figures import TWICE, Plain, shown_figure
from labeling.lead.ranking.summary import (
    enough_to_tell,
    left_out_notes,
    longer_sentence,
    ranking_lede,
)

#: More models than these have no whole matrix on the page.
CROSSED_MODELS = 12
#: And so many neighbours stand there at most.
NEIGHBOURS_SHOWN = 50
#: A win rate from here on is a strong one: three of four.
_STRONG = 0.75

STYLE_LABELS = {
    RAW: gettext_lazy("as judged"),
    CONTROLLED: gettext_lazy("length and formatting held equal"),
}
TIE_LABELS = {
    "half": gettext_lazy("half a win each"),
    "drop": gettext_lazy("left out"),
    "davidson": gettext_lazy("modelled"),
}
_FEATURES = {
    "characters": gettext_lazy("Length"),
    "headers": gettext_lazy("Headers"),
    "list_items": gettext_lazy("List items"),
    "bold": gettext_lazy("Bold"),
}


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model with its win rate as judged and at equal style."""

    model: str
    group: str
    island: int
    n: int
    raw: Plain
    controlled: Plain

    @property
    def counted(self) -> str:
        """What its figures rest on."""
        words = ngettext("n = %(n)s comparison", "n = %(n)s comparisons", self.n)
        return words % {"n": f"{self.n:,}"}


@dataclass(frozen=True, slots=True)
class CrossedCell:
    """The win rate of a row against a column; `mark` says what its interval decides."""

    mark: str
    figure: Plain | None = None

    @property
    def ends(self) -> str:
        """The interval, in the little room of a cell."""
        figure = self.figure or {}
        if figure.get("low") is None:
            return _("no interval")
        ends = {"low": f"{100 * figure['low']:.0f}", "high": f"{100 * figure['high']:.0f}"}
        return _("%(low)s to %(high)s") % ends


@dataclass(frozen=True, slots=True)
class RankingPage:
    """Everything that the page shows of one ranking."""

    lede: Sequence[str]
    notes: Sequence[str]
    rows: Sequence[ModelRow] = ()
    islands: int = 0
    drawing: SafeString | None = None
    matrix: Sequence[tuple[str, Sequence[CrossedCell]]] = ()
    neighbours: Sequence[Plain] = ()
    effects: Sequence[tuple[str, Plain]] = ()
    twice: Plain | None = None
    length: str = ""
    enough: str = ""
    share: int = 0
    by_category: Sequence[tuple[Plain, SafeString | None]] = ()
    method: str = ""


def ranking_page(figures: Plain, ties: str, style: str) -> RankingPage:
    """The page of a ranking by one reading of ties and style."""
    if not figures["rankings"]:
        return RankingPage(lede=[why_no_ranking(figures)], notes=left_out_notes(figures))
    rankings = figures["rankings"][ties]
    asked, other = (rankings[name] for name in (style, RAW if style == CONTROLLED else CONTROLLED))
    rows = _rows(rankings, asked)
    order = [row.model for row in rows]
    matrix = matrix_of(figures, ties)
    enough, share = enough_to_tell(asked, matrix)
    return RankingPage(
        lede=ranking_lede(asked, other, ties, style),
        notes=left_out_notes(figures),
        rows=rows,
        islands=len({row.island for row in rows}),
        drawing=ranking_drawing(rankings),
        matrix=_crossed(order, matrix) if len(order) <= CROSSED_MODELS else [],
        neighbours=_neighbours(matrix)[:NEIGHBOURS_SHOWN] if len(order) > CROSSED_MODELS else [],
        effects=_effects(rankings[CONTROLLED]),
        twice=_twice(rankings[CONTROLLED]),
        length=longer_sentence(figures),
        enough=enough,
        share=share,
        by_category=[
            (part, category_drawing(part, f"category-{number}", order) if _is_drawn(part) else None)
            for number, part in enumerate(figures["by_category"])
        ],
        method=asked["method"],
    )


def _is_drawn(part: Plain) -> bool:
    has_any = any(line["win_rate"][0] is not None for line in part["standings"])
    return has_any and len(part["standings"]) <= DRAWN_MODELS


def _rows(rankings: Plain, asked: Plain) -> list[ModelRow]:
    sides = {
        name: {line["model"]: line for line in rankings[name]["standings"]}
        for name in (RAW, CONTROLLED)
    }

    def figure(name: str, model: str) -> Plain:
        line = sides[name].get(model)
        if line is None:
            nothing = _("Its texts were not read.")
            return {"value": None, "low": None, "high": None, "n": 0, "reason": nothing}
        return shown_figure(line["win_rate"], rankings[name]["win_rate_is"])

    return [
        ModelRow(
            model=line["model"],
            group=group_letters(line["group"]),
            island=line["island"],
            n=line["n"],
            raw=figure(RAW, line["model"]),
            controlled=figure(CONTROLLED, line["model"]),
        )
        for line in asked["standings"]
    ]


def _crossed(order: Sequence[str], matrix: Plain) -> list[tuple[str, list[CrossedCell]]]:
    """The matrix in the order of the page, each cell from the point of view of its row."""
    figures: dict[tuple[str, str], Plain] = {}
    for cell in matrix["cells"]:
        figure = shown_figure(cell["rate"], matrix["rate_is"])
        figures[cell["a"], cell["b"]] = figure
        figures[cell["b"], cell["a"]] = _turned(figure)
    return [
        (row, [_cell(figures.get((row, column)), is_self=row == column) for column in order])
        for row in order
    ]


def _turned(figure: Plain) -> Plain:
    """The same from the point of view of the other."""
    value, low, high = (figure[name] for name in ("value", "low", "high"))
    turned = [None if end is None else 1 - end for end in (value, high, low)]
    return {**figure, **dict(zip(("value", "low", "high"), turned, strict=True))}


def _cell(figure: Plain | None, *, is_self: bool = False) -> CrossedCell:
    if is_self:
        return CrossedCell("self")
    if figure is None or figure["value"] is None:
        return CrossedCell("never", figure)
    return CrossedCell(cell_mark(figure), figure)


def cell_mark(figure: Plain) -> str:
    """What the interval of a win rate decides: a cell is filled only where it clears one half."""
    if figure["low"] is not None and figure["low"] > 0.5:
        return "win strong-win" if figure["value"] >= _STRONG else "win"
    if figure["high"] is not None and figure["high"] < 0.5:
        return "loss"
    return "open"


def _neighbours(matrix: Plain) -> list[Plain]:
    """Of many models, those that stand next to each other."""
    return [
        {
            "a": cell["a"],
            "b": cell["b"],
            "figure": shown_figure(cell["rate"], matrix["rate_is"]),
            "n": cell["rate"][3],
        }
        for cell in matrix["cells"]
        if cell["are_next"]
    ]


def _effects(controlled: Plain) -> list[tuple[str, Plain]]:
    """What formatting does, where only one of two responses has any."""
    effects = controlled["effects"]
    return [
        (str(label), effects[name])
        for name, label in _FEATURES.items()
        if name in effects and name != "characters"
    ]


def _twice(controlled: Plain) -> Plain | None:
    """What twice the length does, in log-odds."""
    figure: Plain | None = controlled["effects"].get("characters")
    if figure is None or figure["value"] is None:
        return figure
    ends = {
        name: None if figure[name] is None else figure[name] * TWICE
        for name in ("value", "low", "high")
    }
    return {**figure, **ends}
