"""The Celery application: messages only carry ids, the rows in PostgreSQL are the truth."""

from __future__ import annotations

import os

from celery import Celery
from celery.signals import beat_embedded_init

from config.embedded.process import end_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("concord")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")

_LOADED_BY = os.getpid()


@beat_embedded_init.connect
def _end_beat_with_its_worker(**_: object) -> None:
    """Keep beat, a child of the worker, from outliving it.

    One whose worker was killed with the broker would wait for a broker, and find the next start's.
    """
    end_with_parent(_LOADED_BY)
