"""What a rater answered in the quiz."""

from __future__ import annotations

from projects.models import Project, QuizAttempt


def own_attempt(project: Project, rater_id: int, pk: int) -> QuizAttempt | None:
    """An answer of this rater, with its example."""
    rows = QuizAttempt.objects.select_related("example")
    return rows.filter(example__project=project, rater=rater_id, pk=pk).first()
