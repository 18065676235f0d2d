"""How the process is tuned while millions of short-lived rows pass through it."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from labeling.datasets.arrow import pa

#: Objects made before the young ones are searched, and how often the older ones are.
_THRESHOLDS = (200_000, 20, 100)


@contextmanager
def tuned_memory() -> Iterator[None]:
    """Collects rarely: rows have no cycles, and looking for some takes a sixth of the time.

    Arrow allocates like everything else: its own allocator keeps some 50 MB more, of batches that
    one thread makes and another frees. What was set before is set again on the way out.
    """
    thresholds, pool = gc.get_threshold(), pa.default_memory_pool()
    gc.set_threshold(*_THRESHOLDS)
    pa.set_memory_pool(pa.system_memory_pool())
    try:
        yield
    finally:
        pa.set_memory_pool(pool)
        gc.set_threshold(*thresholds)
