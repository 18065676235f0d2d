"""What a child of `looking` imports: everything that its readers need, before it has limits."""

from __future__ import annotations

from labeling.datasets.arrow import load_arrow
from labeling.datasets.readers.looking import look_in_child

__all__ = ["look_in_child"]

load_arrow()
