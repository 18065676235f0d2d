"""What the pages of training and qualification show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from labeling.models import GoldAnswer, Response, StageAnswer
from labeling.rating.explained import accepted_as_shown
from labeling.rating.qualifying import is_at_work, is_on_the_way, wrong_answers
from labeling.teaching.qualification.selectors import (
    StageCandidate,
    asked_members,
    candidates_of,
    funnel_of,
    lacking,
    may_retry_at,
    newest_decision,
    outcome_words,
    pool,
    reasons_of,
    steps_of,
    unused_gold,
)
from labeling.vocabulary import Purpose
from projects.access import Access
from projects.guidelines.examples import asked_examples
from projects.models import Criterion, Membership, Project
from projects.sql import database_now

_Stage = Membership.Stage
#: Gold tasks, and tasks of a stage, that a page lists.
MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class WrongAnswer:
    """A task that a candidate answered otherwise, as they saw it, with what is right and why.

    `responses` are letters and texts in the order shown, `right` is in words of that order.
    """

    prompt: str
    responses: Sequence[tuple[str, str]]
    right: str
    reason: str


def stage_label(key: str) -> str:
    """What a stage, or a step of the funnel, is called."""
    labels = {
        "invited": _("Asked"),
        "reading": _("Guideline read"),
        "quiz": _("Quiz done"),
        "training": _("Training done"),
        "qualification": _("Qualification done"),
        "passed": _("Passed"),
        "not_yet": _("Not yet"),
    }
    return labels[key]


def step_label(key: str) -> str:
    """What a stage is called for who goes through it."""
    labels = {
        "reading": _("Read the guideline"),
        "quiz": _("Answer the quiz"),
        "training": _("Train, with the answer after each task"),
        "qualification": _("Qualify, judged like live tasks"),
    }
    return labels[key]


def wrong_in_words(membership: Membership) -> list[WrongAnswer]:
    """Which answers of a try were not right, for who did not pass yet."""
    answers = wrong_answers(membership)
    known = reasons_of(answers)
    criteria = {criterion.key: criterion for criterion in membership.project.criteria.all()}
    ids = [pk for answer in answers for pk in answer.task.response_ids]
    texts = dict(Response.objects.filter(pk__in=ids).values_list("pk", "content"))
    rows = []
    for answer in answers:
        row, order = known.get(answer.task_id), answer.judgment.assignment.shown_order
        question = criteria.get(answer.question) or _primary_of(row, criteria)
        if row is None or question is None:
            continue
        right = accepted_as_shown(answer.task, question, row.answers[question.key], order)
        shown = [texts.get(answer.task.response_ids[place], "") for place in order]
        letters = [chr(ord("A") + place) for place in range(len(shown))]
        pairs = list(zip(letters, shown, strict=True))
        rows.append(WrongAnswer(_opening(answer), pairs, right, row.reason))
    return rows


def _primary_of(known: GoldAnswer | None, criteria: Mapping[str, Criterion]) -> Criterion | None:
    """The primary question of what is right, where the rater answered none."""
    asked = [criteria[key] for key in (known.answers if known else ()) if key in criteria]
    return next((criterion for criterion in asked if criterion.is_primary), None)


def _opening(answer: StageAnswer) -> str:
    """The last thing that the prompt says, as plain text."""
    messages = answer.task.prompt.messages
    said = messages[-1].get("content", "") if messages else ""
    return said if isinstance(said, str) else ""


def own_context(access: Access) -> dict[str, object]:
    """Where a rater stands, why, and what comes next."""
    membership = access.membership
    stage, retry_at = membership.stage, may_retry_at(membership)
    return {
        "access": access,
        "project": access.project,
        "stage": stage,
        "round": membership.stage_round,
        "steps": [(step, step_label(step.key)) for step in steps_of(membership)],
        "on_the_way": is_on_the_way(membership) and not is_at_work(membership),
        "decision": newest_decision(membership),
        "wrong": wrong_in_words(membership) if stage == _Stage.NOT_YET else [],
        "retry_at": retry_at,
        "may_retry": retry_at is not None and retry_at <= database_now(),
        "next_stage": _next(membership),
    }


def _next(membership: Membership) -> str:
    """Which stage can be begun, "" where none can or one is under way."""
    project = membership.project
    if membership.stage in {_Stage.NEW, _Stage.EXEMPT}:
        return Purpose.TRAINING if project.training_tasks else Purpose.QUALIFICATION
    if membership.stage == _Stage.TRAINING:
        steps = {step.key: step for step in steps_of(membership)}
        is_over = "training" not in steps or steps["training"].state == "done"
        return Purpose.QUALIFICATION if is_over and project.qualification_tasks else ""
    return ""


def lead_context(access: Access) -> dict[str, object]:
    """The stages, their tasks, the candidates and the funnel."""
    project = access.project
    members = asked_members(project)
    funnel = funnel_of(project, members) if project.has_stages else {}
    gold = list(unused_gold(project)[:MOST_LISTED])
    return {
        "access": access,
        "project": project,
        "lacking": lacking(project),
        "training_pool": list(pool(project, Purpose.TRAINING)[:MOST_LISTED]),
        "qualification_pool": list(pool(project, Purpose.QUALIFICATION)[:MOST_LISTED]),
        "gold": gold,
        "candidates": [(row, outcome_words(row.stage)) for row in _begun(project, members)],
        "funnel": [(stage_label(key), n) for key, n in funnel.items()],
        "lacks_examples": project.asks_quiz and not asked_examples(project),
    }


def _begun(project: Project, members: Sequence[Membership]) -> list[StageCandidate]:
    return [row for row in candidates_of(project, members) if row.stage or row.round > 1]
