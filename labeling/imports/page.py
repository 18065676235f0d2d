"""What the preview says of a row's labels, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from labeling.datasets.rows import Duplicate, ImportedLabel, ImportRow, Refusal
from labeling.imports.taskkinds import kinds_in_words
from labeling.kinds import tie_words
from labeling.vocabulary import Grade

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
class PreviewRow:
    """A row of the file as it would be imported, its labels and models' votes in words."""

    row: ImportRow | Duplicate | Refusal
    labels: list[LabelInWords]
    model_votes: list[LabelInWords]
    kind: str = ""


def preview_in_words(rows: Iterable[ImportRow | Duplicate | Refusal]) -> list[PreviewRow]:
    """The first rows of a file for the page."""
    return [
        PreviewRow(
            row,
            _in_words(row.judgments),
            _in_words(row.model_votes),
            "".join(kinds_in_words({row.kind: 1})),
        )
        if isinstance(row, ImportRow)
        else PreviewRow(row, [], [])
        for row in rows
    ]


def _in_words(labels: Iterable[ImportedLabel]) -> list[LabelInWords]:
    return [
        LabelInWords(
            label.rater,
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
