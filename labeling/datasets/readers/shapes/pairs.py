"""Plain pairs: a prompt and two responses side by side, and Concord's own rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from labeling.datasets.readers import limits
from labeling.datasets.readers.candidates import is_series
from labeling.datasets.readers.chat import OF_TURN, message, messages
from labeling.datasets.readers.fields import label, text_value, type_in_words
from labeling.datasets.readers.shapes.about import (
    OWN_FACTS,
    TURN_FIELDS,
    own_about,
    response_about,
    turn_about,
)
from labeling.datasets.readers.shapes.base import ABOUT, COMMON, RANKED_OR_PAIRED, Sample, Shape
from labeling.datasets.readers.shapes.chats import Reply, reply_of
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import FLAT_FIELDS, FLAT_SIDE
from labeling.datasets.readers.shapes.prompts import FRAME, prompt_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.spread import several_parts
from labeling.datasets.readers.shapes.winning import winner_labels
from labeling.datasets.rows import RefusalCode, RowError
from labeling.vocabulary import TaskKind

_COMPARE = TaskKind.COMPARE.value
#: Characters of the name of a principle.
_PRINCIPLE = 20
#: What makes more of a response than one plain turn.
_BESIDE_CONTENT = {"messages"} | OF_TURN - {"content"}


def reply_in(said: object, column: str) -> Reply:
    """A response of a column, also where it stands as a chat."""
    chat = [said] if isinstance(said, dict) else said
    if isinstance(chat, list) and all(isinstance(turn, dict) for turn in chat):
        return reply_of(messages(chat, column), column)
    return Reply(text_value(said, column))


def side_of(record: Record, side: str) -> Candidate:
    """The response `a` or `b`, with its model where the row names one."""
    said, column = record.get(f"response_{side}"), record.column(f"response_{side}")
    model = record.label(f"model_{side}", most=limits.MAX_MODEL)
    if type(said) is str:
        return Candidate(column, text_value(said, column), model)
    reply = reply_in(said, column)
    return Candidate(column, reply.content, model, messages=reply.messages)


def _read_pair(record: Record) -> list[Parts]:
    """`prompt, response_a, response_b`, with `model_a` and `model_b` where known."""
    prompt, sides = prompt_of(record), (side_of(record, "a"), side_of(record, "b"))
    return [Parts(prompt, sides, winner_labels(record, sides), about=turn_about(record))]


def _words(sample: Sample) -> Iterator[str]:
    """What the winner's column says."""
    return (value for value in sample.values("winner") if isinstance(value, str))


def _listed_reply(value: Mapping[str, object], field: str) -> Reply:
    """What a response says: its `messages`, or itself as the one turn of the assistant."""
    content = value.get("content")
    if type(content) is str and _BESIDE_CONTENT.isdisjoint(value):
        return Reply(text_value(content, f"{field}.content"))
    if value.get("messages"):
        reply = reply_of(messages(value["messages"], f"{field}.messages"), f"{field}.messages")
        if value.get("content") not in (None, reply.content):
            raise RowError(
                f"{field}.content",
                "Must be the text of the last of its messages.",
                value["content"],
                code=RefusalCode.CONTRADICTION,
            )
        return reply
    turn = {name: said for name, said in value.items() if name in OF_TURN}
    return reply_of((message({"role": "assistant", **turn}, field),), field)


def _listed(value: object, field: str) -> Candidate:
    if type(value) is str:
        return Candidate(field, text_value(value, field))
    if not isinstance(value, dict):
        raise RowError(
            field,
            f'Must be {{"content": …}} or text, not {type_in_words(value)}.',
            value,
            code=RefusalCode.WRONG_TYPE,
        )
    reply = _listed_reply(value, field)
    return Candidate(
        field=f"{field}.content",
        content=reply.content,
        messages=reply.messages,
        model=label(value.get("model"), f"{field}.model", most=limits.MAX_MODEL),
        external_id=label(value.get("id"), f"{field}.id", most=limits.MAX_ID),
        about=response_about(value),
    )


def listed_responses(record: Record) -> list[Candidate]:
    """`responses` as a list of texts or objects. Raises RowError naming the one at fault."""
    responses, field = record.get("responses"), record.column("responses")
    if responses is None and "kind" in record.values and record.kind_of(0) == TaskKind.WRITE:
        return []
    if responses is None:
        raise RowError(field, "Missing. Give a list of responses.", code=RefusalCode.MISSING)
    if not isinstance(responses, list):
        raise RowError(
            field,
            f"Must be a list of responses, not {type_in_words(responses)}.",
            responses,
            code=RefusalCode.WRONG_TYPE,
        )
    return [_listed(response, f"{field}[{i}]") for i, response in enumerate(responses)]


def read_concord(record: Record) -> list[Parts]:
    """`prompt` or `messages`, and `responses`; beside them a label as in pairs."""
    prompt, responses = prompt_of(record), listed_responses(record)
    parts = Parts(prompt, responses, about=own_about(record))
    if "principle" in record.values and record.kind_of(len(responses)) == TaskKind.RULE:
        parts.principle = record.label("principle", most=_PRINCIPLE)
    if record.kind_of(len(responses)) == _COMPARE and len(responses) == limits.COMPARED_RESPONSES:
        parts.judgments = winner_labels(record, responses)
    return [parts]


def _read_candidates(record: Record) -> list[Parts]:
    """The numbered columns, or every pair of them."""
    return several_parts(record, prompt_of(record), listed_responses(record))


def _is_numbered(sample: Sample) -> bool:
    return is_series(sample.mapping.get("responses", ""))


CANDIDATES = Shape(
    key="candidates",
    title="Numbered candidates: a prompt and columns such as output_0, output_1, output_2",
    explanation=(
        "All candidates of a row are one task that ranks them; as comparisons, each two of them "
        "become a task of their own, six where there are four. Labels of such rows are metadata."
    ),
    fields=("prompt", "messages", "responses", *FRAME, *ABOUT),
    needs=(("responses",),),
    read=_read_candidates,
    fits=_is_numbered,
    spreads=True,
    kinds=RANKED_OR_PAIRED,
    promptless=True,
)

CONCORD = Shape(
    key="concord",
    title="Concord rows: a prompt and a list of responses",
    explanation=(
        "A prompt as text or messages, a list of responses with their ids and models, and any "
        "number of judgments, each by the rater it names; or one label beside them, as in pairs. "
        "One response is rated, two are compared, three and more are ranked, unless “kind” says "
        "something else."
    ),
    fields=(
        *("prompt", "messages", "responses", *FRAME, *COMMON),
        *("winner", *FLAT_FIELDS, FLAT_SIDE, *OWN_FACTS, *TURN_FIELDS, "principle"),
    ),
    needs=(("responses",),),
    read=read_concord,
    words=_words,
    promptless=True,
)


PAIRS = Shape(
    key="pairs",
    title="Pairs: prompt, response_a and response_b",
    explanation=(
        "A prompt and two responses in columns of their own. Labels: a rater with a signed value, "
        "negative where the first response is better, or with a winner; or columns of winners, one "
        "an annotator."
    ),
    fields=(
        *("prompt", "messages", "response_a", "response_b", "model_a", "model_b"),
        *FRAME,
        *COMMON,
        "winner",
        *FLAT_FIELDS,
        FLAT_SIDE,
        *TURN_FIELDS,
    ),
    needs=(("response_a", "response_b"),),
    read=_read_pair,
    words=_words,
    promptless=True,
)
