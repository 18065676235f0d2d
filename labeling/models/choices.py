"""Turns the pure enumerations into Django choices."""

from __future__ import annotations

from enum import StrEnum


def choices(enumeration: type[StrEnum]) -> list[tuple[str, str]]:
    """(value, label) pairs in declared order; the label is the value in plain words."""
    return [(item.value, item.value.replace("_", " ").capitalize()) for item in enumeration]
