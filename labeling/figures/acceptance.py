"""What second persons said of the texts that people wrote: acceptance, scores, edits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from labeling import stats
from labeling.models import Answer
from labeling.models.judgments import JudgmentQuerySet
from labeling.vocabulary import ReviewDecision
from projects.scales import DECISION, SCORE

#: So many reviews figures rest on: the newest.
MOST_REVIEWS = 50_000


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What reviews come to: of how many answers, how many were approved, and how good they are.

    `distance` is how far the approved texts are from their authors' own.
    """

    demonstrations: int
    reviews: int
    first_pass: stats.Figure
    accepted: stats.Figure
    score: stats.Figure
    distance: stats.Figure


@dataclass(slots=True)
class _Demonstration:
    """One answer of one rater: what its drafts were told, oldest first."""

    decisions: list[int]
    score: int | None = None
    distance: float | None = None


def acceptance_of(reviews: JudgmentQuerySet) -> Acceptance:
    """All of it, of these reviews of texts."""
    newest = list(_newest(reviews))
    answers = _reviewed_answers(
        newest, _said(reviews.filter(pk__gte=newest[0][0] if newest else 0))
    )
    first = [answer.decisions[0] for answer in answers]
    last = [answer.decisions[-1] for answer in answers]
    kept = [answer for answer in answers if answer.decisions[-1] != ReviewDecision.REJECT]
    return Acceptance(
        demonstrations=len(answers),
        reviews=len(newest),
        first_pass=stats.share(
            sum(decision == ReviewDecision.APPROVE for decision in first),
            len(first),
            _("answers whose first draft was approved as it was"),
            nothing=_("Nothing has been reviewed yet."),
        ),
        accepted=stats.share(
            len(kept),
            len(last),
            _("answers whose last reviewed draft was approved, with edits or without"),
            nothing=_("Nothing has been reviewed yet."),
        ),
        score=stats.mean_of(
            [answer.score for answer in answers if answer.score is not None],
            _("score of the last reviewed draft, from 1 to 7"),
            nothing=_("Nothing has been reviewed yet."),
            ends=(1, 7),
        ),
        distance=stats.mean_of(
            [answer.distance or 0.0 for answer in kept],
            _("words changed from the author's text to the approved one, of the longer of the two"),
            nothing=_("Nothing has been reviewed yet."),
            ends=(0, 1),
        ),
    )


def _newest(reviews: JudgmentQuerySet) -> Iterable[tuple[Any, ...]]:
    """Review, answer that it is about, and how far the reviewer's text is from it, oldest first."""
    rows = reviews.order_by("-pk").values_list(
        "pk", "task__reviews__judgment__assignment_id", "writing__distance"
    )
    return reversed(rows[:MOST_REVIEWS])


def _said(reviews: JudgmentQuerySet) -> dict[int, dict[str, int]]:
    answers = Answer.objects.filter(
        judgment__in=reviews.order_by(), criterion__scale_key__in=[DECISION, SCORE]
    )
    said: dict[int, dict[str, int]] = defaultdict(dict)
    rows = answers.with_value().values_list("judgment_id", "criterion__scale_key", "value")
    for review, scale, value in rows.iterator(chunk_size=5_000):
        said[review][scale] = value or 0
    return said


def _reviewed_answers(
    reviews: Sequence[tuple[Any, ...]], said: dict[int, dict[str, int]]
) -> list[_Demonstration]:
    by_answer: dict[int, _Demonstration] = {}
    for review, answer, distance in reviews:
        if DECISION not in said[review]:
            continue
        row = by_answer.setdefault(answer, _Demonstration([]))
        row.decisions.append(said[review][DECISION])
        row.score, row.distance = said[review].get(SCORE), distance
    return list(by_answer.values())
