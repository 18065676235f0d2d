"""Web, worker and beat as forks of the supervisor, which loads Django once for all of them.

What is loaded before a fork is in memory once, however many processes use it. Only `serve` imports
this module; everything else about the servers needs no Django.
"""

from __future__ import annotations

import gc
import importlib
import os
import socket
import sys
import traceback
import warnings
from typing import Any

import django
from django.core.exceptions import ImproperlyConfigured
from django.template import engines
from django.urls import get_resolver
from django.utils.module_loading import import_string
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from config.celery import app
from config.embedded import web as hooks
from config.embedded.deferred import LARGE, PACKAGES, defer, standing_in, without
from config.embedded.forks import pulse, spare_memory
from config.embedded.process import SetupError

#: What the programs would import themselves, each for itself.
_SHARED = (
    *("celery.apps.beat", "celery.apps.worker", "celery.concurrency.prefork", "celery.events"),
    *("celery.app.amqp", "celery.app.control", "celery.app.log", "celery.worker.autoscale"),
    *("celery.worker.components", "celery.worker.consumer", "celery.worker.loops"),
    *("celery.worker.strategy", "billiard.popen_fork", "billiard.sharedctypes"),
    *("django.contrib.sessions.serializers", "django.db.backends.postgresql.base"),
    *("django.middleware.clickjacking", "config.embedded.connections", "gunicorn.glogging"),
    *("kombu.transport.redis", "whitenoise.storage"),
)
#: Doors of Arrow to other people's clouds: we read and write files of this machine alone.
_UNUSED = ("pyarrow._azurefs", "pyarrow._gcsfs", "pyarrow._hdfs", "pyarrow._s3fs")


def load() -> None:
    """Load what pages and jobs need, to be shared by all forks. Raises SetupError."""
    spare_memory()
    # One thread is what a fork keeps, and processes there are enough.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        defer(*LARGE)
        without(*_UNUSED)
        with standing_in(*PACKAGES):
            _load()
    except ImproperlyConfigured as error:
        raise SetupError(str(error)) from error
    except Exception as error:  # a broken module: whatever it raises, it is said
        traceback.print_exc()
        raise SetupError("Concord could not be loaded; the lines above say why.") from error
    gc.collect()
    gc.freeze()  # the collector would write on what is shared


def _load() -> None:
    django.setup()
    _ = get_resolver().reverse_dict  # imports every page
    app.loader.init_worker()  # imports every job, and checks the models as a worker would
    app.finalize()
    for module in _SHARED:
        importlib.import_module(module)
    engines.all()


def web(options: dict[str, object]) -> None:
    """Run gunicorn with `options`."""
    _Web(options).run()


def worker(name: str, **options: object) -> None:
    """Run a Celery worker with `options`; its loop gives signs of life (config/worker.py)."""
    # Root in a container is what it is; the worker reads JSON only.
    warnings.filterwarnings("ignore", "You're running the worker")
    main = app.Worker(
        hostname=f"{name}@{socket.gethostname()}",
        loglevel="WARNING",
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        **options,
    )
    main.start()
    sys.exit(main.exitcode)


def beat() -> None:
    """Run the schedule, whose loop gives signs of life too."""
    app.Beat(quiet=True, loglevel="WARNING").run()


class _Web(BaseApplication):  # type: ignore[misc]
    def __init__(self, options: dict[str, object]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        own = {name: getattr(hooks, name) for name in vars(hooks) if name in self.cfg.settings}
        for name, value in {**own, **self._options}.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return import_string("config.wsgi.application")  # here: it looks for the static files

    def run(self) -> None:
        _PulsingArbiter(self).run()


class _PulsingArbiter(Arbiter):  # type: ignore[misc]
    def murder_workers(self) -> None:
        """Look for workers that stand still, as every round of the main loop does."""
        pulse()
        super().murder_workers()
