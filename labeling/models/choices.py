"""Turns the pure enumerations into Django choices."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from labeling.vocabulary import Flag

#: Every stored value in words; those that two enumerations share have one word.
LABELS: dict[str, Promise] = {
    "compare": _("Compare"),
    "rank": _("Rank"),
    "rate": _("Rate"),
    "rule": _("Rule"),
    "write": _("Write"),
    "axes": _("First pass"),
    "same": _("Second pass, same raters"),
    "others": _("Second pass, other raters"),
    "live": _("Live"),
    "gold": _("Gold"),
    "repeat": _("Repeat"),
    "anchor": _("Anchor"),
    "training": _("Training"),
    "qualification": _("Qualification"),
    "adjudication": _("Final word"),
    "fault": _("Fault"),
    "praise": _("Praise"),
    "less": _("Less of a topic"),
    "pause": _("A pause"),
    "talk": _("Somebody to write to"),
    "": _("Nothing"),
    "leased": _("Leased"),
    "submitted": _("Submitted"),
    "skipped": _("Skipped"),
    "expired": _("Expired"),
    "unclear": _("Unclear"),
    "not_my_expertise": _("Not my expertise"),
    "uncomfortable": _("Uncomfortable"),
    "duplicate": _("Duplicate"),
    "broken": _("Broken"),
    "other": _("Other"),
    "one_side": _("Always the same side"),
    "too_fast": _("Faster than the texts can be read"),
    "checks": _("Hidden checks answered wrongly"),
    "guideline": _("The guideline was read differently"),
    "machine": _("Not judged by the person"),
    "wish": _("The rater asked for it"),
    "plain": _("Plain"),
    "pleasant_wrong": _("Pleasant and wrong"),
    "uniform": _("Uniform"),
    "queue": _("Queue, chance not recorded"),
    "imported": _("Imported"),
    "chosen": _("Chosen by who judged it"),
    "human": _("Human"),
    "ai": _("Ai"),
    "human_after_ai": _("Human after ai"),
    "equal_good": _("Equal good"),
    "equal_bad": _("Equal bad"),
    "cannot_tell": _("Cannot tell"),
    "unspecified": _("Unspecified"),
    "unsure": _("Unsure"),
    "not_applicable": _("Not applicable"),
    "open": _("Open"),
    "answered": _("Answered"),
    "settled": _("Settled by a precedent"),
    "passed": _("Passed"),
    "not_yet": _("Not yet"),
    "waiting": _("Waiting for a lead"),
    "reopened": _("Opened again"),
    "pending": _("Pending"),
    "running": _("Running"),
    "done": _("Done"),
    "failed": _("Failed"),
    "cancelled": _("Cancelled"),
}

#: What a rater can point out about a task, as raters and leads read it.
FLAG_LABELS: dict[str, Promise] = {
    Flag.PERSONAL_DATA: _("Personal data of a real person"),
    Flag.UNSAFE: _("Dangerous or illegal content"),
    Flag.WRONG_LANGUAGE: _("Wrong language"),
    Flag.LEAKED_IDENTITY: _("A response names the model that wrote it"),
    Flag.GUIDELINE_GAP: _("The guideline does not cover this"),
    Flag.BROKEN: _("Broken or cut off"),
}


def choices(enumeration: Iterable[StrEnum]) -> list[tuple[str, Promise]]:
    """(value, label) pairs in declared order. Raises KeyError for a value without a word."""
    return [(item.value, LABELS[item.value]) for item in enumeration]
