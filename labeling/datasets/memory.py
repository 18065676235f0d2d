"""How the process is tuned while millions of short-lived rows pass through it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from labeling.datasets.arrow import pa

#: Objects made before the young ones are searched, and how often the older ones are.
_THRESHOLDS = (200_000, 20, 100)


@contextmanager
def rare_collection() -> Iterator[None]:
    """Collects rarely: rows have no cycles, and looking for some takes up to a sixth of the time.

    What was set before is set again on the way out.
    """
    thresholds = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)


@contextmanager
def tuned_memory() -> Iterator[None]:
    """Collects rarely, and takes memory as everything else does.

    Arrow allocates like everything else: its own allocator keeps some 50 MB more, of batches that
    one thread makes and another frees. What was set before is set again on the way out.
    """
    pool = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        with rare_collection():
            yield
    finally:
        pa.set_memory_pool(pool)
