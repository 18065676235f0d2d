"""Large modules that are loaded when something of them is used, not when somebody imports them.

Until its first use a name stands for the module; whoever has it is served by the module from then
on, as fast as by the module itself.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


class Deferred(ModuleType):
    """Stands for a module that is not loaded yet."""

    def __getattr__(self, name: str) -> Any:
        """Load the module, and have all of its names from now on.

        Threads that come at once wait for each other in the import system.
        """
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        module = importlib.import_module(self.__name__)
        own = set(self.__dict__)
        self.__dict__.update({key: vars(module)[key] for key in vars(module) if key not in own})
        return getattr(module, name)
