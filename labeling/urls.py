"""Addresses of the labeling desk: each vertical brings its own list."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "labeling"
urlpatterns: list[URLPattern] = []
