"""Which kind of task a row makes: what the row or the user says, else its number of responses."""

from __future__ import annotations

from collections.abc import Mapping

from labeling.datasets.readers import limits
from labeling.datasets.rows import MappingError, RefusalCode, RowError
from labeling.vocabulary import ASKED_AS_REVIEW, TaskKind

#: The word of a mapping that names no column but the kind of task that every row makes.
KIND_WORD = "task_kind"
#: The fewest and the most responses of a task of each kind, and what it is called.
_SIZES: Mapping[str, tuple[int, int, str]] = {
    TaskKind.COMPARE: (limits.COMPARED_RESPONSES, limits.COMPARED_RESPONSES, "a comparison"),
    TaskKind.RANK: (limits.RANKED_RESPONSES, limits.MAX_RESPONSES, "a ranking"),
    TaskKind.RATE: (1, limits.MAX_RESPONSES, "a rating"),
    TaskKind.RULE: (1, limits.MAX_RESPONSES, "a check of rules"),
    TaskKind.WRITE: (0, 1, "a task to write"),
}
_REVIEW = (1, 1, "a review")
#: The kinds of tasks that rows make.
ROW_KINDS = tuple(str(kind) for kind in _SIZES)
_BY_NUMBER: Mapping[int, str] = {
    1: TaskKind.RATE.value,
    limits.COMPARED_RESPONSES: TaskKind.COMPARE.value,
}
_OF_MORE = TaskKind.RANK.value


def kind_by_number(count: int) -> str:
    """What so many responses mean where nobody says it: one is rated, two are compared, three and
    more are ranked."""
    return _BY_NUMBER.get(count, _OF_MORE)


def wished_kind(mapping: Mapping[str, str]) -> str:
    """The kind of task that the user asks of every row; "" where they leave it to the rows.

    Raises MappingError for a kind that rows do not make.
    """
    kind = mapping.get(KIND_WORD, "")
    if kind and kind not in ROW_KINDS:
        raise MappingError(
            f"There is no kind of task “{kind[:40]}” for rows. Kinds: {', '.join(ROW_KINDS)}."
        )
    return kind


def is_kind(value: object) -> bool:
    """Whether a value names a kind of task that rows make."""
    return isinstance(value, str) and value.strip().lower() in ROW_KINDS


def named_kind(value: object, field: str) -> str:
    """The kind that a row names. Raises RowError for anything else."""
    if not is_kind(value):
        raise RowError(field, f"Must be one of {', '.join(ROW_KINDS)}.", value)
    return str(value).strip().lower()


def check_most(count: int) -> None:
    """Raises RowError for more responses than any kind takes."""
    if count > limits.MAX_RESPONSES:
        raise RowError(
            "responses",
            f"Has {count} responses; at most {limits.MAX_RESPONSES} can be judged.",
            code=RefusalCode.TOO_LONG,
        )


def check_count(kind: str, count: int) -> None:
    """Raises RowError for a number of responses that a task of the kind cannot have."""
    check_most(count)
    least, most, name = _REVIEW if kind == ASKED_AS_REVIEW else _SIZES[kind]
    if least <= count <= most:
        return
    takes = f"exactly {least}" if least == most else f"{least} to {most}"
    raise RowError(
        "responses",
        f"Has {count} response{'' if count == 1 else 's'}; {name} takes {takes}.",
        code=RefusalCode.TOO_FEW if count < least else RefusalCode.TOO_LONG,
    )
