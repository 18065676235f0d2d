"""What differs between two responses of a task, word by word, for whoever asks.

Few do, so that no page carries it. A form shows it on a page of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from labeling.kinds import slot
from labeling.models import Assignment
from labeling.rating.differing import WrittenResponse, differing_texts
from labeling.rating.marking import responses_shown
from labeling.rating.refusals import refused_in_words, wants_json
from labeling.rating.selectors import own_in_project
from labeling.rating.shown import safe_html
from projects.access import SignedInRequest, get_access
from projects.exceptions import InvalidInput
from projects.permissions import Action

#: Fewer responses differ from nothing.
_PAIR = 2


@dataclass(frozen=True, slots=True)
class DifferingSide:
    """One of the two, by its letter, and in words what it has alone."""

    slot: str
    html: SafeString
    said: str


@never_cache
@require_safe
@refused_in_words
def differences(request: SignedInRequest, slug: str, assignment_id: int) -> HttpResponse:
    """Two responses of one of my assignments, by the letters `of` and `with`: to the script the
    text of each, its own words marked; else a page. The first two where no letters are given."""
    access = get_access(request.user, slug, Action.RATE)
    own = own_in_project(rater=request.user, project=access.project, assignment_id=assignment_id)
    if own is None or len(own.shown_order) < _PAIR:
        raise Http404(gettext("There is no such task among yours."))
    letters = [slot(place) for place in range(len(own.shown_order))]
    chosen = [request.GET.get("of") or letters[0], request.GET.get("with") or letters[1]]
    sides = _sides(own, letters, chosen)
    too_long = gettext("These texts are too long to be compared word by word.")
    if wants_json(request):
        if not sides:
            raise InvalidInput(too_long)
        texts = {side.slot: {"html": side.html, "said": side.said} for side in sides}
        return JsonResponse({"texts": texts, "style": static("css/rating/differences.css")})
    context = {
        "access": access,
        "project": access.project,
        "assignment_id": own.pk,
        "letters": letters,
        "chosen": chosen,
        "sides": sides,
        "too_long": too_long,
        "topics": own.task.prompt.sensitivity,
    }
    return render(request, "labeling/rating/differences.html", context)


def _sides(own: Assignment, letters: list[str], chosen: list[str]) -> list[DifferingSide]:
    """Both sides; none where they are too long. Raises InvalidInput for letters of no two."""
    if len({*chosen} & {*letters}) < _PAIR:
        raise InvalidInput(
            gettext("Choose two of the responses %(letters)s.") % {"letters": ", ".join(letters)}
        )
    rows = responses_shown(own)
    pair = [rows[letters.index(letter)] for letter in chosen]
    texts = differing_texts(*(WrittenResponse(row.content, row.messages) for row in pair))
    if texts is None:
        return []
    return [
        DifferingSide(letter, safe_html(text.html), _said(text.words, text.total))
        for letter, text in zip(chosen, texts, strict=True)
    ]


def _said(n: int, total: int) -> str:
    if not n:
        return gettext("No word is only here")
    sentence = ngettext(
        "%(n)s word (%(share)s) is only here", "%(n)s words (%(share)s) are only here", n
    )
    return sentence % {"n": f"{n:,}", "share": f"{n / total:.0%}"}


urlpatterns = [
    path(
        "p/<slug:slug>/rate/<int:assignment_id>/differences/",
        differences,
        name="rate_differences",
    ),
]
