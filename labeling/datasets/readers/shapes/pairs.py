"""Plain pairs: a prompt and two responses side by side, and Concord's own rows."""

from __future__ import annotations

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import filled, label, messages, text_value, type_in_words
from labeling.datasets.readers.shapes.base import COMMON, Shape
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import FLAT_FIELDS
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.records import Message
from labeling.datasets.rows import RowError


def prompt_of(record: Record) -> tuple[Message, ...]:
    """The prompt as messages: `prompt` as text or chat, or `messages`, but not both."""
    prompt, chat = record.get("prompt"), record.get("messages")
    if prompt is not None and chat is not None:
        raise RowError(
            record.column("messages"),
            f"The row has both {record.column('prompt')} and {record.column('messages')}. "
            "Keep one.",
        )
    if prompt is None and chat is None:
        raise RowError(record.column("prompt"), "Missing. Give the prompt as text or messages.")
    if prompt is None or isinstance(prompt, list):
        name = record.column("messages" if prompt is None else "prompt")
        return messages(chat if prompt is None else prompt, name)
    return (Message("user", filled(prompt, record.column("prompt"))),)


def side_of(record: Record, side: str) -> Candidate:
    """The response `a` or `b`, with its model where the row names one."""
    column = record.column(f"response_{side}")
    model = record.column(f"model_{side}")
    return Candidate(
        field=column,
        content=text_value(record.get(f"response_{side}"), column),
        model=label(record.get(f"model_{side}"), model, most=limits.MAX_MODEL),
    )


def _read_pair(record: Record) -> list[Parts]:
    """`prompt, response_a, response_b`, with `model_a` and `model_b` where known."""
    return [Parts(prompt_of(record), (side_of(record, "a"), side_of(record, "b")))]


def _listed(value: object, field: str) -> Candidate:
    if type(value) is str:
        return Candidate(field, text_value(value, field))
    if not isinstance(value, dict):
        raise RowError(
            field, f'Must be {{"content": …}} or text, not {type_in_words(value)}.', value
        )
    return Candidate(
        field=f"{field}.content",
        content=text_value(value.get("content"), f"{field}.content"),
        model=label(value.get("model"), f"{field}.model", most=limits.MAX_MODEL),
        external_id=label(value.get("id"), f"{field}.id", most=limits.MAX_ID),
    )


def listed_responses(record: Record) -> list[Candidate]:
    """`responses` as a list of texts or objects. Raises RowError naming the one at fault."""
    responses, field = record.get("responses"), record.column("responses")
    if responses is None:
        raise RowError(field, "Missing. Give a list of two responses.")
    if not isinstance(responses, list):
        raise RowError(
            field, f"Must be a list of responses, not {type_in_words(responses)}.", responses
        )
    return [_listed(response, f"{field}[{i}]") for i, response in enumerate(responses)]


def _read_concord(record: Record) -> list[Parts]:
    """`prompt` or `messages`, and `responses`."""
    return [Parts(prompt_of(record), listed_responses(record))]


CONCORD = Shape(
    key="concord",
    title="Concord rows: a prompt and a list of responses",
    explanation=(
        "A prompt as text or messages, a list of two responses with their ids and models, and any "
        "number of judgments, each by the rater it names."
    ),
    fields=("prompt", "messages", "responses", *COMMON),
    needs=(("responses",),),
    read=_read_concord,
)

PAIRS = Shape(
    key="pairs",
    title="Pairs: prompt, response_a and response_b",
    explanation=(
        "A prompt and two responses in columns of their own, with at most one label: a rater and "
        "an overall value, negative where the first response is better."
    ),
    fields=(
        *("prompt", "messages", "response_a", "response_b", "model_a", "model_b"),
        *COMMON,
        *FLAT_FIELDS,
    ),
    needs=(("response_a", "response_b"),),
    read=_read_pair,
)
