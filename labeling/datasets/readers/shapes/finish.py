"""The last checks that every shape shares, and the row that passes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import combinations, count

from msgspec import Struct, field
from msgspec.structs import replace

from labeling.datasets.readers import limits
from labeling.datasets.readers.chat import note_unread
from labeling.datasets.readers.fields import is_blank, metadata
from labeling.datasets.readers.identity import content_digest, identity_text, response_digest
from labeling.datasets.readers.shapes.about import with_facts, without_about
from labeling.datasets.readers.shapes.answers import answers_about_one
from labeling.datasets.readers.shapes.labels import flat_labels, listed_labels
from labeling.datasets.readers.shapes.marks import checked_marks
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.written import check_drafts
from labeling.datasets.readers.taskkinds import check_count
from labeling.datasets.records import Message
from labeling.datasets.rows import (
    Follows,
    ImportedJudgment,
    ImportedResponse,
    ImportRow,
    ModelVote,
    Refusal,
    RefusalCode,
    RowError,
)
from labeling.datasets.turns import blinded
from labeling.vocabulary import TaskKind

_COMPARE = TaskKind.COMPARE.value
#: Fields that hold no messages, whatever their keys are called.
_NO_CHATS = frozenset(
    (
        *("metadata", "judgments", "annotations", "individual_preference", "answers", "models"),
        *("response_ids", "shown_order", "tie_kinds", "side_only", "flags", "principles"),
    )
)


class Candidate(Struct, frozen=True, gc=False):
    """A response before it has an id; `field` is where its text stood.

    `messages` are its turns where they are more than one plain turn; `about` is that of an
    `ImportedResponse`.
    """

    field: str
    content: str
    model: str = ""
    external_id: str = ""
    messages: tuple[Message, ...] = ()
    about: Mapping[str, object] = {}

    def named(self, external_id: str) -> ImportedResponse:
        """The response under its id."""
        return ImportedResponse(external_id, self.model, self.content, self.messages, self.about)


class Parts(Struct):
    """What a shape makes of a record: the prompt, the candidates, and labels of its own.

    Where one record gives several rows, `suffix` tells their ids apart; `extra` is metadata. With
    `no_prompt` two texts are compared by themselves. `kind` is the kind of task, "" where the
    record says it. `whole` are all candidates of a record that may be one task or one of each pair.
    Of a record that holds several rows, each with fields of its own, `record` is the row's; it may
    be a turn that `follows` another.
    """

    messages: tuple[Message, ...]
    candidates: Sequence[Candidate]
    judgments: list[ImportedJudgment] = field(default_factory=list)
    suffix: str = ""
    extra: dict[str, object] = field(default_factory=dict)
    no_prompt: bool = False
    whole: Sequence[Candidate] = ()
    kind: str = ""
    about: Mapping[str, object] = field(default_factory=dict)
    principle: str = ""
    record: Record | None = None
    follows: Follows | None = None


def _check_texts(parts: Parts, said: Sequence[ImportedJudgment], *, promptless: bool) -> None:
    """Responses that all read the same are compared only where somebody has done so already."""
    may_be_none = not parts.messages and (parts.no_prompt or promptless)
    if not may_be_none and not _asks(parts.messages):
        raise RowError("prompt", "Is empty. Fill it or leave the row out.", code=RefusalCode.EMPTY)
    if said or len(parts.candidates) < limits.COMPARED_RESPONSES:
        return
    first, *others = parts.candidates
    text = _as_read(first)
    if _as_read(others[0]) == text and all(_as_read(other) == text for other in others):
        which = "Both" if len(others) == 1 else "All"
        raise RowError(
            others[0].field,
            f"{which} responses are the same text (but for spaces at the ends). There is nothing "
            "to compare.",
            others[0].content,
            code=RefusalCode.SAME_TEXT,
        )


def _asks(messages: tuple[Message, ...]) -> bool:
    """Whether a prompt says anything."""
    for message in messages:  # noqa: SIM110 - a generator for each row takes twice as long
        if message.images or not is_blank(message.content):
            return True
    return False


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

    Of those that are the same, the later ones of the row are marked as such.
    """
    responses: list[ImportedResponse] = []
    taken: set[str] = set()
    for candidate in candidates:
        own = candidate.external_id or f"{row_id}-{_digest(candidate)}"
        if own in taken:
            own = _another(candidate, own, taken)
        taken.add(own)
        responses.append(candidate.named(own))
    return tuple(responses)


def _another(candidate: Candidate, own: str, taken: Collection[str]) -> str:
    """The id with a number, where an earlier response of the row has it. Raises RowError where the
    row itself says that id."""
    if candidate.external_id:
        raise RowError("responses", "Two responses have the same id.", own, code=RefusalCode.TWICE)
    return next(same for number in count(2) if (same := f"{own}-{number}") not in taken)


