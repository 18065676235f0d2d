"""Addresses of the labeling desk: each view module brings its own list."""

from __future__ import annotations

from labeling.views import agreement, home, imports, rate, raters, releases, tasks

app_name = "labeling"
urlpatterns = [
    *home.urlpatterns,
    *rate.urlpatterns,
    *tasks.urlpatterns,
    *agreement.urlpatterns,
    *raters.urlpatterns,
    *imports.urlpatterns,
    *releases.urlpatterns,
]
