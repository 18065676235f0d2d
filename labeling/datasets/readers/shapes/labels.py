"""Human labels that rows already carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import (
    filled,
    label,
    moment,
    text_value,
    type_in_words,
    whole_number,
)
from labeling.datasets.readers.shapes.answers import answer_of, is_answer
from labeling.datasets.readers.shapes.marks import listed_reasons, listed_regions, listed_spans
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.written import TEXT_KEYS, listed_text
from labeling.datasets.readers.words import word_verdict
from labeling.datasets.records import MIXED_TIE
from labeling.datasets.rows import OVERALL, ImportedJudgment, RefusalCode, RowError, overall_tie
from labeling.vocabulary import TieKind

#: Fields of a flat row that only mean something when it names a rater.
FLAT_FIELDS = ("rater", "overall", "tie_kind", "rationale", "at")
#: A column of those that have one: whether the overall value says the side and no strength.
FLAT_SIDE = "side_only"
_FLAGS = {"true": True, "false": False, "": None}

_TIE_FIELDS = frozenset({"tie_kind", "tie_kinds"})
_MARKS = frozenset({"spans", "regions", "reasons"})
_OTHERS = frozenset({"rater", "side_only", "rationale", "at", "answers"})
_NOT_VALUES = _TIE_FIELDS | _MARKS | TEXT_KEYS | _OTHERS
_TIES = tuple(kind.value for kind in TieKind)


def tie_of(value: object, field: str, values: dict[str, int], criterion: str = OVERALL) -> str:
    """Which tie a 0 was, "" if unsaid; it stands for a 0 where the criterion's value is missing.

    Of the ties that a release calls mixed no kind is known.
    """
    if not value and (value is None or value == ""):
        return ""
    kind = text_value(value, field, most=40)
    kind = TieKind.UNSPECIFIED.value if kind == MIXED_TIE else kind
    if kind not in _TIES:
        raise RowError(field, f"Must be one of {', '.join(_TIES)}.", kind)
    if values.setdefault(criterion, 0) != 0:
        reason = f"Is only for ties: the {criterion} value must then be 0."
        raise RowError(field, reason, kind, code=RefusalCode.CONTRADICTION)
    return kind


def ties_of(value: object, field: str, values: dict[str, int]) -> dict[str, str]:
    """Which ties an object of criterion: kind names; each stands for a 0 like `tie_of`'s."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise RowError(
            field,
            "Must be an object of criterion: kind of tie.",
            value,
            code=RefusalCode.WRONG_TYPE,
        )
    ties = {key: tie_of(kind, f"{field}.{key}", values, key) for key, kind in value.items()}
    return {key: kind for key, kind in ties.items() if kind}


def both_ties(overall: str, ties: dict[str, str], field: str) -> dict[str, str]:
    """The overall tie among those by criterion. Raises RowError where the two contradict."""
    if overall and ties.setdefault(OVERALL, overall) != overall:
        reason = "Contradicts the kind of tie beside it."
        raise RowError(field, reason, overall, code=RefusalCode.CONTRADICTION)
    return ties


def sides_of(value: object, field: str, values: Mapping[str, int]) -> tuple[str, ...]:
    """The criteria of which only the side is told: those of a list, or all with `true`.

    Raises RowError for one without a value, or whose value is a strength.
    """
    if value is None or value is False:
        return ()
    keys = [key for key, number in values.items() if number] if value is True else value
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise RowError(
            field, "Must be true, or a list of criteria.", value, code=RefusalCode.WRONG_TYPE
        )
    for key in keys:
        if abs(values.get(key, 0)) != 1:
            raise RowError(
                field,
                f"“{key}” must then be -1 or 1: a side and no strength.",
                key,
                code=RefusalCode.CONTRADICTION,
            )
    return tuple(sorted(keys))


def _judgment(judgment: object, field: str, ids: Sequence[str]) -> ImportedJudgment:
    if not isinstance(judgment, dict):
        raise RowError(
            field,
            f"Must be an object, not {type_in_words(judgment)}.",
            judgment,
            code=RefusalCode.WRONG_TYPE,
        )
    named = {key: value for key, value in judgment.items() if key not in _NOT_VALUES}
    draft = listed_text(judgment, field, ids) if not TEXT_KEYS.isdisjoint(judgment) else None
    if "answers" in judgment:
        answers = judgment["answers"]
        if not isinstance(answers, dict):
            raise RowError(
                f"{field}.answers",
                "Must be an object of criterion: value.",
                answers,
                code=RefusalCode.WRONG_TYPE,
            )
        named |= answers
    values, others = _parted(named, field, ids)
    ties = _listed_ties(judgment, field, values)
    if not (values or others or draft):
        raise RowError(
            field,
            'Has no value. Name a criterion, such as "overall": -1.',
            code=RefusalCode.MISSING,
        )
    rater = label(judgment.get("rater"), f"{field}.rater", most=limits.MAX_RATER)
    return ImportedJudgment(
        rater or filled(rater, f"{field}.rater"),
        values,
        ties,
        text_value(judgment.get("rationale") or "", f"{field}.rationale"),
        moment(judgment.get("at"), f"{field}.at"),
        _listed_sides(judgment, field, values),
        answers=others,
        spans=listed_spans(judgment.get("spans"), f"{field}.spans", ids),
        regions=listed_regions(judgment.get("regions"), f"{field}.regions", ids),
        reasons=listed_reasons(judgment.get("reasons"), f"{field}.reasons"),
        draft=draft,
    )


