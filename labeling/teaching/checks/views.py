"""Says what is right on a task, from its page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from labeling.models import Task
from labeling.teaching.checks.forms import read_right
from labeling.teaching.checks.services import questions_in_force, set_known_answer
from labeling.vocabulary import Purpose
from projects.access import SignedInRequest, get_access, require_row
from projects.exceptions import Conflict, InvalidInput
from projects.permissions import Action


@require_POST
def set_right(request: SignedInRequest, slug: str, pk: int) -> HttpResponse:
    """Makes the task gold or an anchor, or says anew what is right on it."""
    access = get_access(request.user, slug, Action.TEACH)
    row = Task.objects.select_related("project").filter(project=access.project, pk=pk).first()
    task = require_row(row, _("There is no such task in this project."))
    known = read_right(request.POST, task, questions_in_force(access.project))
    try:
        answer = set_known_answer(task=task, actor=access.user, known=known)
    except InvalidInput as error:
        said = " ".join(f"{name}: {sentence}" for name, sentence in error.fields.items())
        messages.error(request, f"{error.message} {said}")
    except Conflict as error:
        messages.error(request, error.message)
    else:
        words = _kept_words(answer.task.purpose)
        messages.success(request, words % {"number": answer.number})
    return redirect("labeling:task", slug, pk)


def _kept_words(purpose: str) -> str:
    words = {
        Purpose.GOLD: _("Its copy is gold: raters get it among their tasks. Version %(number)d."),
        Purpose.ANCHOR: _(
            "Its copy is an anchor: raters get it among their tasks. Version %(number)d."
        ),
        Purpose.TRAINING: _("Its copy is for training. Version %(number)d."),
        Purpose.QUALIFICATION: _("Its copy is for qualification. Version %(number)d."),
    }
    return words[Purpose(purpose)]


urlpatterns = [
    path("p/<slug:slug>/tasks/<int:pk>/right-answer/", set_right, name="task-right-answer"),
]
