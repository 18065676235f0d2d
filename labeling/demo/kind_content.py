"""Loads the demo projects beside the first: one a kind of judgment (pure: no Django).

Each is a JSON file in `kinds/` with its guideline in Markdown beside it. An item has, hidden from
everything but the simulation of raters, what is true of its responses, which reasons somebody may
give, and which words or places of a picture somebody may mark.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from labeling.demo.content import FOLDER
from projects.project_templates import (
    CriterionSpec,
    GuidanceSpec,
    GuidelineSpec,
    PrincipleSpec,
    unwrapped,
)

#: In the order in which they are shown.
FURTHER_KINDS = ("rank", "rate", "rule", "write", "pictures")


@dataclass(frozen=True, slots=True)
class Mark:
    """Words that somebody may mark: `quote`, or `wide`, which holds them.

    They are of the response at the place `response`. `about` is `criterion` or `principle`, `name`
    its key or number.
    """

    response: int
    quote: str
    wide: str
    polarity: str
    about: str
    name: str


@dataclass(frozen=True, slots=True)
class MarkedPlace:
    """A fault that somebody may see in the picture of the response at the place `response`: its
    upper left corner and its size, in shares of the picture, the criterion, and what is said."""

    response: int
    box: tuple[float, float, float, float]
    criterion: str
    note: str


@dataclass(frozen=True, slots=True)
class KindResponse:
    """One response, its invented model, and how good it is by criterion or by principle.

    Of a ranking and of a comparison the numbers are on a latent scale, else on the scale of the
    question; of a question to be answered by yes or no they are chances of a yes. `drawn` is the
    scene of a picture, and the faults that its model makes in it.
    """

    id: str
    model: str
    content: str
    truth: Mapping[str, float]
    drawn: Mapping[str, Any]

    @property
    def picture(self) -> str:
        """What its picture is called in the file that brings it; "" where it is a text."""
        return f"{self.id}.webp" if self.drawn else ""

    def import_part(self) -> dict[str, Any]:
        """The response in Concord's own import format."""
        part = {"id": self.id, "model": self.model}
        return part | ({"image": self.picture} if self.drawn else {"content": self.content})


@dataclass(frozen=True, slots=True)
class ScriptedText:
    """What is written for an item and what its review says of that.

    `edit` is the reviewer's text where they approve with edits, `words` what they tell the author
    where they send it back; `again` is the author's second draft, with its own score.
    """

    text: str
    decision: int
    score: int
    edit: str = ""
    words: str = ""
    again: str = ""
    again_score: int = 0


@dataclass(frozen=True, slots=True)
class KindItem:
    """A prompt with its responses, or with what is written for it."""

    id: str
    category: str
    prompt: str
    responses: Sequence[KindResponse]
    notes: Sequence[str]
    reasons: Sequence[str]
    marks: Sequence[Mark]
    regions: Sequence[MarkedPlace]
    flags: Mapping[str, Sequence[str]]
    skips: Mapping[str, Sequence[str]]
    topics: Sequence[Mapping[str, str]]
    writing: ScriptedText | None

    def import_row(self, kind: str) -> dict[str, Any]:
        """The item as a row of Concord's own import format; the hints stay here."""
        return {
            "id": self.id,
            "kind": kind,
            "messages": [{"role": "user", "content": self.prompt}],
            "responses": [response.import_part() for response in self.responses],
            "category": self.category,
            "language": "en",
            **({"topics": self.topics} if self.topics else {}),
        }


@dataclass(frozen=True, slots=True)
class KindProject:
    """A demo project of one kind of judgment; it was made so many days ago.

    `key` names its file, `kind` is what its tasks ask for.
    """

    key: str
    kind: str
    name: str
    description: str
    overlap: int
    days_ago: int
    criteria: Sequence[CriterionSpec]
    reasons: Sequence[tuple[str, str]]
    guideline: GuidelineSpec
    items: Sequence[KindItem]


@cache
def load_kinds() -> tuple[KindProject, ...]:
    """The projects in the order in which they are shown."""
    return tuple(map(_project, FURTHER_KINDS))


def _project(key: str) -> KindProject:
    folder = FOLDER / "kinds"
    raw = json.loads((folder / f"{key}.json").read_text(encoding="utf-8"))
    text = unwrapped((folder / f"{key}.md").read_text(encoding="utf-8"))
    principles = [PrincipleSpec(*parts) for parts in raw["guideline"].pop("principles")]
    guidance = [GuidanceSpec(**entry) for entry in raw["guideline"].pop("guidance")]
    return KindProject(
        key=key,
        kind=raw.get("kind", key),
        name=raw["name"],
        description=raw["description"],
        overlap=raw["overlap"],
        days_ago=raw["days_ago"],
        criteria=[CriterionSpec(**criterion) for criterion in raw["criteria"]],
        reasons=[(code, label) for code, label in raw["reasons"]],
        guideline=GuidelineSpec(
            text=text, principles=principles, guidance=guidance, **raw["guideline"]
        ),
        items=[_item(item) for item in raw["items"]],
    )


def _item(raw: Mapping[str, Any]) -> KindItem:
    written = {name: raw[name] for name in ScriptedText.__dataclass_fields__ if name in raw}
    drafts = [raw["draft"]] if raw.get("draft") else []
    return KindItem(
        id=raw["id"],
        category=raw["category"],
        prompt=raw["prompt"],
        responses=[
            KindResponse(
                id=f"{raw['id']}-{letter}",
                model=response["model"],
                content=response.get("content", ""),
                truth=response.get("truth", {}),
                drawn=response.get("drawn", {}),
            )
            for letter, response in zip("abcdefghi", raw.get("responses", drafts), strict=False)
        ],
        notes=raw.get("notes", ()),
        reasons=raw.get("reasons", ()),
        marks=[_mark(mark) for mark in raw.get("marks", ())],
        regions=[
            MarkedPlace(**{**region, "box": tuple(region["box"])})
            for region in raw.get("regions", ())
        ],
        flags=raw.get("flags", {}),
        skips=raw.get("skips", {}),
        topics=raw.get("topics", ()),
        writing=ScriptedText(**written) if written else None,
    )


def _mark(raw: Mapping[str, Any]) -> Mark:
    about = "principle" if "principle" in raw else "criterion"
    return Mark(
        response=raw["response"],
        quote=raw["quote"],
        wide=raw["wide"],
        polarity=raw["polarity"],
        about=about,
        name=str(raw[about]),
    )
