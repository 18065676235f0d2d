"""What a rater did in a project, what others answered on the same tasks, and notes to them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from labeling.kinds import COMPARE, GivenAnswer, Outcome, kind_for, kind_of, slot, unsaid_words
from labeling.lead.tasks.rows import prompt_excerpt
from labeling.models import Answer, Assignment, Exclusion, Judgment, RaterNote, TalkedOver
from labeling.models.openings import opened_tasks
from labeling.rating.selectors import own_judgments
from labeling.rating.windows import window_ends
from labeling.vocabulary import AssignmentState, Purpose
from projects.access import require_row
from projects.models import Criterion, Membership, Project, User
from projects.permissions import Action, roles_that_may

#: Days of which the page tells how much was done.
DAYS = 28
#: A rater's newest judgments among which examples are looked for.
MOST_LOOKED_AT = 500
#: Fewer others have no word against one.
LEAST_OTHERS = 2


@dataclass(frozen=True, slots=True)
class OwnDay:
    """What a rater did on one day of their own time zone, whatever the tasks were for."""

    day: date
    judgments: int
    active_ms: int


def own_days(*, rater: User, project: Project, now: datetime) -> list[OwnDay]:
    """The days of the last four weeks on which they judged, newest first."""
    zone = rater.zone
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    since = midnight - timedelta(days=DAYS - 1)
    rows = (
        own_judgments(rater=rater, project=project)
        .filter(created_at__gte=since)
        .order_by()
        .values_list(TruncDate("created_at", tzinfo=zone))
        .annotate(n=Count("pk"), ms=Sum("active_ms"))
    )
    return [OwnDay(*row) for row in sorted(rows, reverse=True)]


@dataclass(frozen=True, slots=True)
class OwnJudgment:
    """One of a rater's own judgments, by its assignment: nothing here says which task it was.

    `answer` is the primary one in words, of the order shown; `until` is when changing it ends, None
    where it stands for good. `topics` are what it touches; a lead left it out with `is_excluded`.
    """

    assignment: int
    judged_at: datetime
    excerpt: str
    answer: str
    until: datetime | None
    topics: Sequence[Mapping[str, Any]] = ()
    is_excluded: bool = False


def own_rows(project: Project, judgments: Sequence[Judgment], now: datetime) -> list[OwnJudgment]:
    """Lines for one page of `own_judgments`, read with `with_tasks`."""
    ends = window_ends(project, [row.assignment_id for row in judgments])
    tasks = [row.task_id for row in judgments]
    opened = opened_tasks(tasks, judgments[0].rater_id) if judgments else set()
    words = primary_words(judgments)
    return [
        OwnJudgment(
            assignment=row.assignment_id,
            judged_at=row.created_at,
            excerpt=prompt_excerpt(row.task.prompt.messages),
            answer=words.get(row.pk, ""),
            until=_changeable_until(row, ends[row.assignment_id], opened, now),
            topics=row.task.prompt.sensitivity,
            is_excluded=_is_excluded(row),
        )
        for row in judgments
    ]


def _changeable_until(
    row: Judgment, end: datetime, opened: set[int], now: datetime
) -> datetime | None:
    is_open = row.assignment.state == AssignmentState.SUBMITTED and row.task_id not in opened
    is_open = is_open and not _is_excluded(row)
    return end if is_open and end > now and row.task.withdrawn_at is None else None


def open_tasks_of(member: Membership) -> QuerySet[Assignment]:
    """What a member has open; a text that was sent back to its author is not among it."""
    rows = Assignment.objects.filter(project=member.project_id, rater=member.user_id)
    answered = Judgment.objects.filter(assignment=OuterRef("pk")).standing()
    return rows.filter(state=AssignmentState.LEASED).exclude(Exists(answered))


def own_exclusions(*, rater: User, project: Project) -> QuerySet[Exclusion]:
    """What leads have left out of a rater's work and not taken in again, newest first."""
    return Exclusion.objects.filter(rater=rater, project=project).in_force().order_by("-pk")


def _is_excluded(row: Judgment) -> bool:
    """Whether a lead has left out a judgment that was read with `with_tasks`."""
    return bool(getattr(row, "is_excluded", False))


def with_tasks(judgments: QuerySet[Judgment]) -> QuerySet[Judgment]:
    """The judgments with what their lines say of the tasks, and whether they are excluded."""
    rows = judgments.select_related("assignment", "task__prompt").defer("rationale")
    return rows.annotate(is_excluded=Exists(Exclusion.objects.in_force().of_outer_judgment()))


