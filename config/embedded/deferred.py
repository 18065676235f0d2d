"""Large modules that are loaded when something of them is used, not when somebody imports them.

The statistics need SciPy, a third of all memory, and an idle instance computes none. Until its
first use a name stands for the module; whoever has it is served by the module from then on.
"""

from __future__ import annotations

import importlib
import sys

from labeling.deferred import Deferred

#: Modules of which no other is derived while it is imported; each is a submodule.
LARGE = ("scipy.stats", "scipy.optimize", "scipy.special", "scipy.sparse", "scipy.linalg")


def defer(*names: str) -> None:
    """Let ``from package import module`` give a stand-in for each of these submodules."""
    for name in names:
        package, _, module = name.rpartition(".")
        parent = importlib.import_module(package)
        if module not in vars(parent):
            setattr(parent, module, Deferred(name))


def without(*names: str) -> None:
    """Let modules that others can do without count as not installed; None says so to imports."""
    for name in names:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
