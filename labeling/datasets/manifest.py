"""manifest.json: every parameter, count, reason, hash and version of a release."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from labeling.datasets.files import FileInfo
from labeling.datasets.formats.base import Format
from labeling.datasets.recipes.base import Ledger, Recipe
from labeling.datasets.records import ReleaseContext

MANIFEST_VERSION = 1


def make_manifest(
    *,
    context: ReleaseContext,
    recipe: Recipe,
    shape: Format,
    file_type: str,
    ledger: Ledger,
    figures: Mapping[str, object],
    splits: Mapping[str, object],
    rows: Mapping[str, Mapping[str, int]],
    notes: Sequence[str],
    files: Sequence[FileInfo],
) -> dict[str, object]:
    """The manifest as plain data. `rows` maps table to split to number of rows."""
    return {
        "manifest_version": MANIFEST_VERSION,
        "project": context.project,
        "name": context.name,
        "parameters": dict(context.parameters),
        "recipe": {"key": recipe.key, "title": recipe.title, "policy": recipe.explain()},
        "format": {
            "key": shape.key,
            "title": shape.title,
            "file_type": file_type,
            "policy": shape.explain(),
        },
        "criterion": {
            "key": context.criterion.key,
            "wording": context.criterion.wording,
            "scale": context.criterion.scale,
            "strongest": context.criterion.strongest,
            "primary": context.criterion.primary,
        },
        "counts": {
            **ledger.describe(),
            "never_read": dict(context.withheld),
        },
        "rows": {table: dict(per_split) for table, per_split in rows.items()},
        "splits": dict(splits),
        "figures": dict(figures),
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


def manifest_bytes(manifest: Mapping[str, object]) -> bytes:
    """The file's bytes: indented for people, in a fixed order."""
    return (json.dumps(manifest, indent=2, ensure_ascii=True) + "\n").encode()
