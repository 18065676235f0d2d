"""Excludes judgments of a rater from figures and releases, and lifts that again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.lead.basis import forget_state
from labeling.lead.exclusions.selectors import (
    RangeOfJudgments,
    exclusions_of,
    judgments_within,
    range_of,
)
from labeling.lead.raters.downloads import EVERY_DAY, Days
from labeling.lead.tasks.reopened import request_places
from labeling.models import Assignment, Exclusion, TaskChange
from labeling.rating.claims import lock_rater
from labeling.vocabulary import ExclusionReason
from labeling.work.deadlocks import retry_deadlocks
from labeling.work.kept import forget_reports
from projects.audit import naming, record
from projects.exceptions import Conflict, InvalidInput
from projects.models import Project, User
from projects.sql import database_now

#: Characters of what a lead notes beside the reason.
MOST_EXCLUSION_NOTE = 500


@dataclass(frozen=True, slots=True)
class Excluded:
    """The exclusions that hold, and what was left out `within` the days that were asked for: none
    where all of that was already. `change` opens places again."""

    exclusions: Sequence[Exclusion]
    within: RangeOfJudgments
    change: TaskChange | None = None

    @property
    def is_new(self) -> bool:
        """Whether an exclusion was made."""
        return self.within.judgments > 0


@dataclass(frozen=True, slots=True)
class Lifted:
    """How many exclusions were lifted, of how many judgments; `changes` close places again."""

    exclusions: int
    judgments: int
    changes: Sequence[TaskChange] = ()


def check_exclusion(reason: str, note: str) -> str:
    """The note as it is kept. Raises InvalidInput for an unknown reason, or no words for another
    one."""
    kept = " ".join(note.replace("\x00", "").split())
    errors = {}
    if reason not in set(ExclusionReason):
        known = ", ".join(ExclusionReason)
        errors["reason"] = _("Choose one of: %(known)s.") % {"known": known}
    elif reason == ExclusionReason.OTHER and not kept:
        errors["note"] = _("Say in a few words which other reason it is.")
    if len(kept) > MOST_EXCLUSION_NOTE:
        errors["note"] = _("At most %(most)d characters.") % {"most": MOST_EXCLUSION_NOTE}
    if errors:
        raise InvalidInput(_("Nothing was excluded."), fields=errors)
    return kept


@retry_deadlocks
def exclude_judgments(
    *,
    project: Project,
    rater: User,
    actor: User,
    reason: str,
    note: str = "",
    days: Days = EVERY_DAY,
    reopens: bool = False,
) -> Excluded:
    """Leaves the judgments that a rater gave on some days, or until now, out of whatever counts.

    They stay as they are, and can no longer be changed or taken back. Repeating it changes
    nothing. With `reopens` a job opens their places again, for others; the door sends it. Raises
    InvalidInput for a reason that does not fit, Conflict where nothing of theirs counts.
    """
    kept = check_exclusion(reason, note)
    # A release that is asked for at this moment is before it or after it.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    lock_rater(project_id=project.pk, rater_id=rater.pk)
    _lock_changes(project, rater)
    within = range_of(project, rater, days, actor.zone)
    if not within.judgments:
        held = list(exclusions_of(project, rater).in_force())
        if not held:
            raise Conflict(_("Nothing that this rater gave then counts, so nothing is excluded."))
        return Excluded(held, within)
    exclusion = Exclusion.objects.create(
        project=project,
        rater=rater,
        **{name: getattr(within, name) for name in ("first", "newest", "judgments")},
        reason=reason,
        note=kept,
        reopens=reopens,
        by=actor,
        at=database_now(),
    )
    _end_changes(project, rater, exclusion)
    record(
        project=project,
        actor=actor,
        verb=gettext_noop("judgments excluded"),
        **naming(rater),
        judgments=within.judgments,
        reason=reason,
        exclusion=exclusion.pk,
    )
    _what_counts_changed(project)
    change = request_places(exclusion=exclusion, actor=actor) if reopens else None
    return Excluded(list(exclusions_of(project, rater).in_force()), within, change)


def _lock_changes(project: Project, rater: User) -> None:
    """Whoever changes an answer at this moment is done before, or finds it closed."""
    rows = Assignment.objects.filter(project=project, rater=rater, reopened_at__isnull=False)
    list(rows.order_by("pk").select_for_update().values_list("pk"))


def _end_changes(project: Project, rater: User, exclusion: Exclusion) -> None:
    """Answers that were open to be changed stay as they are."""
    rows = judgments_within(project, rater, exclusion.first, exclusion.newest).standing()
    open_ones = Assignment.objects.filter(project=project, rater=rater, reopened_at__isnull=False)
    open_ones.filter(pk__in=rows.values("assignment")).update(reopened_at=None)


@retry_deadlocks
def lift_exclusions(*, project: Project, rater: User, actor: User) -> Lifted:
    """Takes in again what of a rater is excluded; the places that nobody took close again, by jobs
    that the door sends. Repeating it changes nothing."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    rows = exclusions_of(project, rater).in_force().order_by("pk")
    held = list(rows.select_related(None).select_for_update(no_key=True))
    if not held:
        return Lifted(0, 0)
    moment = database_now()
    Exclusion.objects.filter(pk__in=[row.pk for row in held]).update(
        lifted_by=actor, lifted_at=moment
    )
    judgments = sum(row.judgments for row in held)
    record(
        project=project,
        actor=actor,
        verb=gettext_noop("exclusion lifted"),
        **naming(rater),
        judgments=judgments,
        exclusions=[row.pk for row in held],
    )
    _what_counts_changed(project)
    closing = [row for row in held if row.reopens]
    changes = [request_places(exclusion=row, actor=actor, closes=True) for row in closing]
    return Lifted(len(held), judgments, changes)


def _what_counts_changed(project: Project) -> None:
    forget_reports(project)
    forget_state(project)
