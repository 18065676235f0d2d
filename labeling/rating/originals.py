"""The texts of a task as they were written, for the script that marks passages and regions."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from labeling.kinds import slot
from labeling.kinds.marks import PROMPT_SLOT
from labeling.rating.marking import turns_shown
from labeling.rating.refusals import refused_in_words
from labeling.rating.selectors import own_in_project
from projects.access import SignedInRequest, get_access
from projects.permissions import Action


@never_cache
@require_safe
@refused_in_words
def originals(request: SignedInRequest, slug: str, assignment_id: int) -> HttpResponse:
    """The messages of each text of one of my assignments by its slot, in the order shown.

    With them comes what marking them says and shows: few tasks are marked, so no page carries it.
    """
    access = get_access(request.user, slug, Action.RATE)
    own = own_in_project(rater=request.user, project=access.project, assignment_id=assignment_id)
    if own is None:
        raise Http404(gettext("There is no such task among yours."))
    turns = turns_shown(own)
    texts = turns.texts
    by_slot = {slot(place): messages for place, messages in enumerate(texts.responses)}
    return JsonResponse(
        {
            "texts": {PROMPT_SLOT: texts.prompt, **by_slot},
            "html": render_to_string(
                "labeling/rating/_marks.html", {"shows_pictures": turns.pictures.are_any}
            ),
        }
    )


urlpatterns = [
    path("p/<slug:slug>/rate/<int:assignment_id>/texts/", originals, name="rate_texts"),
]
