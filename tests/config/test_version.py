"""One number says which version this is, wherever it is said."""

from __future__ import annotations

import re
import tomllib

from django.conf import settings


def test_the_version_is_the_same_in_code_package_and_changelog():
    package = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())
    changelog = (settings.BASE_DIR / "CHANGELOG.md").read_text()
    top = next(line for line in changelog.splitlines() if line.startswith("## "))
    assert package["project"]["version"] == settings.VERSION
    assert top.startswith(f"## {settings.VERSION} ")


def test_what_the_page_on_security_names_as_its_tests_is_there():
    page = (settings.BASE_DIR / "docs" / "security.md").read_text()
    named = set(re.findall(r"`(tests/[\w/.]+)`", page))
    assert len(named) > 15
    assert not [path for path in named if not (settings.BASE_DIR / path).exists()]