def _parted(
    named: Mapping[str, object], field: str, ids: Sequence[str]
) -> tuple[dict[str, int], dict[str, object]]:
    """The values that compare two responses, and the answers that name responses."""
    values: dict[str, int] = {}
    others: dict[str, object] = {}
    for key, value in named.items():
        if is_answer(value):
            others[key] = answer_of(value, f"{field}.{key}"[: limits.MAX_FIELD_NAME], ids)
        else:
            values[key] = whole_number(value, f"{field}.{key}")
    return values, others


def _listed_sides(
    judgment: Mapping[str, object], field: str, values: Mapping[str, int]
) -> tuple[str, ...]:
    said = judgment.get("side_only")
    return () if said is None else sides_of(said, f"{field}.side_only", values)


def _listed_ties(
    judgment: Mapping[str, object], field: str, values: dict[str, int]
) -> dict[str, str]:
    if _TIE_FIELDS.isdisjoint(judgment):
        return {}
    return both_ties(
        tie_of(judgment.get("tie_kind"), f"{field}.tie_kind", values),
        ties_of(judgment.get("tie_kinds"), f"{field}.tie_kinds", values),
        f"{field}.tie_kind",
    )


def listed_labels(record: Record, ids: Sequence[str]) -> list[ImportedJudgment]:
    """The row's `judgments`: any number, each with its rater and values by criterion key.

    `ids` are those of its responses, as the row says them.
    """
    judgments = record.get("judgments")
    if judgments is None:
        return []
    field = record.column("judgments")
    if not isinstance(judgments, list):
        raise RowError(
            field,
            f"Must be a list of judgments, not {type_in_words(judgments)}.",
            judgments,
            code=RefusalCode.WRONG_TYPE,
        )
    if len(judgments) > limits.MAX_JUDGMENTS:
        raise RowError(
            field, f"Has more than {limits.MAX_JUDGMENTS} judgments.", code=RefusalCode.TOO_LONG
        )
    return [_judgment(judgment, f"{field}[{i}]", ids) for i, judgment in enumerate(judgments)]


def rater_of(record: Record) -> str:
    """Who gave the row's label: its own rater, else the name the user gave; "" for nobody."""
    return record.label("rater", most=limits.MAX_RATER) or record.label_rater


def keep_flat(record: Record) -> None:
    """The columns of a flat label that is none after all stay with the metadata."""
    for name in (*FLAT_FIELDS, FLAT_SIDE):
        if name in record.values:
            record.keep(name)


def flat_labels(record: Record) -> list[ImportedJudgment]:
    """One judgment from the columns `rater`, `overall`, `tie_kind`, `rationale` and `at`.

    Without a rater's name or without a value there is none, and the columns become metadata.
    """
    if record.values.keys().isdisjoint(FLAT_FIELDS):
        return []
    rater = rater_of(record)
    if not rater or (record.get("overall") is None and record.get("tie_kind") is None):
        keep_flat(record)
        return []
    values: dict[str, int] = {}
    if record.get("overall") is not None:
        signed = _signed(record.get("overall"), record.column("overall"))
        values[OVERALL] = record.view.counting.sign * signed
    tie_kind = tie_of(record.get("tie_kind"), record.column("tie_kind"), values)
    flag = record.get(FLAT_SIDE)
    flag = _FLAGS.get(flag.lower(), flag) if isinstance(flag, str) else flag
    sides = sides_of(flag, record.column(FLAT_SIDE), values)
    return [_flat(record, rater, values, tie_kind, sides)]


def _signed(value: object, column: str) -> int:
    """A signed value. Raises RowError, for a word with the mapping that would take it."""
    try:
        return whole_number(value, column)
    except RowError:
        if not isinstance(value, str) or word_verdict(value) is None:
            raise
        reason = f"Says in words which response is better. Map it as the winner: winner={column}."
        raise RowError(column, reason, value, code=RefusalCode.AMBIGUOUS) from None


def judged(
    record: Record, rater: str, value: int, tie_kind: str = "", *, side_only: bool = False
) -> ImportedJudgment:
    """A rater's overall value, with the rationale and the time that the row has."""
    sides = (OVERALL,) if side_only and value else ()
    return _flat(record, rater, {OVERALL: value}, tie_kind, sides)


def labelled_answers(record: Record, rater: str, answers: Mapping[str, object]) -> ImportedJudgment:
    """A rater's answers that compare no two responses, with the rationale and the time of the
    row."""
    return replace(_flat(record, rater, {}, ""), answers=answers)


def valued(record: Record, rater: str, values: Mapping[str, int]) -> ImportedJudgment:
    """A rater's values by criterion, with the rationale and the time of the row."""
    return _flat(record, rater, dict(values), "")


def preferred_first(record: Record) -> list[ImportedJudgment]:
    """The label of a row that lists the chosen response first, if it names who chose.

    Without a name the order may be anybody's or a program's, and is no human judgment.
    """
    rater = rater_of(record)
    if not rater:
        keep_flat(record)
        return []
    if tie := record.get("tie_kind"):
        raise RowError(
            record.column("tie_kind"),
            "Says a tie, beside a chosen and a rejected response. Keep one.",
            tie,
            code=RefusalCode.CONTRADICTION,
        )
    record.keep("overall")
    return [judged(record, rater, -1, side_only=True)]


def _flat(
    record: Record,
    rater: str,
    values: dict[str, int],
    tie_kind: str,
    side_only: tuple[str, ...] = (),
) -> ImportedJudgment:
    return ImportedJudgment(
        rater=rater,
        values=values,
        tie_kinds=overall_tie(tie_kind),
        rationale=text_value(record.get("rationale") or "", record.column("rationale")),
        at=moment(record.get("at"), record.column("at")),
        side_only=side_only,
    )
