"""One name for one thing: no public name of the apps is defined in two modules."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.architecture.sources import python_files

#: What Django looks for under this name in every module of its kind.
CONVENTIONS = frozenset({"Command", "app_name", "navigation", "register", "urlpatterns"})

#: Twins that still stand, each with what is to become of it. The list only shrinks.
TWINS = {
    "Criterion": "the criterion of a release and the project's",
    "Guideline": "the guideline of a release and the project's",
    "plain": "a figure as plain data, and a matrix",
}


def _names(tree: ast.Module) -> Iterator[str]:
    """The names that a module defines at its top level; what it imports is not its own."""
    for node in tree.body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Assign():
                for target in node.targets:
                    yield from (n.id for n in ast.walk(target) if isinstance(n, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name


def _twins() -> dict[str, list[str]]:
    """Public names with the modules that define them, where these are several.

    A Celery door (`jobs.py`) is left out: it bears the name of the service that it calls.
    """
    modules: dict[str, list[str]] = defaultdict(list)
    for path, tree in python_files("projects", "labeling").items():
        if path.endswith("/jobs.py"):
            continue
        for name in set(_names(tree)) - CONVENTIONS:
            if not name.startswith("_"):
                modules[name].append(path)
    return {name: paths for name, paths in modules.items() if len(paths) > 1}


def test_no_public_name_is_defined_in_two_modules():
    twins = _twins()
    assert not {name: paths for name, paths in twins.items() if name not in TWINS}
    parted = set(TWINS) - set(twins)
    assert not parted, "take them off the list, so that they cannot come back"
