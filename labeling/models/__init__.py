"""Prompts, tasks, assignments, judgments, imports, releases and cached reports."""

from __future__ import annotations

from labeling.models.assignments import Assignment
from labeling.models.jobs import Import, ImportRefusal, Job, Release
from labeling.models.judgments import Answer, Judgment
from labeling.models.reports import Report
from labeling.models.tasks import Prompt, Response, Task

__all__ = [
    "Answer",
    "Assignment",
    "Import",
    "ImportRefusal",
    "Job",
    "Judgment",
    "Prompt",
    "Release",
    "Report",
    "Response",
    "Task",
]
