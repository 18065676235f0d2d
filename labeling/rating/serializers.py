"""A leased task and a judgment as the API shows them to their rater: blind, in the order shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from labeling.kinds import COMPARE, kind_of
from labeling.models import Assignment, Judgment
from labeling.rating.answers import RATIONALE_LIMIT, milliseconds
from labeling.rating.desk import present, rubric
from labeling.rating.judgments import Undone
from labeling.rating.mark_serializers import (
    RegionSerializer,
    RegionsField,
    SpanSerializer,
    SpansField,
)
from labeling.rating.marking import shown_marks
from labeling.rating.selectors import shown_answers
from labeling.rating.text_serializers import (
    ConversationPlaceSerializer,
    CountedSerializer,
    EditSerializer,
    MessageSerializer,
    PictureSerializer,
    TaskWritingSerializer,
    images_json,
    place_json,
    task_writing_json,
    text_json,
    written_json,
)
from labeling.rating.written import MOST_CHARS, may_improve
from labeling.vocabulary import Act, Flag, NothingLeft, SkipReason, TaskKind, TieKind
from projects.api.guideline_serializers import PrincipleSerializer
from projects.api.parsing import StrictSerializer
from projects.api.serializers import CriterionSerializer, criterion_json
from projects.models import Project
from projects.scales import TIE_KINDS


class ShownResponseSerializer(serializers.Serializer[Any]):
    """One response in its place: `A` is shown first. Nothing says which model wrote it."""

    slot = serializers.CharField()
    content = serializers.CharField(
        allow_blank=True, help_text='The text of the last turn; "" where the model said nothing.'
    )
    messages = MessageSerializer(
        many=True, help_text="All turns of the response; empty for one plain turn."
    )
    html = serializers.CharField(
        allow_blank=True, help_text="All of the response rendered as sanitised HTML."
    )
    images = PictureSerializer(
        many=True, required=False, help_text="All pictures of the response, where it has any."
    )


class TaskSerializer(serializers.Serializer[Any]):
    """What is to be judged, and the questions about it."""

    id = serializers.IntegerField(
        help_text="The assignment's, too: which task it is, a rater is not told."
    )
    kind = serializers.ChoiceField(choices=list(TaskKind))
    language = serializers.CharField(
        allow_blank=True, help_text='Of the texts, such as `pt-BR`; "" where it is not known.'
    )
    messages = MessageSerializer(many=True)
    responses = ShownResponseSerializer(many=True)
    criteria = CriterionSerializer(many=True)
    rubric = serializers.IntegerField(
        allow_null=True, help_text="The version of the questions; send it with the judgment."
    )
    writing = TaskWritingSerializer(
        allow_null=True, help_text="Of a task to write and of a review; null on others."
    )
    may_edit_winner = serializers.BooleanField(
        help_text="Whether a judgment may carry an `edit` of the response that it prefers."
    )
    may_paste = serializers.BooleanField(
        help_text="Whether the project takes pasted text in what is written or edited."
    )
    conversation = ConversationPlaceSerializer(allow_null=True)
    principles = PrincipleSerializer(
        many=True, help_text="Those that a task of rules asks about, each to be answered."
    )


class LeasedTaskSerializer(serializers.Serializer[Any]):
    """A task that is reserved for you until `expires`; `id` is the assignment's."""

    id = serializers.IntegerField()
    expires = serializers.DateTimeField()
    task = TaskSerializer()


class MillisecondsField(serializers.IntegerField):
    """A time: any number, because what cannot be is cut when it is stored; null is none."""

    default_error_messages = {"invalid": gettext_lazy("A time is a number of milliseconds.")}

    def to_internal_value(self, data: Any) -> Any:
        """Fractions are rounded, as clocks have them."""
        if isinstance(data, float):
            return milliseconds(data)
        return super().to_internal_value(data)


