"""The kinds of long work. A desk enters its own; nothing here knows a desk.

A new kind is a table (a subclass of `Job`), a function that does one of its rows, and one
`register(JobKind(...))` beside that function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.apps import apps

from labeling.models import Job

J = TypeVar("J", bound=Job)


def _is_short(job: Job) -> bool:
    return False


def is_longer_than(n: int) -> Callable[[Job], bool]:
    """That a job has more than so many rows to go through."""
    return lambda job: job.progress_total > n


def _leave(job: Job) -> None:
    """Most jobs leave nothing."""


@dataclass(frozen=True, slots=True)
class JobKind(Generic[J]):
    """What sets one kind of long work apart from the others.

    `space` is the number of its advisory locks: arbitrary, but it must never change, since old
    and new processes run side by side during an upgrade. `task` is the name of the Celery task
    that carries a row's id to a worker; messages under that name may wait in a broker. `noun`
    and `advice` make the sentence of giving up. `is_long` says of a row whether short work must
    not wait behind it. Where a job `resumes`, what it has done is never done again, so it may be
    begun as often as it gets further, and it makes room for others. `tidy` removes what a job
    that ends before its end has left; where it `tidies_rows` that may take long, and is a worker's.
    What is not `cancellable` would leave halves.
    """

    model: type[J]
    space: int
    task: str
    noun: str
    advice: str
    max_attempts: int = 25
    is_long: Callable[[J], bool] = _is_short
    resumes: bool = False
    tidy: Callable[[J], None] = _leave
    tidies_rows: bool = False
    cancellable: bool = True

    @property
    def given_up(self) -> str:
        """What the row says where it was begun `max_attempts` times; stored, so in English."""
        return (
            f"The {self.noun} was begun {self.max_attempts} times without getting any further. "
            f"{self.advice}"
        )

    @property
    def deadly(self) -> str:
        """What the row says where too many workers died at it."""
        return (
            f"{MAX_DEATHS} workers died at this {self.noun} before it got any further, most "
            f"likely because it takes too much memory. {self.advice}"
        )

    @property
    def too_slow(self) -> str:
        """What the row says where it stood still, or took longer than a job may."""
        return f"The {self.noun} stood still for too long and was stopped. {self.advice}"


#: A job is given up when so many workers died at it without its getting any further.
MAX_DEATHS = 2

#: The lock space of "who writes prompts of this project": no job's, and never to change.
BATCH_WRITER_SPACE = 41003
#: The lock space of the places that a worker has for long jobs.
LONG_PLACE_SPACE = 41004
#: The lock space of reports that are being computed.
REPORT_SPACE = 41005

_KINDS: dict[type[Job], JobKind[Any]] = {}


def register(kind: JobKind[J]) -> JobKind[J]:
    """Enters a kind and returns it. Raises ValueError where its table or locks are taken."""
    if kind.space in {BATCH_WRITER_SPACE, LONG_PLACE_SPACE, REPORT_SPACE}:
        raise ValueError(f"The locks of {kind.model.__name__} are others' already.")
    for other in _KINDS.values():
        if kind.model is other.model or kind.space == other.space:
            raise ValueError(f"{kind.model.__name__} and {other.model.__name__} are in conflict.")
    _KINDS[kind.model] = kind
    return kind


def job_kind_of(job: Job) -> JobKind[Any]:
    """The kind of a row. Raises KeyError where no desk has entered its table."""
    return _KINDS[type(job)]


def job_kinds() -> list[JobKind[Any]]:
    """Every kind that was entered, in the order of their lock spaces."""
    return sorted(_KINDS.values(), key=lambda kind: kind.space)


def job_models() -> list[type[Job]]:
    """Every table of long work, whether or not its desk has been loaded, oldest first."""
    tables = apps.get_app_config("labeling").get_models()
    return [table for table in tables if issubclass(table, Job)]
