"""Text of people and models as safe HTML in templates."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from labeling.datasets.records import Message
from labeling.datasets.turns import json_of
from labeling.rating.languages import language_tag
from labeling.rating.page import guideline_html
from labeling.rendering import MAX_SHORT_CHARS, escaped_part, written_conversation

register = template.Library()


register.simple_tag(guideline_html)


@register.filter
def lang(language: str) -> SafeString:
    """The attribute that tells a browser the language of an element's text; "" where unknown."""
    return format_html(' lang="{}"', tag) if (tag := language_tag(language)) else mark_safe("")


@register.filter
def in_short(text: str) -> SafeString:
    """A text beside others on a page: its beginning, with marks for what cannot be seen."""
    html, n = escaped_part(text, MAX_SHORT_CHARS)
    if n < len(text):
        html += "… " + escape(_("(Only its beginning is shown here; a release has all of it.)"))
    return mark_safe(html)  # noqa: S308 - escaped just now


@register.filter
def first_chars(text: str, most: int) -> SafeString:
    """The beginning of a text, at most so many characters, with the same marks."""
    html, n = escaped_part(text[:most], MAX_SHORT_CHARS)
    return mark_safe(html + "…" if n < len(text) else html)  # noqa: S308 - escaped just now


@register.filter
def as_written(turns: Message | Iterable[Message]) -> str:
    """All that one turn or several say, as plain text."""
    return written_conversation(json_of([turns] if isinstance(turns, Message) else turns))
