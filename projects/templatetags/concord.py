"""What templates of every desk share: times, figures, navigation; everything shown is escaped."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import accumulate
from typing import Any

from django import template
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import navigation
from projects.models import Membership, Project
from projects.navigation import Waiting
from projects.permissions import membership_of

register = template.Library()


@dataclass(frozen=True, slots=True)
class _Entry:
    """A page as the navigation shows it."""

    label: str
    name: str
    url: str
    is_current: bool
    waiting: Waiting | None


@dataclass(frozen=True, slots=True)
class _Block:
    """A group with its pages; `is_near` where the one row of a phone shows them."""

    label: str
    is_home: bool
    is_here: bool
    is_near: bool
    entries: list[_Entry]


@register.simple_tag(takes_context=True)
def project_navigation(
    context: template.Context, project: Project, current: str = ""
) -> dict[str, Any]:
    """The pages this member may open, in groups; `current` is the key of the page shown.

    Uses the page's `access` if there is one, else asks once who this is. A page that has counted
    what waits hands it on as `waiting`, by the keys of the navigation.
    """
    access = context.get("access")
    membership = access.membership if access else membership_of(context["request"].user, project)
    if membership is None:
        return {"columns": [], "is_rail": False, "here": ""}
    counted = context.get("waiting") or {}
    groups = navigation.groups_of(membership.role)
    asking = (tab for _, tabs in groups for tab in tabs if tab.key not in counted)
    asked = navigation.asked_of(membership, asking)
    blocks = [
        _block(group, tabs, project, current, dict(_waiting(tabs, membership, counted, asked)))
        for group, pages in groups
        if (tabs := _listed(pages, project, current, asked))
    ]
    here = next((block.label for block in blocks if block.is_here and not block.is_home), "")
    return {
        "columns": _columns(_near_home(blocks)),
        "is_rail": navigation.has_rail(membership.role),
        "here": here,
    }


def _listed(
    tabs: Iterable[navigation.Tab], project: Project, current: str, asked: Mapping[str, Any]
) -> list[navigation.Tab]:
    """Those that the project has something for, and the one that is shown."""
    return [
        tab
        for tab in tabs
        if tab.is_listed is None or tab.key == current or tab.is_listed(project, asked.get(tab.key))
    ]


def _waiting(
    tabs: Iterable[navigation.Tab],
    membership: Membership,
    counted: Mapping[str, Waiting | None],
    asked: Mapping[str, Any],
) -> Iterator[tuple[str, Waiting | None]]:
    for tab in tabs:
        if tab.key in counted:
            yield tab.key, counted[tab.key]
        elif tab.waiting is not None:
            yield tab.key, tab.waiting(membership, asked.get(tab.key))


def _block(
    group: navigation.Group,
    tabs: Iterable[navigation.Tab],
    project: Project,
    current: str,
    waiting: Mapping[str, Waiting | None],
) -> _Block:
    entries = [
        _Entry(
            label=str(tab.label),
            name=tab.full_name,
            url=navigation.address(tab.key, project.slug),
            is_current=tab.key == current,
            waiting=waiting.get(tab.key),
        )
        for tab in tabs
    ]
    is_here = any(entry.is_current for entry in entries)
    is_home = group is navigation.Group.HOME
    return _Block(str(group.label), is_home, is_here, is_here, entries)


def _near_home(blocks: list[_Block]) -> list[_Block]:
    """Home has no neighbours: beside it stands what waits elsewhere, or else the next group."""
    if not any(block.is_home and block.is_here for block in blocks):
        return blocks
    others = [block for block in blocks if not block.is_home]
    near = [b for b in others if any(entry.waiting for entry in b.entries)] or others[:1]
    return [replace(block, is_near=block.is_here or block in near) for block in blocks]


def _columns(blocks: Sequence[_Block]) -> list[Sequence[_Block]]:
    """The groups in two columns of about the same height, for the list on a phone."""
    heights = list(accumulate(1 + len(block.entries) for block in blocks))
    half = next((n for n, height in enumerate(heights, 1) if 2 * height >= heights[-1]), 0)
    return [column for column in (blocks[:half], blocks[half:]) if column]


@register.simple_tag(name="address")
def desk_address(key: str, *args: object) -> str:
    """The address of a page that some desk brings, as `url` is that of a page of our own."""
    return navigation.address(key, *args)


@register.simple_tag
def when(value: datetime | None, otherwise: str = "") -> SafeString | str:
    """A moment as <time>: UTC for machines and without a script, the reader's own zone with one."""
    if value is None:
        return otherwise or _("never")
    utc = value.astimezone(UTC)
    text = date_format(utc, _("j M Y, H:i")) + " UTC"
    return format_html('<time datetime="{}">{}</time>', f"{utc:%Y-%m-%dT%H:%M:%SZ}", text)


_BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Firefox/": "Firefox",
    "FxiOS": "Firefox",
    "Chrom": "Chrome",
    "CriOS": "Chrome",
    "Safari/": "Safari",
    "curl/": "curl",
}
_SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@register.filter
def device(browser: str) -> str:
    """What a browser says it is (User-Agent) in two words, as far as they are known."""
    program = next((name for mark, name in _BROWSERS.items() if mark in browser), "")
    system = next((name for mark, name in _SYSTEMS.items() if mark in browser), "")
    if program and system:
        return _("%(program)s on %(system)s") % {"program": program, "system": system}
    return program or system or browser[:40] or _("Unknown device")


@register.filter
def pairs(mapping: Mapping[Any, Any] | None) -> list[tuple[Any, Any]]:
    """Names and values of a mapping whose names somebody else chose.

    `mapping.items` in a template is the value under the name `items`, where there is one.
    """
    return list((mapping or {}).items())


@register.filter
def percent(value: float | None) -> str:
    """A share from 0 to 1 as a whole percentage, one decimal only where it would else say 0 or 100.

    >>> percent(0.613)
    '61%'
    """
    if value is None:
        return "–"
    rounded = f"{100 * value:.0f}%"
    exact = value in (0, 1)
    return f"{100 * value:.1f}%" if rounded in ("0%", "100%") and not exact else rounded


@register.filter
def rare(value: float | None) -> str:
    """A share of something rare, with one decimal.

    >>> rare(0.0713)
    '7.1%'
    """
    return "–" if value is None else f"{100 * value:.1f}%"


@register.filter
def decimal(value: float | None, places: int = 2) -> str:
    """A coefficient with a fixed number of decimals, a true minus sign, and none before zero.

    >>> decimal(-0.004)
    '0.00'
    """
    return "–" if value is None else f"{value:z.{places}f}".replace("-", "−")


@register.filter
def in_days(value: float) -> str:
    """A time to come in whole days, rounded up: 1 day, 13 days."""
    n = max(1, math.ceil(value))
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": f"{n:,}"}


@register.filter
def signed(value: int) -> str:
    """A whole number with its sign: −2, 0, +3."""
    return f"{value:+d}".replace("-", "−") if value else "0"


@register.filter
def duration(milliseconds: float | None) -> str:
    """Active time in words short enough for a table: 8 s, 2 min 5 s, 1 h 10 min."""
    if milliseconds is None:
        return "–"
    minutes, seconds = divmod(round(milliseconds / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    parts = {"hours": hours, "minutes": minutes, "seconds": seconds}
    if hours:
        return (_("%(hours)d h %(minutes)d min") if minutes else _("%(hours)d h")) % parts
    if minutes:
        return (_("%(minutes)d min %(seconds)d s") if seconds else _("%(minutes)d min")) % parts
    return _("%(seconds)d s") % parts


@register.filter
def at_key(mapping: dict[Any, Any] | None, key: Any) -> Any:
    """The value under a key that is itself a variable; None where it is missing."""
    return (mapping or {}).get(key)
