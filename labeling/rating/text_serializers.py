"""What stands around a text that is written or reviewed, as the API shows it: blind."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from labeling.models import Judgment, Writing
from labeling.rating.desk import ConversationPlace
from labeling.rating.drafts import WritingDesk, Written, written_with
from labeling.vocabulary import MUCH_PASTED, ReviewDecision
from projects.api.parsing import StrictSerializer


class ConversationPlaceSerializer(serializers.Serializer[Any]):
    """Which turn of a conversation is to be judged; null where it is none."""

    turn = serializers.IntegerField()
    turns = serializers.IntegerField(help_text="How many the conversation has.")
    follows = serializers.BooleanField(
        help_text="Whether it follows the reply that you chose in the turn before."
    )


class PictureSerializer(serializers.Serializer[Any]):
    """A picture; all addresses are for members alone, and what is there never changes."""

    url = serializers.CharField(help_text="The picture as it is kept, PNG or WebP.")
    width = serializers.IntegerField(help_text="Of the picture at `url`, in pixels.")
    height = serializers.IntegerField()
    thumbnail = serializers.CharField(help_text="At most 256 pixels along a side.")
    preview = serializers.CharField(help_text="At most 1200 pixels along a side.")


class ContentPartSerializer(serializers.Serializer[Any]):
    """One part of a turn's content."""

    type = serializers.CharField()
    text = serializers.CharField(allow_blank=True)


class FunctionCallSerializer(serializers.Serializer[Any]):
    """Which function a model calls; `arguments` are text, mostly JSON, as the model wrote them."""

    name = serializers.CharField()
    arguments = serializers.CharField(allow_blank=True)


class ToolCallSerializer(serializers.Serializer[Any]):
    """A call of a tool; `id` is its number in the task."""

    id = serializers.CharField(required=False)
    type = serializers.CharField()
    function = FunctionCallSerializer()


class TouchedTopicSerializer(serializers.Serializer[Any]):
    """What a row says that its texts touch."""

    topic = serializers.CharField()
    severity = serializers.CharField(allow_blank=True)


class MessageSerializer(serializers.Serializer[Any]):
    """One turn; what it does not say is left out. A tool's turn names the call it answers."""

    role = serializers.CharField()
    content = serializers.CharField(allow_blank=True)
    parts = ContentPartSerializer(many=True, required=False)
    tool_calls = ToolCallSerializer(many=True, required=False)
    tool_call_id = serializers.CharField(required=False)
    name = serializers.CharField(required=False)
    reasoning_content = serializers.CharField(required=False)
    images = PictureSerializer(many=True, help_text="Of this turn, in their order.")


class DraftSerializer(serializers.Serializer[Any]):
    """An earlier draft of a text and what its review said; null where it has none."""

    text = serializers.CharField()
    decision = serializers.ChoiceField(
        choices=[decision.value for decision in ReviewDecision],
        allow_null=True,
        help_text="0 sent back, 1 approved with edits, 2 approved.",
    )
    score = serializers.IntegerField(allow_null=True)
    feedback = serializers.CharField(allow_blank=True)


class CountedSerializer(serializers.Serializer[Any]):
    """How a text was written: characters that were typed and pasted, null where nobody counted."""

    typed = serializers.IntegerField(allow_null=True)
    pasted = serializers.IntegerField(allow_null=True)
    paste_ratio = serializers.FloatField(allow_null=True)
    much_pasted = serializers.BooleanField(
        help_text=f"More than {MUCH_PASTED:.0%} was pasted: a hint, never a verdict."
    )
    declared_assist = serializers.BooleanField(help_text="The author says to have used a tool.")


class TaskWritingSerializer(serializers.Serializer[Any]):
    """What stands around a text that is written or reviewed; nothing names an author."""

    drafts = DraftSerializer(many=True)
    counted = CountedSerializer(allow_null=True, help_text="Of a review: how it was written.")


class EditSerializer(StrictSerializer):
    """The text of the response at a slot, as you would have it."""

    slot = serializers.CharField(max_length=1)
    text = serializers.CharField(allow_blank=True, trim_whitespace=False)


def place_json(place: ConversationPlace | None) -> dict[str, Any] | None:
    """The place of a turn in its conversation."""
    return asdict(place) if place else None


def task_writing_json(desk: WritingDesk | None) -> dict[str, Any] | None:
    """What stands around the text of a leased task, None where nothing is written on it."""
    if desk is None:
        return None
    drafts = [asdict(draft) for draft in desk.rounds]
    return {"drafts": drafts, "counted": _counted_json(desk.writing) if desk.writing else None}


def _counted_json(writing: Writing) -> dict[str, Any]:
    return {
        "typed": writing.typed,
        "pasted": writing.pasted,
        "paste_ratio": writing.paste_ratio,
        "much_pasted": writing.is_much_pasted,
        "declared_assist": writing.declared_assist,
    }


def written_json(judgment: Judgment) -> dict[str, Any]:
    """What was written with a judgment, in the shape in which it was submitted."""
    written = written_with(judgment.pk)
    if written is None:
        return {}
    return {**text_json(written), "counted": _counted_json(written.writing)}


def text_json(written: Written) -> dict[str, Any]:
    """The text alone, as an answer or as the edit of a response."""
    if written.slot:
        return {"edit": {"slot": written.slot, "text": written.text}}
    return {"text": written.text}


def turns_json(turns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Turns with their pictures, of whom those have none that say nothing of any."""
    return [{"images": [], **turn} for turn in turns]
