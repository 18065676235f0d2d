"""Who may import whom: the contracts of pyproject.toml, and pure code without Django."""

from __future__ import annotations

import subprocess
import sys
from graphlib import TopologicalSorter

import grimp

from tests.architecture.sources import ROOT

PURE = (
    "labeling.stats",
    "labeling.datasets",
    "labeling.kinds",
    "labeling.rendering",
    "labeling.charts",
    "labeling.allocation",
    "labeling.vocabulary",
    "projects.scales",
    "projects.own_scales",
    "projects.exceptions",
    "projects.project_templates",
    "projects.words",
)

IMPORT_ALL = """
import importlib, pkgutil, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"django", "rest_framework", "celery", "psycopg2"}:
            raise ImportError(f"pure code imports {name}")

sys.meta_path.insert(0, Refuse())
count = 0
for name in sys.argv[1:]:
    package = importlib.import_module(name)
    count += 1
    for module in pkgutil.walk_packages(getattr(package, "__path__", []), name + "."):
        importlib.import_module(module.name)
        count += 1
print(count)
"""


def test_the_import_contracts_hold():
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    done = subprocess.run(
        [*command, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_pure_code_runs_where_django_cannot_be_imported():
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, *PURE],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > len(PURE)


def test_no_module_imports_itself_by_a_detour():
    graph = grimp.build_graph(
        "config", "projects", "labeling", exclude_type_checking_imports=True, cache_dir=None
    )
    imports = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    TopologicalSorter(imports).prepare()  # raises CycleError, which names the circle
