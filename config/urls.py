"""The map of addresses: pages under /p/, the API under /api/v1/, operators under /admin/."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from config import views
from labeling import urls as labeling_urls
from labeling.api import urls as api_urls
from projects import urls as project_urls

handler500 = "config.views.server_error"

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("metrics", views.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("labeling.api.urls")),
    path("", include("labeling.urls")),
    path("", include("projects.urls")),
]
#: Named by settings.NAVIGATION.
navigation = [*labeling_urls.navigation, *project_urls.navigation, *api_urls.navigation]
