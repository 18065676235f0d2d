"""A leased task and a judgment as the API shows them to their rater: blind, in the order shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from rest_framework import serializers

from labeling.kinds import COMPARE
from labeling.models import Judgment
from labeling.rating.answers import RATIONALE_LIMIT, milliseconds
from labeling.rating.judgments import Undone
from labeling.rating.mark_serializers import (
    RegionSerializer,
    RegionsField,
    SpanSerializer,
    SpansField,
)
from labeling.rating.marking import shown_marks
from labeling.rating.reopening import Reopened
from labeling.rating.selectors import TakenBack, shown_answers
from labeling.rating.task_serializers import LeasedTaskSerializer, leased_task_json
from labeling.rating.text_serializers import (
    CountedSerializer,
    EditSerializer,
    text_json,
    written_json,
)
from labeling.rating.written import MOST_CHARS
from labeling.vocabulary import Act, Flag, NothingLeft, SkipReason, TieKind
from projects.api.parsing import StrictSerializer
from projects.models import Project
from projects.scales import TIE_KINDS


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
    reason = serializers.ChoiceField(choices=list(SkipReason), allow_blank=True)


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


class ReopenedSerializer(LeasedTaskSerializer):
    """An answered task that may be answered otherwise until `expires`."""

    stands = serializers.DictField(
        help_text="Your answer, in signs of the order shown: it stands until you submit another."
    )


def undone_json(undone: Undone, project: Project) -> dict[str, Any]:
    """The task that is open again, and what was taken back."""
    answered = undone.answered
    if undone.took_back == Act.SKIP or answered is None:
        said: dict[str, Any] = {"reason": undone.skip_reason, "note": undone.skip_note}
    else:
        said = _answered_json(answered)
    leased = leased_task_json(undone.assignment, project)
    return {**leased, "took_back": undone.took_back, "taken_back": said}


def reopened_json(reopened: Reopened, project: Project) -> dict[str, Any]:
    """The task that may be answered otherwise, and what stands there."""
    stands = _answered_json(reopened.answered) if reopened.answered else {}
    return {**leased_task_json(reopened.assignment, project), "stands": stands}


def _answered_json(answered: TakenBack) -> dict[str, Any]:
    written = answered.written
    return {
        "answers": answered.answers.values,
        "tie_kind": answered.answers.tie_kind,
        "tie_kinds": answered.answers.tie_kinds,
        "rationale": answered.rationale,
        "reasons": answered.reasons,
        "principles": answered.principles,
        "none_fits": answered.none_fits,
        "flags": answered.flags,
        **answered.marks.as_json(),
        **(text_json(written) if written is not None else {}),
    }


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
