"""Changes of principles, with the tasks that are the evidence for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from labeling.models import Task
from projects.exceptions import InvalidInput
from projects.guidelines.library import PrincipleChange, change_principle
from projects.models import Guideline, Project, User


def named_tasks(project: Project, names: Sequence[str]) -> list[int]:
    """The ids of tasks that somebody names: by their own id behind a #, or by that of their row.

    Raises InvalidInput naming the first that the project does not have.
    """
    by_name = dict(
        Task.objects.filter(project=project, external_id__in=names).values_list("external_id", "pk")
    )
    numbers = {name: int(name[1:]) for name in names if name[1:].isdecimal() and name[0] == "#"}
    stored = Task.objects.filter(project=project, pk__in=numbers.values())
    known = set(stored.values_list("pk", flat=True))
    ids: list[int] = []
    for name in names:
        pk = by_name.get(name) or (numbers.get(name) if numbers.get(name) in known else None)
        if pk is None:
            sentence = _("This project has no task “%(name)s”.") % {"name": name[:60]}
            raise InvalidInput(sentence, fields={"evidence": sentence})
        if pk not in ids:
            ids.append(pk)
    return ids


def edit_principle(
    *,
    project: Project,
    changed_by: User,
    key: str,
    change: PrincipleChange,
    evidence: Sequence[str] = (),
) -> Guideline:
    """Publishes a principle worded anew, with the tasks that say why.

    Raises InvalidInput for a task that the project does not have, and what `change_principle`
    raises.
    """
    if change.wording is not None:
        wording = replace(change.wording, evidence=named_tasks(project, evidence))
        change = replace(change, wording=wording)
    return change_principle(project=project, changed_by=changed_by, key=key, change=change)
