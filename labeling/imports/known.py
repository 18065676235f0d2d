"""What rows know of a prompt and of its responses, as columns of the two."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labeling.datasets.leaks import says_who_wrote_it
from labeling.datasets.rows import ImportedResponse
from labeling.models import Prompt, Response

#: Columns of a prompt, by the names that rows have for them.
_OF_PROMPT = {
    "difficulty": "difficulty",
    "licence": "licence",
    "author": "author",
    "topics": "sensitivity",
    "source": "source",
    "group": "group",
    "permitted_use": "permitted_use",
    "conversation": "conversation",
    "turn": "turn",
}
PROMPT_COLUMNS = tuple(_OF_PROMPT.values())
RESPONSE_COLUMNS = ("model_version", "batch", "decoding")
#: What stands there where nothing is known.
_EMPTY: Mapping[str, Any] = {"sensitivity": [], "decoding": {}, "turn": None}


def prompt_columns(about: Mapping[str, object]) -> dict[str, Any]:
    """The columns of a prompt of which this is known."""
    return {column: about.get(name, _EMPTY.get(column, "")) for name, column in _OF_PROMPT.items()}


def response_columns(about: Mapping[str, object]) -> dict[str, Any]:
    """The columns of a response of which this is known."""
    return {name: about.get(name, _EMPTY.get(name, "")) for name in RESPONSE_COLUMNS}


def names_its_model(response: ImportedResponse) -> bool:
    """Whether a text of the response says which model wrote it."""
    turns = [turn.content for turn in response.messages if turn.role == "assistant"]
    return says_who_wrote_it([response.content, *turns], response.model)


def stored_prompt_about(prompt: Prompt) -> dict[str, object]:
    """What is known of a prompt, by the names that rows have for it."""
    known = {name: getattr(prompt, column) for name, column in _OF_PROMPT.items()}
    return {name: value for name, value in known.items() if value}


def stored_about(response: Response) -> dict[str, object]:
    """What is known of a response."""
    known = {name: getattr(response, name) for name in RESPONSE_COLUMNS}
    return {name: value for name, value in known.items() if value}
