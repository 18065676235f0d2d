"""The last checks that every shape shares, and the row that passes them."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from labeling.datasets.readers import limits
from labeling.datasets.readers.chat import note_unread
from labeling.datasets.readers.fields import is_blank, metadata
from labeling.datasets.readers.identity import content_digest, identity_text, response_digest
from labeling.datasets.readers.shapes.labels import flat_labels, listed_labels
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.records import Message
from labeling.datasets.rows import (
    ImportedJudgment,
    ImportedResponse,
    ImportRow,
    ModelVote,
    Refusal,
    RefusalCode,
    RowError,
)
from labeling.datasets.turns import blinded

#: Fields that hold no messages, whatever their keys are called.
_NO_CHATS = frozenset(
    (
        *("metadata", "judgments", "annotations", "individual_preference", "answers", "models"),
        *("response_ids", "shown_order", "tie_kinds", "side_only", "flags", "principles"),
    )
)


class Candidate(Struct, frozen=True, gc=False):
    """A response before it has an id; `field` is where its text stood.

    `messages` are its turns where they are more than one plain turn.
    """

    field: str
    content: str
    model: str = ""
    external_id: str = ""
    messages: tuple[Message, ...] = ()

    def named(self, external_id: str) -> ImportedResponse:
        """The response under its id."""
        return ImportedResponse(external_id, self.model, self.content, self.messages)


class Parts(Struct):
    """What a shape makes of a record: the prompt, the candidates, and labels of its own.

    Where one record gives several rows, `suffix` tells their ids apart; `extra` is metadata. With
    `no_prompt` two texts are compared by themselves.
    """

    messages: tuple[Message, ...]
    candidates: Sequence[Candidate]
    judgments: list[ImportedJudgment] = field(default_factory=list)
    suffix: str = ""
    extra: dict[str, object] = field(default_factory=dict)
    no_prompt: bool = False


def check_count(count: int, *, least: int = 0) -> None:
    """Raises RowError for a number of responses that cannot be judged.

    Exactly two make a comparison; with `least`, so many or more are to become pairs.
    """
    if count > limits.MAX_RESPONSES:
        raise RowError(
            "responses",
            f"Has {count} responses; at most {limits.MAX_RESPONSES} can be judged.",
            code=RefusalCode.TOO_LONG,
        )
    if count < least or (not least and count != limits.COMPARED_RESPONSES):
        most = "at least" if least else "exactly"
        raise RowError(
            "responses",
            f"Has {count} response{'' if count == 1 else 's'}; a comparison takes {most} "
            f"{limits.COMPARED_RESPONSES}.",
            code=RefusalCode.TOO_FEW,
        )


def _check_texts(parts: Parts, said: Sequence[ImportedJudgment], *, promptless: bool) -> None:
    """Two responses that read the same are compared only where somebody has done so already."""
    may_be_none = not parts.messages and (parts.no_prompt or promptless)
    if not may_be_none and all(is_blank(message.content) for message in parts.messages):
        raise RowError("prompt", "Is empty. Fill it or leave the row out.", code=RefusalCode.EMPTY)
    first, second = parts.candidates
    if not said and _as_read(first) == _as_read(second):
        raise RowError(
            second.field,
            "Both responses are the same text (but for spaces at the ends). There is nothing "
            "to compare.",
            second.content,
            code=RefusalCode.SAME_TEXT,
        )


def _check_cells(record: Record, said: Sequence[ImportedJudgment]) -> None:
    """A table says nothing apart from empty text: only where somebody judged an empty cell was it
    an answer."""
    if record.blank and not said:
        raise RowError(
            record.column(record.blank[0]),
            "The cell is empty, and nobody judged the row: the response may be missing. Where the "
            'model answered nothing, give the row in JSON with "" as its text.',
            code=RefusalCode.MISSING,
        )


def _as_read(candidate: Candidate) -> str:
    """All that a rater reads of a response, without spaces at the ends of its turns."""
    if not candidate.messages:
        return candidate.content.strip()
    turns = blinded(candidate.messages)
    stripped = tuple(replace(turn, content=turn.content.strip()) for turn in turns)
    return identity_text(stripped[-1].content, stripped)


def _digest(candidate: Candidate) -> str:
    text = identity_text(candidate.content, candidate.messages)
    return response_digest(text)[:6].hex()


def _identified(row_id: str, candidates: Sequence[Candidate]) -> tuple[ImportedResponse, ...]:
    """Responses with ids. One without an id gets one of its text, which tells no preference.

    Of two that are the same, the second of the row is marked as such.
    """
    first, second = [
        candidate.named(candidate.external_id or f"{row_id}-{_digest(candidate)}")
        for candidate in candidates
    ]
    if first.external_id == second.external_id and not candidates[1].external_id:
        second = replace(second, external_id=f"{second.external_id}-2")
    if first.external_id == second.external_id:
        raise RowError(
            "responses",
            "Two responses have the same id.",
            first.external_id,
            code=RefusalCode.TWICE,
        )
    return first, second


def _extra(record: Record, parts: Parts) -> tuple[dict[str, object], tuple[Refusal, ...]]:
    """The metadata, and what of it cannot be stored."""
    named = record.get("metadata")
    record.keep_unread()
    # What a kind of row adds never hides a column of the file.
    beyond: dict[str, object] = {}
    for name in record.nested:
        if name not in _NO_CHATS:
            note_unread(record.values.get(name), record.column(name), beyond)
    extra = {**parts.extra, "other_fields": beyond} if beyond else parts.extra
    rest = {**extra, **record.rest} if extra else record.rest
    if named is None:
        return metadata(rest, record.line)
    if not isinstance(named, dict):
        # A list or a text of that name is metadata as well, under the name it has.
        named = {record.column("metadata"): named}
    column = record.column("metadata")
    # A name that is a column's too stands under its place.
    apart = {
        name if rest.get(name, said) == said else f"{column}.{name}": said
        for name, said in named.items()
    }
    return metadata({**rest, **apart}, record.line)


def _labels(record: Record, parts: Parts) -> tuple[ImportedJudgment, ...]:
    own = parts.judgments or flat_labels(record)
    said = (*own, *listed_labels(record))
    if len(said) > 1:
        raters = [judgment.rater for judgment in said]
        if len(set(raters)) < len(raters):
            twice = next(rater for rater in raters if raters.count(rater) > 1)
            raise RowError(
                "judgments",
                "The same rater judges this row twice. Keep one.",
                twice,
                code=RefusalCode.TWICE,
            )
    return said


def _parted(
    record: Record, labels: tuple[ImportedJudgment, ...]
) -> tuple[tuple[ImportedJudgment, ...], tuple[ModelVote, ...]]:
    """The labels of people, and those of models, which are no judgments."""
    if not labels:
        return (), ()
    people, votes = [], []
    for label in labels:
        if (vote := record.view.whose.vote(label)) is None:
            people.append(label)
        else:
            votes.append(vote)
    return tuple(people), tuple(votes)


def _about(record: Record, name: str, most: int) -> str:
    """A short text that is known about a row; what is none, such as a list, stays metadata."""
    try:
        return record.label(name, most=most)
    except RowError:
        record.keep(name)
        return ""


def finish(record: Record, parts: Parts) -> ImportRow:
    """The row with its checks done. Raises RowError naming the field at fault."""
    check_count(len(parts.candidates))
    said = _labels(record, parts)
    _check_texts(parts, said, promptless=record.view.promptless)
    _check_cells(record, said)
    judgments, model_votes = _parted(record, said)
    category = _about(record, "category", limits.MAX_CATEGORY)
    language = _about(record, "language", limits.MAX_LANGUAGE)
    row_id = record.label("id", most=limits.MAX_ID - len(parts.suffix))
    if row_id:
        row_id += parts.suffix
    else:
        unnamed = [candidate.named("") for candidate in parts.candidates]
        row_id = f"row-{content_digest(parts.messages, unnamed).hex()}"
    extra, left_out = _extra(record, parts)
    return ImportRow(
        line=record.line,
        external_id=row_id,
        messages=parts.messages,
        responses=_identified(row_id, parts.candidates),
        judgments=judgments,
        model_votes=model_votes,
        category=category,
        language=language,
        metadata=extra,
        left_out=left_out,
    )