def primary_words(judgments: Sequence[Judgment]) -> dict[int, str]:
    """What each said on the primary question, in words, as its rater saw the responses."""
    by_pk = {row.pk: row for row in judgments}
    rows = Answer.objects.filter(judgment__in=by_pk, criterion__is_primary=True)
    said: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row in rows.select_related("criterion").order_by("pk"):
        judgment = by_pk[row.judgment_id]
        ids = list(judgment.task.response_ids)
        answer = GivenAnswer(
            row.criterion,
            row.value,
            response=None if row.response_id is None else ids.index(row.response_id),
            tie_kind=row.tie_kind,
            unsaid=row.unsaid,
        )
        order = judgment.assignment.shown_order
        shown = kind_of(judgment.task.asked_as).as_shown(answer, order)
        place = -1 if shown.response is None else shown.response
        said[row.judgment_id].append((place, _words(shown)))
    return {
        pk: ", ".join(f"{slot(place)}: {words}" if place >= 0 else words for place, words in parts)
        for pk, parts in ((pk, sorted(parts)) for pk, parts in said.items())
    }


def _words(shown: GivenAnswer[Criterion]) -> str:
    if shown.value is None:
        return unsaid_words(shown.unsaid)
    kind = kind_for(shown.question.scale)
    words = COMPARE.desk_words if kind is COMPARE else kind.words
    return str(words(shown.question, shown.value, shown.tie_kind))


@dataclass(frozen=True, slots=True)
class OwnExample:
    """A comparison on which others answered otherwise, and which the rater has opened.

    `agree` of `others` answered as the rater did: the same side, or neither. `is_talked_over`: a
    lead says so.
    """

    judgment: OwnJudgment
    agree: int
    others: int
    is_talked_over: bool = False


def votes_on(tasks: Sequence[int]) -> dict[int, dict[int, Outcome]]:
    """The primary answers that count on live comparisons, by task and rater."""
    rows = (
        Answer.objects.filter(judgment__task__in=tasks)
        .counting()
        .live()
        .primary()
        .with_value()
        .values_list("judgment__task", "judgment__rater", "value", "tie_kind")
    )
    votes: dict[int, dict[int, Outcome]] = defaultdict(dict)
    for task, rater, value, tie in rows:
        votes[task][rater] = COMPARE.outcome(value or 0, tie)
    return votes


def _side(outcome: Outcome) -> Outcome:
    decided = outcome in {Outcome.FIRST, Outcome.SECOND}
    return outcome if decided else Outcome.EQUAL


def tally_of(votes: dict[int, Outcome], rater: int) -> tuple[int, int] | None:
    """How many others agree with the rater, of how many; None without an answer of theirs."""
    if rater not in votes:
        return None
    sides = Counter(_side(outcome) for pk, outcome in votes.items() if pk != rater)
    return sides[_side(votes[rater])], sides.total()


def next_example(*, rater: User, project: Project) -> Judgment | None:
    """The judgment, among the newest, with which fewest others agree, and which was not opened.

    None where there is none with which less than half of at least two others agree.
    """
    own = own_judgments(rater=rater, project=project).filter(purpose=Purpose.LIVE)
    opened = Q(task__openings__person=rater)
    looked_at = {row.task_id: row for row in own.exclude(opened)[:MOST_LOOKED_AT]}
    apart = []
    for task, votes in votes_on(list(looked_at)).items():
        tally = tally_of(votes, rater.pk)
        if tally is not None and tally[1] >= LEAST_OTHERS and 2 * tally[0] < tally[1]:
            apart.append((tally[0] / tally[1], -tally[1], -looked_at[task].pk, task))
    return looked_at[min(apart)[-1]] if apart else None


def opened_examples(*, rater: User, project: Project, now: datetime) -> list[OwnExample]:
    """The newest twenty that the rater chose to open and on which others answered otherwise."""
    own = own_judgments(rater=rater, project=project).filter(
        purpose=Purpose.LIVE, task__openings__person=rater, task__openings__is_told=False
    )
    talked = TalkedOver.objects.filter(task=OuterRef("task"), rater=rater)
    judgments = list(with_tasks(own).annotate(is_talked_over=Exists(talked))[:20])
    votes = votes_on([row.task_id for row in judgments])
    examples = []
    for row, line in zip(judgments, own_rows(project, judgments, now), strict=True):
        tally = tally_of(votes.get(row.task_id, {}), rater.pk)
        if tally is not None and tally[0] < tally[1]:
            examples.append(OwnExample(line, *tally, row.is_talked_over))
    return examples


def notes_to(*, rater: User, project: Project) -> QuerySet[RaterNote]:
    """What leads wrote to a rater here, newest first."""
    rows = RaterNote.objects.filter(project=project, rater=rater).exclude(text="")
    return rows.select_related("author")


def rater_member(project: Project, **which: int) -> Membership:
    """The membership of one who may rate here. Raises Http404 where there is none."""
    rating = Membership.objects.filter(project=project, role__in=roles_that_may(Action.RATE))
    member = rating.filter(**which).select_related("user", "project").first()
    return require_row(member, _("There is no such rater in this project."))
