"""What the page of a task shows of what is right on it."""

from __future__ import annotations

from labeling.kinds.known import no_known_answer
from labeling.models import Task
from labeling.teaching.checks.forms import right_form
from labeling.teaching.checks.selectors import accepted_in_words, answer_versions, known_copies
from labeling.teaching.checks.services import questions_in_force
from projects.access import Access
from projects.permissions import Action


def right_context(access: Access, task: Task, *, is_closed: bool) -> dict[str, object]:
    """What is right on a task and its form, for who says so; what was said shows with the votes."""
    if not access.may(Action.TEACH):
        return {}
    refusal = no_known_answer(task)
    copies = list(known_copies(task))
    versions = [] if is_closed else answer_versions(copies)
    criteria = list(access.project.criteria.all())
    form = None
    if not refusal:
        form = right_form(task, questions_in_force(access.project), next(iter(versions), None))
    return {
        "may_teach": True,
        "right": form,
        "right_refusal": refusal,
        "known_copies": copies,
        "right_versions": [(version, accepted_in_words(version, criteria)) for version in versions],
    }
