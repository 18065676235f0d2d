"""Concord's configuration; importing it binds the Celery application to `@shared_task`."""

from __future__ import annotations

from config.celery import app as celery_app

__all__ = ("celery_app",)
