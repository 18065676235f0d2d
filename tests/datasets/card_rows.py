"""What the tests of card, manifest and Croissant share: contexts, and a card taken apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from markdown_it import MarkdownIt

from labeling.datasets.context import GuidelineRecord, ReleaseContext


def context(**more: Any) -> ReleaseContext:
    """A release's context with everything in it."""
    return ReleaseContext(
        **{
            "project": "helpful",
            "name": "Helpful, release 1",
            "parameters": {"recipe": "majority", "cutoff": 7},
            "guidelines": (
                GuidelineRecord(
                    1, "# Be fair\nRead both.", "First version", "True, then brief.", "Truth wins."
                ),
            ),
            "principles": ({"number": 1, "text": "Be kind."},),
            "withheld": {"superseded": 1, "withdrawn": 0},
            "versions": {"Concord": "1.0", "pyarrow": "26.0"},
            "licence": "cc-by-4.0",
            "description": "To train a helpful model.",
            "collection": ("Each task is judged by 3 different raters.",),
            **more,
        }
    )


def card(folder: Path) -> tuple[dict[str, Any], str]:
    """The front matter and the text after it."""
    text = (folder / "README.md").read_text("utf-8")
    assert text.startswith("---\n")
    head, body = text[4:].split("\n---\n", 1)
    return yaml.safe_load(head), body


def outline(body: str) -> tuple[list[str], int, int]:
    """Headings in order, table rows and HTML of a card outside block quotes, as a reader sees it.

    A heading inside a quote counts too: contents lists do not tell them apart.
    """
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(body)
    names = [
        f"{token.tag} {tokens[place + 1].content}"
        for place, token in enumerate(tokens)
        if token.type == "heading_open"
    ]
    html = sum(token.type == "html_block" for token in tokens) + sum(
        child.type in ("html_inline", "image", "link_open")
        for token in tokens
        for child in token.children or ()
    )
    return names, sum(token.type == "tr_open" for token in tokens), html
