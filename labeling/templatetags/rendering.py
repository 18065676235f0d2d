"""Text of people and models as safe HTML in templates."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from labeling.datasets.records import Message
from labeling.datasets.turns import json_of
from labeling.rating.guideline import guideline_html
from labeling.rating.languages import language_tag
from labeling.rendering import MAX_SHORT_CHARS, escaped_part, written_conversation
from labeling.rendering.difference import ChangeKind
from labeling.rendering.side_by_side import DifferenceRow, side_by_side
from projects.guidelines.versions import Line

register = template.Library()


register.simple_tag(guideline_html)


@register.simple_tag
def in_two_columns(lines: Iterable[Line]) -> list[dict[str, str | SafeString]]:
    """A difference of lines as rows of what was (`old`) and what is (`new`), as safe HTML.

    In what is, that which is gone stands too, for screens that have one column.
    """
    return [
        {
            "kind": row.kind,
            "old": _words(row, ChangeKind.ADDED, ""),
            "new": _words(row, "", "inline"),
            "only": _only(row),
        }
        for row in side_by_side((line.kind, line.text) for line in lines)
    ]


def _words(row: DifferenceRow, without: str, mark: str) -> SafeString:
    said = {ChangeKind.REMOVED: ("del", _("Removed:")), ChangeKind.ADDED: ("ins", _("Added:"))}
    parts = []
    for piece in row.pieces:
        if piece.kind == without:
            continue
        html = mark_safe(piece.html)  # noqa: S308 - escaped by side_by_side
        if piece.kind not in said:
            parts.append(html)
            continue
        tag, words = said[ChangeKind(piece.kind)]
        name = format_html(' class="{}"', mark) if mark and tag == "del" else ""
        head = format_html('<span class="visually-hidden">{} </span>', words)
        parts.append(format_html("<{0}{1}>{2}{3}</{0}>", tag, name, head, html))
    return mark_safe("".join(parts))  # noqa: S308 - of parts that are safe


def _only(row: DifferenceRow) -> str:
    """The side on which alone something stands, if there is one."""
    kinds = {piece.kind for piece in row.pieces}
    if kinds == {ChangeKind.ADDED}:
        return "new"
    return "old" if kinds == {ChangeKind.REMOVED} else ""


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
