"""The WSGI door that gunicorn and other servers load."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

_pages = get_wsgi_application()

from django.conf import settings  # noqa: E402 - they are ready now

from config.timeouts import limit_web  # noqa: E402

limit_web()
# gunicorn reads it as well, and would refuse whatever comes without the prefix: probes, our own.
os.environ.pop("SCRIPT_NAME", None)


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answers with and without the prefix: some proxies take it away, some do not."""
    prefix, path = settings.PREFIX, environ.get("PATH_INFO", "")
    if prefix and (path == prefix or path.startswith(f"{prefix}/")):
        environ = {**environ, "PATH_INFO": path[len(prefix) :] or "/"}
    return _pages(environ, start_response)
