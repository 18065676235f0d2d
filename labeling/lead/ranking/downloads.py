"""A ranking of models as plain data and as tables: one shape for API, JSON and CSV."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.datasets.texts import defuse
from labeling.figures.tables import csv_table, figure_cells
from labeling.lead.ranking.figures import FEWEST, Plain, shown_figure
from labeling.work.kept import FiguresAtHand

#: As judged, and with length and formatting held equal.
RAW, CONTROLLED = "raw", "controlled"
STYLE_READINGS = (RAW, CONTROLLED)


def ranking_reply(hand: FiguresAtHand, **asked: str) -> dict[str, Any]:
    """A ranking with its age and what was asked for, the same by program and as a file."""
    age = {"computed_at": hand.computed_at, "newer": hand.newer}
    return asked | age | ranking_json(hand.figures or {}, asked["ties"], asked["style"])


def ranking_json(figures: Plain, ties: str, style: str) -> dict[str, Any]:
    """The ranking by one reading of ties and style, each figure with interval and convention."""
    left_out = {name: figures[name] for name in ("unnamed", "own", "few")}
    reply = {
        "comparisons": figures["n"],
        "tied": figures["ties"],
        "prompts": figures["prompts"],
        "styled": figures.get("styled", 0),
        "left_out": left_out,
        "categories": figures["categories"],
        "models": [],
        "matrix": [],
        "matrix_is_whole": True,
        "effects": {},
        "length_only": figures["length"],
        "method": "",
        "top": None,
        "by_category": [_category(part) for part in figures["by_category"]],
        "reason": None,
    }
    if not figures["rankings"]:
        return reply | {"reason": why_no_ranking(figures)}
    ranking = figures["rankings"][ties][style]
    matrix = matrix_of(figures, ties)
    return reply | {
        "models": [model_line(line, ranking) for line in ranking["standings"]],
        "matrix": [_cell(cell, matrix["rate_is"]) for cell in matrix["cells"]],
        "matrix_is_whole": matrix["is_whole"],
        "effects": ranking.get("effects", {}),
        "method": ranking["method"],
        "top": ranking["top"],
        "reason": ranking["reason"],
    }


def matrix_of(figures: Plain, ties: str) -> Plain:
    """The win rates of every two models; where ties are modelled they count half there."""
    matrix: Plain = figures["matrix"]["drop" if ties == "drop" else "half"]
    return matrix


def model_line(line: Plain, ranking: Plain) -> dict[str, Any]:
    """One model of a ranking, its figures as they are shown."""
    return {
        "model": line["model"],
        "rank": line["rank"],
        "strength": shown_figure(line["strength"], ranking["strength_is"]),
        "win_rate": shown_figure(line["win_rate"], ranking["win_rate_is"]),
        "group": group_letters(line["group"]),
        "island": line["island"],
        "comparisons": line["n"],
    }


def group_letters(letters: str) -> str:
    """The letters of a model's groups without spaces, where each is one letter."""
    names = letters.split()
    return "".join(names) if all(len(name) == 1 for name in names) else letters


def why_no_ranking(figures: Plain) -> str:
    """Why there is no ranking at all."""
    if not figures["n"] and figures["unnamed"]:
        sentence = ngettext(
            "No two known models have been compared: %(n)s comparison has a response whose model "
            "is not known.",
            "No two known models have been compared: %(n)s comparisons have a response whose "
            "model is not known.",
            figures["unnamed"],
        )
        return sentence % {"n": f"{figures['unnamed']:,}"}
    if not figures["n"]:
        return _("No two known models have been compared yet.")
    sentence = ngettext(
        "%(n)s comparison of %(models)s models is too little for an order: a model needs "
        "%(fewest)d comparisons with others that have as many.",
        "%(n)s comparisons of %(models)s models are too few for an order: a model needs "
        "%(fewest)d comparisons with others that have as many.",
        figures["n"],
    )
    shown = {"n": f"{figures['n']:,}", "models": f"{len(figures['models']):,}"}
    return sentence % {**shown, "fewest": FEWEST}


def _cell(cell: Plain, convention: str) -> dict[str, Any]:
    wins, ties, losses = cell["counts"]
    counts = {"wins": wins, "ties": ties, "losses": losses}
    names = {"a": cell["a"], "b": cell["b"]}
    return names | {"win_rate": shown_figure(cell["rate"], convention)} | counts


def _category(part: Plain) -> dict[str, Any]:
    models = [
        {
            "model": line["model"],
            "win_rate": shown_figure(line["win_rate"], part["win_rate_is"]),
            "group": group_letters(line["group"]),
        }
        for line in part["standings"]
    ]
    return {
        "category": part["name"],
        "comparisons": part["n"],
        "style": part["style"],
        "models": models,
        "reason": part["reason"],
    }


_ENDS = ("value", "low", "high", "n")


def ranking_csv(ranking: Plain) -> str:
    """A line a model, best first within its island."""
    figures = [f"{name}_{end}" for name in ("strength", "win_rate") for end in _ENDS]
    head = ["model", "rank", "group", "island", "comparisons", *figures, "reason"]
    rows = (
        [
            defuse(line["model"]),
            line["rank"] or "",
            line["group"],
            line["island"],
            line["comparisons"],
            *figure_cells(line["strength"]),
            *figure_cells(line["win_rate"]),
            defuse(line["strength"].get("reason") or ""),
        ]
        for line in ranking["models"]
    )
    return csv_table(head, rows)


def matrix_csv(ranking: Plain) -> str:
    """A line for every two models that met, the one that stands higher first."""
    head = ["a", "b", *(f"win_rate_{end}" for end in _ENDS), "wins", "ties", "losses"]
    rows = (
        [
            *(defuse(cell[name]) for name in ("a", "b")),
            *figure_cells(cell["win_rate"]),
            *(f"{cell[name]:.15g}" for name in ("wins", "ties", "losses")),
        ]
        for cell in ranking["matrix"]
    )
    return csv_table(head, rows)
