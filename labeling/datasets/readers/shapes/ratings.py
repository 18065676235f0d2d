"""One response a row, judged by itself: KTO's thumbs, and ratings on one attribute or several.

Sources: docs of TRL (`KTOTrainer`: `prompt`, `completion`, `label`) and LLaMA-Factory (`messages`
with `kto_tag`); ratings as HelpSteer, UltraFeedback and the like write them flat. Who rated stands
in few such files: without a name the numbers are metadata, and under a model's name its votes.
"""

from __future__ import annotations

from collections.abc import Iterator

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import Broken, label, whole_number
from labeling.datasets.readers.shapes.base import ABOUT, Sample, Shape
from labeling.datasets.readers.shapes.chats import Chat, reply_of
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import rater_of, valued
from labeling.datasets.readers.shapes.pairs import reply_in
from labeling.datasets.readers.shapes.prompts import FRAME, framed, prompt_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.rows import OVERALL, ImportedJudgment, RowError

_RATED = ("rater", "rationale", "at")
_THUMBS = {
    **dict.fromkeys(("true", "1", "1.0", "desirable", "yes", "up"), 1),
    **dict.fromkeys(("false", "0", "0.0", "undesirable", "no", "down"), 0),
}
#: Columns by which a release's rows of rules are told.
RULE_COLUMNS = frozenset(("rule", "rule_key"))
#: Attributes that published files rate, by the keys of the criteria that take them.
ATTRIBUTES = (
    *("helpfulness", "correctness", "coherence", "complexity", "verbosity", "honesty"),
    *("truthfulness", "instruction_following", "harmlessness", "safety", "factuality"),
    *("relevance", "fluency", "accuracy", "coverage", "quality"),
)


def chat_and_reply(record: Record) -> tuple[Chat, Candidate]:
    """The prompt and its one response, also where both are one chat."""
    model = label(record.get("model"), record.column("model"), most=limits.MAX_MODEL)
    if record.get("reply") is None and record.get("messages") is not None:
        chat, field = record.chat("messages"), record.column("messages")
        reply = reply_of(chat[-1:], field)
        return framed(record, chat[:-1]), Candidate(field, reply.content, model, "", reply.messages)
    field = record.column("reply")
    said = record.get("reply")
    reply = reply_in(said, field)
    return prompt_of(record), Candidate(field, reply.content, model, "", reply.messages)


def rated_label(record: Record, fields: dict[str, str]) -> list[ImportedJudgment]:
    """The label of the row's numbers, `fields` by criterion, where somebody is named who gave it;
    else they are metadata."""
    rater = rater_of(record)
    said = {key: name for key, name in fields.items() if record.get(name) is not None}
    if not rater or not said:
        for name in (*fields.values(), *_RATED):
            record.keep(name)
        return []
    values = {
        key: whole_number(record.get(name), record.column(name)) for key, name in said.items()
    }
    return [valued(record, rater, values)]


def _thumb(value: object) -> int | None:
    if isinstance(value, bool | int | float | str):
        return _THUMBS.get(str(value).strip().lower())
    return None


def _read_thumb(record: Record) -> list[Parts]:
    """The response, and its thumb as a label where a rater is named."""
    prompt, candidate = chat_and_reply(record)
    parts = Parts(prompt, [candidate])
    value, rater = record.get("thumb"), rater_of(record)
    if not rater or value is None:
        record.keep("thumb")
        for name in _RATED:
            record.keep(name)
        return [parts]
    if (thumb := _thumb(value)) is None:
        reason = value.reason if isinstance(value, Broken) else "Must be true or false."
        raise RowError(record.column("thumb"), reason, value)
    parts.judgments = [valued(record, rater, {OVERALL: thumb})]
    return [parts]


def _is_thumbed(sample: Sample) -> bool:
    """Whether every thumb is one, and a chat alone ends with the response.

    Rows of rules have such a column too, which says whether the response keeps the row's rule.
    """
    if RULE_COLUMNS.issubset(sample.columns):
        return False
    thumbs = list(sample.values("thumb"))
    if not thumbs or any(_thumb(value) is None for value in thumbs):
        return False
    return sample.has("prompt", "reply") or all(map(_ends_with_reply, sample.values("messages")))


def _ends_with_reply(value: object) -> bool:
    last = value[-1] if isinstance(value, list) and len(value) > 1 else None
    return isinstance(last, dict) and last.get("role", last.get("from")) in ("assistant", "gpt")


def _read_ratings(record: Record) -> list[Parts]:
    """The response, and its numbers as a label where a rater is named."""
    prompt, candidate = chat_and_reply(record)
    fields = {name: name for name in ATTRIBUTES if name in record.values}
    if "rating" in record.values:
        fields[OVERALL] = "rating"
    return [Parts(prompt, [candidate], rated_label(record, fields))]


def _is_rated(sample: Sample) -> bool:
    """Whether a column that may rate holds numbers alone."""
    return any(values and all(map(_is_number, values)) for values in _rated(sample))


def _rated(sample: Sample) -> Iterator[list[object]]:
    return (list(sample.values(name)) for name in (*ATTRIBUTES, "rating") if sample.has(name))


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lstrip("+-").replace(".", "", 1).isdigit()
    return isinstance(value, int | float) and not isinstance(value, bool)


_WHERE = (
    "Each row is one task that rates its response. Numbers are labels only where a rater is named, "
    "and votes of a model where that name is a model's; else they are metadata."
)

KTO = Shape(
    key="kto",
    title="KTO: a prompt, one response and a thumb up or down",
    explanation=(
        "Each row is one task that rates its response. The thumb is a label on the project's "
        "primary question about a response, only where a rater is named."
    ),
    fields=("prompt", "messages", "reply", "model", "thumb", *FRAME, *ABOUT, *_RATED),
    needs=(("prompt", "reply", "thumb"), ("messages", "thumb")),
    read=_read_thumb,
    fits=_is_thumbed,
)

RATINGS = Shape(
    key="ratings",
    title="Ratings: a prompt, one response and numbers that rate it",
    explanation=f"{_WHERE} A column is the criterion of its name; “rating” is the primary one.",
    fields=("prompt", "messages", "reply", "model", "rating", *ATTRIBUTES, *FRAME, *ABOUT, *_RATED),
    needs=(("prompt", "reply"),),
    read=_read_ratings,
    fits=_is_rated,
)
