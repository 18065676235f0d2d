"""Arrow, for everything here that reads and writes its data: loaded at the first use of it.

It takes 40 MB, and most processes of an idle instance never see a file. So nothing of it may be
used while a module is imported: no constant, no base class (a name in quotes serves there).
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from labeling.deferred import Deferred

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
else:
    pa, pc, pq = map(Deferred, ("pyarrow", "pyarrow.compute", "pyarrow.parquet"))

__all__ = ["load_arrow", "pa", "pc", "pq"]


def load_arrow() -> None:
    """Loads all of it now, where a later use would come at a bad time."""
    for module in (pa, pc, pq):
        importlib.import_module(module.__name__)
