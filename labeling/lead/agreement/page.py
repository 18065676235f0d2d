"""What the agreement page shows of a report: words and charts for every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from labeling.charts import Bar, Cell, ForestRow, bar_histogram, forest_plot, pair_matrix
from labeling.kinds import Kind, kind_for
from projects.models import Criterion, Project

#: Up to so many raters the pairs are drawn as a matrix; more are a table only.
MATRIX_RATERS = 12
#: Pairs in the table, those with the most shared tasks; the download has all of them.
TABLE_PAIRS = 300

Report = Mapping[str, Any]

_PERCENT = (
    ("exact", "ties exact", "A tie agrees with a tie only."),
    ("half", "ties half", "A tie beside a preference counts one half."),
    ("drop", "ties dropped", "Pairs in which somebody answered a tie are left out."),
)
_CHANCE = (
    (
        ("krippendorff_alpha", "symmetric"),
        "Alpha, symmetric",
        "For preferences: it does not depend on which of the two responses is called the first.",
    ),
    (
        ("krippendorff_alpha", "nominal"),
        "Alpha, nominal",
        "Answers are the same or different; how far apart they are does not matter.",
    ),
    (
        ("krippendorff_alpha", "ordinal"),
        "Alpha, ordinal",
        "Answers further apart in the order of the scale disagree more.",
    ),
    (
        ("krippendorff_alpha", "interval"),
        "Alpha, interval",
        "Answers disagree by the squared difference of their numbers on the scale.",
    ),
    (
        ("fleiss_kappa",),
        "Fleiss' kappa",
        "Answers are the same or different; every task must have equally many judgments.",
    ),
    (
        ("gwet_ac1",),
        "Gwet's AC1",
        "Answers are the same or different; steady where nearly all answers are alike.",
    ),
    (
        ("brennan_prediger",),
        "Brennan-Prediger",
        "Answers are the same or different; chance is one in the number of answers to choose from.",
    ),
)
_LIMITS = (
    (
        "noise_ceiling",
        "Noise ceiling",
        "pairs of judgments",
        "The accuracy that even a perfect model would show against single answers, if raters err "
        "each on their own and all tasks are as clear. Where some are clearer it is lower.",
    ),
    (
        "self_consistency",
        "Self-consistency",
        "repeats",
        "Tasks given to the same rater a second time, without a word, and answered as before. "
        "Raters cannot agree with each other much better than each with themselves.",
    ),
    (
        "side_bias",
        "Chosen when shown first",
        "preferences",
        "Preferences for the response shown first. Sides are drawn at random, so 50% means that "
        "the screen does not matter.",
    ),
)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure with its name, what it means in plain words, and what its n counts."""

    label: str
    meaning: str
    figure: Report
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the page shows of one criterion."""

    key: str
    wording: str
    scale: str
    counts: Mapping[str, int]
    nothing: str
    headline: tuple[FigureRow, FigureRow]
    percent: Sequence[FigureRow]
    percent_chart: SafeString
    chance: Sequence[FigureRow]
    chance_chart: SafeString
    limits: Sequence[FigureRow]
    pairs: Sequence[Report]
    more_pairs: int
    matrix: SafeString | None
    histogram: SafeString


def panels(project: Project, report: Report) -> list[Panel]:
    """One panel a criterion, in the order of the rubric."""
    return [
        _panel(project, criterion, report["criteria"][criterion.key])
        for criterion in project.criteria.all()
        if criterion.key in report["criteria"]
    ]


def _panel(project: Project, criterion: Criterion, found: Report) -> Panel:
    key = criterion.key
    strengths = len(found["values"]) > 3
    percent = _percent_rows(found["percent_agreement"], "Same answer")
    sides = _percent_rows(found["same_side"], "Same side") if strengths else []
    chance = [FigureRow(label, told, _at(found, path)) for path, label, told in _CHANCE]
    policy = [name for name, _, _ in _PERCENT].index(project.tie_policy)
    return Panel(
        key=key,
        wording=criterion.wording,
        scale=criterion.scale.title,
        counts=found["counts"],
        nothing=_nothing(found["counts"]),
        headline=((sides or percent)[policy], chance[0]),
        percent=[*sides, *percent],
        percent_chart=_forest([*sides, *percent], f"{key}-percent", _PERCENT_TITLE, percent=True),
        chance=chance,
        chance_chart=_forest(chance, f"{key}-chance", _CHANCE_TITLE),
        limits=[
            FigureRow(label, told, found[name], counted) for name, label, counted, told in _LIMITS
        ],
        pairs=found["pairs"][:TABLE_PAIRS],
        more_pairs=max(0, len(found["pairs"]) - TABLE_PAIRS),
        matrix=_matrix(found["pairs"], f"{key}-matrix"),
        histogram=_histogram(kind_for(criterion.scale), found["values"], f"{key}-values"),
    )


_PERCENT_TITLE = "Percent agreement with 95% intervals"
_CHANCE_TITLE = "Agreement beyond chance with 95% intervals"


def _percent_rows(figures: Report, what: str) -> list[FigureRow]:
    """The three tie conventions; `what` says what must be the same."""
    start = {
        "Same answer": "Pairs of judgments of one task with the same answer.",
        "Same side": "Pairs that prefer the same response, however strongly.",
    }[what]
    return [
        FigureRow(f"{what}, {label}", f"{start} {told}", figures[name])
        for name, label, told in _PERCENT
    ]


def _at(found: Report, path: Sequence[str]) -> Report:
    for key in path:
        found = found[key]
    return found


def _nothing(counts: Mapping[str, int]) -> str:
    """The sentence for a criterion on which nobody can agree yet, or nothing."""
    if counts["tasks_judged_twice"]:
        return ""
    if not counts["judgments"]:
        return "Nobody has answered this question yet."
    tasks = "1 task has" if counts["tasks"] == 1 else f"{counts['tasks']:,} tasks have"
    return (
        "Agreement needs two raters on the same task. "
        f"So far {tasks} one judgment and none has two."
    )


def _forest(
    rows: Sequence[FigureRow], ident: str, title: str, *, percent: bool = False
) -> SafeString:
    shown = [
        ForestRow(
            label=row.label,
            value=row.figure["value"],
            low=row.figure["low"],
            high=row.figure["high"],
            n=row.figure["n"],
            reason=row.figure.get("reason", ""),
        )
        for row in rows
    ]
    return _drawn(forest_plot(shown, ident=ident, title=title, percent=percent))


def _matrix(pairs: Sequence[Report], ident: str) -> SafeString | None:
    """Cohen's kappa rater by rater, for three raters or more, but not too many."""
    names = sorted({pair[end] for pair in pairs for end in ("a", "b")}, key=str.casefold)
    if not 3 <= len(names) <= MATRIX_RATERS:
        return None
    place = {name: index for index, name in enumerate(names)}
    cells = {}
    for pair in pairs:
        first, second = sorted((place[pair["a"]], place[pair["b"]]))
        kappa = pair["cohen_kappa"]
        cells[first, second] = Cell(
            kappa["value"], pair["n"], kappa["low"], kappa["high"], kappa.get("reason", "")
        )
    return _drawn(pair_matrix(names, cells, ident=ident, title="Cohen's kappa, rater by rater"))


def _histogram(kind: Kind, values: Sequence[Report], ident: str) -> SafeString:
    bars = [Bar(kind.mark(item["value"]), item["count"]) for item in values]
    return _drawn(bar_histogram(bars, ident=ident, title="Answers along the scale"))


def _drawn(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308 - made by labeling.charts, which escapes every text
