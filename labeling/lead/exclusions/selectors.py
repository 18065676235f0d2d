"""Whose judgments can be excluded, which a period comes to, and what was excluded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from django.db.models import Exists, Max, Min, OuterRef, Q
from django.http import Http404
from django.utils.translation import gettext as _

from labeling.lead.raters.downloads import Days, rater_pseudonym
from labeling.models import Assignment, Exclusion, Judgment
from labeling.models.exclusions import ExclusionQuerySet
from labeling.models.judgments import JudgmentQuerySet
from labeling.vocabulary import Purpose
from projects.access import require_row
from projects.forms.rows import posted_id
from projects.models import Membership, Project, User


@dataclass(frozen=True, slots=True)
class RangeOfJudgments:
    """Judgments of a rater by their ids, `newest` 0 without any.

    `judgments` count now and would not count then; live ones among them stand on `tasks`.
    """

    first: int
    newest: int
    judgments: int
    tasks: int


@dataclass(frozen=True, slots=True)
class RaterHere:
    """Somebody who judged in a project, `member` where they still have a page of their own."""

    user: User
    code: str
    member: Membership | None


def find_rater(project: Project, code: str) -> RaterHere:
    """The rater of a membership's id, or of a pseudonym of the project's times: also one who left,
    or stands for labels that were imported. Raises Http404."""
    members = Membership.objects.filter(project=project).select_related("user")
    if (pk := posted_id(code)) is not None:
        member = require_row(
            members.filter(pk=pk).first(), _("There is no such rater in this project.")
        )
        return RaterHere(member.user, str(member.pk), member)
    judged = Assignment.objects.filter(rater=OuterRef("pk"), project=project)
    for user in User.objects.filter(Exists(judged)).order_by("pk").iterator(chunk_size=2_000):
        if rater_pseudonym(project, user.pk) == code:
            return RaterHere(user, code, members.filter(user=user).first())
    raise Http404(_("There is no such rater in this project."))


def range_of(project: Project, rater: User, days: Days, zone: tzinfo) -> RangeOfJudgments:
    """The judgments that a rater gave on some days, or all of them until now."""
    own = Judgment.objects.filter(project=project, rater=rater).filter(_on(days, zone))
    ends = own.aggregate(first=Min("pk"), newest=Max("pk"))
    if ends["newest"] is None:
        return RangeOfJudgments(0, 0, 0, 0)
    within = judgments_within(project, rater, ends["first"], ends["newest"]).counting()
    live = within.filter(purpose=Purpose.LIVE).values("task").distinct()
    return RangeOfJudgments(ends["first"], ends["newest"], within.count(), live.count())


def judgments_within(project: Project, rater: User, first: int, newest: int) -> JudgmentQuerySet:
    """All rows of a rater from one id to another."""
    rows = Judgment.objects.filter(project=project, rater=rater)
    return rows.filter(pk__gte=first, pk__lte=newest)


def _on(days: Days, zone: tzinfo) -> Q:
    """Given on these days of a time zone."""
    bounds = Q()
    if days.since is not None:
        bounds &= Q(created_at__gte=datetime.combine(days.since, time(), zone))
    if days.until is not None:
        after = days.until + timedelta(days=1)
        bounds &= Q(created_at__lt=datetime.combine(after, time(), zone))
    return bounds


def exclusions_of(project: Project, rater: User) -> ExclusionQuerySet:
    """Those of a rater, newest first, lifted ones too, with who did it."""
    rows = Exclusion.objects.filter(project=project, rater=rater).order_by("-pk")
    return rows.select_related("by", "lifted_by")
