"""README.md of a release: front matter that loaders read, and a datasheet that people read.

Headings after "Datasheets for Datasets" (Gebru et al., arXiv:1803.09010), with what the hub's card
template asks for under them. Everything is filled from the manifest: no figure is made up, and
what nobody stated is said to be not stated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from labeling.datasets.card import composition, people, use
from labeling.datasets.card.front_matter import front_matter
from labeling.datasets.card.text import line
from labeling.datasets.context import ReleaseContext
from labeling.datasets.files import FileInfo
from labeling.datasets.judging import Books
from labeling.datasets.layout import Layout

__all__ = ["make_card"]


def make_card(
    *,
    context: ReleaseContext,
    books: Sequence[Books],
    layout: Layout,
    file_type: str,
    manifest: Mapping[str, Any],
    files: Sequence[FileInfo],
) -> str:
    """The whole README.md."""
    recipe, shape = books[0].recipe, layout.shape
    total = sum(sum(manifest["rows"][name].values()) for name in layout.main(recipe.kind))
    head = front_matter(
        manifest,
        kind=recipe.kind,
        rows=total,
        tables=layout.filled(manifest["rows"]),
        files=files,
    )
    rows_are = recipe.kind if recipe.criterion.answer == "rate" else None
    sections = {
        "Motivation": composition.motivation(context, manifest),
        "Composition": composition.composition(
            manifest,
            {
                **shape.explain(answer=recipe.criterion.answer),
                **composition.metadata_in_words(layout),
            },
        ),
        "Collection process": people.collection(context, manifest),
        "Preprocessing, cleaning and labeling": composition.labeling(manifest),
        "Uses": use.uses(
            context, manifest, shape.load_code("path/to/this/folder", file_type, rows_are)
        ),
        "Distribution": use.distribution(context),
        "Maintenance": use.maintenance(context),
    }
    parts = [head, f"# {line(context.name)}\n", composition.summary(manifest, total)]
    parts += [f"## {title}\n\n{text}" for title, text in sections.items()]
    return "\n".join(parts)
