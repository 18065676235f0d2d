"""README, changelog and docs say what is so: links lead somewhere, lists are complete."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from projects.project_templates import PROJECT_TEMPLATES
from tests.architecture.sources import ROOT

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
#: How a variable stands in code: alone in a string.
_VARIABLE = re.compile(
    r"[\"'](CONCORD_[A-Z_]+|[A-Z_]+_URL|SCRIPT_NAME|PORT|PG_BIN|PYTHON|REQUIRE_BROWSER"
    r"|HYPOTHESIS_PROFILE|WEB_[A-Z]+|WORKER_[A-Z]+)[\"']"
)


@cache
def _anchors(page: Path) -> set[str]:
    """What a link may name on a page, as hosts of Markdown derive it from headings."""
    headings = _HEADING.findall(_FENCE.sub("", page.read_text()))
    plain = (re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading) for heading in headings)
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in plain}


def _broken(page: Path) -> list[str]:
    broken = []
    for target in _LINK.findall(_FENCE.sub("", page.read_text())):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        end = (page.parent / path).resolve() if path else page
        if not end.exists() or (anchor and anchor not in _anchors(end)):
            broken.append(target)
    return broken


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_page_and_a_heading_that_are_there(page: Path):
    assert not _broken(page)


def _variables_read() -> set[str]:
    """The variables of the environment that the program reads, and what runs its tests."""
    rooms = ("config", "labeling", "projects")
    files = [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    read = {name for path in files for name in _VARIABLE.findall(path.read_text())}
    return read | set(re.findall(r"\$\{([A-Z_]{3,})", (ROOT / "run").read_text()))


def _variables_listed(read: set[str]) -> set[str]:
    """Those in the tables; “`_PORT`” after “`CONCORD_SMTP_HOST`” is its end put in place."""
    page = (ROOT / "docs" / "operations.md").read_text()
    section = page.partition("## Variables\n")[2].partition("\n## ")[0]
    listed = set()
    for row in re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE):
        whole = ""
        for name in re.findall(r"`([A-Z_]+)`", row):
            parts = whole.split("_")
            ends = ["_".join(parts[:n]) + name for n in range(len(parts), 0, -1)]
            whole = whole if name.startswith("_") else name
            listed.add(next((end for end in ends if name[0] == "_" and end in read), name))
    return listed


def test_operations_lists_every_variable_and_no_other():
    read = _variables_read()
    listed = _variables_listed(read)
    assert listed - read == set(), "nothing reads these"
    assert read - listed == set(), "docs/operations.md has no row of these"


def test_designing_a_rubric_names_every_template():
    page = (ROOT / "docs" / "designing-a-rubric.md").read_text()
    assert not [key for key in PROJECT_TEMPLATES if f"`{key}`" not in page]
