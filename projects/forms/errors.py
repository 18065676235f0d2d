"""Carries the refusal of a service back to the fields it is about."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms

from projects.exceptions import ConcordError


def show_refusal(
    form: forms.BaseForm, error: ConcordError, *, names: Mapping[str, str] | None = None
) -> None:
    """Puts each sentence of the refusal beside its field, or above the form where it has none.

    `names` maps the service's field to the form's where they differ.
    """
    placed = False
    for field, message in error.fields.items():
        name = (names or {}).get(field, field)
        if name in form.fields:
            form.add_error(name, message)
            placed = True
    if not placed:
        form.add_error(None, " ".join(error.fields.values()) or error.message)
