"""Places of later turns that nobody is to take: no further rater chose the reply that they follow.

A later turn goes to those who chose the reply before it (`labeling.rating.branches`). How many may
still come to it are those who chose and have yet to answer, and whoever may yet judge the turn
before; what is left of its places waits for nobody.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db import connection

from labeling.rating.claims import CHOSE
from projects.models import Project
from projects.permissions import Action, roles_that_may

_BRANCHES = f"""
SELECT t.id, t.open_slots, t.follows_id,
    CASE WHEN parent.withdrawn_at IS NULL THEN parent.open_slots ELSE 0 END,
    parent.follows_id IS NOT NULL,
    (SELECT count(*) FROM labeling_assignment h
     WHERE h.task_id = t.follows_id AND h.state = 'leased'),
    (SELECT count(*) FROM labeling_judgment v
         JOIN projects_membership m ON m.project_id = v.project_id AND m.user_id = v.rater_id
             AND m.role = ANY(%(roles)s)
     WHERE v.task_id = t.follows_id AND v.is_current AND NOT v.withdrawn
       AND v.purpose <> 'adjudication'
       AND NOT EXISTS (SELECT 1 FROM labeling_assignment mine
                       WHERE mine.task_id = t.id AND mine.rater_id = v.rater_id
                         AND mine.state <> 'expired')
       AND {CHOSE.replace("%(rater)s", "v.rater_id")})
FROM labeling_task t JOIN labeling_task parent ON parent.id = t.follows_id
WHERE t.project_id = %(project)s AND t.follows_id IS NOT NULL AND t.open_slots > 0
  AND t.purpose = 'live' AND t.withdrawn_at IS NULL
"""  # noqa: S608 - words of our own


class _Branch(NamedTuple):
    """A later turn with free places: who holds the turn before, and who chose and is to come."""

    pk: int
    open_slots: int
    follows: int
    parent_open: int | None
    parent_is_branch: bool
    parent_held: int
    to_come: int


def places_without_raters(project: Project) -> int:
    """How many free places of later turns wait for nobody, as things stand."""
    roles = [str(role) for role in roles_that_may(Action.RATE)]
    with connection.cursor() as cursor:
        cursor.execute(_BRANCHES, {"project": project.pk, "roles": roles})
        branches = {row[0]: _Branch(*row) for row in cursor.fetchall()}
    reached: dict[int, int] = {}
    for start in branches:
        # From the newest turn whose count is known, or the first of all, down to this one.
        line = [start]
        while line[-1] not in reached and branches[line[-1]].follows in branches:
            line.append(branches[line[-1]].follows)
        for pk in reversed(line):
            if pk not in reached:
                reached[pk] = _reached(branches[pk], reached)
    return sum(branch.open_slots - reached[pk] for pk, branch in branches.items())


def _reached(branch: _Branch, reached: dict[int, int]) -> int:
    """How many of its free places somebody may yet take."""
    if branch.parent_is_branch:
        more = reached.get(branch.follows, 0)
    elif branch.parent_open is None:
        return branch.open_slots
    else:
        more = branch.parent_open
    return min(branch.open_slots, branch.to_come + branch.parent_held + more)
