"""Settings of a project."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from projects.access import SignedInRequest, get_access
from projects.exceptions import ConcordError
from projects.forms.errors import show_refusal
from projects.forms.projects import SettingsForm
from projects.models import Project
from projects.navigation import Group, Tab
from projects.permissions import Action
from projects.services.projects import update_project


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest, slug: str) -> HttpResponse:
    """Changes what may change while people work."""
    access = get_access(request.user, slug, Action.CONFIGURE)
    # A row of its own: the form writes refused values into it, and the page shows the old ones.
    draft = Project.objects.get(pk=access.project.pk)
    form = SettingsForm(request.POST or None, instance=draft)
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        target = Project.objects.get(pk=access.project.pk)
        try:
            update_project(project=target, actor=request.user, changes=changes)
        except ConcordError as error:
            show_refusal(form, error)
        else:
            sentence = _("The settings are saved.") if changes else _("Nothing was different.")
            messages.success(request, sentence)
            return redirect("projects:settings", slug)
    context = {
        "access": access,
        "project": access.project,
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "projects/settings.html", context, status=status)


navigation = [
    Tab(
        key="settings",
        url_name="projects:settings",
        label=gettext_lazy("Settings"),
        action=Action.CONFIGURE,
        group=Group.PROJECT,
        position=100,
    )
]
urlpatterns = [path("p/<slug:slug>/settings/", settings, name="settings")]
