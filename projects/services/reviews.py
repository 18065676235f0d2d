"""What a rubric must keep of the review of texts: what a second person decides."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from projects.answered import is_review_due
from projects.exceptions import Conflict, InvalidInput
from projects.models import Criterion, Project
from projects.scales import DECISION, REVIEWS


def check_review_question(scale: str, family: str, is_primary: bool) -> None:
    """Raises InvalidInput where a review would begin with something else than its decision."""
    if family == REVIEWS and is_primary and scale != DECISION:
        sentence = _("The primary question of a review is its decision. Ask this one beside it.")
        raise InvalidInput(sentence, fields={"is_primary": sentence})


def require_decision(project: Project, criteria: Sequence[Criterion], gone: Criterion) -> None:
    """Raises Conflict where a question is the last decision and reviews go on that ask it."""
    asked = [c for c in criteria if not c.is_retired and c.pk != gone.pk and c.family == REVIEWS]
    if gone.scale_key != DECISION or gone.is_retired or any(c.scale_key == DECISION for c in asked):
        return
    if asked:
        raise Conflict(
            _(
                "This is what a review decides: without it, reviews would ask “%(key)s” alone. "
                "Retire that question first."
            )
            % {"key": asked[0].key}
        )
    if is_review_due(project):
        raise Conflict(
            _(
                "This is what a review decides, and texts wait for theirs. Have them reviewed, or "
                "withdraw those tasks, first."
            )
        )
