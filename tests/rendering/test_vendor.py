"""The vendored browser libraries are exactly those that were reviewed."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"


def listed() -> dict[str, str]:
    lines = (VENDOR / "manifest.sha256").read_text().splitlines()
    return {name.removeprefix("./"): digest for digest, name in (line.split() for line in lines)}


def test_every_vendored_file_has_the_listed_hash():
    present = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in {"README.md", "manifest.sha256"}
    }
    assert present == listed()


def test_every_library_has_its_licence_and_is_named_in_the_readme():
    readme = (VENDOR / "README.md").read_text()
    folders = sorted(path.name for path in VENDOR.iterdir() if path.is_dir())
    assert folders == ["htmx-2.0.11", "idiomorph-0.8.0", "katex-0.19.1"]
    for folder in folders:
        assert (VENDOR / folder / "LICENSE").is_file()
        assert f"`{folder}`" in readme


def test_the_mathematics_style_sheet_names_only_fonts_that_are_there():
    folder = VENDOR / "katex-0.19.1"
    fonts = re.findall(r"url\(([^)]*)\)", (folder / "katex.min.css").read_text())
    assert len(fonts) == 20
    assert all(font.endswith(".woff2") and (folder / font).is_file() for font in fonts)
