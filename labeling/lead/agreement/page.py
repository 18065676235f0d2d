"""What the agreement page shows of a report: words and charts for every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from labeling.charts import (
    Bar,
    Cell,
    ForestRow,
    bar_histogram,
    forest_plot,
    narrow_forest_plot,
    pair_matrix,
)
from labeling.kinds import kind_for
from labeling.lead.agreement.report import agreement_state
from projects.models import Criterion, Project
from projects.scales import Scale
from projects.selectors.rubric import several_versions, spanned_wordings

#: Up to so many raters the pairs are drawn as a matrix; more are a table only.
MATRIX_RATERS = 12

#: Up to so many answers are computed for a glance: a page that shows much else.
GLANCE_ANSWERS = 10_000

Json = Mapping[str, Any]

_PERCENT = (
    ("exact", gettext_lazy("ties exact"), gettext_lazy("A tie agrees with a tie only.")),
    ("half", gettext_lazy("ties half"), gettext_lazy("A tie beside a preference counts one half.")),
    (
        "drop",
        gettext_lazy("ties dropped"),
        gettext_lazy("Pairs in which somebody answered a tie are left out."),
    ),
)
#: On a scale without strengths it is the nominal alpha.
_SIDE_ALPHA = ("side_alpha",)
_CHANCE = (
    (
        ("krippendorff_alpha", "symmetric"),
        gettext_lazy("Alpha, symmetric"),
        gettext_lazy(
            "The alpha that suits the scale: nominal without strengths, else ordinal. Like all "
            "figures beyond chance it does not depend on which response is called the first."
        ),
    ),
    (
        ("krippendorff_alpha", "nominal"),
        gettext_lazy("Alpha, nominal"),
        gettext_lazy("Answers are the same or different; how far apart they are does not matter."),
    ),
    (
        ("krippendorff_alpha", "ordinal"),
        gettext_lazy("Alpha, ordinal"),
        gettext_lazy("Answers further apart in the order of the scale disagree more."),
    ),
    (
        ("krippendorff_alpha", "interval"),
        gettext_lazy("Alpha, interval"),
        gettext_lazy("Answers disagree by the squared difference of their numbers on the scale."),
    ),
    (
        _SIDE_ALPHA,
        gettext_lazy("Alpha of the side"),
        gettext_lazy("Which response is preferred, however strongly; a tie is an answer too."),
    ),
    (
        ("fleiss_kappa",),
        gettext_lazy("Fleiss' kappa"),
        gettext_lazy(
            "Answers are the same or different; every task must have equally many judgments."
        ),
    ),
    (
        ("gwet_ac1",),
        gettext_lazy("Gwet's AC1"),
        gettext_lazy(
            "Answers are the same or different; steady where nearly all answers are alike."
        ),
    ),
    (
        ("brennan_prediger",),
        gettext_lazy("Brennan-Prediger"),
        gettext_lazy(
            "Answers are the same or different; "
            "chance is one in the number of answers to choose from."
        ),
    ),
)
_LIMITS = (
    (
        "noise_ceiling",
        gettext_lazy("Noise ceiling"),
        gettext_lazy("pairs of judgments"),
        gettext_lazy(
            "The accuracy that even a perfect model would show against single answers, "
            "if raters err each on their own and all tasks are as clear. "
            "Where some are clearer it is lower."
        ),
    ),
    (
        "self_consistency",
        gettext_lazy("Self-consistency"),
        gettext_lazy("repeats"),
        gettext_lazy(
            "Tasks given to the same rater a second time, without a word, and answered as before. "
            "Raters cannot agree with each other much better than each with themselves."
        ),
    ),
    (
        "side_bias",
        gettext_lazy("Chosen when shown first"),
        gettext_lazy("preferences"),
        gettext_lazy(
            "Preferences for the response shown first. Sides are drawn at random, "
            "so 50% means that the screen does not matter."
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure with its name, what it means in plain words, and what its n counts."""

    label: str
    meaning: str
    figure: Json
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything the page shows of one criterion."""

    key: str
    label: str
    wording: str
    is_retired: bool
    spans: str
    scale: str
    counts: Mapping[str, int]
    nothing: str
    sides_alone: str
    headline: tuple[FigureRow, FigureRow]
    percent: Sequence[FigureRow]
    percent_chart: SafeString
    chance: Sequence[FigureRow]
    chance_chart: SafeString
    limits: Sequence[FigureRow]
    pairs: Sequence[Json]
    more_pairs: int
    matrix: SafeString | None
    histogram: SafeString


def panels(project: Project, report: Json) -> list[Panel]:
    """One panel a criterion, in the order of the rubric."""
    spans = spanned_wordings(project, report["rubric_versions"])
    return [
        _panel(project, criterion, report["criteria"][criterion.key], spans.get(criterion.pk, ""))
        for criterion in project.criteria.all()
        if criterion.key in report["criteria"]
    ]


@dataclass(frozen=True, slots=True)
class Glance:
    """The two figures to quote of the primary criterion, as the whole page has them.

    `figures` are empty where there are none; `nothing` says why, or that they are on their way.
    `newer` judgments are not in them. `several_versions` is a sentence, or nothing.
    """

    wording: str
    figures: Sequence[FigureRow]
    nothing: str
    computed_at: datetime | None = None
    newer: int = 0
    several_versions: str = ""


def agreement_at_a_glance(project: Project) -> Glance | None:
    """Agreement on the primary criterion from the report that the whole page shows."""
    criterion = project.criteria.filter(is_primary=True).first()
    if criterion is None:
        return None
    state = agreement_state(project, at_once=GLANCE_ANSWERS)
    figures = state.report.data["criteria"].get(criterion.key) if state.report else None
    if state.report is None or figures is None or (state.newer and _nothing(figures["counts"])):
        later = _("The figures are being computed. Look again in a minute.")
        return Glance(criterion.wording, (), later)
    nothing = _nothing(figures["counts"])
    quoted = () if nothing else headline(project, criterion, figures)
    several = several_versions(state.report.data.get("rubric_versions", {}))
    computed_at = state.report.computed_at
    return Glance(criterion.wording, quoted, nothing, computed_at, state.newer, several)


def headline(project: Project, criterion: Criterion, figures: Json) -> tuple[FigureRow, FigureRow]:
    """The two figures to quote of a criterion, wherever they are shown.

    How many pairs agree, ties counted as the project has it and on the side alone where a scale has
    strengths; and the alpha that suits the scale.
    """
    place = [name for name, _label, _meaning in _PERCENT].index(project.tie_policy)
    rows = (
        _side_rows(figures["same_side"])
        if criterion.scale.strongest > 1
        else _percent_rows(figures["percent_agreement"])
    )
    path, label, meaning = _CHANCE[0]
    return rows[place], FigureRow(str(label), str(meaning), _at(figures, path))


def _panel(project: Project, criterion: Criterion, figures: Json, spans: str) -> Panel:
    key = criterion.key
    strengths = criterion.scale.strongest > 1
    percent = _percent_rows(figures["percent_agreement"])
    sides = _side_rows(figures["same_side"]) if strengths else []
    chance = [
        FigureRow(str(label), str(meaning), _at(figures, path))
        for path, label, meaning in _CHANCE
        if strengths or path != _SIDE_ALPHA
    ]
    return Panel(
        key=key,
        label=criterion.label,
        wording=criterion.wording,
        is_retired=criterion.is_retired,
        spans=spans,
        scale=_(criterion.scale.title),
        counts=figures["counts"],
        nothing=_nothing(figures["counts"]),
        sides_alone=_sides_alone(figures["counts"]["side_only"]),
        headline=headline(project, criterion, figures),
        percent=[*sides, *percent],
        percent_chart=_forest(
            [*sides, *percent],
            f"{key}-percent",
            _("Percent agreement with 95% intervals"),
            percent=True,
        ),
        chance=chance,
        chance_chart=_forest(
            chance, f"{key}-chance", _("Agreement beyond chance with 95% intervals")
        ),
        limits=[
            FigureRow(str(label), str(meaning), figures[name], str(counted))
            for name, label, counted, meaning in _LIMITS
        ],
        pairs=figures["pairs"],
        more_pairs=figures["counts"]["pairs_of_raters"] - len(figures["pairs"]),
        matrix=_matrix(figures["pairs"], f"{key}-matrix"),
        histogram=_histogram(criterion.scale, figures, f"{key}-values"),
    )


def _percent_rows(figures: Json) -> list[FigureRow]:
    """Pairs with the same answer, under the three tie conventions."""
    start = _("Pairs of judgments of one task with the same answer.")
    return [
        FigureRow(_("Same answer, %(ties)s") % {"ties": ties}, f"{start} {meaning}", figures[name])
        for name, ties, meaning in _PERCENT
    ]


def _side_rows(figures: Json) -> list[FigureRow]:
    """Pairs that prefer the same response, under the three tie conventions."""
    start = _("Pairs that prefer the same response, however strongly.")
    return [
        FigureRow(_("Same side, %(ties)s") % {"ties": ties}, f"{start} {meaning}", figures[name])
        for name, ties, meaning in _PERCENT
    ]


def _at(figures: Json, path: Sequence[str]) -> Json:
    for key in path:
        figures = figures[key]
    return figures


def _nothing(counts: Mapping[str, int]) -> str:
    """The sentence for a criterion on which nobody can agree yet, or nothing."""
    if counts["tasks_judged_twice"]:
        return ""
    if not counts["judgments"]:
        return _("Nobody has answered this question yet.")
    sentence = ngettext(
        "Agreement needs two raters on the same task. "
        "So far %(tasks)s task has one judgment and none has two.",
        "Agreement needs two raters on the same task. "
        "So far %(tasks)s tasks have one judgment and none has two.",
        counts["tasks"],
    )
    return sentence % {"tasks": f"{counts['tasks']:,}"}


def _sides_alone(n: int) -> str:
    """The sentence on imported labels without a strength, or nothing."""
    if not n:
        return ""
    sentence = ngettext(
        "%(n)s answer tells the side only: which response is better, and not how much. It counts "
        "in “same side”, the alpha of the side and the noise ceiling, and in no figure of the "
        "strength.",
        "%(n)s answers tell the side only: which response is better, and not how much. They count "
        "in “same side”, the alpha of the side and the noise ceiling, and in no figure of the "
        "strength.",
        n,
    )
    return sentence % {"n": f"{n:,}"}


def _forest(
    rows: Sequence[FigureRow], ident: str, title: str, *, percent: bool = False
) -> SafeString:
    bars = [
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
    wide = forest_plot(bars, ident=ident, title=title, percent=percent)
    narrow = narrow_forest_plot(bars, ident=f"{ident}-narrow", title=title, percent=percent)
    return _drawn(f'<div class="chart-wide">{wide}</div><div class="chart-narrow">{narrow}</div>')


def _matrix(pairs: Sequence[Json], ident: str) -> SafeString | None:
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
    return _drawn(pair_matrix(names, cells, ident=ident, title=_("Cohen's kappa, rater by rater")))


def _histogram(scale: Scale, figures: Json, ident: str) -> SafeString:
    kind, sides_alone = kind_for(scale), figures["counts"]["side_only"]
    bars = [Bar(kind.mark(scale, item["value"]), item["count"]) for item in figures["values"]]
    if sides_alone:
        bars.append(Bar(_("strength not told"), sides_alone))
    return _drawn(bar_histogram(bars, ident=ident, title=_("Answers along the scale")))


def _drawn(svg: str) -> SafeString:
    return mark_safe(svg)  # noqa: S308 - made by labeling.charts, which escapes every text
