"""manifest.json: every parameter, count, reason, hash and version of a release."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from labeling.datasets.files import FileInfo
from labeling.datasets.judging import Books, total_of
from labeling.datasets.layout import Layout
from labeling.datasets.recipes.base import Recipe
from labeling.datasets.records import Criterion, ReleaseContext

MANIFEST_VERSION = 2


def make_manifest(
    *,
    context: ReleaseContext,
    books: Sequence[Books],
    layout: Layout,
    file_type: str,
    splits: Mapping[str, object],
    rows: Mapping[str, Mapping[str, int]],
    notes: Sequence[str],
    files: Sequence[FileInfo],
) -> dict[str, object]:
    """The manifest as plain data. `rows` maps table to split to number of rows.

    `counts` adds the criteria up; `figures` are those of the first criterion, and `criteria` holds
    the counts and figures of each.
    """
    recipe, shape = books[0].recipe, layout.shape
    return {
        "manifest_version": MANIFEST_VERSION,
        "project": context.project,
        "name": context.name,
        "parameters": dict(context.parameters),
        "recipe": _recipe(recipe),
        "format": {
            "key": shape.key,
            "title": shape.title,
            "file_type": file_type,
            "policy": shape.explain(),
        },
        "criterion": _criterion(books[0].recipe.criterion),
        "criteria": {book.recipe.criterion.key: _book(book) for book in books},
        "counts": {
            **total_of(books).describe(),
            "never_read": dict(context.withheld),
        },
        "rows": {table: dict(per_split) for table, per_split in rows.items()},
        "splits": dict(splits),
        "figures": books[0].tally.describe(),
        "agreement": dict(context.agreement),
        "guideline_versions": [guideline.number for guideline in context.guidelines],
        "licence": context.licence,
        "notes": list(notes),
        "versions": dict(context.versions),
        "files": [
            {key: value for key, value in file._asdict().items() if value is not None}
            for file in files
        ],
    }


def _recipe(recipe: Recipe) -> dict[str, object]:
    return {
        "key": recipe.key,
        "title": recipe.title,
        "rows_are": recipe.kind.value,
        "policy": recipe.explain(),
        "options": recipe.options.explain(),
    }


def _book(book: Books) -> dict[str, object]:
    """The counts and figures of one criterion."""
    return {
        **_criterion(book.recipe.criterion),
        "counts": book.ledger.describe(),
        "figures": book.tally.describe(),
    }


def _criterion(criterion: Criterion) -> dict[str, object]:
    return {
        "key": criterion.key,
        "wording": criterion.wording,
        "scale": criterion.scale,
        "strongest": criterion.strongest,
        "primary": criterion.primary,
    }


def manifest_bytes(manifest: Mapping[str, object]) -> bytes:
    """The file's bytes: indented for people, in a fixed order."""
    return (json.dumps(manifest, indent=2, ensure_ascii=True) + "\n").encode()
