"""One name for one thing: no public name of the apps is defined in two modules."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.architecture.sources import python_files

#: What is looked for under this name in every module of its kind, by Django or by readers of logs.
CONVENTIONS = frozenset({"Command", "app_name", "logger", "navigation", "register", "urlpatterns"})


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
    assert not _twins()


#: Participles that say nothing of what a value is; hypothesis' own decorator is called so.
VAGUE = frozenset({"told", "found", "given", "one"})


def _vague(tree: ast.Module) -> set[str]:
    """Names for things and functions that are no nouns of what they hold."""
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    names = {
        name
        for node in ast.walk(tree)
        for name in (
            getattr(node, "id", None) if isinstance(node, ast.Name) else None,
            getattr(node, "arg", None) if isinstance(node, ast.arg) else None,
            getattr(node, "name", None)
            if isinstance(node, ast.FunctionDef | ast.ClassDef)
            else None,
        )
        if name
    }
    return {name for name in names - imported if name.strip("_") in VAGUE}


def test_what_a_name_stands_for_is_a_thing():
    vague = {
        path: names
        for path, tree in python_files("config", "projects", "labeling", "tests", "bench").items()
        if (names := _vague(tree))
    }
    assert not vague
