"""Prodigy's `compare` and `choice` interfaces, as `db-out` writes them.

Sources: prodi.gy/docs (recipes `compare`, interfaces `compare`, `diff` and `choice`) and compare.py
of explosion/prodigy-recipes: `mapping` says which system stands under `accept` and which under
`reject`; the answer `accept` prefers the first of those, `reject` the other one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import moment, text_value, type_in_words
from labeling.datasets.readers.shapes.base import COMMON, Sample, Shape, decoded_cell
from labeling.datasets.readers.shapes.chats import Chat
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.prompts import FRAME, framed, user_turn
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.words import Verdict
from labeling.datasets.rows import ImportedJudgment, RefusalCode, RowError

_ACCEPT, _REJECT, _IGNORE = "accept", "reject", "ignore"
_SIDES = (_ACCEPT, _REJECT)


def _text(value: object, field: str) -> str:
    """The text of `{"text": …}`, or the text itself."""
    if not isinstance(value, dict):
        return text_value(value, field)
    if value.get("text") is None and (other := sorted({"html", "image"} & value.keys())):
        raise RowError(
            f"{field}.{other[0]}",
            f"Holds “{other[0]}”; only text is taken.",
            value[other[0]],
            code=RefusalCode.UNSUPPORTED,
        )
    return text_value(value.get("text"), f"{field}.text")


def _answer(record: Record) -> str:
    """What was answered, "" where nobody did."""
    answer = record.label("answer", most=limits.MAX_NAME)
    if answer not in ("", _ACCEPT, _REJECT, _IGNORE):
        raise RowError(record.column("answer"), "Must be accept, reject or ignore.", answer)
    return answer


def _judgments(record: Record, verdict: Verdict | None) -> list[ImportedJudgment]:
    """The label by the annotator, or by the session, whose name is the annotator's too."""
    names = (record.label(name, most=limits.MAX_RATER) for name in ("rater", "session"))
    rater = next(filter(None, names), record.label_rater)
    if verdict is None or not rater:
        record.keep("rater")
        record.keep("session")
        return []
    # The same task stands once an annotator: these would be another's with each row.
    record.leave("session")
    return [verdict.judgment(rater, at=moment(record.get("at"), record.column("at")))]


def _compared(record: Record) -> list[Parts]:
    """The two outputs, that of the system called A first."""
    mapping = record.get("mapping")
    order = list(_SIDES)
    if isinstance(mapping, dict) and mapping.get("B") == _ACCEPT:
        order.reverse()
    if isinstance(mapping, dict) and not mapping.keys() <= {"A", "B"}:
        record.keep("mapping")
    candidates = [
        Candidate(record.column(side), _text(record.get(side), record.column(side)))
        for side in order
    ]
    answer = _answer(record)
    verdict = Verdict(-1 if answer == order[0] else 1) if answer in _SIDES else None
    if verdict is None:
        record.keep("answer")
    parts = Parts(_prompt(record), candidates, _judgments(record, verdict))
    _keep_beside(parts, [record.get(side) for side in order])
    return [parts]


def _chosen(record: Record) -> list[Parts]:
    """The options of a choice, and the one that was accepted."""
    options, field = record.get("options"), record.column("options")
    if not isinstance(options, list) or not all(isinstance(option, dict) for option in options):
        raise RowError(field, "Must be a list of options.", options, code=RefusalCode.WRONG_TYPE)
    candidates = [
        Candidate(f"{field}[{place}].text", _text(option, f"{field}[{place}]"))
        for place, option in enumerate(options)
    ]
    accepted, answer = record.get(_ACCEPT), _answer(record)
    if accepted is not None and not isinstance(accepted, list):
        raise RowError(
            record.column(_ACCEPT),
            f"Must be a list of options, not {type_in_words(accepted)}.",
            accepted,
            code=RefusalCode.WRONG_TYPE,
        )
    ids = [option.get("id") for option in options]
    verdict = None
    if answer in ("", _ACCEPT) and isinstance(accepted, list) and len(accepted) == 1:
        if accepted[0] not in ids:
            raise RowError(record.column(_ACCEPT), "Is the id of none of the options.", accepted[0])
        verdict = Verdict(-1 if ids.index(accepted[0]) == 0 else 1)
    else:
        record.keep(_ACCEPT)
        record.keep("answer")
    parts = Parts(_prompt(record), candidates, _judgments(record, verdict))
    _keep_beside(parts, options)
    return [parts]


def _keep_beside(parts: Parts, outputs: Sequence[object]) -> None:
    """What an output says beside its text stays with the metadata."""
    more = [
        {name: said for name, said in output.items() if name != "text" and said is not None}
        if isinstance(output, dict)
        else {}
        for output in outputs
    ]
    if any(more):
        parts.extra["responses"] = more


def _keep_asked(record: Record, parts: Parts) -> None:
    """What the input says beside its text stays with the metadata."""
    asked = record.get("asked")
    if isinstance(asked, dict) and (more := {k: v for k, v in asked.items() if k != "text" and v}):
        parts.extra[record.column("asked")] = more


def _prompt(record: Record) -> Chat:
    """What both answer; a comparison may have nothing of the kind."""
    value, column = record.get("asked"), record.column("asked")
    if value is None:
        return framed(record, ())
    return framed(record, user_turn(_text(value, column), column))


def _read(record: Record) -> list[Parts]:
    """The two that were compared, or the options of a choice."""
    (parts,) = _chosen(record) if record.get("options") is not None else _compared(record)
    parts.no_prompt = not parts.messages
    _keep_asked(record, parts)
    return [parts]


def _is_compared(row: Mapping[str, object]) -> bool:
    sides = [decoded_cell(row.get(side)) for side in _SIDES]
    return all(isinstance(side, dict) for side in sides)


def _is_choice(row: Mapping[str, object]) -> bool:
    options = decoded_cell(row.get("options"))
    return isinstance(options, list) and all(
        isinstance(option, dict) and "id" in option for option in options
    )


def _fits(sample: Sample) -> bool:
    """Two outputs as objects, or options beside what Prodigy notes of every row."""
    if any(map(_is_compared, sample.rows)):
        return True
    return sample.has("options", "answer") and any(map(_is_choice, sample.rows))


PRODIGY = Shape(
    key="prodigy",
    title="Prodigy: compare, diff or choice with two options",
    explanation=(
        "The output called A comes first, or the options in their order. What was accepted is a "
        "judgment by the row's annotator, else by its session; ignored rows carry none."
    ),
    fields=(
        *("asked", "accept", "reject", "options", "mapping", "answer", "rater"),
        *("session", "at"),
        *FRAME,
        *COMMON,
    ),
    needs=(("accept", "reject"), ("options", "accept")),
    read=_read,
    fits=_fits,
)
