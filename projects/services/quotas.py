"""What one person, and one project, may take of what everybody shares."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects.exceptions import Conflict, InvalidInput
from projects.models import Project, User

# The space of the locks of who creates a project: arbitrary, but it must never change.
_CREATOR_SPACE = 41101

_ADD = """
    INSERT INTO projects_dailyupload AS t (project_id, day, size)
    VALUES (%(project)s, (now() AT TIME ZONE 'UTC')::date, %(size)s)
    ON CONFLICT (project_id, day) DO UPDATE SET size = t.size + %(size)s
    WHERE t.size + %(size)s <= %(most)s
    RETURNING size
"""


def require_room_for_project(user: User, *, is_demo: bool = False) -> None:
    """Raises Conflict where the user has as many projects as one person may; operators may more.
    The demo's are nobody's, and its seeding does not keep its lead from making any meanwhile.

    Call it in the transaction that creates one: it keeps a second from being created meanwhile.
    """
    most = settings.PROJECTS_PER_PERSON
    if is_demo or not most or user.is_superuser or not user.is_active:
        return
    # Not the user's row: logging in writes there, and would wait for as long as a project is made.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_CREATOR_SPACE, user.pk])
    mine = Project.objects.filter(created_by=user, is_demo=False).exclude(
        status=Project.Status.ARCHIVED
    )
    if mine.count() >= most:
        sentence = ngettext(
            "You have %(most)d project, as many as one person may. Archive one first.",
            "You have %(most)d projects, as many as one person may. Archive one first.",
            most,
        )
        raise Conflict(sentence % {"most": most})


def count_upload(*, project: Project, size: int) -> None:
    """Counts a file that was handed over. Raises InvalidInput where the day's room is used up."""
    most = settings.UPLOAD_PER_DAY
    if not most:
        return
    values = {"project": project.pk, "size": size, "most": most}
    with connection.cursor() as cursor:
        if size <= most:
            cursor.execute(_ADD, values)
            if cursor.fetchone():
                return
    sentence = _(
        "Files of one day may have %(most)d MB together in a project, and this one is too much. "
        "Go on tomorrow, or ask an operator for more room."
    ) % {"most": most // 2**20}
    raise InvalidInput(sentence, fields={"file": sentence})
