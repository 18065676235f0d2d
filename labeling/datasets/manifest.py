"""manifest.json: every parameter, count, reason, hash and version of a release."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from labeling.datasets.context import ReleaseContext
from labeling.datasets.files import FileInfo
from labeling.datasets.folds import FOLDS
from labeling.datasets.formats.base import Format
from labeling.datasets.judging import Books, total_of
from labeling.datasets.layout import Layout
from labeling.datasets.readiness import Readiness
from labeling.datasets.recipes.base import Recipe
from labeling.datasets.recipes.sentences import options_in_words
from labeling.datasets.records import CriterionRecord

MANIFEST_VERSION = 3


def _beside(context: ReleaseContext) -> dict[str, object]:
    """The project's agreement; how many judgments stand in the files of checks, and how many raters
    passed a qualification, if any do."""
    counts = {name.partition(".")[0]: len(lines) for name, lines in context.checks.items()}
    asked = context.qualification
    return {
        "agreement": dict(context.agreement),
        **({"checks": counts} if counts else {}),
        **({} if asked is None else {"qualification": dict(asked)}),
    }


def make_manifest(
    *,
    context: ReleaseContext,
    books: Sequence[Books],
    layout: Layout,
    file_type: str,
    splits: Mapping[str, object],
    folds: Mapping[str, int],
    rows: Mapping[str, Mapping[str, int]],
    notes: Sequence[str],
    readiness: Sequence[Readiness],
    files: Sequence[FileInfo],
) -> dict[str, object]:
    """The manifest as plain data. `rows` maps table to split to number of rows.

    `readiness` are the figures of each book. `counts` adds the criteria up; `figures` are those of
    the first criterion, and `criteria` holds the counts and figures of each. `warnings` are what to
    know before training: a code, the criterion, and a sentence.
    """
    recipe, shape = books[0].recipe, layout.shape
    parts = [(book, recipe.criterion) for book in books for recipe, _ in book.parts]
    return {
        "manifest_version": MANIFEST_VERSION,
        "project": context.project,
        "name": context.name,
        "parameters": dict(context.parameters),
        "recipe": _recipe(recipe),
        "format": _format(shape, file_type, recipe.criterion.answer),
        "criterion": _criterion(recipe.criterion),
        "criteria": _criteria(parts, readiness),
        "counts": {**total_of(books).describe(), "never_read": dict(context.withheld)},
        "rows": {table: dict(per_split) for table, per_split in rows.items()},
        "splits": dict(splits),
        "rater_folds": _folds(books, folds),
        "figures": readiness[0].figures,
        **_beside(context),
        **_versions(context),
        "licence": context.licence,
        "notes": list(notes),
        "warnings": [
            {"code": code, "criterion": criterion.key, "text": text}
            for (_, criterion), ready in zip(parts, readiness, strict=True)
            for code, text in ready.warnings
        ],
        "versions": dict(context.versions),
        "files": [
            {key: value for key, value in file._asdict().items() if value is not None}
            for file in files
        ],
    }


def _versions(context: ReleaseContext) -> dict[str, object]:
    """The versions of guideline and questions that judgments name, what each asked, and in which
    order comparisons ask now."""
    order = context.axis_order
    return {
        **({} if order is None else {"axis_order": dict(order)}),
        "guideline_versions": [guideline.number for guideline in context.guidelines],
        "rubric_versions": [rubric.number for rubric in context.rubrics],
        "rubrics": {
            str(rubric.number): [dict(question) for question in rubric.questions]
            for rubric in context.rubrics
        },
    }


def _folds(books: Sequence[Books], folds: Mapping[str, int]) -> dict[str, object]:
    """Which raters to hold out together, by pseudonym: those with a judgment that may be data."""
    raters = sorted({rater for book in books for _, tally in book.parts for rater in tally.by(0)})
    return {"folds": FOLDS, "of": {rater: folds[rater] for rater in raters}}


def _format(shape: Format, file_type: str, answer: str) -> dict[str, object]:
    return {
        "key": shape.key,
        "title": shape.title,
        "file_type": file_type,
        "policy": shape.explain(answer=answer),
    }


def _recipe(recipe: Recipe) -> dict[str, object]:
    return {
        "key": recipe.key,
        "title": recipe.title,
        "rows_are": recipe.kind.value,
        "policy": recipe.explain(answer=recipe.criterion.answer),
        "options": recipe.options.plain(),
        "options_in_words": options_in_words(recipe.options),
    }


def _criteria(
    parts: Sequence[tuple[Books, CriterionRecord]], readiness: Sequence[Readiness]
) -> dict[str, object]:
    return {
        criterion.key: _part(book, criterion, ready)
        for (book, criterion), ready in zip(parts, readiness, strict=True)
    }


def _part(book: Books, criterion: CriterionRecord, readiness: Readiness) -> dict[str, object]:
    """The counts and figures of one criterion; those that are joined share their counts."""
    return {
        **_criterion(criterion),
        "counts": book.ledger.describe(),
        "figures": readiness.figures,
    }


def _criterion(criterion: CriterionRecord) -> dict[str, object]:
    return {
        "key": criterion.key,
        "wording": criterion.wording,
        "scale": criterion.scale,
        "strongest": criterion.strongest,
        "primary": criterion.primary,
        "answer": criterion.answer,
        "strengths": list(criterion.strengths),
        **({} if criterion.words is None else {"options": list(criterion.words)}),
    }


def manifest_bytes(manifest: Mapping[str, object]) -> bytes:
    """The file's bytes: indented for people, in a fixed order."""
    return (json.dumps(manifest, indent=2, ensure_ascii=True) + "\n").encode()
