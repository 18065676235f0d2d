"""The shapes of projects, rubrics and guidelines in requests and replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from projects.api.guideline_serializers import (
    GuidelineSerializer,
    NewGuidelineSerializer,
    guideline_spec_of,
)
from projects.api.parsing import StrictSerializer
from projects.api.scales import ScaleField
from projects.api.settings import SettingsSerializer
from projects.models import Criterion, Guideline, Membership, Project, Role
from projects.models.rubric import SHORT_LABEL
from projects.project_templates import (
    PROJECT_TEMPLATES,
    STARTING_SETTINGS,
    CriterionSpec,
    GuidelineSpec,
)
from projects.scales import ANSWER_KINDS, CANNOT_TELL, EQUAL_BAD, PREFERENCES, TIE_KINDS
from projects.services.rubric import MOST_CRITERIA

#: Settings of a project that a request may carry beside its name; the rest keep their defaults.
SETTINGS = (*STARTING_SETTINGS, "is_template")


class OptionSerializer(serializers.Serializer[Any]):
    """One step of a scale. A value 0 may be one of several ties: `tie_kind` says which."""

    value = serializers.IntegerField()
    label = serializers.CharField()  # type: ignore[assignment]
    tie_kind = serializers.ChoiceField(choices=TIE_KINDS, allow_blank=True)
    word = serializers.CharField(
        required=False, help_text="Of a gate: what may be sent in place of the value."
    )


class CriterionSerializer(serializers.Serializer[Any]):
    """One question of the rubric with its scale, labelled as published."""

    key = serializers.CharField()
    wording = serializers.CharField()
    short_label = serializers.CharField(
        allow_blank=True, help_text="What it is called where there is no room for the question."
    )
    help_text = serializers.CharField(allow_blank=True)  # type: ignore[assignment]
    scale = serializers.CharField(
        help_text="A published scale, or one of the project's own; `options` say its words."
    )
    answer = serializers.ChoiceField(
        choices=ANSWER_KINDS, help_text="What an answer is: see the submission of a judgment."
    )
    per = serializers.ChoiceField(
        choices=("task", "response"),
        help_text="Whether one answer is about the whole task or about each response.",
    )
    unsaid = serializers.ListField(
        child=serializers.CharField(), help_text="What may stand in place of a value."
    )
    primary = serializers.BooleanField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    options = OptionSerializer(many=True)
    tie_kinds = serializers.ListField(
        child=serializers.CharField(),
        help_text="The ties that may go with this question, on the scale or beside it.",
    )


class ProjectSerializer(serializers.Serializer[Any]):
    """A project in a list."""

    slug = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(choices=Project.Status.choices)
    role = serializers.ChoiceField(choices=Role.choices, help_text="Your role in it.")
    is_demo = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class ProjectDetailSerializer(ProjectSerializer):
    """A project with its settings, rubric and current guideline."""

    description = serializers.CharField(allow_blank=True)
    overlap = serializers.IntegerField()
    overlap_where_split = serializers.IntegerField(allow_null=True)
    split_beyond = serializers.IntegerField()
    lease_minutes = serializers.IntegerField()
    edit_window_minutes = serializers.IntegerField(
        help_text="For how long a rater may change an answer."
    )
    rater_limit = serializers.IntegerField(allow_null=True)
    share_limit = serializers.FloatField(allow_null=True)
    daily_limit = serializers.IntegerField(allow_null=True)
    weekly_limit = serializers.IntegerField(allow_null=True)
    severe_hourly_limit = serializers.IntegerField(allow_null=True)
    severe_daily_limit = serializers.IntegerField(allow_null=True)
    support_url = serializers.CharField(allow_blank=True)
    covered_texts = serializers.ChoiceField(choices=Project.CoveredTexts.choices)
    break_minutes = serializers.IntegerField(help_text="0: no pause is proposed.")
    severe_break_minutes = serializers.IntegerField()
    check_in_days = serializers.IntegerField(help_text="0: nobody is asked how they are.")
    tie_policy = serializers.ChoiceField(choices=Project.TiePolicy.choices)
    overall_pass = serializers.ChoiceField(choices=Project.OverallPass.choices, allow_blank=True)
    allow_both_bad = serializers.BooleanField()
    allow_cannot_tell = serializers.BooleanField()
    rationale_required = serializers.BooleanField()
    edit_winner = serializers.BooleanField(
        help_text="Raters may improve the response that they prefer."
    )
    allow_paste = serializers.BooleanField(
        help_text="Whether the editors of texts take what is pasted."
    )
    is_sensitive = serializers.BooleanField()
    gold_rate = serializers.FloatField(help_text="Of a rater's tasks, from 0 to 0.4.")
    repeat_rate = serializers.FloatField(help_text="Of a rater's tasks, from 0 to 0.4.")
    anchors_per_batch = serializers.IntegerField(help_text="Of each hundred tasks of a rater.")
    explains_gold = serializers.BooleanField(help_text="Raters read the answer after a gold task.")
    asks_quiz = serializers.BooleanField(help_text="Raters answer the examples before any task.")
    training_tasks = serializers.IntegerField()
    qualification_tasks = serializers.IntegerField()
    qualification_most = serializers.IntegerField()
    qualification_bar = serializers.FloatField()
    qualification_pass = serializers.FloatField()
    qualification_fail = serializers.FloatField()
    qualification_retry_days = serializers.IntegerField(allow_null=True)
    qualification_asks_all = serializers.BooleanField()
    is_template = serializers.BooleanField()
    criteria = CriterionSerializer(many=True)
    guideline = GuidelineSerializer(allow_null=True)


class NewCriterionSerializer(StrictSerializer):
    """A question of a new rubric."""

    key = serializers.CharField(max_length=40)
    wording = serializers.CharField(max_length=300)
    scale = ScaleField()
    primary = serializers.BooleanField(default=False)
    required = serializers.BooleanField(default=True)  # type: ignore[assignment]
    short_label = serializers.CharField(default="", allow_blank=True, max_length=SHORT_LABEL)
    help_text = serializers.CharField(  # type: ignore[assignment]
        default="", allow_blank=True, max_length=2000
    )


class NewProjectSerializer(SettingsSerializer):
    """A new project: `template`, or `criteria` of your own, or both (yours replace its)."""

    name = serializers.CharField(max_length=120)
    template = serializers.ChoiceField(
        choices=list(PROJECT_TEMPLATES), default="", allow_blank=True
    )
    like = serializers.SlugField(
        default="",
        allow_blank=True,
        help_text="A project that you lead: its questions, reasons, guideline and settings.",
    )
    criteria = NewCriterionSerializer(  # type: ignore[call-arg]
        many=True, default=list, max_length=MOST_CRITERIA
    )
    guideline = NewGuidelineSerializer(default=None, allow_null=True)


class AcknowledgementSerializer(StrictSerializer):
    """Which version was read, and for how long it was open."""

    number = serializers.IntegerField(min_value=1)
    seconds_open = serializers.IntegerField(
        default=0, min_value=0, max_value=24 * 3600, help_text="0 where nobody measured."
    )


def criteria_of(values: Mapping[str, Any]) -> list[CriterionSpec]:
    """The rubric of a checked request."""
    return [
        CriterionSpec(
            key=item["key"],
            wording=item["wording"],
            scale=item["scale"][0],
            own=item["scale"][1],
            is_primary=item["primary"],
            is_required=item["required"],
            help_text=item["help_text"],
            short_label=item["short_label"],
        )
        for item in values["criteria"]
    ]


def guideline_of(values: Mapping[str, Any]) -> GuidelineSpec | None:
    """The guideline of a checked request, or None."""
    guideline = values["guideline"]
    return None if guideline is None else guideline_spec_of(guideline)


def criterion_json(criterion: Criterion, project: Project) -> dict[str, Any]:
    """A criterion as raters and programs read it."""
    scale = criterion.scale
    return {
        "key": criterion.key,
        "wording": criterion.wording,
        "short_label": criterion.short_label,
        "help_text": criterion.help_text,
        "scale": scale.key,
        "answer": scale.answer,
        "per": scale.per,
        "unsaid": list(scale.unsaid),
        "primary": criterion.is_primary,
        "required": criterion.is_required,
        "options": [
            {
                "value": option.value,
                "label": _(option.label),
                "tie_kind": option.tie_kind,
                **({"word": option.word} if option.word else {}),
            }
            for option in scale.options
        ],
        "tie_kinds": _tie_kinds(criterion, project),
    }


def _tie_kinds(criterion: Criterion, project: Project) -> list[str]:
    if criterion.scale.family != PREFERENCES:
        return []
    offered = {option.tie_kind for option in criterion.scale.options}
    if project.allow_both_bad:
        offered.add(EQUAL_BAD)
    if project.allow_cannot_tell:
        offered.add(CANNOT_TELL)
    return [kind for kind in TIE_KINDS if kind in offered]


def project_json(membership: Membership) -> dict[str, Any]:
    """A project in a list, seen by a member."""
    project = membership.project
    return {
        "slug": project.slug,
        "name": project.name,
        "status": project.status,
        "role": membership.role,
        "is_demo": project.is_demo,
        "created_at": project.created_at,
    }


def project_detail_json(
    membership: Membership,
    *,
    criteria: list[Criterion],
    guideline: Guideline | None,
    acknowledged: bool,
) -> dict[str, Any]:
    """A project with everything a program needs to work in it; never its salt."""
    project = membership.project
    return {
        **project_json(membership),
        **{name: getattr(project, name) for name in SETTINGS},
        "criteria": [criterion_json(criterion, project) for criterion in criteria],
        "guideline": None
        if guideline is None
        else {
            "number": guideline.number,
            "text": guideline.text,
            "priority_order": guideline.priority_order,
            "trade_off_rule": guideline.trade_off_rule,
            "acknowledged": acknowledged,
            "guidance": guideline.guidance,
            "principles": list(guideline.principles.values("number", "key", "title", "text")),
            "examples": guideline.examples,
        },
    }
