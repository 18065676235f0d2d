"""The planner: raters, overlap and cost against what can be told."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from labeling.lead.planning.forms import PlannerForm, shown_values
from labeling.lead.planning.page import (
    ORIGIN_WORDS,
    plan_lede,
    plan_sentences,
    so_far_sentences,
    versions_sentence,
)
from labeling.lead.planning.report import plan_report
from projects.access import SignedInRequest, get_access
from projects.navigation import Group, Tab
from projects.permissions import Action


@require_safe
def planner(request: SignedInRequest, slug: str) -> HttpResponse:
    """A plan by what is in the address; nothing is stored."""
    access = get_access(request.user, slug, Action.PLAN_TASKS)
    sent = PlannerForm(request.GET)
    sent.is_valid()
    figures = plan_report(access.project, sent.asked())
    form = sent
    if not sent.errors:
        form = PlannerForm(initial=shown_values(figures["assumptions"]))
    for name, origin in figures["origins"].items():
        if name in form.fields and origin in ORIGIN_WORDS:
            help_text = str(form.fields[name].help_text)
            form.fields[name].help_text = f"{help_text} ({ORIGIN_WORDS[origin]})".strip()
    context = {
        "access": access,
        "project": access.project,
        "form": form,
        "figures": figures,
        "lede": plan_lede(figures),
        "sentences": plan_sentences(figures),
        "so_far": so_far_sentences(figures),
        "versions": versions_sentence(figures),
    }
    return render(request, "labeling/lead/planner.html", context)


navigation = [
    Tab(
        key="planner",
        url_name="labeling:planner",
        label=gettext_lazy("Planner"),
        action=Action.PLAN_TASKS,
        group=Group.PROJECT,
        position=88,
    )
]
urlpatterns = [path("p/<slug:slug>/planner/", planner, name="planner")]
