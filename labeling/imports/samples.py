"""The rows that a template brings to try a project with, imported like any file."""

from __future__ import annotations

from django.utils.translation import gettext as _

from labeling.imports.services import ImportOptions, create_import
from labeling.models import Import
from projects.exceptions import Conflict
from projects.models import Project, User
from projects.project_templates import PROJECT_TEMPLATES, sample_rows


def has_samples(project: Project) -> bool:
    """Whether the project began with a template that brings rows."""
    return project.template in PROJECT_TEMPLATES


def sample_file(project: Project) -> tuple[str, bytes]:
    """What the file of these rows is called, and its content.

    Raises Conflict for a project without a template that brings rows.
    """
    if not has_samples(project):
        raise Conflict(_("This project began without a template, so it has no sample rows."))
    return f"sample-rows-{project.template}.jsonl", sample_rows(project.template)


def import_samples(*, project: Project, created_by: User | None) -> Import:
    """Keeps the request to import them; the door sends the job. Raises like `sample_file`."""
    filename, content = sample_file(project)
    return create_import(
        project=project,
        created_by=created_by,
        filename=filename,
        content=content,
        options=ImportOptions(yes=True),
    )
