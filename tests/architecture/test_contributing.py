"""docs/contributing.md names only what is there."""

from __future__ import annotations

import re

from tests.architecture.sources import ROOT

PAGE = (ROOT / "docs" / "contributing.md").read_text()
PATHS = re.compile(
    r"`((?:config|docs|labeling|projects|static|templates|tests|\.ci)/[\w./-]*|[A-Z]+\.md|pyproject\.toml)`"
)
LINKS = re.compile(r"\]\(([^)#:]+)\)")


def test_every_path_on_the_page_exists():
    named = {ROOT / path for path in PATHS.findall(PAGE)}
    linked = {ROOT / "docs" / path for path in LINKS.findall(PAGE)}
    assert len(named) > 50
    assert not [str(path) for path in named | linked if not path.exists()]


def test_every_room_is_on_the_map():
    rooms = {path.name for path in (ROOT / "labeling").iterdir() if (path / "__init__.py").exists()}
    missing = {room for room in rooms if f"`labeling/{room}/`" not in PAGE}
    assert missing <= {"templatetags"}
