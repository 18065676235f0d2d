"""Loads the demo's prompts, responses, guideline and people (pure: no Django).

The texts live beside this module as JSON and Markdown. Each item has two responses by fictional
models and, hidden from everything but the simulation of raters, hints about which one people
prefer: `quality` is the latent advantage of the second response over the first.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from projects.project_templates import GuidanceSpec, GuidelineSpec, PrincipleSpec, unwrapped

FOLDER = Path(__file__).parent

PROJECT_NAME = "Demo: everyday assistant"
PROJECT_SLUG = "demo-everyday-assistant"
DESCRIPTION = (
    "A demo with invented models and simulated raters: which of two answers to an everyday "
    "question would you rather have received?"
)
#: The project whose raters train and qualify before their first live task.
JOINING_NAME = "Demo: joining the raters"
JOINING_DESCRIPTION = (
    "A demo of training and qualification: five people on the way to their first live task, with "
    "invented models and answers."
)
PASSWORD = "concord-demo"  # noqa: S105  (printed at every start; never where others come)

#: Instead of a secret one: which tasks a rater meets is drawn by it, and so the whole story.
SALT = "demo-7"

#: The fictional models that wrote the responses.
MODELS = ("heron-2", "lark-mini", "osprey-1", "wren-7b")


@dataclass(frozen=True, slots=True)
class Login:
    """One person of the demo: who they are in the project and how to log in."""

    email: str
    name: str
    role: str
    password: str = PASSWORD


LOGINS: tuple[Login, ...] = (
    Login("lena@example.com", "Lena", "lead"),
    Login("rui@example.com", "Rui", "rater"),
    Login("sam@example.com", "Sam", "rater"),
    Login("tao@example.com", "Tao", "rater"),
    Login("vera@example.com", "Vera", "reviewer"),
    Login("mia@example.com", "Mia", "engineer"),
)


@dataclass(frozen=True, slots=True)
class DemoResponse:
    """One candidate answer and the invented model that wrote it."""

    id: str
    model: str
    content: str


@dataclass(frozen=True, slots=True)
class Note:
    """A reason somebody may give: `favours` is -1 (first), 0 (neither) or 1 (second response)."""

    favours: int
    text: str
    principles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DemoItem:
    """A prompt with two responses.

    `quality` runs from -2 (the first is clearly better) to 2 (the second is), `difficulty` from 0
    (anybody sees it) to 1, `both_bad` says that neither should be sent to anybody.
    """

    id: str
    category: str
    language: str
    messages: tuple[dict[str, str], ...]
    responses: tuple[DemoResponse, DemoResponse]
    notes: tuple[Note, ...]
    quality: float
    difficulty: float
    both_bad: bool

    def import_row(self) -> dict[str, Any]:
        """The item as a row of Concord's own import format; the hints stay here."""
        return {
            "id": self.id,
            "messages": [dict(message) for message in self.messages],
            "responses": [
                {"id": response.id, "model": response.model, "content": response.content}
                for response in self.responses
            ],
            "category": self.category,
            "language": self.language,
        }


@dataclass(frozen=True, slots=True)
class DemoPrinciple:
    """One numbered clause of the guideline."""

    number: int
    title: str
    text: str
    training_form: str


@dataclass(frozen=True, slots=True)
class DemoGuideline:
    """One version of the guideline; `days_ago` is when it was published, before the seeding."""

    text: str
    principles: tuple[DemoPrinciple, ...]
    change_note: str
    priority_order: str
    trade_off_rule: str
    days_ago: int
    guidance: tuple[GuidanceSpec, ...] = ()

    def spec(self) -> GuidelineSpec:
        """As it is published."""
        return GuidelineSpec(
            text=self.text,
            priority_order=self.priority_order,
            trade_off_rule=self.trade_off_rule,
            change_note=self.change_note,
            guidance=self.guidance,
            principles=[
                PrincipleSpec(principle.title, principle.text, principle.training_form)
                for principle in self.principles
            ],
        )


@cache
def load_items() -> tuple[DemoItem, ...]:
    """All items in a fixed order, category by category."""
    paths = sorted((FOLDER / "items").glob("*.json"))
    return tuple(_item(raw) for path in paths for raw in _read_json(path))


@cache
def load_guidelines() -> tuple[DemoGuideline, ...]:
    """The versions of the guideline, oldest first."""
    return tuple(
        DemoGuideline(
            text=unwrapped((FOLDER / raw["file"]).read_text(encoding="utf-8")),
            principles=tuple(p for p in load_principles() if p.number in raw["principles"]),
            change_note=raw["change_note"],
            priority_order=raw["priority_order"],
            trade_off_rule=raw["trade_off_rule"],
            days_ago=raw["days_ago"],
            guidance=tuple(GuidanceSpec(**entry) for entry in raw.get("guidance", ())),
        )
        for raw in _read_json(FOLDER / "guideline.json")["versions"]
    )


@cache
def load_principles() -> tuple[DemoPrinciple, ...]:
    """All numbered principles that judgments cite; the newest guideline has them all."""
    return tuple(
        DemoPrinciple(**raw) for raw in _read_json(FOLDER / "guideline.json")["principles"]
    )


def _read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


_SIDES = {"first": -1, "neither": 0, "second": 1}


def _item(raw: dict[str, Any]) -> DemoItem:
    first, second = (
        DemoResponse(id=f"{raw['id']}-{letter}", **response)
        for letter, response in zip("ab", raw["responses"], strict=True)
    )
    return DemoItem(
        id=raw["id"],
        category=raw["category"],
        language=raw["language"],
        messages=tuple(raw["messages"]),
        responses=(first, second),
        notes=tuple(
            Note(_SIDES[note["favours"]], note["text"], tuple(note["principles"]))
            for note in raw["notes"]
        ),
        quality=raw["hints"]["quality"],
        difficulty=raw["hints"]["difficulty"],
        both_bad=raw["hints"]["both_bad"],
    )
