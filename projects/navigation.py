"""Where a project's pages are: each desk brings its entries beside its `urlpatterns`.

`settings.NAVIGATION` names the list in which they are collected. So `projects` can draw the rail of
every desk and send people on to a page without knowing who answers there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from django.conf import settings
from django.db.models import F, Func, QuerySet, Subquery, TextChoices
from django.db.models.expressions import Combinable
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy

from projects.models import Membership, Project, Role
from projects.permissions import Action, role_may


class Group(TextChoices):
    """What pages are about, in the order of the rail; a group without a page is not shown."""

    HOME = "home", gettext_lazy("Home")
    LABEL = "label", gettext_lazy("Label")
    QUALITY = "quality", gettext_lazy("Quality")
    GUIDELINE = "guideline", gettext_lazy("Guideline")
    MODELS = "models", gettext_lazy("Models")
    DATA = "data", gettext_lazy("Data")
    PROJECT = "project", gettext_lazy("Project")


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many things of a page wait for a person, and the same in words: “3 things need you”."""

    count: int
    words: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page that others send people to, by a key that stays when its address changes."""

    key: str
    url_name: str


@dataclass(frozen=True, slots=True)
class Tab(Page):
    """A page of a project with a place in its navigation, for members who may do `action`.

    `position` orders the pages of all desks, lowest first, within their group. `name` is what the
    page is called where its group is not seen.

    `asks` is what the entry has to know, as an expression over the row of the project, or None
    where it is nothing for that member: one statement asks for all entries of a page. `waiting`
    says of its value what waits there for a member: people and their acts, never a volume.
    `is_listed` says of it whether a project has or is set up for something on the page; without it,
    every project has. Where it has not, the page is opened by its address or found by its name.
    """

    label: str | Promise
    action: Action
    group: Group
    position: int
    name: str | Promise = ""
    asks: Callable[[Membership], Combinable | None] | None = None
    waiting: Callable[[Membership, Any], Waiting | None] | None = None
    is_listed: Callable[[Project, Any], bool] | None = None

    @property
    def full_name(self) -> str:
        """What the page is called outside its group."""
        return str(self.name or self.label)


@cache
def _pages() -> Mapping[str, Page]:
    entries: list[Page] = import_string(settings.NAVIGATION)
    pages = {page.key: page for page in entries}
    if len(pages) != len(entries):
        raise ValueError("Two entries of the navigation have the same key.")
    return pages


def tabs_of(role: str) -> list[Tab]:
    """The pages that a member of that role may open, group by group, in order."""
    tabs = (page for page in _pages().values() if isinstance(page, Tab))
    allowed = (tab for tab in tabs if role_may(role, tab.action))
    order = list(Group)
    return sorted(allowed, key=lambda tab: (order.index(tab.group), tab.position))


def has_rail(role: str) -> bool:
    """Whether that role sees all pages in a rail; raters have few, and see them in one row."""
    return role != Role.RATER


def groups_of(role: str) -> list[tuple[Group, list[Tab]]]:
    """The pages of that role by their groups; none without a page."""
    return [(group, list(tabs)) for group, tabs in groupby(tabs_of(role), lambda tab: tab.group)]


def waiting_count(rows: QuerySet[Any]) -> Subquery:
    """How many rows there are, as what an entry asks: they name the project by an OuterRef."""
    return Subquery(rows.order_by().values(n=Func(F("pk"), function="COUNT")))


def asked_of(membership: Membership, tabs: Iterable[Tab]) -> dict[str, Any]:
    """What these pages ask of the project, by their keys, in one statement."""
    asked = {tab.key: tab.asks(membership) for tab in tabs if tab.asks is not None}
    expressions = {key: expression for key, expression in asked.items() if expression is not None}
    if not expressions:
        return {}
    rows = Project.objects.filter(pk=membership.project_id).values_list(*expressions.values())
    return dict(zip(expressions, rows.get(), strict=True))


def address(key: str, *args: object) -> str:
    """The address of a page of the navigation. Raises KeyError where no desk brings it."""
    return reverse(_pages()[key].url_name, args=args)
