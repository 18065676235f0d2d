"""Covers over texts: opened by a click or a key, each time anew, also without a script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from labeling.rating.covers import Cover, text_cover

register = template.Library()

#: Characters of what a cover says.
_MOST = 120


def _line(cover: Cover) -> str:
    words = cover.words if len(cover.words) <= _MOST else f"{cover.words[: _MOST - 1]}…"
    return _("Covered: %(topics)s") % {"topics": words}


@register.simple_tag(takes_context=True)
def cover_of(context: template.Context, topics: Sequence[Mapping[str, Any]] | str) -> Cover | None:
    """The cover of what touches these topics, for whoever reads the page of this project."""
    if not topics:  # as of the examples of a template, which has no project
        return None
    reader = context["request"].user
    return text_cover(topics, context["project"], is_open=reader.shows_covered)  # type: ignore[arg-type]


@register.simple_tag
def cover_line(cover: Cover | str | None, text: str) -> str:
    """A line of a list: the text, or in its place what it touches."""
    return text if not isinstance(cover, Cover) or cover.is_open else _line(cover)


@register.simple_block_tag
def covered(
    content: SafeString,
    cover: Cover | str | None,
    key: str = "",
    is_open: bool = False,
    label: str = "",
) -> SafeString:
    """The content behind its cover; as it is where there is none. `label` says what the key does,
    where it is not the text of a response."""
    if not isinstance(cover, Cover):
        return content
    label = label or _("Show or cover the text")
    keyed = format_html(' data-key="{}" data-key-label="{}"', key, label) if key else ""
    keys = [(part.upper() if len(part) == 1 else part,) for part in key.split("+") if part]
    is_shown = cover.is_open or is_open
    opening = (
        '<details class="{}" data-cover open>' if is_shown else '<details class="{}" data-cover>'
    )
    return format_html(
        '{}<summary{}><span class="says" dir="auto">{}</span> '
        '<span class="button small"><span class="to-show">{}</span>'
        '<span class="to-cover">{}</span>{}</span></summary>{}</details>',
        format_html(opening, "cover"),
        keyed,
        _line(cover),
        _("Show the text"),
        _("Cover it"),
        format_html_join("", ' <kbd aria-hidden="true">{}</kbd>', keys),
        content,
    )
