"""Models: who wins, how sure that is, and what length and formatting do to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from labeling.lead.ranking.downloads import (
    RAW,
    STYLE_READINGS,
    matrix_csv,
    ranking_csv,
    ranking_json,
    ranking_reply,
)
from labeling.lead.ranking.drawings import ranking_file
from labeling.lead.ranking.figures import TIE_READINGS
from labeling.lead.ranking.page import STYLE_LABELS, TIE_LABELS, ranking_page
from labeling.lead.ranking.report import ranking_at_hand
from labeling.lead.ranking.selectors import compares_models, ranked_criteria
from labeling.models.exclusions import excluded_now
from labeling.work.kept import FiguresAtHand
from labeling.work.page import how_far
from projects.access import Access, SignedInRequest, get_access
from projects.models import Criterion
from projects.navigation import Group, Tab
from projects.permissions import Action

#: So many models stand on a page.
MODELS_PAGE = 50


@dataclass(frozen=True, slots=True)
class ModelsAsked:
    """What a ranking is of and how ties and style are read; anything unknown is the default."""

    criteria: list[Criterion]
    criterion: Criterion | None
    category: str
    ties: str
    style: str

    @classmethod
    def of(cls, access: Access, asked: Mapping[str, str]) -> ModelsAsked:
        """What an address asks for."""
        criteria = ranked_criteria(access.project)
        key = asked.get("criterion", "")
        criterion = next((row for row in criteria if row.key == key), None)
        ties, style = asked.get("ties", ""), asked.get("style", "")
        return cls(
            criteria=criteria,
            criterion=criterion or next(iter(criteria), None),
            category=asked.get("category", "").replace("\0", "")[:80],
            ties=ties if ties in TIE_READINGS else TIE_READINGS[0],
            style=style if style in STYLE_READINGS else RAW,
        )

    def at_hand(self) -> FiguresAtHand:
        """Its figures; none where the project asks nothing that compares."""
        if self.criterion is None:
            return FiguresAtHand(None)
        return ranking_at_hand(self.criterion, self.category)

    def as_dict(self) -> dict[str, str]:
        """The same as it is asked by program."""
        return {
            "criterion": self.criterion.key if self.criterion else "",
            "category": self.category,
            "ties": self.ties,
            "style": self.style,
        }

    @property
    def query(self) -> str:
        """The same as a part of an address."""
        return urlencode({name: value for name, value in self.as_dict().items() if value})


@require_safe
def models(request: SignedInRequest, slug: str) -> HttpResponse:
    """The ranking of models by one question."""
    access = get_access(request.user, slug, Action.SEE_MODELS)
    reading = ModelsAsked.of(access, request.GET.dict())
    hand = reading.at_hand()
    if request.headers.get("HX-Request"):
        return how_far(request, hand)
    figures = hand.figures
    ranking = ranking_page(figures, reading.ties, reading.style) if figures else None
    rows = ranking.rows if ranking else []
    context = {
        "access": access,
        "project": access.project,
        "reading": reading,
        "hand": hand,
        "figures": figures,
        "ranking": ranking,
        "page": Paginator(rows, MODELS_PAGE).get_page(request.GET.get("page")),
        "tie_labels": TIE_LABELS.items(),
        "style_labels": STYLE_LABELS.items(),
        "query": f"{reading.query}&",
        "may_plan": access.may(Action.PLAN_TASKS),
        "excluded_sum": excluded_now(access.project),
    }
    return render(request, "labeling/lead/models.html", context)


def _file(reading: ModelsAsked, form: str, hand: FiguresAtHand) -> HttpResponse:
    """The ranking as a file of that form."""
    figures = hand.figures or {}
    if form == "json":
        options = {"indent": 1, "ensure_ascii": False, "allow_nan": False}
        reply = ranking_reply(hand, **reading.as_dict())
        return JsonResponse(reply, json_dumps_params=options)
    if form == "svg":
        return HttpResponse(ranking_file(figures["rankings"][reading.ties]), "image/svg+xml")
    ranking = ranking_json(figures, reading.ties, reading.style)
    table = matrix_csv(ranking) if form == "matrix" else ranking_csv(ranking)
    return HttpResponse(table, content_type="text/csv; charset=utf-8")


def _download(form: str, name: str) -> Callable[..., HttpResponse]:
    @require_safe
    def download(request: SignedInRequest, slug: str) -> HttpResponse:
        """The ranking as a file; where there is none yet, back to the page that says so."""
        access = get_access(request.user, slug, Action.SEE_MODELS)
        reading = ModelsAsked.of(access, request.GET.dict())
        hand = reading.at_hand()
        if hand.figures is None or (form == "svg" and not hand.figures["rankings"]):
            return redirect("labeling:models", slug)
        reply = _file(reading, form, hand)
        reply["Content-Disposition"] = f'attachment; filename="{access.project.slug}-{name}"'
        return reply

    return download


navigation = [
    Tab(
        key="models",
        url_name="labeling:models",
        label=gettext_lazy("Ranking"),
        name=gettext_lazy("Ranking of models"),
        action=Action.SEE_MODELS,
        group=Group.MODELS,
        position=67,
        asks=lambda membership: compares_models(),
        is_listed=lambda project, compares: bool(compares),
    )
]
_BASE = "p/<slug:slug>/models/"
urlpatterns = [
    path(_BASE, models, name="models"),
    path(f"{_BASE}ranking.json", _download("json", "ranking.json"), name="models-json"),
    path(f"{_BASE}ranking.csv", _download("csv", "ranking.csv"), name="models-csv"),
    path(f"{_BASE}matrix.csv", _download("matrix", "matrix.csv"), name="models-matrix"),
    path(f"{_BASE}ranking.svg", _download("svg", "ranking.svg"), name="models-svg"),
]