class SubmissionSerializer(StrictSerializer):
    """A judgment. Signs and slots refer to the order shown: negative, the first shown is better.

    Times are milliseconds; what cannot be is cut, and never refused.
    """

    answers = serializers.DictField(
        default=None,
        help_text="By the key of the criterion; `overall` names the primary one. Of a preference a "
        "signed number; of a ranking bands of slots, best first, such as "
        '`[["C"], ["A", "B"]]`; of a question about each response a value by slot, such as '
        '`{"A": 3, "B": "unsure"}`; of one about principles such values by principle, such as '
        '`{"A": {"P1": -2, "P2": 2}}`; of a gate the value or word of an option, and nothing else '
        "where it ends the task.",
    )
    tie_kind = serializers.ChoiceField(
        choices=TIE_KINDS,
        default="",
        allow_blank=True,
        allow_null=True,
        help_text="Which tie a 0 on the primary criterion is.",
    )
    tie_kinds = serializers.DictField(
        child=serializers.ChoiceField(choices=TIE_KINDS, allow_blank=True, allow_null=True),
        default=dict,
        help_text="Which tie a 0 is, by criterion; `overall` names the primary one.",
    )
    rationale = serializers.CharField(
        default="", allow_blank=True, trim_whitespace=False, max_length=RATIONALE_LIMIT
    )
    reasons = serializers.ListField(
        child=serializers.CharField(max_length=40), default=list, help_text="Codes of reasons."
    )
    principles = serializers.ListField(
        child=serializers.IntegerField(), default=list, help_text="Numbers of cited principles."
    )
    none_fits = serializers.BooleanField(
        default=False, help_text="No principle of the guideline says what decided it."
    )
    flags = serializers.ListField(child=serializers.ChoiceField(choices=list(Flag)), default=list)
    spans = SpansField(default=list)
    regions = RegionsField(default=list)
    active_ms = MillisecondsField(default=0, allow_null=True)
    idle_ms = MillisecondsField(default=0, allow_null=True)
    key = serializers.UUIDField(
        default=None,
        allow_null=True,
        help_text="Your name for this submission: send the same one again when you retry.",
    )
    rubric = serializers.IntegerField(
        default=None,
        allow_null=True,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The version of the questions you answered; that of the lease where not told.",
    )
    ui_version = serializers.CharField(
        default="api-1", max_length=40, help_text=f"Your interface, such as {COMPARE.interface}."
    )
    text = serializers.CharField(
        default=None,
        allow_null=True,
        allow_blank=True,
        trim_whitespace=False,
        help_text=f"Of a task to write: the whole answer, at most {MOST_CHARS:,} characters.",
    )
    edit = EditSerializer(
        default=None,
        allow_null=True,
        help_text="Of a review that approves with edits; of a comparison, where the task says "
        "`may_edit_winner`, the preferred response improved.",
    )
    typed = serializers.IntegerField(
        default=None, allow_null=True, min_value=0, help_text="Characters typed, if you counted."
    )
    pasted = serializers.IntegerField(
        default=None, allow_null=True, min_value=0, help_text="Characters pasted, likewise."
    )
    declared_assist = serializers.BooleanField(
        default=False, help_text="You used a writing tool. Saying so costs nothing."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Without answers it has to be a text."""
        if attrs["answers"] is None:
            if attrs["text"] is None:
                message = self.fields["answers"].error_messages["required"]
                raise serializers.ValidationError({"answers": message})
            attrs["answers"] = {}
        return attrs


class JudgmentSerializer(serializers.Serializer[Any]):
    """A stored judgment as it was submitted; signs and slots refer to the order shown."""

    id = serializers.IntegerField()
    assignment = serializers.IntegerField()
    task = serializers.IntegerField(help_text="As the leased task named it: the assignment's id.")
    answers = serializers.DictField(help_text="As it was submitted.")
    tie_kind = serializers.ChoiceField(
        choices=list(TieKind), allow_blank=True, help_text="That of the primary criterion."
    )
    tie_kinds = serializers.DictField(
        child=serializers.ChoiceField(choices=list(TieKind)),
        help_text="Which tie each 0 is, by criterion.",
    )
    rationale = serializers.CharField(allow_blank=True)
    reasons = serializers.ListField(child=serializers.CharField(), help_text="Codes of reasons.")
    principles = serializers.ListField(child=serializers.IntegerField())
    none_fits = serializers.BooleanField()
    flags = serializers.ListField(child=serializers.ChoiceField(choices=list(Flag)))
    spans = SpanSerializer(many=True, help_text="In reading order.")
    regions = RegionSerializer(
        many=True, required=False, help_text="Of pictures, where any were marked."
    )
    active_ms = serializers.IntegerField()
    idle_ms = serializers.IntegerField()
    times_cut = serializers.BooleanField(
        help_text="The times sent could not be and were cut; no figure of pace reads them."
    )
    text = serializers.CharField(required=False, help_text="What was written.")
    edit = EditSerializer(required=False, help_text="How a response was edited.")
    counted = CountedSerializer(required=False, help_text="How it was written.")
    submitted_at = serializers.DateTimeField()


class ExplainedSerializer(serializers.Serializer[Any]):
    """What is right on a gold task, in signs and letters of the order shown."""

    right = serializers.BooleanField(allow_null=True, help_text="Null: nothing with a value.")
    answers = serializers.DictField(help_text="By criterion, the accepted answers.")
    reason = serializers.CharField(allow_blank=True)


class SubmittedSerializer(JudgmentSerializer):
    """A stored judgment; with `?next=1` also the next task, or why there is none."""

    gold = ExplainedSerializer(
        required=False,
        help_text="After a gold task where the project `explains_gold`; your answer stands then.",
    )
    next = LeasedTaskSerializer(required=False, allow_null=True)
    next_reason = serializers.ChoiceField(
        choices=list(NothingLeft), required=False, help_text="Why `next` is null."
    )


class SkipSerializer(StrictSerializer):
    """Why a task is given back; skipping is never held against anybody."""

    reason = serializers.ChoiceField(choices=list(SkipReason))
    note = serializers.CharField(default="", allow_blank=True, max_length=2000)


class SkippedSerializer(serializers.Serializer[Any]):
    """A task that was given back."""

    id = serializers.IntegerField()
    state = serializers.CharField()
    reason = serializers.ChoiceField(choices=list(SkipReason))


class LateSerializer(serializers.Serializer[Any]):
    """What became of an answer that came when its rater could no longer rate there."""

    state = serializers.ChoiceField(choices=["late"])
    message = serializers.CharField()


class LeaseSerializer(serializers.Serializer[Any]):
    """Until when the task is reserved now."""

    id = serializers.IntegerField()
    expires = serializers.DateTimeField()


class UndoneSerializer(LeasedTaskSerializer):
    """A task that is open again, and what was taken back."""

    took_back = serializers.ChoiceField(choices=list(Act))
    taken_back = serializers.DictField(
        help_text="What was answered, in signs of the order shown; of a skip, `reason` and `note`."
    )


def leased_task_json(assignment: Assignment, project: Project) -> dict[str, Any]:
    """The leased task; renders its texts if this is their first view."""
    assignment.project = project
    view = present(assignment, asked_rubric=rubric(project))
    return {
        "id": view.assignment_id,
        "expires": view.expires,
        "task": {
            "id": view.assignment_id,
            "kind": view.kind,
            "language": view.language,
            "messages": view.messages,
            "responses": [
                {name: getattr(shown, name) for name in ("slot", "content", "messages", "html")}
                | images_json(shown.messages)
                for shown in view.responses
            ],
            "criteria": [criterion_json(criterion, project) for criterion in view.criteria],
            "rubric": view.rubric_number,
            "writing": task_writing_json(view.writing),
            "conversation": place_json(view.place),
            "may_edit_winner": may_improve(project, kind_of(view.asked_as)),
            "may_paste": project.allow_paste,
            "principles": [
                {"number": p.number, "key": p.key, "title": p.title, "text": p.text}
                for p in view.principles
            ],
        },
    }


def undone_json(undone: Undone, project: Project) -> dict[str, Any]:
    """The task that is open again, and what was taken back."""
    answered = undone.answered
    if undone.took_back == Act.SKIP or answered is None:
        said: dict[str, Any] = {"reason": undone.skip_reason, "note": undone.skip_note}
    else:
        said = {
            "answers": answered.answers.values,
            "tie_kind": answered.answers.tie_kind,
            "tie_kinds": answered.answers.tie_kinds,
            "rationale": answered.rationale,
            "reasons": answered.reasons,
            "principles": answered.principles,
            "none_fits": answered.none_fits,
            "flags": answered.flags,
            **answered.marks.as_json(),
        }
        if answered.written is not None:
            said |= text_json(answered.written)
    leased = leased_task_json(undone.assignment, project)
    return {**leased, "took_back": undone.took_back, "taken_back": said}


def judgment_json(judgment: Judgment) -> dict[str, Any]:
    """The judgment as it was stored; the same for a first and for a repeated submission."""
    answers = shown_answers(judgment)
    return {
        "id": judgment.pk,
        "assignment": judgment.assignment_id,
        "task": judgment.assignment_id,
        "answers": answers.values,
        "tie_kind": answers.tie_kind,
        "tie_kinds": answers.tie_kinds,
        "rationale": judgment.rationale,
        "reasons": judgment.reasons,
        "principles": judgment.principles,
        "none_fits": judgment.none_fits,
        "flags": judgment.flags,
        **shown_marks(judgment).as_json(),
        "active_ms": judgment.active_ms,
        "idle_ms": judgment.idle_ms,
        "times_cut": judgment.times_cut,
        **written_json(judgment),
        "submitted_at": judgment.created_at,
    }
