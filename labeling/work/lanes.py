"""Two lanes: short work never waits behind long, and long jobs take turns.

A worker's processes take any message, but only all of them but one may be at long jobs at a time.
A place is an advisory lock, so it is free again however its holder ends. A long job that finds no
place stays a row that waits; whoever leaves a place sends the job whose turn it is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Now

from labeling.models import Job
from labeling.vocabulary import JobState
from labeling.work.locks import held_locks, lock_number, session_lock
from labeling.work.registry import LONG_PLACE_SPACE, JobKind, job_kinds

#: How long a message may take before it counts as lost.
MESSAGE_PATIENCE = timedelta(seconds=10)
#: A long job that resumes lets others have its place after so long.
LANE_SECONDS = 120.0
#: So many jobs of a kind are looked at for the next turn.
_LOOKED_AT = 500
#: Places of one worker have numbers in a row.
_MOST_PLACES = 64

SHORT_LANE, LONG_LANE = "short", "long"


class _Places:
    """How many long jobs this worker may do at a time (None: any), and its own range of locks."""

    number: int | None = None
    first = 0


def limit_long_jobs(processes: int, worker: int) -> None:
    """Says once, before it forks, how many processes this worker has; `worker` tells it apart."""
    _Places.number = min(max(1, processes - 1), _MOST_PLACES)
    _Places.first = worker % (2**31 // _MOST_PLACES) * _MOST_PLACES


def has_lanes() -> bool:
    """Whether this is a process of a worker, among which jobs take turns."""
    return _Places.number is not None


@contextmanager
def long_place() -> Iterator[bool]:
    """Yields whether there is a place for a long job, which is held meanwhile."""
    if _Places.number is None:
        yield True
        return
    numbers = range(_Places.first, _Places.first + _Places.number)
    with ExitStack() as locks:
        yield any(locks.enter_context(session_lock(LONG_PLACE_SPACE, n)) for n in numbers)


def waiting_jobs(*, patience: timedelta = MESSAGE_PATIENCE) -> list[tuple[JobKind[Any], Job]]:
    """Jobs at which nobody is, in the order of their turns: the first of each project first.

    A request younger than `patience` is left out: its message is under way.
    """
    lost = Q(state=JobState.RUNNING) | Q(state=JobState.PENDING, created_at__lt=Now() - patience)
    rows = []
    for kind in job_kinds():
        owned = held_locks(kind.space)
        oldest = kind.model._default_manager.filter(lost).order_by("pk")[:_LOOKED_AT]
        rows += [(kind, row) for row in oldest if lock_number(row.pk) not in owned]
    # A job that made room for others stands behind those that came while it worked.
    rows.sort(key=lambda pair: pair[1].progress_at or pair[1].created_at)
    turns: Counter[int] = Counter()
    order = []
    for place, (_, row) in enumerate(rows):
        order.append((turns[row.project_id], place))
        turns[row.project_id] += 1
    return [pair for _, pair in sorted(zip(order, rows, strict=True), key=lambda item: item[0])]
