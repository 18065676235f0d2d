"""Training and qualification in requests and replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from labeling.models import Task
from labeling.teaching.qualification.selectors import StageCandidate, StageStep
from labeling.teaching.qualification.services import MOST_WORD
from labeling.vocabulary import Decided
from projects.api.parsing import StrictSerializer
from projects.models import Membership

#: The stages of a project, and what becomes of a try, by which the OpenAPI document knows them.
STAGE_PURPOSES = ("training", "qualification")
STEP_STATES = ("done", "now", "later")
BY_HAND = (Decided.PASSED, Decided.NOT_YET, Decided.REOPENED)


class StepSerializer(serializers.Serializer[Any]):
    """A stage, and how far you are."""

    stage = serializers.CharField(help_text="`reading`, `quiz`, `training` or `qualification`.")
    state = serializers.ChoiceField(choices=STEP_STATES)
    answered = serializers.IntegerField()
    tasks = serializers.IntegerField(help_text="Of how many; 0 where they are not counted.")


class WrongAnswerSerializer(serializers.Serializer[Any]):
    """A task that you answered otherwise, and what is right on it."""

    prompt = serializers.CharField(allow_blank=True)
    responses = serializers.ListField(
        child=serializers.CharField(), help_text="In the order in which you saw them."
    )
    right = serializers.CharField(help_text="In words of that order.")
    reason = serializers.CharField(allow_blank=True)


class OwnQualificationSerializer(serializers.Serializer[Any]):
    """Where you stand on the way to live tasks."""

    stage = serializers.ChoiceField(choices=Membership.Stage.choices, allow_blank=True)
    gets_tasks = serializers.BooleanField(help_text="Whether `next/` hands out live tasks.")
    steps = StepSerializer(many=True)
    next = serializers.CharField(allow_blank=True, help_text="Which stage a POST begins.")
    round = serializers.IntegerField(help_text="Which try it is.")
    retry_at = serializers.DateTimeField(
        allow_null=True, help_text="From when you may try again; null: a lead says when."
    )
    wrong = WrongAnswerSerializer(many=True, help_text="After a try that did not pass yet.")


class StageTaskSerializer(serializers.Serializer[Any]):
    """A task of a stage, a copy of another."""

    task = serializers.IntegerField()
    external_id = serializers.CharField()
    stage = serializers.ChoiceField(choices=STAGE_PURPOSES)


class CandidateSerializer(serializers.Serializer[Any]):
    """A rater on the way; without a name until it is decided."""

    code = serializers.CharField(help_text="Letters that stay, and tell nothing of the rater.")
    name = serializers.CharField(allow_null=True)
    stage = serializers.ChoiceField(choices=Membership.Stage.choices, allow_blank=True)
    round = serializers.IntegerField()
    trained = serializers.IntegerField(help_text="Training tasks answered.")
    right = serializers.IntegerField()
    n = serializers.IntegerField()
    share = serializers.DictField(help_text="The share answered rightly, as a figure.")
    above_bar = serializers.FloatField(
        allow_null=True, help_text="The probability that the accuracy exceeds the bar."
    )
    active_ms = serializers.IntegerField()
    by_hand = serializers.BooleanField(help_text="Whether a lead decided it.")
    reason = serializers.CharField(allow_blank=True)


class QualificationSerializer(serializers.Serializer[Any]):
    """The stages of a project, its candidates and how many got how far."""

    funnel = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="`invited`, `reading`, `quiz`, `training`, `qualification`: at least so far; "
        "`passed`, `not_yet`.",
    )
    pool = serializers.DictField(
        child=serializers.IntegerField(), help_text="How many tasks each stage has in play."
    )
    lacking = serializers.ListField(
        child=serializers.ChoiceField(choices=STAGE_PURPOSES),
        help_text="Stages with fewer tasks than they ask for: nobody can begin them.",
    )
    candidates = CandidateSerializer(many=True)


class NewStageTasksSerializer(StrictSerializer):
    """Gold tasks that become tasks of a stage: those named, or so many."""

    stage = serializers.ChoiceField(choices=STAGE_PURPOSES)
    count = serializers.IntegerField(required=False, min_value=1, max_value=500)
    tasks = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        max_length=500,
        help_text="Ids of gold tasks, as `gold/` lists them.",
    )


class DecisionSerializer(StrictSerializer):
    """A lead's word on a candidate."""

    outcome = serializers.ChoiceField(choices=BY_HAND)
    reason = serializers.CharField(max_length=MOST_WORD)


def step_json(step: StageStep) -> dict[str, Any]:
    """A stage as its rater sees it."""
    return {"stage": step.key, "state": step.state, "answered": step.done, "tasks": step.of}


def own_json(context: Mapping[str, Any]) -> dict[str, Any]:
    """Where the asker stands, of what the page of it shows."""
    return {
        "stage": context["stage"],
        "gets_tasks": not context["on_the_way"],
        "steps": [step_json(step) for step, _label in context["steps"]],
        "next": context["next_stage"] if context["on_the_way"] else "",
        "round": context["round"],
        "retry_at": context["retry_at"],
        "wrong": [
            {
                "prompt": row.prompt,
                "responses": [text for _letter, text in row.responses],
                "right": row.right,
                "reason": row.reason,
            }
            for row in context["wrong"]
        ],
    }


def stage_task_json(task: Task) -> dict[str, Any]:
    """A task of a stage."""
    return {"task": task.pk, "external_id": task.external_id, "stage": task.purpose}


def candidate_json(row: StageCandidate) -> dict[str, Any]:
    """A candidate, with a name only where it is decided."""
    return {
        "code": row.code,
        "name": row.name or None,
        "stage": row.stage,
        "round": row.round,
        "trained": row.trained,
        "right": row.score.right,
        "n": row.score.n,
        "share": row.score.share.as_dict(),
        "above_bar": row.score.above,
        "active_ms": row.active_ms,
        "by_hand": row.by_hand,
        "reason": row.reason,
    }
