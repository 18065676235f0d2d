"""The kinds of long work. A desk enters its own; nothing here knows a desk.

A new kind is a table (a subclass of `Job`), a function that does one of its rows, and one
`register(JobKind(...))` beside that function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.apps import apps

from labeling.models import Job

J = TypeVar("J", bound=Job)


@dataclass(frozen=True, slots=True)
class JobKind(Generic[J]):
    """What sets one kind of long work apart from the others.

    `space` is the number of its advisory locks: arbitrary, but it must never change, since old
    and new processes run side by side during an upgrade. `task` is the name of the Celery task
    that carries a row's id to a worker; messages under that name may wait in a broker. `noun`
    and `advice` make the sentence of giving up.
    """

    model: type[J]
    space: int
    task: str
    noun: str
    advice: str
    max_attempts: int = 25

    @property
    def given_up(self) -> str:
        """What the row says where it was begun `max_attempts` times; stored, so in English."""
        return (
            f"The {self.noun} was begun {self.max_attempts} times without reaching its end. "
            f"{self.advice}"
        )


#: The lock space of "who writes prompts of this project": no job's, and never to change.
BATCH_WRITER_SPACE = 41003

_KINDS: dict[type[Job], JobKind[Any]] = {}


def register(kind: JobKind[J]) -> JobKind[J]:
    """Enters a kind and returns it. Raises ValueError where its table or locks are taken."""
    if kind.space == BATCH_WRITER_SPACE:
        raise ValueError(f"The locks of {kind.model.__name__} are those of whoever writes batches.")
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
