"""Policies are written once, with `names` in backticks, for card, manifest and screen."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter("coded")
def with_code(text: str) -> SafeString:
    """The text with what stands between backticks as code; everything is escaped.

    >>> with_code("`a` & b")
    '<code>a</code> &amp; b'
    """
    pieces = enumerate(str(text).split("`"))
    parts = (format_html("<code>{}</code>", piece) if i % 2 else piece for i, piece in pieces)
    return format_html_join("", "{}", ((part,) for part in parts))
