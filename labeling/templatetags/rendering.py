"""Text of people and models as safe HTML in templates."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.safestring import SafeString, mark_safe

from labeling.datasets.records import Message
from labeling.datasets.turns import json_of
from labeling.rendering import render_markdown, written_conversation

register = template.Library()


@register.filter
def rendered(text: str) -> SafeString:
    """Markdown as the sanitised HTML of labeling.rendering; for short texts such as a guideline."""
    return mark_safe(render_markdown(text or ""))  # noqa: S308 - sanitised by the renderer


@register.filter
def as_written(turns: Message | Iterable[Message]) -> str:
    """All that one turn or several say, as plain text."""
    return written_conversation(json_of([turns] if isinstance(turns, Message) else turns))
