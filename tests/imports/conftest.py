"""Rows that go through an import to its end."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from labeling.imports.services import ImportOptions, create_import, run_import
from labeling.models import Import
from projects.models import Project, User

Take = Callable[..., Import]


@pytest.fixture
def take(project: Project, lena: User) -> Take:
    """Imports rows as JSON Lines, or a file's `content`, and runs the job to its end.

    Further keywords are the mapping.
    """

    def run(
        *rows: object,
        content: bytes = b"",
        rater: str = "",
        yes: bool = False,
        overlap: int | None = None,
        **mapping: str,
    ) -> Import:
        import_ = create_import(
            project=project,
            created_by=lena,
            filename="rows.jsonl",
            content=content or "\n".join(map(json.dumps, rows)).encode(),
            mapping=mapping,
            options=ImportOptions(overlap=overlap, label_rater=rater, yes=yes),
        )
        run_import(import_.pk)
        import_.refresh_from_db()
        return import_

    return run


def counts(import_: Import) -> dict[str, int]:
    """The counts that are not zero."""
    return {kind: n for kind, n in import_.counts.items() if n}
