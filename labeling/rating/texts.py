"""Stored HTML: prompts and responses are rendered once and kept with the renderer's version.

The job renders what was imported. A page that is quicker renders what it shows within half a
second; never inside a transaction, so that no text however dear holds a lock.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import suppress

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from labeling.models import Prompt, Response
from labeling.rendering import (
    MAX_HTML_CHARS,
    RENDERER_VERSION,
    NotNow,
    formatted_conversation,
    formatted_response,
    render_conversation,
    render_markdown,
    render_response,
    render_unformatted,
)
from labeling.work.sending import send_id
from projects.models import Guideline, Principle
from projects.project_templates import GUIDANCE_TEXTS

#: How many texts one job renders before it makes room for others, and for how long.
RENDER_BATCH, RENDER_SECONDS = 100, 20.0
#: How long a page waits for the texts that it shows.
VIEW_SECONDS = 0.5
#: Characters of HTML that all texts of one page take together.
MAX_PAGE_CHARS = 4_000_000
# Rendered HTML is stored when there is so much of it, or at the end of a batch.
_STORED_CHARS = 8_000_000

#: The name of the job, as messages under way carry it.
RENDER_TASK = "labeling.jobs.render_project"
_asked: dict[int, float] = {}

_Text = Prompt | Response
_GUIDELINE_FIELDS = ("text", "priority_order", "trade_off_rule")


def ensure_rendered(*, prompt: Prompt, responses: Iterable[Response]) -> bool:
    """Gives the texts of a page their HTML within VIEW_SECONDS; whether all of it is stored.

    Responses are shown alike: where one is not ready, all are shown as they were written.
    """
    texts: list[_Text] = [prompt, *responses]
    deadline = time.monotonic() + VIEW_SECONDS
    rendered: list[_Text] = []
    with suppress(NotNow):
        for text in _stale(texts):
            _render(text, max(0.01, deadline - time.monotonic()))
            rendered.append(text)
    _store(rendered)
    waiting = _stale(texts)
    if any(isinstance(text, Response) for text in waiting):
        waiting = [text for text in texts if text is not prompt or text in waiting]
    later = _("This text is being formatted: for now it is shown as it was written.")
    for text in waiting:
        text.html = _unformatted(text, later, MAX_HTML_CHARS)
    if sum(len(text.html) for text in texts) > MAX_PAGE_CHARS:
        why = _("The texts of this task are too long for one page: each is shown unformatted.")
        for text in texts:
            text.html = _unformatted(text, why, MAX_PAGE_CHARS // len(texts))
    if waiting:
        _ask_for_rendering(prompt.project_id)
    return not waiting


def _ask_for_rendering(project_id: int) -> None:
    """Once a minute: many pages wait for the same job."""
    now = time.monotonic()
    if now - _asked.get(project_id, -60.0) >= 60:
        _asked[project_id] = now
        send_id(RENDER_TASK, project_id)


def guideline_parts(guideline: Guideline, principles: Iterable[Principle]) -> dict[str, str]:
    """The parts of a version as HTML, by field, principle ("P1") and question ("helpful.good").

    A version is never changed: each part is rendered once, when it is published, or where that is
    not enough by its first views, within VIEW_SECONDS each. What is not ready is shown as written.
    """
    sources = {name: getattr(guideline, name) for name in _GUIDELINE_FIELDS}
    sources |= {f"P{principle.number}": principle.text for principle in principles}
    for entry in guideline.guidance:
        sources |= {f"{entry['criterion']}.{name}": entry[name] for name in GUIDANCE_TEXTS}
    stored = guideline.html if guideline.html.get("version") == RENDERER_VERSION else {}
    ready: dict[str, str] = dict(stored.get("parts", {}))
    n_before, parts, room = len(ready), {}, MAX_PAGE_CHARS
    deadline = time.monotonic() + VIEW_SECONDS
    for name, source in sources.items():
        if name not in ready and (left := deadline - time.monotonic()) > 0:
            with suppress(NotNow):
                ready[name] = render_markdown(source, wall_seconds=left) if source else ""
        later = _("This text is being formatted: for now it is shown as it was written.")
        html = ready.get(name)
        if html is None or len(html) > room:
            why = later if html is None else _("This guideline is too long for one page.")
            html = render_unformatted(source, why=why, room=max(0, min(room, MAX_HTML_CHARS)))
        parts[name] = html
        room -= len(html)
    if len(ready) > n_before and guideline.pk is not None:
        html_of_version = {"version": RENDERER_VERSION, "parts": ready}
        Guideline.objects.filter(pk=guideline.pk).update(html=html_of_version)
    return parts


def render_guideline(*, guideline: Guideline) -> None:
    """Renders a version that was just published, before anybody reads it; settings name it."""
    guideline_parts(guideline, guideline.principles.all())


def render_some(*, project_id: int, after: int = 0) -> int:
    """Renders up to RENDER_BATCH prompts with their responses, by id, beyond `after`.

    Returns the last id where more may be left, else 0.
    """
    is_stale = ~Q(html_version=RENDERER_VERSION)
    of_prompt = Response.objects.filter(is_stale, prompt=OuterRef("pk"))
    prompts = list(
        Prompt.objects.filter(project_id=project_id, pk__gt=after)
        .filter(is_stale | Exists(of_prompt))
        .order_by("pk")
        .values_list("pk", flat=True)[:RENDER_BATCH]
    )
    began = time.monotonic()
    rendered: list[_Text] = []
    for pk in prompts:
        after = pk
        for text in _stale(_texts_of(pk)):
            with suppress(NotNow):  # its page renders it
                _render(text)
                rendered.append(text)
        if sum(len(text.html) for text in rendered) > _STORED_CHARS:
            _store(rendered)
            rendered.clear()
        if time.monotonic() - began > RENDER_SECONDS:
            break
    _store(rendered)
    is_last = len(prompts) < RENDER_BATCH and after == (prompts[-1] if prompts else after)
    return 0 if is_last else after


def _texts_of(pk: int) -> Iterator[_Text]:
    yield from Prompt.objects.filter(pk=pk)
    yield from Response.objects.filter(prompt=pk).iterator(chunk_size=10)


def _stale(texts: Iterable[_Text]) -> list[_Text]:
    return [text for text in texts if text.html_version != RENDERER_VERSION]


def _render(text: _Text, wall_seconds: float | None = None) -> None:
    """Raises NotNow, and has changed nothing then."""
    if isinstance(text, Prompt):
        text.html = render_conversation(text.messages, wall_seconds=wall_seconds)
    else:
        text.html = render_response(text.content, text.messages, wall_seconds=wall_seconds)
    text.html_version = RENDERER_VERSION


def _unformatted(text: _Text, why: str, room: int) -> str:
    if isinstance(text, Prompt):
        return formatted_conversation(text.messages, why=why, room=room)
    return formatted_response(text.content, text.messages, why=why, room=room)


@transaction.atomic
def _store(texts: Iterable[_Text]) -> None:
    """Keeps HTML, unless the text has changed since it was read: an import may replace it.

    In the order of ids, so that two of these never wait for each other.
    """
    ordered = sorted(texts, key=lambda text: (isinstance(text, Response), text.pk))
    for text in ordered:
        as_read = {"pk": text.pk, "messages": text.messages}
        if isinstance(text, Response):
            as_read["content"] = text.content
        type(text)._default_manager.filter(**as_read).update(
            html=text.html, html_version=text.html_version
        )
