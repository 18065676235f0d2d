"""How to load and use a release, what it is not for, under which licence, and how it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.datasets.card.tables import bullets
from labeling.datasets.card.text import inline, line
from labeling.datasets.context import ReleaseContext


def uses(context: ReleaseContext, manifest: Mapping[str, Any], load: str) -> str:
    """Code to load it, and what it should not be used for."""
    limits = [
        "Preferences say what these raters preferred under this guideline, not what is true.",
        "A model trained on them learns the raters' shared mistakes as well; agreement does not "
        "show those.",
        "Length, markup and position can carry preference: read the figures above before training.",
        "A trainer that cuts texts to a maximum length may make a pair identical.",
        "Accuracy above the noise ceiling is no skill: it is over-fitting to these raters.",
        *context.limits,
    ]
    known = [warning["text"] for warning in manifest["warnings"]]
    return "\n".join(
        (
            f"### How to load it\n\n```python\n{load}```\n",
            "### Limits\n\n" + bullets(line(limit) for limit in limits),
            "### Known biases\n\n"
            + (bullets(map(line, known)) if known else "The figures above show none.\n"),
        )
    )


def distribution(context: ReleaseContext) -> str:
    """The licence."""
    if context.licence == "unknown":
        return "No licence is stated. Ask the owner of the project before you pass the data on.\n"
    return (
        f"Licence, as the owner of the project states it: {inline(context.licence)}. Responses may "
        "also fall under the terms of the models that wrote them.\n"
    )


def maintenance(context: ReleaseContext) -> str:
    """How the files came about and how to tell that they are whole."""
    versions = ", ".join(
        f"{inline(name)} {inline(version)}" for name, version in context.versions.items()
    )
    return (
        "A release is frozen: later judgments make a new one, under pseudonyms of its own. "
        "`manifest.json` holds every parameter, count, reason and SHA-256, and the same request, "
        f"cut-off and versions give the same bytes. Written by {versions or 'Concord'}.\n"
    )
