"""One name, one look: what a page loads never rules the same class twice."""

from __future__ import annotations

import re
from collections import defaultdict

from django.conf import settings

from tests.architecture.sources import templates

CSS = settings.BASE_DIR / "static" / "css"
_EVERYWHERE = ("base.css",)
_UNLESS_EMPTIED = ("nav.css", "forms.css", "tables.css")
_LINK = re.compile(r"{% static 'css/([\w/.-]+\.css)' %}")
_RULE = re.compile(r"^(\.[\w-]+)\s*\{", re.MULTILINE)


def _classes(sheet: str) -> set[str]:
    """The classes that have a rule of their own in a stylesheet, outside of any media query."""
    css = re.sub(r"/\*.*?\*/", "", (CSS / sheet).read_text(), flags=re.DOTALL)
    return set(_RULE.findall(css))


def _sheets(source: str) -> list[str]:
    common = () if "{% block component_css %}{% endblock %}" in source else _UNLESS_EMPTIED
    return [*_EVERYWHERE, *common, *_LINK.findall(source)]


def test_no_page_loads_two_stylesheets_that_rule_one_class():
    doubles = defaultdict(list)
    for path, source in templates().items():
        if "{% block page_css %}" not in source or path == "templates/base.html":
            continue
        rulers: dict[str, str] = {}
        for sheet in _sheets(source):
            for name in _classes(sheet):
                if rulers.setdefault(name, sheet) != sheet:
                    doubles[name].append(f"{path}: {rulers[name]}, {sheet}")
    assert not doubles


def test_a_rule_of_a_class_is_found_and_one_that_depends_on_others_is_not():
    assert ".rail" in _classes("nav.css")
    assert ".rail-count" in _classes("nav.css")
    assert ".near" not in _classes("nav.css")
