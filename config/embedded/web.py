"""gunicorn's hooks: load everything once before the workers are forked, which give signs of life.

Django imports the pages at the first request. Doing it in the master makes the first page quick,
shares the memory among the workers and shows a broken module at the start instead of as a 500.
"""

from __future__ import annotations

import gc
import logging
import time
from typing import Any

from django.urls import get_resolver
from django.utils.module_loading import import_string

from config.logs import MaskingFormatter

#: gunicorn's threads come round every second; so many without it stand still.
_STILL = 30.0

#: Read by gunicorn, as the hooks below.
worker_class = "config.embedded.connections.PatientWorker"
worker_connections = 500
#: It would lie in the home of whoever runs the web, one for all instances.
control_socket_disable = True


def on_starting(server: Any) -> None:
    """Keep tokens and links out of gunicorn's own logs, which quote addresses."""
    for log in (server.log.error_log, server.log.access_log):
        for handler in log.handlers:
            handler.setFormatter(MaskingFormatter(handler.formatter or logging.Formatter()))


on_reload = on_starting


def when_ready(server: Any) -> None:
    """Import the pages, and keep the garbage collector off what all workers share."""
    _ = get_resolver().reverse_dict  # builds the whole map of addresses
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """Let the worker write its row as long as it tells the master that it goes round."""
    keep_beating = import_string("labeling.work.heartbeats.keep_beating")  # Django is ready now
    request_counts = import_string("labeling.operations.metrics.request_counts")

    def ticks() -> bool:
        return time.monotonic() - float(worker.tmp.last_update()) < _STILL

    stand_in = import_string("labeling.jobs.stand_in_for_beat")
    keep_beating("web", ticks=ticks, detail=request_counts, beside=stand_in)
