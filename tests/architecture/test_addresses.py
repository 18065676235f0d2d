"""Who may name whose addresses: `projects` and the shared frame know none of `labeling`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve

from config.urls import navigation
from projects.navigation import Page, Tab, groups_of
from tests.architecture.sources import python_files, templates

#: Templates of `projects`, and the frame that every page of either app stands in.
OURS = re.compile(r"templates/(projects/|registration/|[^/]+$)")
_URL_TAG = re.compile(r"""{%-?\s*url\s+["']([^"']+)["']""")
_LINK = re.compile(r"""\b(?:href|action|src|hx-\w+)\s*=\s*["'](/[^"'?#]*)""")
_PATH = re.compile(r"/[\w./-]+/")


def _named(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every name of an address with the module of its view."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield f"{prefix}{pattern.name}", pattern.callback.__module__
        else:
            namespace = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from _named(pattern, prefix + namespace)


def labeling_names() -> set[str]:
    """The full names of the addresses at which a view of `labeling` answers."""
    return {name for name, module in _named(get_resolver()) if module.startswith("labeling.")}


def _answers_in_labeling(path: str) -> bool:
    try:
        return resolve(path).func.__module__.startswith("labeling.")
    except Resolver404:
        return False


def _names_labeling(text: str, names: set[str]) -> bool:
    """Whether a string is the name of an address of `labeling`, or has one's path in it."""
    return (
        text in names
        or text.startswith("labeling:")
        or any(_answers_in_labeling(path) for path in _PATH.findall(text))
    )


def _docstrings(tree: ast.AST) -> set[int]:
    """The nodes that are documentation, by id."""
    return {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }


def test_names_are_found():
    assert {"labeling:rate", "api:docs", "api:releases"} <= labeling_names()
    assert "projects:guideline" not in labeling_names()
    assert _names_labeling("see /api/v1/docs/, please", set())
    assert not _names_labeling("/p/a/guideline/", set())


def test_no_template_of_projects_names_an_address_of_labeling():
    names = labeling_names()
    guilty = [
        f"{path}: {text}"
        for path, source in templates().items()
        if OURS.match(path)
        for text in (*_URL_TAG.findall(source), *_LINK.findall(source))
        if _names_labeling(text, names)
    ]
    assert not guilty


def test_no_string_in_projects_names_an_address_of_labeling():
    names = labeling_names()
    guilty = [
        f"{path}:{node.lineno}: {text}"
        for path, tree in python_files("projects").items()
        for documentation in [_docstrings(tree)]
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(text := node.value, str)
        if id(node) not in documentation and _names_labeling(text, names)
    ]
    assert not guilty


@pytest.mark.parametrize("page", navigation, ids=lambda page: page.key)
def test_every_page_of_the_navigation_has_an_address(page: Page):
    known = dict(_named(get_resolver()))
    assert page.url_name in known


def test_the_pages_are_in_groups_and_in_their_order_and_each_has_a_place_of_its_own():
    tabs = [page for page in navigation if isinstance(page, Tab)]
    assert len({tab.position for tab in tabs}) == len(tabs)
    groups = {group.value: [str(tab.label) for tab in tabs] for group, tabs in groups_of("lead")}
    assert groups == {
        "home": ["Home"],
        "label": ["Rate", "My work", "Tasks", "Topics"],
        "quality": ["Agreement", "Raters", "Qualification", "Writing", "Wellbeing", "Groups"],
        "guideline": ["Text", "Principles", "Examples", "Precedents", "Questions"],
        "models": ["Ranking"],
        "data": ["Imports", "Releases"],
        "project": ["Planner", "Members", "Settings", "Audit log"],
    }
    assert [tab.full_name for _group, tabs in groups_of("rater") for tab in tabs] == [
        "Home",
        "Rate",
        "My work",
        "Topics",
        "Guideline",
        "Precedents",
    ]
