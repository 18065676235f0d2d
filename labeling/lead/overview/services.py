"""What a lead does about what needs a person, where it is not done elsewhere."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.lead.overview.selectors import failure_kind, newest_failures
from labeling.models import SetAside
from projects.audit import record
from projects.exceptions import Conflict
from projects.models import Project, User
from projects.sql import database_now


@transaction.atomic
def set_aside(*, project: Project, kind: str, actor: User) -> None:
    """Says that a failure needs nobody any more; the next one does. Raises Conflict for others."""
    failures = {failure_kind(job): job for job in newest_failures(project)}
    if kind not in failures:
        raise Conflict(_("Nothing that can be set aside needs a person here now."))
    SetAside.objects.update_or_create(
        project=project,
        kind=kind,
        defaults={"upto": failures[kind].pk, "person": actor, "at": database_now()},
    )
    verb = gettext_noop("failure set aside")
    record(project=project, actor=actor, verb=verb, kind=kind, id=failures[kind].pk)
