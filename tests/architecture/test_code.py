"""Habits that keep the code readable: small pieces, whole imports, narrow writes."""

from __future__ import annotations

import ast
import re
from graphlib import TopologicalSorter

import pytest

from tests.architecture.sources import APPS, ROOT, Function, functions, python_files

LONGEST_FILE = 400
LONGEST_FUNCTION = 50

#: The two `.save()` calls without update_fields that are creations or a form of Django's own.
WHOLE_SAVES = {
    ("config/sessions.py", "SessionStore.save"),
    ("projects/models/users.py", "UserManager.create_user"),
    ("projects/views/accounts.py", "change_password"),
    # Files, which have no fields.
    ("labeling/demo/drawing/canvas.py", "Canvas.finished"),
    ("labeling/media/decoding.py", "_written"),
    ("labeling/media/decoding.py", "_within"),
    ("labeling/pictures/services.py", "_write"),
}

#: Where HTML may be declared safe, and why it is.
SAFE_HTML = {
    "labeling/templatetags/rendering.py": "made and sanitised by labeling.rendering",
    "labeling/rating/shown.py": "made and sanitised by labeling.rendering, or by templates",
    "labeling/lead/agreement/drawings.py": "drawn by labeling.charts, which escapes every label",
}


@pytest.mark.parametrize("folder", [*APPS, "tests", "bench"])
def test_no_file_is_longer_than_a_person_can_hold_in_mind(folder: str):
    long = {
        path: lines
        for path in python_files(folder)
        if (lines := len((ROOT / path).read_text().splitlines())) > LONGEST_FILE
    }
    assert not long


@pytest.mark.parametrize("folder", [*APPS, "tests", "bench"])
def test_no_function_is_longer_than_a_screen(folder: str):
    long = {
        f"{path}: {name}": lines
        for path, tree in python_files(folder).items()
        for name, node in functions(tree)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    }
    assert not long


def test_imports_stand_at_the_top():
    """Only AppConfig.ready may import late: Django asks for it."""
    late = [
        f"{path}: {name}"
        for path, tree in python_files(*APPS).items()
        for name, node in functions(tree)
        if not (path.endswith("/apps.py") and name.endswith(".ready"))
        and any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node))
    ]
    assert not late


def _is_whole_save(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "save"
        and not {"update_fields", "force_insert"} & {keyword.arg for keyword in node.keywords}
    )


def test_existing_rows_are_saved_field_by_field():
    """A bare save() overwrites what somebody else changed in the meantime."""
    saves = {
        (path, name)
        for path, tree in python_files(*APPS).items()
        for name, node in functions(tree)
        if any(_is_whole_save(inner) for inner in ast.walk(node))
    }
    assert saves <= WHOLE_SAVES


def test_models_have_no_hidden_behaviour():
    """No save() or delete() override, no signals: what happens is written where it is called."""
    overrides = [
        f"{path}: {name}"
        for path, tree in python_files(*APPS).items()
        if "/models/" in path
        for name, _node in functions(tree)
        if name.rpartition(".")[2] in {"save", "delete"}
    ]
    signals = [
        path
        for path, tree in python_files(*APPS).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "") in {"django.dispatch", "django.db.models.signals"}
    ]
    assert not overrides
    assert not signals


def test_html_is_declared_safe_in_few_places():
    places = {
        path
        for path, tree in python_files(*APPS).items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"mark_safe", "SafeString", "SafeText"}
    }
    assert places <= set(SAFE_HTML)


def _lacks_docstring(node: Function | ast.ClassDef) -> bool:
    return not node.name.startswith("_") and ast.get_docstring(node) is None


@pytest.mark.parametrize("app", APPS)
def test_whatever_is_public_says_what_it_means(app: str):
    silent = []
    for path, tree in python_files(app).items():
        if tree.body and ast.get_docstring(tree) is None:
            silent.append(path)
        for node in tree.body:
            if isinstance(node, ast.ClassDef | Function) and _lacks_docstring(node):
                silent.append(f"{path}: {node.name}")
    assert not silent


#: A module that a script names, in code or in the type of a comment.
_MODULE = re.compile(r"""(?:\bfrom|\bimport\(?)\s*["'](?P<path>\.[^"']+\.js)["']""")


def test_scripts_name_each_other_in_no_circle():
    # A hashed name depends on what the file holds, comments too: in a circle it is never settled.
    folder = ROOT / "static" / "js"
    named = {
        script: {(script.parent / match["path"]).resolve() for match in _MODULE.finditer(source)}
        for script in folder.rglob("*.js")
        for source in [script.read_text()]
    }
    assert any(named.values())
    TopologicalSorter(named).prepare()
