"""The library of principles: a change of one is a version of it and of the guideline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils.translation import gettext as _

from projects.exceptions import Conflict
from projects.guidelines.content import spec_like
from projects.guidelines.selectors import current_guideline
from projects.guidelines.services import publish_guideline
from projects.models import Guideline, Principle, Project, User
from projects.project_templates import PrincipleSpec


@dataclass(frozen=True, slots=True)
class PrincipleChange:
    """What a principle is to say, `None` to retire it, and how its change is published."""

    wording: PrincipleSpec | None
    note: str = ""
    change_size: str = "major"
    based_on: int | None = None


def principle_versions(project: Project, key: str = "") -> list[Principle]:
    """The wordings of a principle, or of all of them, newest first: each as it first stood."""
    clauses = Principle.objects.filter(guideline__project=project)
    if key:
        clauses = clauses.filter(key=key)
    clauses = clauses.select_related("guideline__published_by").defer(
        "guideline__html", "guideline__text"
    )
    first = clauses.order_by("key", "-version", "guideline__number").distinct("key", "version")
    return list(first)


def get_principle(project: Project, key: str) -> Principle | None:
    """The principle as the newest version that holds it has it, or None."""
    clauses = Principle.objects.filter(guideline__project=project, key=key)
    return clauses.select_related("guideline").order_by("-guideline__number").first()


@transaction.atomic
def change_principle(
    *, project: Project, changed_by: User, key: str, change: PrincipleChange
) -> Guideline:
    """Publishes a version of the guideline with one principle worded anew, added (`key` is empty),
    brought back or retired; old judgments keep the words that they were given under.

    Raises Conflict where there is no guideline yet, or another version was published since;
    InvalidInput for what cannot stand, or where nothing changes.
    """
    newest = current_guideline(project)
    if newest is None:
        raise Conflict(_("Write the guideline first: principles are numbered clauses of it."))
    spec = spec_like(newest, change_note=change.note or _note(key, change))
    spec = replace(
        spec,
        principles=_with_change(spec.principles, key, change.wording),
        change_size=change.change_size,
    )
    return publish_guideline(
        project=project, published_by=changed_by, spec=spec, based_on=change.based_on
    )


def _with_change(
    principles: Sequence[PrincipleSpec], key: str, wording: PrincipleSpec | None
) -> list[PrincipleSpec]:
    if wording is None:
        return [principle for principle in principles if principle.key != key]
    if not key or all(principle.key != key for principle in principles):
        return [*principles, replace(wording, key=key)]
    return [
        replace(wording, key=key) if principle.key == key else principle for principle in principles
    ]


def _note(key: str, change: PrincipleChange) -> str:
    """What raters are told changed, where the lead does not say."""
    if change.wording is None:
        return _("A principle was retired.")
    words = _("“%(title)s” was worded anew.") if key else _("“%(title)s” is a new principle.")
    return words % {"title": change.wording.title.strip()}
