"""Reads for the rating screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from labeling.kinds import kind_of
from labeling.models import Assignment, Judgment
from labeling.vocabulary import Act, AssignmentState
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


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What a rater had answered before taking it back; signs of the order shown."""

    answers: Mapping[str, int]
    tie_kind: str
    rationale: str
    principles: Sequence[int]
    flags: Sequence[str]


def shown_answers(judgment: Judgment) -> dict[str, int]:
    """What a judgment answered, by criterion in the rubric's order; signs of the order shown."""
    rows = judgment.answers.order_by("criterion__position", "criterion_id").values_list(
        "criterion__key", "value", "judgment__assignment__shown_order", "judgment__task__kind"
    )
    return {key: kind_of(kind).turned(value, order) for key, value, order, kind in rows}


def taken_back(assignment: Assignment) -> TakenBack | None:
    """The newest answers of an assignment that is open again, or None where there are none."""
    judgment = (
        Judgment.objects.filter(assignment=assignment, withdrawn=False).order_by("-pk").first()
    )
    if judgment is None:
        return None
    return TakenBack(
        answers=shown_answers(judgment),
        tie_kind=judgment.tie_kind,
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
