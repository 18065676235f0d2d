"""The editor of the response that a rater prefers, for whoever wants to improve it.

No page carries it: few edit, and whoever does asks for it once.
"""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from labeling.kinds import EditedText, kind_of, slot
from labeling.rating.desk import AskedRubric, TaskView, present, rubric
from labeling.rating.editing import HTML, editor_context
from labeling.rating.forms import Filled, read_form
from labeling.rating.refusals import refused_in_words, wants_json
from labeling.rating.selectors import own_in_project
from labeling.rating.shown import safe_html
from labeling.rating.views import desk_page
from labeling.rating.written import MOST_CHARS, may_improve
from labeling.vocabulary import AssignmentState
from projects.access import Access, SignedInRequest, get_access
from projects.exceptions import Conflict
from projects.models import Project
from projects.permissions import Action


@require_POST
@refused_in_words
def improve(request: SignedInRequest, slug: str, assignment_id: int) -> HttpResponse:
    """The editor of one of my tasks: of the response at the slot that the script names, for a form
    of the one that its answers prefer. Keeps nothing."""
    access = get_access(request.user, slug, Action.RATE)
    own = own_in_project(rater=request.user, project=access.project, assignment_id=assignment_id)
    if own is None:
        raise Http404(gettext("There is no such task among yours."))
    if not may_improve(access.project, kind_of(own.task.asked_as)):
        raise Conflict(gettext("This project takes no edits of the response that you prefer."))
    filled, asked = read_form(request.POST), rubric(access.project)
    view = present(own, asked_rubric=asked)
    if wants_json(request):
        html = _editor_html(view, access.project, request.POST.get("improve", ""))
        return JsonResponse({"html": html, "style": static("css/rating/write.css")})
    if own.state != AssignmentState.LEASED:
        return redirect("labeling:rate", slug)
    place = _preferred(access, view, asked, filled)
    if place is None:
        lacking = gettext("Choose the better response first; then you can improve it.")
        return desk_page(request, access, own, asked, filled, {"edit": lacking})
    text = _editable(view, slot(place))
    return desk_page(
        request, access, own, asked, replace(filled, edit=EditedText(slot(place), text))
    )


def _preferred(access: Access, view: TaskView, asked: AskedRubric, filled: Filled) -> int | None:
    """The place of the response that a form prefers, whatever else it lacks."""
    kind = kind_of(view.asked_as)
    submission, lacking = filled.submission(asked.criteria), dict[str, str]()
    answers = kind.check(
        kind.asked(asked.criteria), access.project, submission, lacking, len(view.responses)
    )
    return kind.winner(answers)


def _editor_html(view: TaskView, project: Project, name: str) -> str:
    """The editor of the response at a slot, as its text is."""
    text = _editable(view, name)
    editor = editor_context(view, project, Filled(edit=EditedText(name, text)), {})
    safe = {key: safe_html(editor[key]) for key in HTML}
    context = {**editor, **safe, "language": view.language}
    return render_to_string("labeling/rating/kinds/_improve.html", context)


def _editable(view: TaskView, name: str) -> str:
    """The text of the response at a slot. Raises Conflict where there is none, or it is huge."""
    text = next((shown.content for shown in view.responses if shown.slot == name), None)
    if text is None:
        raise Conflict(gettext("There is no response “%(slot)s”.") % {"slot": name[:20]})
    if len(text) > MOST_CHARS:
        words = gettext("This response is too long to be edited here: at most %(most)s characters.")
        raise Conflict(words % {"most": f"{MOST_CHARS:,}"})
    return text


urlpatterns = [
    path("p/<slug:slug>/rate/<int:assignment_id>/improve/", improve, name="rate_improve"),
]
