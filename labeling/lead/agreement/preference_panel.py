"""What the agreement page shows of preferences: words and charts for every figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from labeling.charts import Bar
from labeling.kinds import kind_for
from labeling.lead.agreement.drawings import (
    FigureRow,
    Json,
    forest,
    histogram,
    mark_rows,
    rater_matrix,
    turns_chart,
)
from projects.models import Criterion, Project
from projects.scales import Scale

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
    turns: SafeString | None
    versions: Json | None
    is_preference: bool = True


def preference_headline(
    project: Project, criterion: Criterion, figures: Json
) -> tuple[FigureRow, FigureRow]:
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
    same = replace(rows[place], counted=_("pairs of judgments"))
    alpha = FigureRow(str(label), str(meaning), _at(figures, path), _("tasks"), unit="number")
    return same, alpha


def preference_panel(project: Project, criterion: Criterion, figures: Json, spans: str) -> Panel:
    """The panel of a criterion that is answered by preferring one of two."""
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
        nothing=nobody_twice(figures["counts"]),
        sides_alone=_sides_alone(figures["counts"]["side_only"]),
        headline=preference_headline(project, criterion, figures),
        percent=[*sides, *percent],
        percent_chart=forest(
            [*sides, *percent],
            f"{key}-percent",
            _("Percent agreement with 95% intervals"),
            percent=True,
        ),
        chance=chance,
        chance_chart=forest(
            chance, f"{key}-chance", _("Agreement beyond chance with 95% intervals")
        ),
        limits=[*limit_rows(figures).values(), *_circles(figures), *mark_rows(figures)],
        pairs=figures["pairs"],
        more_pairs=figures["counts"]["pairs_of_raters"] - len(figures["pairs"]),
        matrix=rater_matrix(figures["pairs"], f"{key}-matrix", _("Cohen's kappa, rater by rater")),
        histogram=_histogram(criterion.scale, figures, f"{key}-values"),
        turns=turns_chart(figures["turns"], key),
        versions=figures.get("guideline_versions"),
    )


def limit_rows(figures: Json) -> dict[str, FigureRow]:
    """What limits agreement, by the names of the figures."""
    return {
        name: FigureRow(
            str(label),
            str(meaning),
            figures[name],
            str(counted),
            verdict=_side_verdict(figures[name]) if name == "side_bias" else "",
        )
        for name, label, counted, meaning in _LIMITS
    }


def _side_verdict(side: Json) -> str:
    """What an interval without one half says of the screen; nothing for any other."""
    if side["low"] is None or side["low"] <= 0.5 <= side["high"] or side.get("p") is None:
        return ""
    p = _("p below 0.001") if side["p"] < 0.001 else _("p = %(p).3f") % {"p": side["p"]}
    if side["low"] > 0.5:
        return _("the screen matters: its first place is preferred, %(p)s") % {"p": p}
    return _("the screen matters: its second place is preferred, %(p)s") % {"p": p}


def _circles(figures: Json) -> list[FigureRow]:
    """Circles of each rater's preferences, where somebody compared three responses of a prompt."""
    if not figures["circular_triads"]["n"]:
        return []
    return [
        FigureRow(
            _("Circular triads"),
            _(
                "Three responses of a prompt of which a rater prefers the first to the second, the "
                "second to the third and the third to the first, in tasks of their own."
            ),
            figures["circular_triads"],
            _("triples"),
        ),
        FigureRow(
            _("Consistence"),
            _("Kendall's zeta of the same, where a rater decided all pairs: 1 is an order."),
            figures["consistence"],
            _("prompts of a rater"),
            unit="number",
        ),
    ]


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


def nobody_twice(counts: Mapping[str, int]) -> str:
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


def _histogram(scale: Scale, figures: Json, ident: str) -> SafeString:
    kind, sides_alone = kind_for(scale), figures["counts"]["side_only"]
    bars = [Bar(kind.mark(scale, item["value"]), item["count"]) for item in figures["values"]]
    if sides_alone:
        bars.append(Bar(_("strength not told"), sides_alone))
    return histogram(bars, ident, _("Answers along the scale"))
