"""The project's own sources, parsed once."""

from __future__ import annotations

import ast
import gc
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = ("config", "projects", "labeling")

Function = ast.FunctionDef | ast.AsyncFunctionDef


def python_files(*folders: str) -> dict[str, ast.Module]:
    """Parsed modules by path from the root, migrations left out."""
    return {path: tree for folder in folders for path, tree in _parsed(folder).items()}


@lru_cache
def _parsed(folder: str) -> dict[str, ast.Module]:
    """Half a million nodes that stay: the collector need not look for garbage among them."""
    gc.collect()
    gc.disable()
    modules = {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text())
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts
    }
    gc.freeze()
    gc.enable()
    return modules


def functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, Function]]:
    """Every function with its dotted name inside the module."""
    for node in ast.iter_child_nodes(tree):
        name = prefix
        if isinstance(node, ast.ClassDef | Function):
            name = f"{prefix}.{node.name}".strip(".")
        if isinstance(node, Function):
            yield name, node
        yield from functions(node, name)


@lru_cache
def templates() -> dict[str, str]:
    """Templates by path from the root."""
    folders = [ROOT / "templates", *(ROOT / app / "templates" for app in APPS)]
    return {
        path.relative_to(ROOT).as_posix(): path.read_text()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
