"""Concord's own releases read back: the `judgments` table, one row a judgment.

Rows of one task share its id and text and become one task with several labels. Responses stand in
canonical order, so a value keeps its sign.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from labeling.datasets.readers import limits
from labeling.datasets.readers.chat import messages
from labeling.datasets.readers.fields import (
    filled,
    label,
    moment,
    text_value,
    type_in_words,
    whole_number,
)
from labeling.datasets.readers.shapes.about import TURN_FIELDS, known_in, turn_about
from labeling.datasets.readers.shapes.answers import Place
from labeling.datasets.readers.shapes.base import ABOUT, Shape
from labeling.datasets.readers.shapes.chats import Reply, reply_of
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import rater_of, sides_of, tie_of, ties_of
from labeling.datasets.readers.shapes.marks import listed_reasons, numbered_regions, numbered_spans
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.written import TEXT_FIELDS, released_text
from labeling.datasets.reasons import HUMAN_ONLY, purpose_reason, sentence, source_reason
from labeling.datasets.rows import (
    OVERALL,
    Follows,
    ImportedJudgment,
    RefusalCode,
    RowError,
    overall_tie,
)
from labeling.vocabulary import ASKED_AS_REVIEW, Purpose, Source, TaskKind, TieKind, Unsaid

#: What a release calls the choice of whoever ranked or rated, where its criterion does.
_CHOICES: Mapping[str, str] = {"ranked": TaskKind.RANK.value, "rated": TaskKind.RATE.value}
#: Characters of a principle's number.
_MARK = 20
_PAIR = limits.COMPARED_RESPONSES
#: What a judgment was made under there; it has no meaning in another project and is left out.
_CIRCUMSTANCES = (
    *("judgment_id", "flags", "principles", "guideline_version", "rubric_version"),
    *("strategy", "probability", "shown_order", "active_ms", "idle_ms", "times_cut"),
    *("criterion", "rater_fold"),
)
#: Before all others come rows of no turn and of first ones, then turn by turn, then reviews.
_REVIEWS_COME = 1_000_000

#: What a judgment must be by itself, and why it is not taken where it is something else.
_USUAL = (
    ("purpose", Purpose.LIVE.value, purpose_reason),
    ("source", Source.HUMAN.value, partial(source_reason, wanted=HUMAN_ONLY)),
)


def _listed(record: Record, name: str) -> list[object]:
    values, field = record.get(name), record.column(name)
    if not isinstance(values, list):
        raise RowError(
            field,
            f"Must be a list, not {type_in_words(values)}.",
            values,
            code=RefusalCode.WRONG_TYPE,
        )
    return values


def _candidates(record: Record) -> list[Candidate]:
    texts, field = _listed(record, "responses"), record.column("responses")
    beside: dict[str, list[object]] = {}
    for name in ("models", "response_ids", "response_messages"):
        beside[name] = _listed(record, name) if record.get(name) is not None else [""] * len(texts)
        if len(beside[name]) != len(texts):
            raise RowError(
                record.column(name),
                f"Has {len(beside[name])} items for {len(texts)} responses.",
                code=RefusalCode.CONTRADICTION,
            )
    replies = [
        reply_of(messages(turns, f"response_messages[{i}]"), f"response_messages[{i}]")
        if turns
        else Reply(text_value(texts[i], f"{field}[{i}]"))
        for i, turns in enumerate(beside["response_messages"])
    ]
    return [
        Candidate(
            field=f"{field}[{i}]",
            content=reply.content,
            messages=reply.messages,
            model=label(beside["models"][i], f"models[{i}]", most=limits.MAX_MODEL),
            external_id=label(beside["response_ids"][i], f"response_ids[{i}]", most=limits.MAX_ID),
        )
        for i, reply in enumerate(replies)
    ]


def _cells(record: Record, name: str) -> Iterator[tuple[dict[str, object], str]]:
    """The objects of a list, each with its name; none where the row has no such list."""
    for i, cell in enumerate(_listed(record, name) if record.get(name) is not None else []):
        field = f"{record.column(name)}[{i}]"
        if not isinstance(cell, dict):
            raise RowError(
                field,
                f"Must be an object, not {type_in_words(cell)}.",
                cell,
                code=RefusalCode.WRONG_TYPE,
            )
        yield cell, field


def _values(record: Record) -> dict[str, int]:
    """The values by criterion of what compares two responses."""
    values: dict[str, int] = {}
    for cell, field in _cells(record, "answers"):
        if whole_number(cell.get("response"), f"{field}.response") == 0:
            key = filled(cell.get("criterion"), f"{field}.criterion")
            values[key] = whole_number(cell.get("value"), f"{field}.value")
    if not values and record.get("value") is not None:
        values[OVERALL] = whole_number(record.get("value"), record.column("value"))
    return values


def _about_responses(record: Record, count: int) -> dict[str, object]:
    """What is said of each response by criterion: values, places and why there is none, also by
    principle."""
    answers: dict[str, dict[Place, object]] = {}
    for name in ("answers", "unsaid", "rule_answers"):
        for cell, field in _cells(record, name):
            response = whole_number(cell.get("response"), f"{field}.response")
            if response == 0:
                continue
            if not 0 < response <= count:
                reason = f"Must be from 1 to {count}, the place of a response."
                raise RowError(f"{field}.response", reason, response)
            key = filled(cell.get("criterion"), f"{field}.criterion")
            of_key = answers.setdefault(key, {})
            said = _said(cell, name, field)
            mark = label(cell.get("principle"), f"{field}.principle", most=_MARK)
            if not mark:
                of_key[Place(response - 1)] = said
                continue
            of_response = of_key.setdefault(Place(response - 1), {})
            if isinstance(of_response, dict):
                of_response[f"P{mark}"] = said
    return dict(answers)


def _said(cell: Mapping[str, object], name: str, field: str) -> object:
    """The value of an answer, or the word in its place."""
    if name != "unsaid":
        return whole_number(cell.get("value"), f"{field}.value")
    word = cell.get("unsaid")
    if word not in tuple(Unsaid):
        raise RowError(f"{field}.unsaid", f"Must be one of {', '.join(Unsaid)}.", word)
    return word


def _kind(record: Record, count: int, answers: Mapping[str, object]) -> str:
    """The kind of task where the row does not name it: a release says whether its criterion ranks
    or rates. "" where nothing tells but the number of responses."""
    if record.view.kind or record.get("kind") is not None:
        return ""
    kind = _CHOICES.get(str(record.get("choice")), "")
    # Answers on single responses alone are those of a comparison too.
    return kind if answers and (kind != TaskKind.RATE or count != _PAIR) else ""


def _ties(record: Record, values: dict[str, int]) -> dict[str, str]:
    """Which tie each 0 is.

    Releases before version 3 of the manifest said it of the primary criterion alone, in
    `tie_kind`: of every other 0 it is not known. Later ones list it by criterion.
    """
    if record.get("tie_kinds") is None:
        kind = tie_of(record.get("tie_kind"), record.column("tie_kind"), values)
        lost = {key: TieKind.UNSPECIFIED.value for key, value in values.items() if value == 0}
        return {**lost, **overall_tie(kind)}
    ties: dict[str, str] = {}
    for cell, field in _cells(record, "tie_kinds"):
        key = filled(cell.get("criterion"), f"{field}.criterion")
        ties |= ties_of({key: cell.get("tie_kind")}, field, values)
    return ties


def _is_final(record: Record) -> bool:
    """Whether the row is a reviewer's final word, beside the votes on its task."""
    return record.get("purpose") == Purpose.ADJUDICATION and not record.get("text_id")


