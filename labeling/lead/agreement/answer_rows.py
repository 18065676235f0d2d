"""Figures of rankings, ratings and rules as rows: what each is called, means and counts."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labeling.lead.agreement.drawings import FigureRow, Json
from projects.scales import CONVERSATION, GATE, ORDINAL, RANKING, SCALES, YES_NO

_Words = str | Promise

_PAIRS = gettext_lazy("pairs of answers")
_RESPONSES = gettext_lazy("responses")
_TASKS = gettext_lazy("tasks")
_ANSWERS = gettext_lazy("answers")

#: Answers about a whole task.
_OF_TASKS = frozenset({GATE, CONVERSATION})

#: The forms of Shrout and Fleiss, and what each is the reliability of.
ICC_FORMS = {
    "1,1": gettext_lazy("One rating, any raters."),
    "2,1": gettext_lazy("One rating, by raters who stand for others and rated everything."),
    "3,1": gettext_lazy("One rating, by these raters; one of them being stricter does not count."),
    "1,k": gettext_lazy("The mean of a response's ratings, any raters."),
    "2,k": gettext_lazy("The mean of a response's ratings, by raters who rated everything."),
    "3,k": gettext_lazy("The same, one of these raters being stricter does not count."),
}


def headline_rows(figures: Json) -> list[FigureRow]:
    """The figures to quote, wherever they are shown: raw agreement, then beyond chance."""
    answer = figures["answer"]
    if answer == RANKING:
        return [same_order_row(figures), pair_alpha_row(figures), tau_row(figures)]
    same = same_answer_row(figures)
    if answer == GATE:
        return [same, ac1_row(figures), stopped_row(figures)]
    if answer in {ORDINAL, CONVERSATION}:
        return [same, alpha_row(figures, "ordinal"), correlation_row(figures, "1,1")]
    if answer == YES_NO:
        return [same, ac1_row(figures), yes_row(figures)]
    return [same, ac1_row(figures), violation_row(figures["violation"])]


def third_rows(figures: Json) -> list[FigureRow]:
    """What stands beside those in the row of the criterion."""
    if figures["answer"] == RANKING:
        return [concordance_row(figures)]
    if figures["answer"] == GATE:
        return [alpha_row(figures, "nominal")]
    if figures["answer"] in {ORDINAL, CONVERSATION}:
        return [correlation_row(figures, "1,k")]
    return [_unsure(figures)]


def violation_row(figure: Json) -> FigureRow:
    """How often a rule is broken."""
    return FigureRow(
        _("Broken"),
        _("Answers that say that the rule is broken, of those that say whether it is."),
        figure,
        _("answers"),
        unit="rate",
    )


def same_order_row(figures: Json) -> FigureRow:
    """Raw agreement on every two responses."""
    return FigureRow(
        _("Same order of two"),
        _("Of every two responses of a task, two raters put the same one first, or both level."),
        figures["percent_agreement"]["exact"],
        str(_PAIRS),
    )


def pair_alpha_row(figures: Json) -> FigureRow:
    """Alpha of the pairs that rankings imply."""
    return FigureRow(
        _("Alpha of pairs"),
        _(
            "Krippendorff's alpha of the preferences that rankings imply, a tie being an answer "
            "too; it does not depend on which response is called the first."
        ),
        figures["pair_alpha"],
        _("pairs of responses"),
        unit="number",
    )


def tau_row(figures: Json) -> FigureRow:
    """Tau-b within tasks."""
    return FigureRow(
        _("Kendall's tau-b"),
        _(
            "How far two raters put the responses of a task in one order: 1 the same, 0 no more "
            "than by chance, −1 the opposite."
        ),
        figures["kendall_tau"],
        str(_TASKS),
        unit="number",
    )


def concordance_row(figures: Json) -> FigureRow:
    """W within tasks."""
    return FigureRow(
        _("Kendall's W"),
        _(
            "How far all raters of a task put its responses in one order, 0 to 1. Without any "
            "agreement it is about one over their number, not 0."
        ),
        figures["kendall_w"],
        str(_TASKS),
        unit="number",
    )


def same_answer_row(figures: Json) -> FigureRow:
    """Raw agreement on a response."""
    if figures["answer"] in _OF_TASKS:
        meaning = _("Two raters give a task the same answer.")
    elif "violation" in figures:
        meaning = _(
            "Two raters say the same of a response: that the rule is broken, or that it is not."
        )
    else:
        meaning = _("Two raters give a response the same answer.")
    return FigureRow(_("Same answer"), meaning, figures["percent_agreement"], str(_PAIRS))


def alpha_row(figures: Json, level: str) -> FigureRow:
    """Krippendorff's alpha at one level."""
    labels: Mapping[str, tuple[_Words, _Words]] = {
        "nominal": (
            _("Alpha, nominal"),
            _("Answers are the same or different; how far apart they are does not matter."),
        ),
        "ordinal": (
            _("Alpha, ordinal"),
            _("Answers further apart in the order of the scale disagree more."),
        ),
        "interval": (
            _("Alpha, interval"),
            _("Answers disagree by the squared difference of their numbers on the scale."),
        ),
    }
    label, meaning = labels[level]
    figure = figures["krippendorff_alpha"][level]
    return FigureRow(str(label), str(meaning), figure, _judged(figures), unit="number")


