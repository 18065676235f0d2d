"""What templates of every desk share: times, figures, tabs; everything shown is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django import template
from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from projects import navigation
from projects.models import Project
from projects.permissions import membership_of

register = template.Library()


@register.simple_tag(takes_context=True)
def project_tabs(context: template.Context, project: Project) -> list[dict[str, Any]]:
    """The tabs this member may open. Uses the page's `access` if there is one, else asks once."""
    access = context.get("access")
    if access is not None:
        role = access.membership.role
    else:
        membership = membership_of(context["request"].user, project)
        role = membership.role if membership else ""
    return [
        {"key": tab.key, "label": tab.label, "url": navigation.address(tab.key, project.slug)}
        for tab in navigation.tabs_of(role)
    ]


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
def decimal(value: float | None, places: int = 2) -> str:
    """A coefficient with a fixed number of decimals, a true minus sign, and none before zero.

    >>> decimal(-0.004)
    '0.00'
    """
    return "–" if value is None else f"{value:z.{places}f}".replace("-", "−")


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
