"""What the agreement page shows of rankings, ratings and rules: words and charts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from labeling.charts import Bar
from labeling.kinds import kind_for
from labeling.lead.agreement.answer_rows import (
    ICC_FORMS,
    ac1_row,
    alpha_row,
    beside_rows,
    concordance_row,
    correlation_row,
    headline_rows,
    pair_alpha_row,
    same_answer_row,
    tau_row,
    violation_row,
)
from labeling.lead.agreement.drawings import (
    FigureRow,
    Json,
    forest,
    histogram,
    mark_rows,
    rater_matrix,
    turns_chart,
)
from projects.models import Criterion
from projects.scales import (
    CONVERSATION,
    GATE,
    ORDINAL,
    PER_PRINCIPLE,
    PREFERENCES,
    RANKING,
    YES_NO,
)

_OF_TASKS = frozenset({GATE, CONVERSATION})


@dataclass(frozen=True, slots=True)
class FigureGroup:
    """Figures on one axis, and what each means."""

    title: str
    rows: Sequence[FigureRow]
    chart: SafeString


@dataclass(frozen=True, slots=True)
class AnswersPanel:
    """Everything the page shows of one criterion that is no preference.

    `per_response`: single responses were judged, so that pairs of raters share responses.
    """

    key: str
    label: str
    wording: str
    is_retired: bool
    spans: str
    scale: str
    nothing: str
    judged: tuple[str, str]
    headline: Sequence[FigureRow]
    groups: Sequence[FigureGroup]
    beside_title: str
    beside: Sequence[FigureRow]
    principles: Sequence[Json]
    pairs: Sequence[Json]
    more_pairs: int
    pairs_are: str
    matrix: SafeString | None
    histogram: SafeString | None
    is_ranking: bool
    per_response: bool
    turns: SafeString | None
    is_preference: bool = False


def answers_panel(criterion: Criterion, figures: Json, spans: str) -> AnswersPanel:
    """The panel of a criterion by what its answers are."""
    is_ranking = figures["answer"] == RANKING
    measure = "kendall_tau" if is_ranking else "cohen_kappa"
    title = (
        _("Kendall's tau-b, rater by rater") if is_ranking else _("Cohen's kappa, rater by rater")
    )
    key = criterion.key
    return AnswersPanel(
        key=key,
        label=criterion.label,
        wording=criterion.wording,
        is_retired=criterion.is_retired,
        spans=spans,
        scale=_(criterion.scale.title),
        nothing=nothing_yet(figures),
        judged=_judged(figures),
        headline=headline_rows(figures),
        groups=_GROUPS[figures["answer"]](key, figures),
        beside_title=_("What holds together") if is_ranking else _("Rates"),
        beside=_beside(figures),
        principles=[
            {**rate, "row": violation_row(rate["violation"])}
            for rate in figures.get("principles", ())
        ],
        pairs=figures["pairs"],
        more_pairs=figures["counts"]["pairs_of_raters"] - len(figures["pairs"]),
        pairs_are=pairs_words(criterion),
        matrix=rater_matrix(figures["pairs"], f"{key}-matrix", title, measure),
        histogram=_histogram(criterion, figures),
        is_ranking=is_ranking,
        per_response=criterion.scale.per == "response",
        turns=turns_chart(figures["turns"], key),
    )


def _beside(figures: Json) -> list[FigureRow]:
    """What stands on cards, without what the panel begins with where it has a beginning."""
    first = [] if nothing_yet(figures) else [row.label for row in headline_rows(figures)]
    rows = [row for row in beside_rows(figures) if row.label not in first]
    return [*rows, *mark_rows(figures)]


def pairs_words(criterion: Criterion) -> str:
    """What two raters are compared by."""
    if criterion.family == RANKING:
        return _(
            "Kendall's tau-b: how far two raters put the responses of a task in one order, 1 being "
            "the same and −1 the opposite, the mean over the tasks that both ranked."
        )
    if criterion.family in {PREFERENCES, *_OF_TASKS}:
        return _(
            "Cohen's kappa: agreement of two raters beyond chance, 1 being full agreement and 0 "
            "chance, over the tasks that both judged."
        )
    return _(
        "Cohen's kappa: agreement of two raters beyond chance, 1 being full agreement and 0 "
        "chance, over the responses that both judged."
    )


def _group(key: str, name: str, title: str, rows: Sequence[FigureRow]) -> FigureGroup:
    is_percent = all(row.unit == "percent" for row in rows)
    words = _("%(title)s, with 95%% intervals") % {"title": title}
    return FigureGroup(title, rows, forest(rows, f"{key}-{name}", words, percent=is_percent))


def _ranking_groups(key: str, figures: Json) -> list[FigureGroup]:
    ties = (
        ("exact", _("Same order, level exact"), _("Level agrees with level only.")),
        ("half", _("Same order, level half"), _("Level beside an order counts one half.")),
        ("drop", _("Same order, level dropped"), _("Pairs that one puts level are left out.")),
    )
    percent = [
        FigureRow(label, meaning, figures["percent_agreement"][name])
        for name, label, meaning in ties
    ]
    chance = [tau_row(figures), concordance_row(figures), pair_alpha_row(figures)]
    return [
        _group(key, "percent", _("Pairs of responses that rankings imply"), percent),
        _group(key, "chance", _("Order and agreement beyond chance"), chance),
    ]


def _rating_groups(key: str, figures: Json) -> list[FigureGroup]:
    chance = [alpha_row(figures, level) for level in ("ordinal", "nominal", "interval")]
    groups = [
        _group(key, "percent", _("Percent agreement"), [same_answer_row(figures)]),
        _group(key, "chance", _("Beyond chance"), [*chance, ac1_row(figures)]),
    ]
    if figures["icc"]:
        rows = [correlation_row(figures, form) for form in ICC_FORMS]
        groups.append(_group(key, "icc", _("Intraclass correlations"), rows))
    return groups


def _yes_no_groups(key: str, figures: Json) -> list[FigureGroup]:
    rows = [ac1_row(figures), alpha_row(figures, "nominal")]
    return [
        _group(key, "percent", _("Percent agreement"), [same_answer_row(figures)]),
        _group(key, "chance", _("Beyond chance"), rows),
    ]


def _rule_groups(key: str, figures: Json) -> list[FigureGroup]:
    rows = [ac1_row(figures), alpha_row(figures, "ordinal")]
    return [
        _group(key, "percent", _("Percent agreement"), [same_answer_row(figures)]),
        _group(key, "chance", _("Beyond chance"), rows),
    ]


_GROUPS: Mapping[str, Callable[[str, Json], list[FigureGroup]]] = {
    RANKING: _ranking_groups,
    ORDINAL: _rating_groups,
    YES_NO: _yes_no_groups,
    PER_PRINCIPLE: _rule_groups,
    GATE: _yes_no_groups,
    CONVERSATION: _rating_groups,
}


def nothing_yet(figures: Json) -> str:
    """The sentence for a criterion on which nobody can agree yet, or nothing."""
    n, twice = _counted(figures)
    if twice:
        return ""
    if figures["answer"] in _OF_TASKS:
        sentence = ngettext(
            "Agreement needs two raters on the same task. So far %(n)s task has one.",
            "Agreement needs two raters on the same task. So far %(n)s tasks have one each.",
            n,
        )
    elif figures["answer"] == RANKING:
        sentence = ngettext(
            "Agreement needs two rankings of the same task. So far %(n)s task has one.",
            "Agreement needs two rankings of the same task. So far %(n)s tasks have one each.",
            n,
        )
    else:
        sentence = ngettext(
            "Agreement needs two raters on the same response. So far %(n)s response has one.",
            "Agreement needs two raters on the same response. So far %(n)s responses have "
            "one each.",
            n,
        )
    return sentence % {"n": f"{n:,}"} if n else _("Nobody has answered this question yet.")


def _judged(figures: Json) -> tuple[str, str]:
    """How much was judged twice or more, and of how much."""
    n, twice = _counted(figures)
    if figures["answer"] == RANKING:
        words = ngettext("of %(n)s task ranked", "of %(n)s tasks ranked", n)
    elif figures["answer"] in _OF_TASKS:
        words = ngettext("of %(n)s task", "of %(n)s tasks", n)
    else:
        words = ngettext("of %(n)s response judged", "of %(n)s responses judged", n)
    return f"{twice:,}", words % {"n": f"{n:,}"}


def _counted(figures: Json) -> tuple[int, int]:
    """How many tasks or responses were judged, and how many of them by two raters or more."""
    units = "tasks" if figures["answer"] in {RANKING, GATE} else "responses"
    counts = figures["counts"]
    return counts[units], counts[f"{units}_judged_twice"]


def _histogram(criterion: Criterion, figures: Json) -> SafeString | None:
    """Answers along the scale, and those without a value."""
    counts = figures["counts"]
    if "values" not in figures or not counts.get("answers", counts.get("judgments")):
        return None
    kind = kind_for(criterion.scale)
    bars = [
        Bar(kind.mark(criterion.scale, row["value"]), row["count"]) for row in figures["values"]
    ]
    unsaid = (("unsure", _("unsure")), ("not_applicable", _("not applicable")))
    bars += [Bar(words, n) for name, words in unsaid if (n := counts.get(name))]
    return histogram(bars, f"{criterion.key}-values", _("Answers along the scale"))
