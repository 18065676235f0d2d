"""The WSGI door that gunicorn and other servers load."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from config.timeouts import limit_web  # noqa: E402 - it reads the settings

limit_web()
