"""Which definitions of `labeling.stats` a door of the application reaches.

A door is a view, an API, a command, a job, the admin, a template tag or an address. Outside the
library whole modules are followed: what a door imports, and what that imports, is reached. Inside
it single definitions are: a name is reached where a reached module imports it or takes it from the
library (`stats.share`), or where the body of a reached definition names it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

from tests.architecture.sources import python_files

LIBRARY = "labeling.stats"
DOORS = {"views", "api", "jobs", "admin", "urls", "apps"}
DOOR_FOLDERS = {"commands", "templatetags"}

Definition = tuple[str, str]


@lru_cache
def modules() -> dict[str, ast.Module]:
    """Parsed modules by dotted name; a package is named like its folder."""
    return {
        path.removesuffix(".py").removesuffix("/__init__").replace("/", "."): tree
        for path, tree in python_files("config", "projects", "labeling").items()
    }


def is_door(module: str) -> bool:
    """Whether a request, a command line, a message or the admin enters the application here."""
    parts = module.split(".")
    return parts[-1] in DOORS or "api" in parts or not DOOR_FOLDERS.isdisjoint(parts)


def of_library(module: str) -> bool:
    """Whether a module belongs to the library of statistics."""
    return module == LIBRARY or module.startswith(f"{LIBRARY}.")


@lru_cache
def imports(module: str) -> tuple[tuple[str, str, str], ...]:
    """Every import of a module: where from, what ("" for a whole module), and its local name."""
    return tuple(
        (node.module or "", alias.name, alias.asname or alias.name)
        if isinstance(node, ast.ImportFrom)
        else (alias.name, "", alias.asname or alias.name.partition(".")[0])
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    )


@lru_cache
def reached_modules() -> frozenset[str]:
    """Modules outside the library that some door imports, however many steps away."""
    known = modules()
    open_, reached = [name for name in known if is_door(name) and not of_library(name)], set[str]()
    while open_:
        name = open_.pop()
        if name in reached:
            continue
        reached.add(name)
        for source, what, _ in imports(name):
            targets = {source, f"{source}.{what}"} & known.keys()
            open_ += [target for target in targets if not of_library(target)]
    return frozenset(reached)


def _assigned(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    targets = node.targets if isinstance(node, ast.Assign) else []
    if isinstance(node, ast.AnnAssign):
        targets = [node.target]
    for target in targets:
        yield from (inner.id for inner in ast.walk(target) if isinstance(inner, ast.Name))


@lru_cache
def definitions() -> dict[Definition, ast.stmt]:
    """Everything the library defines at the top of a module."""
    return {
        (module, name): node
        for module, tree in modules().items()
        if of_library(module)
        for node in tree.body
        for name in _assigned(node)
        if name != "__all__"
    }


@lru_cache
def resolve(module: str, name: str) -> Definition | None:
    """Where a name that a module of the library uses is defined; None where it is not ours."""
    if (module, name) in definitions():
        return module, name
    if not of_library(module) or module not in modules():
        return None
    for source, what, local in imports(module):
        if of_library(source) and what in ("*", name) and local in ("*", name):
            definition = resolve(source, name)
            if definition is not None:
                return definition
        elif of_library(source) and local == name:
            return resolve(source, what)
    return None


@lru_cache
def reached_definitions() -> frozenset[Definition]:
    """Definitions of the library that a door reaches."""
    open_ = [
        target
        for module in reached_modules()
        for source, what in _taken(module)
        if of_library(source) and (target := resolve(source, what)) is not None
    ]
    reached = set[Definition]()
    while open_:
        definition = open_.pop()
        if definition in reached:
            continue
        reached.add(definition)
        used = _names(definitions()[definition])
        targets = (resolve(definition[0], name) for name in used)
        open_ += [target for target in targets if target is not None]
    return frozenset(reached)


def _taken(module: str) -> Iterator[Definition]:
    """What a module imports, and what it names as parts of modules that it imports."""
    parts = [
        (node.value.id, node.attr)
        for node in ast.walk(modules()[module])
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]
    for source, what, local in imports(module):
        yield source, what
        whole = f"{source}.{what}" if what else source
        yield from ((whole, part) for name, part in parts if name == local)


def _names(node: ast.AST) -> set[str]:
    return {inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)}


@lru_cache
def public_names() -> dict[str, Definition | None]:
    """The public names of the library and of its rooms, each with its definition."""
    listed = dict[str, Definition | None]()
    for module in sorted(modules()):
        if of_library(module):
            for name in _listed(modules()[module]):
                listed.setdefault(name, resolve(module, name))
    return listed


def _listed(tree: ast.Module) -> Iterable[str]:
    for node in tree.body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "__all__"
        ):
            yield from ast.literal_eval(node.value)
