"""Texts that may upset stand behind one plain line, and whoever reads them opens them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeling.rating.topics import SEVERE
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Cover:
    """What a text touches, in words of whoever sent it; open where its reader wants them so."""

    words: str
    is_open: bool


def cover_words(topics: Sequence[Mapping[str, Any]]) -> str:
    """What a prompt touches that may upset, in words; "" where nobody said so."""
    words = [
        f"{topic['topic']} ({topic['severity']})" if topic.get("severity") else topic["topic"]
        for topic in topics
    ]
    return ", ".join(words)


def is_severe(topics: Sequence[Mapping[str, Any]]) -> bool:
    """Whether rows say of one of them that it is severe."""
    return any(topic.get("severity") == SEVERE for topic in topics)


def covers_texts(topics: Sequence[Mapping[str, Any]], project: Project) -> bool:
    """Whether a project covers the texts of tasks that touch these."""
    if project.covered_texts == Project.CoveredTexts.SEVERE:
        return is_severe(topics)
    return bool(topics) and project.covered_texts == Project.CoveredTexts.ANY


def text_cover(
    topics: Sequence[Mapping[str, Any]], project: Project, *, is_open: bool = False
) -> Cover | None:
    """The cover of the texts of such tasks, None where they have none; `is_open` as its reader
    chose for all of them."""
    return Cover(cover_words(topics), is_open) if covers_texts(topics, project) else None
