"""Large modules that are loaded when something of them is used, not when somebody imports them.

Figures and releases need numpy, SciPy and all that is computed with them, a third of the memory of
a process, and an idle instance computes none. Until its first use a name stands for the module;
whoever has it is served by the module from then on.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

from labeling.deferred import Deferred

#: Modules of which no other is derived while it is imported; each is a submodule.
LARGE = (
    *("scipy.stats", "scipy.optimize", "scipy.special", "scipy.sparse", "scipy.linalg"),
    *("labeling.stats", "labeling.datasets.build", "labeling.datasets.judging"),
    *("labeling.datasets.minhash", "labeling.datasets.signals"),
    *("labeling.figures.per_response", "labeling.figures.by_kind", "labeling.figures.principles"),
    *("labeling.lead.agreement.criteria", "labeling.lead.agreement.marks"),
    *("labeling.lead.agreement.gates", "labeling.lead.agreement.turns"),
)
#: What these alone may need while they are imported, and pages and jobs only when they compute.
PACKAGES = ("numpy",)


def defer(*names: str) -> None:
    """Let ``from package import module`` give a stand-in for each of these submodules.

    Their packages are not loaded for it: a package gets its stand-ins when it is.
    """
    packages = _Packages(names)
    sys.meta_path.insert(0, packages)
    for package in set(packages.modules) & set(sys.modules):
        packages.fill(sys.modules[package])


def without(*names: str) -> None:
    """Let modules that others can do without count as not installed; None says so to imports."""
    for name in names:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]


@contextmanager
def standing_in(*packages: str) -> Iterator[None]:
    """Let ``import package`` give a stand-in as long as this lasts, and the package afterwards."""
    stand_ins = {name: Deferred(name) for name in packages if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for name, stand_in in stand_ins.items():
            if sys.modules.get(name) is stand_in:
                del sys.modules[name]


class _Packages(MetaPathFinder):
    """Gives packages their stand-ins before their own code runs."""

    def __init__(self, names: Sequence[str]) -> None:
        self.modules: dict[str, list[str]] = defaultdict(list)
        for name in names:
            self.modules[name.rpartition(".")[0]].append(name)

    def fill(self, package: ModuleType) -> None:
        """Put a stand-in where a module is not loaded yet."""
        for name in self.modules[package.__name__]:
            vars(package).setdefault(name.rpartition(".")[2], Deferred(name))

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where the package is, whose loader fills it first."""
        spec = PathFinder.find_spec(name, path, target) if name in self.modules else None
        if spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def fill_and_run(module: ModuleType) -> None:
            self.fill(module)
            run(module)

        spec.loader.exec_module = fill_and_run  # type: ignore[method-assign]
        return spec
