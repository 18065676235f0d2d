"""What the planner says: a plan in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from labeling.lead.planning.report import ASSUMED, DATA, PROJECT
from projects.templatetags.concord import percent, rare

_Plain = Mapping[str, Any]

ORIGIN_WORDS = {
    DATA: gettext_lazy("from the data so far"),
    PROJECT: gettext_lazy("as the project has it"),
    ASSUMED: gettext_lazy("assumed"),
}


def plan_lede(figures: _Plain) -> list[str]:
    """What it takes to tell the difference, and to know a share so nearly."""
    assumed, detect, width = (figures[name] for name in ("assumptions", "detect", "half_width"))
    words = ngettext(
        "To tell a win rate of %(share)s from 50%% takes %(n)s decided comparison: about %(all)s "
        "with the ties.",
        "To tell a win rate of %(share)s from 50%% takes %(n)s decided comparisons: about %(all)s "
        "with the ties.",
        detect["decided"],
    )
    shown = {"n": f"{detect['decided']:,}", "all": f"{detect['comparisons']:,}"}
    told_apart = words % {"share": rare(assumed["share"]), **shown}
    words = ngettext(
        "To know a share to %(points)s points either way takes %(n)s judgment.",
        "To know a share to %(points)s points either way takes %(n)s judgments.",
        width["judgments"],
    )
    points = f"{100 * assumed['half_width']:.3g}"
    return [told_apart, words % {"points": points, "n": f"{width['judgments']:,}"}]


def plan_sentences(figures: _Plain) -> list[str]:
    """What the tasks and judgments of the plan tell, take and cost."""
    plan, assumed = figures["plan"], figures["assumptions"]
    words = ngettext(
        "%(tasks)s task, each judged by %(overlap)d: a win rate of %(share)s would come with an "
        "interval of about %(low)s to %(high)s.",
        "%(tasks)s tasks, each judged by %(overlap)d: a win rate of %(share)s would come with an "
        "interval of about %(low)s to %(high)s.",
        plan["tasks"],
    )
    shown = {"tasks": f"{plan['tasks']:,}", "overlap": plan["overlap"]}
    ends = {name: rare(plan[name]) for name in ("low", "high")}
    sentences = [words % {**shown, "share": rare(assumed["share"]), **ends}]
    sentences.append(_least(plan, figures["reason"]))
    return [*sentences, *_work(plan, assumed)]


def _least(plan: _Plain, reason: str | None) -> str:
    if plan["accuracy"] is None:
        return reason or ""
    if plan["least_share"] is None:
        return _("That is too little to tell any win rate from 50%.")
    words = _(
        "The label of a task is right %(right)s, so that a true win rate from %(least)s on can be "
        "told from 50%% (four times of five)."
    )
    return words % {"right": percent(plan["accuracy"]), "least": rare(plan["least_share"])}


def _work(plan: _Plain, assumed: _Plain) -> list[str]:
    words = ngettext(
        "It takes %(n)s judgment, gold and repeats among them.",
        "It takes %(n)s judgments, gold and repeats among them.",
        plan["judgments"],
    )
    sentences = [words % {"n": f"{plan['judgments']:,}"}]
    if plan["hours"] is not None:
        sentences.append(_("That is %(hours)s hours of work.") % {"hours": hours(plan["hours"])})
    if plan["judgments_each"] is not None:
        words = ngettext(
            "Each of %(people)s raters gives %(n)s judgment.",
            "Each of %(people)s raters gives %(n)s judgments.",
            plan["judgments_each"],
        )
        shown = {"people": f"{assumed['people']:,}", "n": f"{plan['judgments_each']:,}"}
        sentences.append(words % shown)
    if plan["hours_each"] is not None:
        words = _("That is %(hours)s hours each.")
        sentences.append(words % {"hours": hours(plan["hours_each"])})
    if plan["total"] is not None:
        sentences.append(_("It costs %(total)s.") % {"total": money(plan["total"])})
    return sentences


def hours(value: float) -> str:
    """Hours as people say them: one decimal of few."""
    return f"{value:,.1f}" if value < 20 else f"{value:,.0f}"


def money(value: float) -> str:
    """An amount in whatever currency prices are in."""
    return f"{value:,.2f}"


def so_far_sentences(figures: _Plain) -> list[str]:
    """How the interval of the agreement so far narrows."""
    known = figures["so_far"]
    if known is None:
        return []
    agreement = known["agreement"]
    words = _(
        "Two raters prefer the same response %(share)s so far (%(low)s to %(high)s, "
        "n = %(n)s pairs)."
    )
    shown = {name: rare(agreement[name]) for name in ("low", "high")}
    shown |= {"share": rare(agreement["value"]), "n": f"{agreement['n']:,}"}
    sentences = [words % shown]
    for more in known["expected"][1:]:
        words = _("With %(n)s pairs like these, about %(low)s to %(high)s.")
        ends = {name: rare(more[name]) for name in ("low", "high")}
        sentences.append(words % {"n": f"{more['n']:,}", **ends})
    return sentences


def versions_sentence(figures: _Plain) -> str:
    """What it takes to see that a version of the guideline helped."""
    versions = figures["versions"]
    words = _(
        "To see agreement rise from %(first)s to %(second)s under a new version of the guideline "
        "takes %(n)s pairs of judgments under each."
    )
    ends = {name: rare(versions[name]) for name in ("first", "second")}
    return words % {**ends, "n": f"{versions['pairs_each']:,}"}
