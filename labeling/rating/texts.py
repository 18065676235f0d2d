"""Stored HTML: prompts and responses are rendered once and kept with the renderer's version."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from labeling.models import Prompt, Response
from labeling.rendering import RENDERER_VERSION, render_conversation, render_response

#: How many texts one job renders before it makes room for others.
RENDER_BATCH = 100


def ensure_rendered(*, prompt: Prompt, responses: Iterable[Response]) -> None:
    """Renders what has no HTML of this version yet, and stores it; a no-op for the rest."""
    if prompt.html_version != RENDERER_VERSION:
        prompt.html = render_conversation(prompt.messages)
        prompt.html_version = RENDERER_VERSION
        prompt.save(update_fields=["html", "html_version"])
    for response in responses:
        if response.html_version != RENDERER_VERSION:
            response.html = render_response(response.content, response.messages)
            response.html_version = RENDERER_VERSION
            response.save(update_fields=["html", "html_version"])


@transaction.atomic
def render_some(*, project_id: int, after: int = 0) -> int:
    """Renders up to RENDER_BATCH prompts with their responses, by id, beyond `after`.

    Returns the last id where more may be left, else 0.
    """
    stale = ~Q(html_version=RENDERER_VERSION)
    of_prompt = Response.objects.filter(stale, prompt=OuterRef("pk"))
    prompts = list(
        Prompt.objects.filter(project_id=project_id, pk__gt=after)
        .filter(stale | Exists(of_prompt))
        .order_by("pk")
        .prefetch_related("responses")[:RENDER_BATCH]
    )
    for prompt in prompts:
        ensure_rendered(prompt=prompt, responses=prompt.responses.all())
    return prompts[-1].pk if len(prompts) == RENDER_BATCH else 0
