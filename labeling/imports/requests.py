"""The request for an import, kept: never beside the undoing of another."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from labeling.imports.selectors import is_undoing
from labeling.models import Import
from projects.audit import record
from projects.exceptions import InvalidInput
from projects.models import Project


def require_no_undoing(project: Project) -> None:
    """Raises InvalidInput while an import of the project is being undone."""
    if is_undoing(project):
        sentence = _("An import is being undone. Import again when that is over.")
        raise InvalidInput(sentence, fields={"file": sentence})


@transaction.atomic
def keep_request(import_: Import) -> Import:
    """Keeps the row and its line in the log.

    Raises InvalidInput where an undoing was asked for while the file was looked at: whoever asks
    for one holds the project's row too, and refuses while an import is open.
    """
    Project.objects.select_for_update(no_key=True).get(pk=import_.project_id)
    require_no_undoing(import_.project)
    import_.save(force_insert=True)
    record(
        project=import_.project,
        actor=import_.created_by,
        verb="import requested",
        file=import_.filename,
        sha256=import_.sha256,
    )
    return import_
