"""Throttles that are documented are throttles that exist, with the numbers that stand there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from projects.services import reminders, throttle

_DOCUMENT = Path(settings.BASE_DIR) / "docs" / "security.md"
_ROW = re.compile(r"^\| [^|]+ \| `(\w+)` \| ([\d,]+) [^|]*\| `([\w/]+\.py)` \|$", re.MULTILINE)
ROWS = _ROW.findall(_DOCUMENT.read_text().partition("## Throttles")[2].partition("\n## ")[0])


def test_the_document_lists_every_bound_of_throttle_and_reminders():
    named = set(re.findall(r"settings\.([A-Z_]+)", Path(str(throttle.__file__)).read_text()))
    named |= set(re.findall(r"settings\.([A-Z_]+)", Path(str(reminders.__file__)).read_text()))
    assert {name for name, _value, _file in ROWS} >= named | {"FIRST_WAIT"}


@pytest.mark.parametrize(("name", "value", "file"), ROWS)
def test_a_documented_rate_is_what_enforces_it(name: str, value: str, file: str):
    enforced = getattr(settings, name, None) or getattr(throttle, name)
    assert enforced == int(value.replace(",", ""))
    assert name in (Path(settings.BASE_DIR) / file).read_text()
