"""The desk as raters would get it, for a rubric that no project has yet; nothing is stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from labeling.kinds import COMPARE, COMPARE_AXES, KINDS, RULE, Kind, has_axes, kind_for, slot
from labeling.models import Writing
from labeling.rating.desk import ShownResponse, TaskView
from labeling.rating.drafts import WritingDesk
from labeling.rating.forms import Filled
from labeling.rating.guideline import GuidelineView
from labeling.rating.page import rating_bar, shown_task
from labeling.rating.shown import safe_html
from labeling.rendering import (
    NotNow,
    render_conversation,
    render_markdown,
    render_response,
    render_unformatted,
)
from projects.access import SignedInRequest
from projects.forms.answering import posted_answering
from projects.forms.projects import LIKE, Rubric
from projects.models import Criterion, Principle, Project, User
from projects.navigation import Page
from projects.permissions import require_project_creator
from projects.project_templates import (
    PROJECT_TEMPLATES,
    CriterionSpec,
    GuidelineSpec,
    ProjectTemplate,
    load_template,
    sample_rows,
)
from projects.scales import PER_PRINCIPLE, REVIEWS
from projects.services.likeness import project_to_copy, template_like

#: The template whose rows show a kind of task where the rubric is one's own.
_ROWS = {"rank": "ranking", "rule": "safety-policy", "review": "demonstrations"}
_USUAL_ROWS = "arena"


@xframe_options_sameorigin
@require_http_methods(["GET", "HEAD", "POST"])
def desk_preview(request: SignedInRequest) -> HttpResponse:
    """One task under a template's questions, or under those that a form holds so far."""
    require_project_creator(request.user)
    sent = request.POST if request.method == "POST" else request.GET
    key = sent.get("template", "")
    if base := _base(request.user, key):
        row = _row(key if key in PROJECT_TEMPLATES else _like_template(base.criteria))
        return _desk(request, base.criteria, row, base.guideline, base.settings)
    rubric: Any = Rubric(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not rubric.is_valid():
        return render(request, "labeling/rating/tryout.html", {"errors": _faults(rubric)})
    criteria: Sequence[CriterionSpec] = rubric.specs()
    name = _like_template(criteria)
    practice = posted_answering(request.POST)
    if base := _base(request.user, sent.get("based_on", "")):
        settings = {**base.settings, **practice}
        return _desk(request, criteria, _row(name), base.guideline, settings)
    guideline = load_template(name).guideline if _kind(criteria) is RULE else None
    return _desk(request, criteria, _row(name), guideline, practice)


def _base(user: User, key: str) -> ProjectTemplate | None:
    """What a form's key says to start from, None where that is a rubric of one's own."""
    if key in PROJECT_TEMPLATES:
        return load_template(key)
    like = project_to_copy(user, key.removeprefix(LIKE)) if key.startswith(LIKE) else None
    return template_like(like) if like else None


def _like_template(criteria: Sequence[CriterionSpec]) -> str:
    """The template whose rows show what such questions are about."""
    return _ROWS.get(_kind(criteria).control, _USUAL_ROWS)


def _faults(rubric: Any) -> list[str]:
    """What keeps a form's questions from being shown, a sentence each."""
    if not rubric.is_bound:
        return []
    faults = [str(error) for error in rubric.non_form_errors()]
    return faults + [
        str(error) for form in rubric.filled for errors in form.errors.values() for error in errors
    ]


def _kind(criteria: Sequence[CriterionSpec]) -> Kind:
    """The kind of task that a rubric is shown on: that of its first primary question."""
    primary = next(spec for spec in criteria if spec.is_primary)
    return kind_for(_criterion(primary, 0).scale)


def _row(template: str) -> Mapping[str, Any]:
    """The first row that has texts to judge, else the first."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in sample_rows(template).splitlines()]
    return next((row for row in rows if row.get("responses")), rows[0])


def _criterion(spec: CriterionSpec, position: int) -> Criterion:
    return Criterion(
        id=position + 1,
        key=spec.key,
        wording=spec.wording,
        short_label=spec.short_label,
        help_text=spec.help_text,
        scale_key=spec.scale,
        own_scale=spec.own,
        is_primary=spec.is_primary,
        is_required=spec.is_required,
    )


def _desk(
    request: SignedInRequest,
    specs: Sequence[CriterionSpec],
    row: Mapping[str, Any],
    guideline: GuidelineSpec | None,
    settings: Mapping[str, object],
) -> HttpResponse:
    project = Project(slug="preview", **settings)
    criteria = [_criterion(spec, position) for position, spec in enumerate(specs)]
    kind = _kind(specs)
    if project.overall_pass and kind is COMPARE and has_axes(criteria):
        kind = COMPARE_AXES
    principles = _principles(guideline)
    view = _view(kind, criteria, principles, row)
    bar = rating_bar(project, kind, criteria, len(view.responses), Filled(), {})
    context = {
        "task": shown_task(view, project=project),
        "rubric": bar,
        "filled": Filled(),
        "guideline": _guideline(guideline, principles),
        "project": project,
    }
    return render(request, "labeling/rating/tryout.html", context)


def _principles(guideline: GuidelineSpec | None) -> list[Principle]:
    clauses = guideline.principles if guideline else ()
    return [
        Principle(number=number, title=clause.title, text=clause.text)
        for number, clause in enumerate(clauses, start=1)
    ]


def _view(
    kind: Kind, criteria: list[Criterion], principles: list[Principle], row: Mapping[str, Any]
) -> TaskView:
    """A row of a template as its rater would see it, in the order in which it stands."""
    asked = kind.asked(criteria)
    shown = row.get("responses", ())[: kind.sizes[1]]
    texts = [response.get("content") or _("Picture") for response in shown]
    prompt = row["prompt"]
    messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
    names = kind.place_names(asked, len(texts))
    asks_rules = any(criterion.scale.family == PER_PRINCIPLE for criterion in asked)
    is_review = any(criterion.scale.family == REVIEWS for criterion in asked)
    return TaskView(
        assignment_id=0,
        kind=kind.key,
        language="",
        expires=timezone.now(),
        messages=messages,
        prompt_html=_html(lambda: render_conversation(messages), str(prompt)),
        responses=[
            ShownResponse(slot(place), name, text, _rendered(text, response.get("image", "")), [])
            for place, (name, text, response) in enumerate(zip(names, texts, shown, strict=True))
        ],
        criteria=asked,
        principles=principles if asks_rules else [],
        guideline_number=None,
        rubric_number=None,
        asked_as=next(key for key, other in KINDS.items() if other is kind),
        place=None,
        writing=WritingDesk(texts[0], texts[0], (), writing=Writing()) if is_review else None,
        topics=list(row.get("topics", ())),
    )


def _rendered(text: str, picture: str) -> str:
    """A response of a sample row: its text, or its picture, which stands in the row itself."""
    if picture:
        return format_html('<img class="tryout-picture" alt="{}" src="{}">', _("Picture"), picture)
    return _html(lambda: render_response(text), text)


def _html(render: Callable[[], str], text: str) -> str:
    """What was rendered, or the text as it is where that takes too long just now."""
    with suppress(NotNow):
        return render()
    return render_unformatted(text)


def _guideline(spec: GuidelineSpec | None, principles: Sequence[Principle]) -> GuidelineView | None:
    if spec is None:
        return None
    safe: dict[str, object] = {
        name: _marked(text)
        for name, text in (
            ("text", spec.text),
            ("priority_order", spec.priority_order),
            ("trade_off_rule", spec.trade_off_rule),
        )
    }
    clauses = [(clause, _marked(clause.text)) for clause in principles]
    html = {**safe, "principles": clauses, "examples": list(spec.examples or ())}
    return GuidelineView(pk=0, number=1, html=html, principles=principles)


def _marked(text: str) -> SafeString:
    return safe_html(_html(partial(render_markdown, text), text))


navigation = [Page(key="desk-preview", url_name="labeling:desk-preview")]
urlpatterns = [path("projects/preview/", desk_preview, name="desk-preview")]
