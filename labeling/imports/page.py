"""What the preview says of a row's labels, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labeling.datasets.rows import Duplicate, ImportedLabel, ImportRow, Refusal, RowError
from labeling.imports.right_answers import right_answer_of
from labeling.imports.taskkinds import kinds_in_words
from labeling.kinds import tie_words
from labeling.rating.covers import cover_words
from labeling.vocabulary import Grade, Purpose, TaskKind

_BETTER = {
    Grade.NEGLIGIBLE: gettext_lazy("response %(number)d is negligibly better"),
    Grade.SLIGHT: gettext_lazy("response %(number)d is slightly better"),
    Grade.PLAIN: gettext_lazy("response %(number)d is better"),
    Grade.MUCH: gettext_lazy("response %(number)d is much better"),
}


@dataclass(frozen=True, slots=True)
class LabelInWords:
    """Who said it, and what of each criterion."""

    rater: str
    answers: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RightInWords:
    """What a row says is right, by question, or why that cannot be; `purpose` is what for."""

    answers: list[tuple[str, str]]
    reason: str = ""
    purpose: str = Purpose.GOLD.value
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row of the file as it would be imported, its labels and models' votes in words.

    `right` is what the row says is right, which is no metadata; `cover` says what its pictures may
    show that nobody should come upon unasked.
    """

    row: ImportRow | Duplicate | Refusal
    labels: list[LabelInWords]
    model_votes: list[LabelInWords]
    kind: str = ""
    right: RightInWords | None = None
    cover: str = ""


def preview_in_words(rows: Iterable[ImportRow | Duplicate | Refusal]) -> list[PreviewRow]:
    """The first rows of a file for the page."""
    return [
        _imported_in_words(row) if isinstance(row, ImportRow) else PreviewRow(row, [], [])
        for row in rows
    ]


def _imported_in_words(row: ImportRow) -> PreviewRow:
    right, row = _right_in_words(row)
    kind = "".join(kinds_in_words({row.kind: 1}))
    topics = row.about.get("topics")
    return PreviewRow(
        row,
        _in_words(row.judgments),
        _in_words(row.model_votes),
        kind,
        right,
        cover_words(topics) if isinstance(topics, list) else "",
    )


def _right_in_words(row: ImportRow) -> tuple[RightInWords | None, ImportRow]:
    """What a row says is right, in words, and the row without it."""
    try:
        right, rest = right_answer_of(row)
    except RowError as error:
        return RightInWords([], refusal=f"{error.field}: {error.reason}"), row
    if right is None:
        return None, row
    known = right.known
    answers = [
        (key, " · ".join(_right_shapes(shape, row.kind))) for key, shape in known.answers.items()
    ]
    return RightInWords(answers, known.reason, known.purpose), rest


def _right_shapes(shape: object, kind: str) -> list[str]:
    """Each accepted answer as the row says it: negative is the row's first response."""
    if kind != TaskKind.COMPARE:
        bands = [band if isinstance(band, list) else [band] for band in _listed(shape)]
        return [_answer_in_words(bands if isinstance(shape, list) else shape) or str(shape)]
    return [_side_in_words(value) for value in _listed(shape)]


def _listed(shape: object) -> list[object]:
    return shape if isinstance(shape, list) else [shape]


def _side_in_words(value: object) -> str:
    if not isinstance(value, int):
        return str(value)
    if not value:
        return _("a tie")
    return _("response %(number)d is better") % {"number": 1 if value < 0 else 2}


def _in_words(labels: Iterable[ImportedLabel]) -> list[LabelInWords]:
    return [
        LabelInWords(
            _("%(name)s, final word") % {"name": label.rater} if label.is_final else label.rater,
            [
                *((key, _words(label, key)) for key in label.values),
                *((key, _answer_in_words(answer)) for key, answer in label.answers.items()),
            ],
        )
        for label in labels
    ]


def _answer_in_words(answer: object) -> str:
    """An order as its bands with signs between, or what is said of each response."""
    if isinstance(answer, tuple | list):
        return " > ".join(" = ".join(map(str, band)) for band in answer)
    said = answer.items() if isinstance(answer, dict) else ()
    return ", ".join(
        f"{name}: {_answer_in_words(value) if isinstance(value, dict) else value}"
        for name, value in said
    )


def _words(label: ImportedLabel, key: str) -> str:
    """From the row's point of view, which is the page's too."""
    value = label.values[key]
    if value == 0:
        kind = label.tie_kinds.get(key, "")
        return tie_words(kind) if kind else _("a tie")
    number = 1 if value < 0 else 2
    if key in label.grades:
        return str(_BETTER[Grade(label.grades[key])]) % {"number": number}
    if key in label.side_only:
        return _("response %(number)d is better, strength not told") % {"number": number}
    return _("response %(number)d is better, strength %(strength)d") % {
        "number": number,
        "strength": abs(value),
    }