def _extra(record: Record, parts: Parts) -> tuple[dict[str, object], tuple[Refusal, ...]]:
    """The metadata, and what of it cannot be stored."""
    named = record.get("metadata")
    record.keep_unread()
    # What a kind of row adds never hides a column of the file.
    beyond: dict[str, object] = {}
    for name in record.nested:
        if name not in _NO_CHATS:
            note_unread(record.values.get(name), record.column(name), beyond)
    for candidate in parts.candidates:
        if candidate.about:
            without_about(beyond, candidate.field.removesuffix(".content"), candidate.about)
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
    if "judgments" not in record.values:
        listed: list[ImportedJudgment] = []
    else:
        listed = listed_labels(record, [c.external_id for c in parts.candidates])
    said = (*own, *listed)
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
        elif vote.spans or vote.regions or vote.reasons or vote.draft:
            raise RowError(
                "judgments",
                "Marks, names reasons or writes a text, which only people's labels do here.",
                label.rater,
                code=RefusalCode.UNSUPPORTED,
            )
        else:
            votes.append(vote)
    return tuple(people), tuple(votes)


def _by_ids(
    kind: str, labels: tuple[ImportedJudgment, ...], responses: Sequence[ImportedResponse]
) -> tuple[ImportedJudgment, ...]:
    """The labels of a row that is no comparison, by the ids of its responses."""
    ids = [response.external_id for response in responses]
    named = []
    for label in labels:
        values, answers = answers_about_one(kind, label.values, label.answers, ids)
        named.append(replace(label, values=values, answers=answers))
    return tuple(named)


def _digested_id(messages: tuple[Message, ...], candidates: Sequence[Candidate]) -> str:
    """The id of a row that says none: one of its texts."""
    unnamed = [candidate.named("") for candidate in candidates]
    return f"row-{content_digest(messages, unnamed).hex()}"


def _apart(record: Record, parts: Parts) -> tuple[str, ...]:
    """The ids of the other tasks that the record could be: all pairs of the whole, or the whole."""
    if len(parts.whole) <= limits.COMPARED_RESPONSES:
        return ()
    own, messages = record.label("id", most=limits.MAX_ID), parts.messages
    if len(parts.candidates) < len(parts.whole):
        return (own or _digested_id(messages, parts.whole),)
    return tuple(
        f"{own}-{i + 1}-{j + 1}" if own else _digested_id(messages, (first, second))
        for (i, first), (j, second) in combinations(enumerate(parts.whole), 2)
    )


def _about(record: Record, name: str, most: int) -> str:
    """A short text that is known about a row; what is none, such as a list, stays metadata."""
    try:
        return record.label(name, most=most)
    except RowError:
        record.keep(name)
        return ""


def finish(record: Record, parts: Parts) -> ImportRow:
    """The row with its checks done. Raises RowError naming the field at fault."""
    record = parts.record or record
    kind = parts.kind or record.kind_of(len(parts.candidates))
    if kind != _COMPARE or len(parts.candidates) != limits.COMPARED_RESPONSES:
        check_count(kind, len(parts.candidates))
    said = _labels(record, parts)
    _check_texts(parts, said, promptless=record.view.promptless)
    _check_cells(record, said)
    values = record.values
    category = _about(record, "category", limits.MAX_CATEGORY) if "category" in values else ""
    language = _about(record, "language", limits.MAX_LANGUAGE) if "language" in values else ""
    row_id = record.label("id", most=limits.MAX_ID - len(parts.suffix))
    if row_id:
        row_id += parts.suffix
    else:
        row_id = _digested_id(parts.messages, parts.candidates)
    about = with_facts(record, parts.about)
    extra, left_out = _extra(record, parts)
    responses = _identified(row_id, parts.candidates)
    if said and (kind != _COMPARE or any(label.answers for label in said)):
        said = _by_ids(kind, said, responses)
    if kind == TaskKind.WRITE or any(label.draft for label in said):
        check_drafts(kind, said, responses)
    if any(label.spans or label.regions for label in said):
        said = checked_marks(said, parts.messages, responses)
    judgments, model_votes = _parted(record, said)
    return ImportRow(
        line=record.line,
        external_id=row_id,
        messages=parts.messages,
        responses=responses,
        judgments=judgments,
        model_votes=model_votes,
        category=category,
        language=language,
        metadata=extra,
        left_out=left_out,
        kind=kind,
        about=about,
        principle=parts.principle,
        follows=parts.follows,
        apart=_apart(record, parts) if parts.whole else (),
    )
