"""Reads for the rating screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from labeling.kinds import kind_of
from labeling.models import Assignment, Import, Judgment
from labeling.vocabulary import Act, AssignmentState, JobState
from projects.models import Project, User


def own_in_project(*, rater: User, project: Project, assignment_id: int) -> Assignment | None:
    """The rater's assignment of that id in this project, whatever its state, or None."""
    return (
        Assignment.objects.select_related("project", "task", "guideline")
        .filter(pk=assignment_id, rater=rater, project=project)
        .first()
    )


def own_lease(*, rater: User, project: Project, assignment_id: int) -> Assignment | None:
    """The rater's live lease of that id in this project, or None."""
    own = own_in_project(rater=rater, project=project, assignment_id=assignment_id)
    return own if own is not None and own.state == AssignmentState.LEASED else None


def is_own(*, rater: User, project: Project, assignment_id: int) -> bool:
    """Whether the assignment is this rater's, in this project, whatever its state."""
    return Assignment.objects.filter(pk=assignment_id, rater=rater, project=project).exists()


def has_answers(project: Project) -> bool:
    """Whether anything rests on the project's keys and scales (`projects.answered`).

    A judgment, taken back or not, or a vote of a model; and what an import may be writing now.
    """
    imports = Import.objects.filter(project=project)
    votes_or_open = Q(counts__model_votes__gt=0) | Q(state__in=[JobState.PENDING, JobState.RUNNING])
    return (
        Judgment.objects.filter(project=project).exists() or imports.filter(votes_or_open).exists()
    )


@dataclass(frozen=True, slots=True)
class ShownAnswers:
    """What a judgment answered, by criterion in the rubric's order; signs of the order shown.

    `tie_kinds` says which tie each 0 is, `tie_kind` which the primary one.
    """

    values: Mapping[str, int]
    tie_kinds: Mapping[str, str]
    tie_kind: str


def shown_answers(judgment: Judgment) -> ShownAnswers:
    """What a judgment answered, as its rater saw the task."""
    rows: list[tuple[Any, ...]] = list(
        judgment.answers.with_value()
        .order_by("criterion__position", "criterion_id")
        .values_list(
            "criterion__key",
            "criterion__is_primary",
            "value",
            "tie_kind",
            "judgment__assignment__shown_order",
            "judgment__task__kind",
        )
    )
    return ShownAnswers(
        values={key: kind_of(kind).turned(value, order) for key, _, value, _, order, kind in rows},
        tie_kinds={key: tie for key, _, _, tie, _, _ in rows if tie},
        tie_kind=next((tie for _, is_primary, _, tie, _, _ in rows if is_primary), ""),
    )


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a rater had said before taking it back."""

    answers: ShownAnswers
    rationale: str
    principles: Sequence[int]
    flags: Sequence[str]


def taken_back(assignment: Assignment) -> TakenBack | None:
    """The newest answers of an assignment that is open again, or None where there are none."""
    judgment = (
        Judgment.objects.filter(assignment=assignment, withdrawn=False).order_by("-pk").first()
    )
    if judgment is None:
        return None
    return TakenBack(
        answers=shown_answers(judgment),
        rationale=judgment.rationale,
        principles=judgment.principles,
        flags=judgment.flags,
    )


@dataclass(frozen=True, slots=True)
class LastAct:
    """What a rater did last in a project, and to which task."""

    act: Act
    assignment_id: int
    judgment: Judgment | None


def last_act(*, rater: User, project: Project) -> LastAct | None:
    """The newest judgment that stands or skip of this rater here, whichever came last.

    What was imported is nobody's act, and a skip from before skips had a time has no place in
    the order.
    """
    judgment = (
        Judgment.objects.filter(rater=rater, project=project, ui_version__gt="")
        .standing()
        .order_by("-pk")
        .first()
    )
    skips = Assignment.objects.filter(
        rater=rater, project=project, state=AssignmentState.SKIPPED, skipped_at__isnull=False
    )
    if judgment is not None:
        skips = skips.filter(skipped_at__gt=judgment.created_at)
    skipped = skips.order_by("-skipped_at", "-pk").values_list("pk", flat=True).first()
    if skipped is not None:
        return LastAct(Act.SKIP, skipped, None)
    return LastAct(Act.JUDGMENT, judgment.assignment_id, judgment) if judgment else None


def judged_count(*, rater: User, project: Project) -> int:
    """How many judgments of this rater count in this project."""
    return Judgment.objects.filter(rater=rater, project=project).standing().count()
