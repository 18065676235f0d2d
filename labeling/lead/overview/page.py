"""What needs a person now, in words, each with the page on which it is cleared."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import OuterRef, Subquery
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from labeling.lead.overview.report import known_contested
from labeling.lead.overview.selectors import failure_kind, lacks_raters, newest_failures
from labeling.lead.tasks.filters import TaskState
from labeling.models import Import, Job, Release, Task, TaskChange, Withdrawal
from labeling.teaching.qualification.selectors import lacking
from labeling.vocabulary import Purpose
from labeling.work.kept import kept_reports, renew_report
from projects.guidelines.selectors import current_guideline, unread_memberships
from projects.models import Guideline, Membership, Project
from projects.navigation import Waiting
from projects.permissions import Action, role_may
from projects.services.reminders import remindable

#: So many people are named; the page of members names all.
_NAMED = 3
_NEEDS = "needs"
_NEEDS_AGE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Need:
    """What waits for a person: a sentence, the page that clears it, and the words of the link.

    With `may_set_aside` it also goes when somebody says that nothing is to be done.
    """

    kind: str
    count: int
    sentence: str
    address: str
    link: str
    may_set_aside: bool = False


def needs_of(
    project: Project, contested: Mapping[str, int], guideline: Guideline | None = None
) -> list[Need]:
    """What a person can clear now, most urgent first; what nobody can act on is left out.

    `contested` are the tasks that wait, as they were counted last; `guideline` is the current one
    where it is known.
    """
    needs = [_failure(project, job) for job in newest_failures(project)]
    guideline = guideline or current_guideline(project)
    if guideline is None:
        needs.append(
            Need(
                kind="no_guideline",
                count=1,
                sentence=_("There is no guideline yet."),
                address=reverse("projects:guideline-edit", args=[project.slug]),
                link=_("Write it"),
            )
        )
    if project.status == project.Status.ACTIVE:
        if lacks_raters(project):
            needs.append(
                Need(
                    kind="no_raters",
                    count=1,
                    sentence=_("There is no rater yet."),
                    address=reverse("projects:members", args=[project.slug]) + "#invite",
                    link=_("Invite"),
                )
            )
        needs += _unread(project, guideline)
        needs += _without_right_answers(project)
        needs += _without_stage_tasks(project)
    return needs + _reported(project, contested)


def needs_noted(membership: Membership) -> Combinable | None:
    """How many things the overview listed for a lead, of late; an expression of the project."""
    if not role_may(membership.role, Action.CONFIGURE):
        return None
    kept = kept_reports(_NEEDS, younger_than=_NEEDS_AGE).filter(project=OuterRef("pk"))
    return Subquery(kept.values("data__things"))


def needs_waiting(membership: Membership, noted: int | None) -> Waiting | None:
    """What the overview lists for a lead, for the navigation of every page; nobody waits for it.

    It is counted at most every `_NEEDS_AGE`, and of a large project with the tasks as a worker
    counted them last.
    """
    project = membership.project
    if not role_may(membership.role, Action.CONFIGURE):
        return None
    if noted is not None:
        return _in_words(noted)
    return note_needs(project, needs_of(project, known_contested(project)))


def note_needs(project: Project, needs: Collection[Need]) -> Waiting | None:
    """Keeps how many things the overview lists, for the navigation of the next pages."""
    renew_report(project, _NEEDS, data={"things": len(needs)})
    return _in_words(len(needs))


def _in_words(n: int) -> Waiting | None:
    words = ngettext("%(n)d thing needs you", "%(n)d things need you", n) % {"n": n}
    return Waiting(n, words) if n else None


def _unread(project: Project, guideline: Guideline | None) -> list[Need]:
    """Raters to remind; who was reminded of late can only be waited for."""
    unread = remindable(unread_memberships(project, guideline))
    rows = list(unread[: _NAMED + 1])
    if not rows:
        return []
    n = len(rows) if len(rows) <= _NAMED else unread.count()
    names = [membership.user.display_name for membership in rows[:_NAMED]]
    others = n - len(names)
    listed = ", ".join(names)
    if others:
        words = ngettext("%(names)s and %(n)d other", "%(names)s and %(n)d others", others)
        listed = words % {"names": listed, "n": others}
    sentence = ngettext(
        "%(names)s has not read the current guideline and gets no task.",
        "%(names)s have not read the current guideline and get no task.",
        n,
    )
    return [
        Need(
            kind="not_acknowledged",
            count=n,
            sentence=sentence % {"names": listed},
            address=reverse("projects:members", args=[project.slug]) + "#unread",
            link=_("Remind"),
        )
    ]


def _without_right_answers(project: Project) -> list[Need]:
    """Checks that are to be mixed in, of tasks that are there, and that nobody has made."""
    sentences = {
        Purpose.GOLD: (project.gold_rate, _("Gold is to be mixed in, and no task is gold yet.")),
        Purpose.ANCHOR: (
            project.anchors_per_batch,
            _("Anchors are to be mixed in, and no task is an anchor yet."),
        ),
    }
    wanted = {purpose: sentence for purpose, (rate, sentence) in sentences.items() if rate}
    if not wanted:
        return []
    tasks = Task.objects.in_play().filter(project=project)
    if not tasks.filter(purpose=Purpose.LIVE).exists():
        return []
    made = set(tasks.filter(purpose__in=wanted).values_list("purpose", flat=True).distinct())
    return [
        Need(
            kind=f"no_{purpose}",
            count=1,
            sentence=sentence,
            address=reverse("labeling:tasks", args=[project.slug]),
            link=_("Choose tasks"),
        )
        for purpose, sentence in wanted.items()
        if purpose not in made
    ]


def _without_stage_tasks(project: Project) -> list[Need]:
    """A stage before the first live task with fewer tasks than it asks for: nobody can begin it."""
    if not project.has_stages or not lacking(project):
        return []
    return [
        Need(
            kind="no_stage_tasks",
            count=1,
            sentence=_("Raters are to train or qualify first, and the tasks for it are missing."),
            address=reverse("labeling:qualification", args=[project.slug]) + "#tasks",
            link=_("Make them"),
        )
    ]


def _reported(project: Project, contested: Mapping[str, int]) -> list[Need]:
    n = contested.get("reported", 0)
    if not n:
        return []
    reasons = {
        "flagged": _("%(n)s flagged"),
        "broken": _("%(n)s broken or impossible to show"),
        "skipped": _("%(n)s skipped by two raters or more"),
    }
    parts = [
        words % {"n": f"{contested[key]:,}"} for key, words in reasons.items() if contested[key]
    ]
    sentence = ngettext(
        "Raters report %(n)s task: %(parts)s.", "Raters report %(n)s tasks: %(parts)s.", n
    )
    tasks = reverse("labeling:tasks", args=[project.slug])
    return [
        Need(
            kind="reported",
            count=n,
            sentence=sentence % {"n": f"{n:,}", "parts": ", ".join(parts)},
            address=f"{tasks}?state={TaskState.REPORTED}",
            link=_("Look"),
        )
    ]


def _failure(project: Project, job: Job) -> Need:
    words, place = _FAILURES[type(job)]
    return Need(
        kind=failure_kind(job),
        count=1,
        sentence=str(words),
        address=place(project.slug, job),
        link=_("See why"),
        may_set_aside=True,
    )


_Place = Callable[[str, Any], str]
_FAILURES: Mapping[type[Job], tuple[str | Promise, _Place]] = {
    Import: (
        gettext_lazy("The newest import failed."),
        lambda slug, job: reverse("labeling:import", args=[slug, job.pk]),
    ),
    Release: (
        gettext_lazy("The newest release failed."),
        lambda slug, job: reverse("labeling:release", args=[slug, job.number]),
    ),
    Withdrawal: (
        gettext_lazy("The newest withdrawal of tasks failed."),
        lambda slug, job: reverse("labeling:withdrawal", args=[slug, job.pk]),
    ),
    TaskChange: (
        gettext_lazy("The newest change of tasks failed."),
        lambda slug, job: reverse("labeling:task-change", args=[slug, job.pk]),
    ),
}
