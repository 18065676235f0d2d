"""gunicorn's hooks: load everything once before the workers are forked.

Django imports the pages at the first request. Doing it in the master makes the first page quick,
shares the memory among the workers and shows a broken module at the start instead of as a 500.
"""

from __future__ import annotations

import gc
from typing import Any

from django.urls import get_resolver


def when_ready(server: Any) -> None:
    """Import the pages, and keep the garbage collector off what all workers share."""
    _ = get_resolver().reverse_dict  # builds the whole map of addresses
    gc.collect()
    gc.freeze()
