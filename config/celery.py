"""The Celery application: messages only carry ids, the rows in PostgreSQL are the truth."""

from __future__ import annotations

import os
import signal
from typing import Any

from celery import Celery, Task
from celery.signals import beat_embedded_init

from config.embedded.process import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class _Child:
    """Whether this process is a worker's child, whose memory is limited."""

    limited = False


def bound_tasks() -> None:
    """From now on a task that takes too much memory ends this process."""
    _Child.limited = True


class BoundedTask(Task):  # type: ignore[type-arg]
    """A task that takes too much memory ends the child it runs in, and nothing else.

    Celery hands a MemoryError on to the worker's main process, which ends of it.
    """

    abstract = True
    Request = "config.worker:PatientRequest"

    def __call__(self, *args: Any, **options: Any) -> Any:
        """Runs the task."""
        try:
            return super().__call__(*args, **options)
        except MemoryError:
            if _Child.limited:
                os.kill(os.getpid(), signal.SIGKILL)
            raise


app: Celery[Any] = Celery("concord", task_cls=BoundedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")

_LOADED_BY = os.getpid()


@beat_embedded_init.connect
def _end_beat_with_its_worker(**_: object) -> None:
    """Keep beat, a child of the worker, from outliving it.

    One whose worker was killed with the broker would wait for a broker, and find the next start's.
    """
    end_with_parent(_LOADED_BY)
