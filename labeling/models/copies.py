"""Copies of tasks: the same texts once more, for a purpose of their own; the original stays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from labeling.allocation import queue_key, seeded_number
from labeling.models.tasks import Task
from labeling.models.teaching import GoldAnswer
from labeling.vocabulary import STAGES, Purpose
from projects.models import User

#: What an id has room for beside the words that say what the copy is for.
_LONGEST = 170


def copy_of(original: Task, purpose: Purpose) -> Task:
    """The copy of a task for a purpose, made where there is none yet; every rater may get it."""
    existing = find_copy(original.pk, purpose)
    return existing or _make(original, purpose)


def find_copy(original_id: int, purpose: Purpose) -> Task | None:
    """The copy of a task for a purpose that every rater may get, or None."""
    own = Q(gold_of=original_id) | Q(repeat_of=original_id)
    return Task.objects.filter(own, purpose=purpose, overlap=None).order_by("pk").first()


def _make(original: Task, purpose: Purpose) -> Task:
    short = f"{original.external_id}#{purpose}"
    own = seeded_number(original.external_id)
    long = f"{original.external_id[:_LONGEST]}#{purpose}-{own}"
    for name in (short, long) if len(short) <= _LONGEST else (long,):
        try:
            with transaction.atomic():
                return _insert(original, purpose, name)
        except IntegrityError:  # somebody made it meanwhile, or a task has that very id
            if existing := find_copy(original.pk, purpose):
                return existing
    raise LookupError(long)


def _insert(original: Task, purpose: Purpose, external_id: str) -> Task:
    points = "repeat_of_id" if purpose == Purpose.REPEAT else "gold_of_id"
    return Task.objects.create(
        project_id=original.project_id,
        prompt_id=original.prompt_id,
        external_id=external_id,
        kind=original.kind,
        purpose=purpose,
        response_ids=original.response_ids,
        source_order=original.source_order,
        overlap=None,
        open_slots=None,
        queue_key=queue_key(0, original.project.salt, external_id),
        principle_key=original.principle_key,
        import_job_id=original.import_job_id,
        **{points: original.pk},
    )


def add_version(
    copy: Task, author: User | None, content: Mapping[str, Any]
) -> tuple[GoldAnswer, bool]:
    """The newest version of a copy's right answers, and whether it is new; the same again is none.

    What is right on a gold task is right on the copies for training and qualification that were
    made of the same task. To be called inside a transaction.
    """
    row, created = _add_version(copy, author, content)
    if created and copy.purpose == Purpose.GOLD and copy.gold_of_id:
        for other in Task.objects.filter(gold_of=copy.gold_of_id, purpose__in=STAGES):
            _add_version(other, author, content)
    return row, created


def _add_version(
    copy: Task, author: User | None, content: Mapping[str, Any]
) -> tuple[GoldAnswer, bool]:
    Task.objects.select_for_update(no_key=True).get(pk=copy.pk)
    newest = GoldAnswer.objects.filter(task=copy).order_by("-number").first()
    if newest is not None and all(getattr(newest, name) == content[name] for name in content):
        return newest, False
    number = newest.number + 1 if newest else 1
    row = GoldAnswer.objects.create(task=copy, number=number, author=author, **content)
    return row, True
