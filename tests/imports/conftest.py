"""Rows that go through an import to its end."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

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


def lines(*rows: object) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


@pytest.fixture
def lead(client_for: Callable[[User], Client], lena: User) -> Client:
    """A browser in which lena is logged in."""
    return client_for(lena)


@pytest.fixture
def upload(lead, project):
    """Uploads rows and returns the address of their preview."""

    def send(*rows: object, content: bytes = b"", name: str = "rows.jsonl") -> str:
        file = SimpleUploadedFile(name, content or lines(*rows))
        reply = lead.post(reverse("labeling:imports", args=[project.slug]), {"file": file})
        assert reply.status_code == 302, reply.context["form"].errors
        return str(reply["Location"])

    return send


def text(reply) -> str:
    return str(reply.content.decode())
