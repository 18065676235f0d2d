"""doccano exports of texts with two responses beside them, labelled with one of the two.

Source: the export formats of doccano (JSONL and JSON of text classification): `text`, `label` as a
list of words, and every further column of the data that was uploaded. Nobody is named in it.
"""

from __future__ import annotations

from collections.abc import Iterator

from labeling.datasets.readers.fields import type_in_words
from labeling.datasets.readers.shapes.base import COMMON, Sample, Shape, decoded_cell
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import rater_of
from labeling.datasets.readers.shapes.pairs import side_of
from labeling.datasets.readers.shapes.prompts import FRAME, framed, user_turn
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.winning import names_of_pair
from labeling.datasets.rows import ImportedJudgment, RefusalCode, RowError


def _judgments(record: Record, pair: tuple[Candidate, Candidate]) -> list[ImportedJudgment]:
    """The one label of the row, where somebody is named who gave it."""
    words, field, rater = record.get("label"), record.column("label"), rater_of(record)
    if not words or not rater:
        record.keep("label")
        record.keep("rater")
        return []
    if not isinstance(words, list):
        raise RowError(
            field,
            f"Must be a list of labels, not {type_in_words(words)}.",
            words,
            code=RefusalCode.WRONG_TYPE,
        )
    sides, graded = names_of_pair(pair), record.view.graded
    verdicts = {sides.named(word, graded=graded) for word in words}
    verdict = verdicts.pop()
    if verdicts or verdict is None:
        raise RowError(field, "Names neither response nor a tie, or more than one of them.", words)
    return [verdict.judgment(rater)]


def _read(record: Record) -> list[Parts]:
    """The text is the prompt."""
    pair = side_of(record, "a"), side_of(record, "b")
    prompt = user_turn(record.get("asked"), record.column("asked"))
    return [Parts(framed(record, prompt), pair, _judgments(record, pair))]


def _labels(sample: Sample) -> Iterator[object]:
    return (decoded_cell(value) for value in sample.values("label"))


def _fits(sample: Sample) -> bool:
    """Every label is a list of words, and the text is one, as no other tool writes them."""
    labels, texts = list(_labels(sample)), list(sample.values("asked"))
    return (
        bool(texts)
        and all(isinstance(text, str) for text in texts)
        and bool(labels)
        and all(
            isinstance(words, list) and all(isinstance(word, str) for word in words)
            for words in labels
        )
    )


def _words(sample: Sample) -> Iterator[str]:
    return (
        word
        for words in _labels(sample)
        for word in (words if isinstance(words, list) else [])
        if isinstance(word, str)
    )


DOCCANO = Shape(
    key="doccano",
    title="doccano: a text, two responses beside it, and labels",
    explanation=(
        "The text is the prompt. A label that names a response or a tie is a judgment where a "
        "rater is named: an export does not say who gave it."
    ),
    fields=(
        *("asked", "response_a", "response_b", "model_a", "model_b", "label"),
        *("rater", "rationale", "at"),
        *FRAME,
        *COMMON,
    ),
    needs=(("asked", "response_a", "response_b", "label"),),
    read=_read,
    fits=_fits,
    words=_words,
)
