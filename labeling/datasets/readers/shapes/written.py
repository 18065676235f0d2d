"""Texts that labels wrote: the answer of a task to write, or a response as it was improved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import label, text_value, type_in_words, whole_number
from labeling.datasets.readers.shapes.answers import named_response
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.rows import (
    ImportedJudgment,
    ImportedResponse,
    ImportedText,
    RefusalCode,
    RowError,
)
from labeling.vocabulary import ASKED_AS_REVIEW, TaskKind

#: Kinds of tasks with a response that may be improved.
_IMPROVED = (TaskKind.COMPARE, TaskKind.RANK, ASKED_AS_REVIEW)
_MOST_COUNTED = 2**31 - 1
#: Fields of a release's judgments that say what was written, and how.
TEXT_FIELDS = ("text", "text_id", "edit_of", "typed", "pasted", "declared_assist")
#: Keys of a label in a row that do.
TEXT_KEYS = frozenset({"text", "text_id", "edit", "typed", "pasted", "declared_assist"})
_KEYS_OF_EDIT = ("response", "text")


def released_text(record: Record, count: int) -> ImportedText | None:
    """What a judgment of a release wrote, None where it wrote nothing; `count` responses."""
    text = text_value(record.get("text") or "", record.column("text"))
    field, said = record.column("edit_of"), record.get("edit_of")
    place = whole_number(said, field) if said not in (None, "") else 0
    if not 0 <= place <= count:
        raise RowError(field, f"Must be from 0, for none, to {count}.", place)
    if not text and not place:
        return None
    record.leave("paste_ratio")
    typed, pasted = (_counted(record.get(n), record.column(n)) for n in ("typed", "pasted"))
    return ImportedText(
        text or None,
        record.label("text_id", most=limits.MAX_ID),
        place,
        *_counts(typed, pasted),
        record.get("declared_assist") in (True, "true", "True", 1),
    )


def listed_text(
    judgment: Mapping[str, object], field: str, ids: Sequence[str]
) -> ImportedText | None:
    """What a label of a row wrote: its `text`, or the `edit` of a response of the row."""
    said, edit = judgment.get("text"), judgment.get("edit")
    if said is None and edit is None:
        return None
    if said is not None and edit is not None:
        reason = "Has a text and an edit. A task to write takes a text, the others an edit."
        raise RowError(f"{field}.edit", reason, code=RefusalCode.CONTRADICTION)
    place, text = 0, said
    if edit is not None:
        place, text = _edited(edit, f"{field}.edit", ids)
    counts = (_counted(judgment.get(name), f"{field}.{name}") for name in ("typed", "pasted"))
    declared = judgment.get("declared_assist", False)
    if type(declared) is not bool:
        raise RowError(
            f"{field}.declared_assist",
            "Must be true or false.",
            declared,
            code=RefusalCode.WRONG_TYPE,
        )
    return ImportedText(
        text_value(text, f"{field}.text"),
        label(judgment.get("text_id"), f"{field}.text_id", most=limits.MAX_ID),
        place,
        *_counts(*counts),
        declared,
    )


def _edited(edit: object, field: str, ids: Sequence[str]) -> tuple[int, object]:
    """The place of the response that is edited, from 1, and the text that it becomes."""
    if not isinstance(edit, dict) or set(edit) != set(_KEYS_OF_EDIT):
        raise RowError(
            field,
            'Must be {"response": "its id", "text": "…"}.'
            if isinstance(edit, dict)
            else f"Must be an object, not {type_in_words(edit)}.",
            edit,
            code=RefusalCode.WRONG_TYPE,
        )
    name = named_response(edit["response"], f"{field}.response", ids)
    return ids.index(name) + 1, edit["text"]


def _counted(value: object, field: str) -> int | None:
    if value is None or value == "":
        return None
    number = whole_number(value, field)
    if not 0 <= number <= _MOST_COUNTED:
        raise RowError(field, "Must be a number of characters.", number)
    return number


def _counts(typed: int | None, pasted: int | None) -> tuple[int | None, int | None]:
    """One of the two says nothing without the other."""
    return (None, None) if typed is None or pasted is None else (typed, pasted)


def check_drafts(
    kind: str, labels: Sequence[ImportedJudgment], responses: Sequence[ImportedResponse]
) -> None:
    """Raises RowError for a label that wrote what nobody is asked for on a task of its kind, or
    nothing where a text is all that is."""
    ids = {response.external_id for response in responses}
    for number, said in enumerate(labels):
        field, draft = f"judgments[{number}]", said.draft
        if kind == TaskKind.WRITE and (said.values or not (draft or said.answers)):
            raise RowError(
                field,
                "A task to write takes no labels but texts: what raters answer is what they write.",
                code=RefusalCode.UNSUPPORTED,
            )
        if draft is None:
            continue
        if kind != TaskKind.WRITE and kind not in _IMPROVED:
            raise RowError(
                field, "Nothing is written on a task of this kind.", code=RefusalCode.UNSUPPORTED
            )
        if (kind == TaskKind.WRITE and draft.text is None) or (
            draft.text is not None and not draft.text.strip()
        ):
            reason = "There is nothing in it but spaces."
            raise RowError(f"{field}.text", reason, code=RefusalCode.EMPTY)
        if kind in (TaskKind.COMPARE, TaskKind.RANK) and not draft.edit_of:
            raise RowError(
                f"{field}.text",
                "Does not say which response it edits.",
                code=RefusalCode.MISSING,
            )
        if draft.external_id in ids:
            raise RowError(
                f"{field}.text_id",
                "A response of the row has this id.",
                draft.external_id,
                code=RefusalCode.TWICE,
            )
