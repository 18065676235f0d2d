"""OpenAI's preference fine-tuning rows, which other providers take too.

`input.messages`, `preferred_output`, `non_preferred_output`, as the preference fine-tuning guide of
OpenAI describes them; outputs are lists of messages.
"""

from __future__ import annotations

from labeling.datasets.readers.chat import messages
from labeling.datasets.readers.fields import type_in_words
from labeling.datasets.readers.shapes.base import COMMON, Sample, Shape
from labeling.datasets.readers.shapes.chats import reply_of
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import preferred_first
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.rows import RefusalCode, RowError

_OUTPUTS = ("preferred_output", "non_preferred_output")


def _output(record: Record, name: str) -> Candidate:
    field = record.column(name)
    reply = reply_of(record.chat(name), field)
    return Candidate(field, reply.content, messages=reply.messages)


def _read(record: Record) -> list[Parts]:
    """The pair; tools and other settings of the input are metadata."""
    inputs, field = record.get("input"), record.column("input")
    if not isinstance(inputs, dict):
        raise RowError(
            field,
            f'Must be {{"messages": …}}, not {type_in_words(inputs)}.',
            inputs,
            code=RefusalCode.WRONG_TYPE,
        )
    prompt = messages(inputs.get("messages"), f"{field}.messages")
    parts = Parts(prompt, [_output(record, name) for name in _OUTPUTS], preferred_first(record))
    settings = {name: value for name, value in inputs.items() if name != "messages" and value}
    if settings:
        parts.extra["input"] = settings
    return [parts]


def _fits(sample: Sample) -> bool:
    return any(isinstance(value, dict) for value in sample.values("input"))


OPENAI = Shape(
    key="openai",
    title="OpenAI preference: input, preferred_output and non_preferred_output",
    explanation=(
        "The messages of the input, and the assistant's messages as each output. Preferred is a "
        "label only where a rater is named."
    ),
    fields=("input", *_OUTPUTS, *COMMON, "rater", "rationale", "at"),
    needs=(("input", *_OUTPUTS),),
    read=_read,
    fits=_fits,
)