def _refuse_other_kinds(record: Record) -> None:
    """Only what people said on live tasks is data, here as in every release; and final words."""
    for name, usual, reason_of in _USUAL:
        stated = record.get(name)
        if stated and stated != usual and not (name == "purpose" and _is_final(record)):
            value = label(stated, record.column(name), most=40)
            if (reason := reason_of(value)) is not None:
                raise RowError(record.column(name), f"Not taken: {sentence(reason)}.", value)


def _about(record: Record) -> dict[str, object]:
    """What is known of the prompt: a release writes it with the metadata, and its turn in columns.

    What becomes a column is no metadata here either.
    """
    if not record.get("turn"):
        record.leave(*TURN_FIELDS)
    about = turn_about(record) if "turn" in record.values else {}
    metadata = record.get("metadata")
    if isinstance(metadata, dict):
        known = known_in(metadata)
        record.values["metadata"] = {k: said for k, said in metadata.items() if k not in known}
        about = {**known, **about}
    return about


def _judgments(
    record: Record, values: dict[str, int], answers: Mapping[str, object], count: int
) -> list[ImportedJudgment]:
    ties = _ties(record, values)
    rater, draft = rater_of(record), released_text(record, count)
    if not (values or answers or draft) or not rater:
        unread = ("rater", "value", "tie_kind", "tie_kinds", "rationale", "created_at")
        for name in (*unread, *TEXT_FIELDS):
            record.keep(name)
        return []
    record.leave("value")
    return [
        ImportedJudgment(
            rater=rater,
            values=values,
            tie_kinds=ties,
            rationale=text_value(record.get("rationale") or "", record.column("rationale")),
            at=moment(record.get("created_at"), record.column("created_at")),
            side_only=sides_of(record.get("side_only") or None, record.column("side_only"), values),
            answers=answers,
            spans=numbered_spans(record.get("spans"), record.column("spans"), count),
            regions=numbered_regions(record.get("regions"), record.column("regions"), count),
            reasons=listed_reasons(record.get("reasons") or None, record.column("reasons")),
            draft=draft,
            is_final=_is_final(record),
        )
    ]