def ac1_row(figures: Json) -> FigureRow:
    """Gwet's AC1."""
    return FigureRow(
        _("Gwet's AC1"),
        _("Agreement beyond chance that stays steady where nearly all answers are alike."),
        figures["gwet_ac1"],
        _judged(figures),
        unit="number",
    )


def correlation_row(figures: Json, form: str) -> FigureRow:
    """One form of the intraclass correlation."""
    return FigureRow(
        f"ICC({form})",
        _("The share of the variance that lies between what is rated. %(form)s")
        % {"form": ICC_FORMS[form]},
        figures["icc"][form],
        _judged(figures),
        unit="number",
    )


def _judged(figures: Json) -> str:
    """What is judged by itself, and counted."""
    return str(_TASKS if figures["answer"] in _OF_TASKS else _RESPONSES)


def stopped_row(figures: Json) -> FigureRow:
    """How often the gate ended a task."""
    meaning = _("Answers that end the task: it has no other answer, and is in no other figure.")
    return FigureRow(_("Not judged"), meaning, figures["stopped"], str(_ANSWERS), unit="rate")


def _gate_rows(figures: Json) -> list[FigureRow]:
    """How often each answer to a gate was given."""
    meaning = _("Of all answers to this question.")
    labels = {option.value: _(option.label) for option in SCALES[GATE].options}
    return [
        FigureRow(labels[answer["value"]], meaning, answer["rate"], str(_ANSWERS), unit="rate")
        for answer in figures["rates"]
    ]


def yes_row(figures: Json) -> FigureRow:
    """How often yes."""
    meaning = _("How often the answer is yes, of yes and no.")
    return FigureRow(_("Yes"), meaning, figures["yes"], str(_ANSWERS), unit="rate")


def _unsure(figures: Json) -> FigureRow:
    meaning = _("Of all answers. They are in no figure of agreement.")
    return FigureRow(_("Unsure"), meaning, figures["unsure"], str(_ANSWERS), unit="rate")


def _not_applicable(figures: Json) -> FigureRow:
    meaning = _("Of all answers. They are in no figure of agreement.")
    figure = figures["not_applicable"]
    return FigureRow(_("Not applicable"), meaning, figure, str(_ANSWERS), unit="rate")


def _steady_row(figures: Json) -> FigureRow:
    is_ranking = figures["answer"] == RANKING
    return FigureRow(
        _("Self-consistency"),
        _("Of tasks given to the same rater a second time, without a word: answered as before."),
        figures["self_consistency"],
        _("pairs of responses") if is_ranking else str(_RESPONSES),
    )


def beside_rows(figures: Json) -> list[FigureRow]:
    """Figures on cards: of rankings whether they hold together, else what was left unsaid."""
    if figures["answer"] == GATE:
        return _gate_rows(figures)
    if figures["answer"] != RANKING:
        rows = [violation_row(figures["violation"])] if "violation" in figures else []
        rows += [yes_row(figures)] if figures.get("yes") else []
        # A scale that offers neither has no rate to show.
        beside = [_unsure(figures), _not_applicable(figures), _steady_row(figures)]
        return rows + [row for row in beside if row.figure["value"] is not None]
    pairs = _("pairs in rankings")
    steady = _steady_row(figures)
    return [
        *([] if steady.figure["value"] is None else [steady]),
        FigureRow(_("Level"), _("Pairs of a ranking that it puts level."), figures["ties"], pairs),
        FigureRow(
            _("Circular triads"),
            _(
                "Three responses of a task of which most raters put the first over the second, the "
                "second over the third and the third over the first: no one order fits."
            ),
            figures["circular_triads"],
            _("triples"),
        ),
        FigureRow(
            _("Consistence"),
            _("Kendall's zeta of the same, where most decide every pair: 1 is a perfect order."),
            figures["consistence"],
            str(_TASKS),
            unit="number",
        ),
        FigureRow(
            _("Rated the other way"),
            _("Pairs of responses that a rater ranked one way and rated the other."),
            figures["contradictions"],
            pairs,
        ),
    ]
