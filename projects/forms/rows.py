"""Formsets that grow: the same rows once more, with one added, and nothing complained about yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from django import forms
from django.http import QueryDict

F = TypeVar("F", bound="forms.BaseFormSet[Any]")


def fresh_rows(
    factory: type[F],
    rows: Sequence[Mapping[str, object]] = (),
    *,
    more: int = 0,
    prefix: str | None = None,
) -> F:
    """An unbound formset that shows `rows` and so many empty ones after them.

    All of them, even more than can be saved: too many are refused in words, never left out.
    """
    formset = factory(prefix=prefix)
    formset.max_num = max(formset.max_num, len(rows) + more)
    formset.extra = max(0, len(rows) + more - formset.min_num)
    for form, row in zip(formset.forms, rows, strict=False):
        form.initial = dict(row)
    return formset


def posted_rows(
    factory: type[F], data: QueryDict, *, prefix: str | None = None
) -> list[dict[str, object]]:
    """What was typed into each row, unchecked, so that it can be shown again."""
    bound = factory(data, prefix=prefix)
    return [{name: form[name].data for name in form.fields} for form in bound.forms]


def posted_values(form: type[forms.BaseForm], data: QueryDict) -> dict[str, object]:
    """What was typed into a form, unchecked, so that it can be shown again."""
    bound = form(data)
    return {name: bound[name].data for name in bound.fields}


def posted_number(text: str | None, *, digits: int = 8) -> int | None:
    """A whole number from 0 that a column can hold, as a hidden field or an address has it."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= digits else None


def posted_id(text: str | None) -> int | None:
    """The id of a row, as a hidden field or an address has it."""
    return posted_number(text, digits=18)