def _read(record: Record) -> list[Parts]:
    """One judgment of one task."""
    record.leave(*_CIRCUMSTANCES)
    _refuse_other_kinds(record)
    prompt, candidates = record.chat("prompt"), _candidates(record)
    values, answers = _values(record), _about_responses(record, len(candidates))
    parts = Parts(prompt, candidates)
    is_review = record.get("kind") == ASKED_AS_REVIEW
    parts.kind = ASKED_AS_REVIEW if is_review else _kind(record, len(candidates), answers)
    parts.about = _about(record)
    if after := record.label("after", most=limits.MAX_ID):
        parts.follows = Follows("", after, is_needed=False)
    parts.judgments = _judgments(record, values, answers, len(candidates))
    record.leave("choice")
    parts.no_prompt = not prompt
    return [parts]


def _comes(columns: Mapping[str, str], values: Mapping[str, object]) -> int:
    """When a row is read: one that follows another, or reviews what it brings, after it."""
    if values.get(columns.get("kind", "")) == ASKED_AS_REVIEW:
        return _REVIEWS_COME
    if not values.get(columns.get("after", "")):
        return 0
    turn = str(values.get(columns.get("turn", "")) or "")
    is_number = turn.isascii() and turn.isdigit() and len(turn) < len(str(_REVIEWS_COME))
    return int(turn) if is_number else 1


JUDGMENTS = Shape(
    key="judgments",
    title="Judgments of a Concord release, one row each",
    explanation=(
        "The rows of one task become one task with a label for each rater. Only people's live "
        "judgments are taken, and reviewers' final words, which stay so. Flags, cited principles, "
        "times spent and the order shown belong to the project they come from and are left out."
    ),
    fields=(
        *("prompt", "responses", "response_messages", "response_ids", "models", "rater", "value"),
        *("tie_kind", "tie_kinds", "side_only"),
        *("answers", "unsaid", "rule_answers", "choice", "spans", "regions", "reasons"),
        *("rationale", "purpose", "source", "created_at"),
        *(*TEXT_FIELDS, "paste_ratio", "after"),
        *TURN_FIELDS,
        *ABOUT,
        *_CIRCUMSTANCES,
    ),
    needs=(("id", "prompt", "responses", "judgment_id"),),
    read=_read,
    comes=_comes,
)
