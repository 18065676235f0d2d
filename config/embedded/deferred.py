"""Large modules that are loaded when something of them is used, not when somebody imports them.

The statistics need SciPy, a third of all memory, and an idle instance computes none. Until its
first use a name stands for the module; whoever has it is served by the module from then on.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any

#: Modules of which no other is derived while it is imported; each is a submodule.
LARGE = ("scipy.stats", "scipy.optimize", "scipy.special", "scipy.sparse", "scipy.linalg")


class Deferred(ModuleType):
    """Stands for a module that is not loaded yet."""

    def __getattr__(self, name: str) -> Any:
        """Load the module, and have all of its names from now on.

        Threads that come at once wait for each other in the import system.
        """
        if name.startswith("__"):
            raise AttributeError(name)
        module = importlib.import_module(self.__name__)
        own = set(self.__dict__)
        self.__dict__.update({key: vars(module)[key] for key in vars(module) if key not in own})
        return getattr(module, name)


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
