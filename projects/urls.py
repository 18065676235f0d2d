"""Addresses of the project desk, and those of log-in under the names that Django uses."""

from __future__ import annotations

from django.urls import include, path

from projects.guidelines import editing as guideline_editing
from projects.guidelines import views as guidelines
from projects.views import (
    accounts,
    identity,
    listing,
    people,
    reasons,
    rubric,
    sessions,
    settings,
)

project_patterns = [
    *listing.urlpatterns,
    *accounts.urlpatterns,
    *people.urlpatterns,
    *sessions.urlpatterns,
    *identity.urlpatterns,
    *guideline_editing.urlpatterns,
    *guidelines.urlpatterns,
    *reasons.urlpatterns,
    *rubric.urlpatterns,
    *settings.urlpatterns,
]
navigation = [
    *guidelines.navigation,
    *rubric.navigation,
    *people.navigation,
    *settings.navigation,
]
urlpatterns = [
    *accounts.account_patterns,
    path("", include((project_patterns, "projects"))),
]
