"""Where a project's pages are: each desk brings its entries beside its `urlpatterns`.

`settings.NAVIGATION` names the list in which they are collected. So `projects` can draw the tabs of
every desk and send people on to a page without knowing who answers there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import import_string

from projects.permissions import Action, role_may


@dataclass(frozen=True, slots=True)
class Page:
    """A page that others send people to, by a key that stays when its address changes."""

    key: str
    url_name: str


@dataclass(frozen=True, slots=True)
class Tab(Page):
    """A page of a project with a tab of its own, for members who may do `action`.

    `position` orders the tabs of all desks, lowest first.
    """

    label: str | Promise
    action: Action
    position: int


@cache
def _pages() -> Mapping[str, Page]:
    entries: list[Page] = import_string(settings.NAVIGATION)
    pages = {page.key: page for page in entries}
    if len(pages) != len(entries):
        raise ValueError("Two entries of the navigation have the same key.")
    return pages


def tabs_of(role: str) -> list[Tab]:
    """The tabs that a member of that role may open, in order."""
    tabs = (page for page in _pages().values() if isinstance(page, Tab))
    allowed = (tab for tab in tabs if role_may(role, tab.action))
    return sorted(allowed, key=lambda tab: tab.position)


def address(key: str, *args: object) -> str:
    """The address of a page of the navigation. Raises KeyError where no desk brings it."""
    return reverse(_pages()[key].url_name, args=args)
