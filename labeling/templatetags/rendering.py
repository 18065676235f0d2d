"""Text of people and models as safe HTML in templates."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from labeling.rendering import render_markdown

register = template.Library()


@register.filter
def rendered(text: str) -> SafeString:
    """Markdown as the sanitised HTML of labeling.rendering; for short texts such as a guideline."""
    return mark_safe(render_markdown(text or ""))  # noqa: S308 - sanitised by the renderer
