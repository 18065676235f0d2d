"""Tasks to write: a prompt by itself, a draft to improve, or an answer that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator

from labeling.datasets.readers.questions import ColumnQuestion, quoted
from labeling.datasets.readers.shapes.about import OWN_FACTS, TURN_FIELDS, own_about
from labeling.datasets.readers.shapes.base import COMMON, Sample, Shape
from labeling.datasets.readers.shapes.chats import Chat, reply_of
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import rater_of
from labeling.datasets.readers.shapes.prompts import FRAME, prompt_of
from labeling.datasets.readers.shapes.ratings import chat_and_reply
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.rows import ImportedJudgment, ImportedText, RefusalCode, RowError
from labeling.vocabulary import TaskKind

_ASSISTANT = ("assistant", "gpt", "model")
_TELLING = ("rater", "declared_assist")


def _asks_to_write(sample: Sample) -> bool:
    return any(value == TaskKind.WRITE for value in sample.values("kind"))


def _read_writing(record: Record) -> list[Parts]:
    """The prompt, and what answers it: a draft, or under a name what somebody wrote."""
    prompt, answer = _parted(record)
    parts = Parts(prompt, (), about=own_about(record))
    parts.kind = "" if "kind" in record.values else TaskKind.WRITE.value
    rater = rater_of(record)
    if answer is None or not rater:
        for name in _TELLING:
            record.keep(name)
        parts.candidates = () if answer is None else (answer,)
        return [parts]
    if answer.messages:
        raise RowError(
            answer.field,
            "Calls tools or says more than a text, so that nobody wrote it here. Leave the name "
            "out to have it improved as a draft.",
            code=RefusalCode.UNSUPPORTED,
        )
    declared = record.get("declared_assist") in (True, "true", "True", 1)
    draft = ImportedText(answer.content, declared_assist=declared)
    parts.judgments = [ImportedJudgment(rater, {}, draft=draft)]
    return [parts]


def _parted(record: Record) -> tuple[Chat, Candidate | None]:
    """The prompt and its answer: that of a column, or the last turn of a chat."""
    if record.get("reply") is not None:
        return chat_and_reply(record)
    chat = prompt_of(record)
    if not chat or chat[-1].role != "assistant":
        return chat, None
    field = record.column("messages" if record.get("messages") is not None else "prompt")
    reply = reply_of(chat[-1:], field)
    return chat[:-1], Candidate(field, reply.content, messages=reply.messages)


def answers_column(sample: Sample) -> str:
    """The column in which rows answer their prompt, "" where none does."""
    if column := sample.mapping.get("reply"):
        return column if any(True for _ in sample.values("reply")) else ""
    for field in ("messages", "prompt"):
        if any(_ends_with_reply(value) for value in sample.values(field)):
            return sample.mapping[field]
    return ""


def _ends_with_reply(value: object) -> bool:
    last = value[-1] if isinstance(value, list) and value else None
    return isinstance(last, dict) and last.get("role", last.get("from")) in _ASSISTANT


def answer_notices(shape: Shape, sample: Sample, label_rater: str) -> Iterator[ColumnQuestion]:
    """What becomes of answers that stand in rows to write."""
    column = answers_column(sample) if shape is WRITING else ""
    if not column:
        return
    named = label_rater or ("rater" in sample.mapping and "the row's rater")
    yield ColumnQuestion(
        "answers_written",
        f"The answer in {quoted(column)} is what {named} wrote: it waits for the review of a "
        "second person."
        if named
        else f"The answer in {quoted(column)} is a draft, which raters improve. Where people wrote "
        "it, name them: each answer is then a text that waits for its review.",
        columns=(column,),
    )


WRITING = Shape(
    key="write",
    title="Tasks to write: a prompt, with or without an answer",
    explanation=(
        "A prompt as text or messages and the kind “write”: raters write the answer, and a second "
        "person reviews it. An answer in the row, also as the last turn of its messages, is the "
        "draft that they begin from; under the name of who wrote it, it waits for its review."
    ),
    fields=(
        *("prompt", "messages", "reply", "model", "rater", "declared_assist"),
        *(*FRAME, *COMMON, *OWN_FACTS, *TURN_FIELDS),
    ),
    needs=(("prompt",), ("messages",)),
    read=_read_writing,
    fits=_asks_to_write,
)
