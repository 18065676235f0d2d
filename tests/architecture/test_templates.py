"""Templates carry no code: the Content-Security-Policy would stop it, and so does this."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import templates

#: Characters in a line, so that a change shows as one and is read without scrolling.
LONGEST_LINE = 160

#: Templates that print HTML as it is, each with what it prints and why that is safe.
SAFE = {
    "templates/_field.html": "help texts, written in our own forms",
    "templates/labeling/teaching/answer.html": "HTML made and sanitised by labeling.rendering",
    "templates/labeling/lead/task.html": "HTML made and sanitised by labeling.rendering",
}

FORBIDDEN = {
    "inline script": re.compile(r"<script(?![^>]*\ssrc=)[^>]*>", re.I),
    "inline style": re.compile(r"<style\b|<[^>]*\sstyle\s*=", re.I),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "htmx event attribute": re.compile(r"hx-on\b|hx-vals\s*=\s*['\"]js:|hx-vars", re.I),
    "javascript address": re.compile(r"=\s*['\"]?\s*javascript:", re.I),
    "thing from elsewhere": re.compile(
        r"<(?:script|link|img|iframe|source|video|audio)\b[^>]*(?:src|href)\s*=\s*['\"]?(?:https?:)?//",
        re.I,
    ),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has_an(what: str):
    places = {
        f"{path}: {match[0][:80]}"
        for path, text in templates().items()
        for match in FORBIDDEN[what].finditer(text)
    }
    assert not places


def test_only_known_templates_print_html_as_it_is():
    raw = re.compile(r"\|\s*safe(?:seq)?\b|autoescape\s+off")
    places = {path for path, text in templates().items() if raw.search(text)}
    mails = {path for path in places if path.endswith(".txt")}
    assert places - mails <= set(SAFE)


def test_no_template_takes_the_pairs_of_a_mapping_by_its_method():
    method = re.compile(r"\bin\s+[\w.|]+\.(?:items|keys|values)\b")
    places = {
        f"{path}: {m[0]}" for path, text in templates().items() for m in method.finditer(text)
    }
    assert not places, "a name in it may be `items`: say `mapping|pairs`"


def test_every_form_that_changes_something_carries_its_token():
    form = re.compile(r"<form\b[^>]*\bmethod\s*=\s*['\"]?post[^>]*>.*?</form>", re.I | re.S)
    bare = [
        f"{path}: {match[0][:80]}"
        for path, text in templates().items()
        for match in form.finditer(text)
        if "csrf_token" not in match[0]
    ]
    assert not bare


def test_no_line_is_longer_than_a_page_is_wide():
    long = {
        f"{path}:{number}": len(line)
        for path, text in templates().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > LONGEST_LINE
    }
    assert not long
