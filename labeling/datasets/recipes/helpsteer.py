"""`helpsteer`: one row per task, by its three most similar votes, as HelpSteer2 and 3 were made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from itertools import combinations
from typing import ClassVar, NamedTuple

from labeling import stats
from labeling.datasets.recipes.outcome import Pair
from labeling.datasets.recipes.per_task import PerTask
from labeling.datasets.recipes.per_vote import NO_MAJORITY
from labeling.datasets.recipes.published import HELPSTEER_PAPERS, NO_TIES
from labeling.datasets.recipes.votes import Votes
from labeling.datasets.records import CriterionRecord, JudgmentRecord, TaskRecord
from labeling.vocabulary import TieKind
from projects.words import gettext, gettext_noop

_KEPT_VOTES = 3
_WIDEST = 2
#: The magnitudes of the published scale, slightly better to much better.
_SCALE = (1, 2, 3)
#: "Neither response is valid" and "cannot tell" are no votes, as published for the former.
_INVALID = frozenset({TieKind.EQUAL_BAD.value, TieKind.CANNOT_TELL.value})


class HelpSteer(PerTask):
    """The rounded mean of the most similar votes, where they are similar and prefer a response."""

    key = "helpsteer"
    title = gettext_noop("HelpSteer")
    labels_ties = False
    needs_strength = True
    answers = frozenset({"compare"})
    refuses: ClassVar[Mapping[str, str]] = {
        "ties": NO_TIES,
        "soft": gettext_noop(
            "This recipe has an aggregation of its own, and a posterior would be another. Take the "
            "share of the votes, or the recipe “Majority of raters” or “Consensus”."
        ),
        "wins_by": NO_MAJORITY,
        "adjudicated_only": gettext_noop(
            "This recipe needs 3 votes a task, and a reviewer's final word is one. Take all "
            "judgments, or the recipe “Consensus”."
        ),
    }
    policy = {
        "Rows": gettext_noop(
            "One row per task, from the three of its votes that lie closest together; where "
            "several threes lie equally close, from all of those."
        ),
        "Ties": gettext_noop(
            "Equally good is a vote of 0. A task whose votes come out as 0 is counted and left out."
        ),
        "Both bad": gettext_noop(
            "Neither response is valid: no vote, as in the publication. Cannot tell is none "
            "either. A task on which fewer than three votes remain is left out."
        ),
        "Aggregation": gettext_noop(
            "The mean of the three, rounded to a whole number, halves to the even one. The "
            "row's votes and probability are those of the votes that are kept."
        ),
        "Filter": gettext_noop(
            "Tasks whose three closest votes still lie more than 2 apart are left out."
        ),
        "Strength": gettext_noop(
            "The magnitude of the rounded mean, 1 to 3; `margin` is a third of it."
        ),
        "Source": HELPSTEER_PAPERS,
    }

    @classmethod
    def needs(cls, criterion: CriterionRecord) -> str | None:
        """The published scale of seven points, -3 to 3."""
        if reason := super().needs(criterion):
            return reason
        if criterion.strengths != _SCALE:
            return gettext(
                "The recipe “%(recipe)s” counts distances on a scale from -3 to 3, and that of "
                "“%(criterion)s” ends at %(end)s. Take the recipe “Majority of raters”, or another "
                "criterion."
            ) % {
                "recipe": gettext(cls.title),
                "criterion": criterion.key,
                "end": criterion.strongest,
            }
        return None

    def decide(self, task: TaskRecord, votes: Votes) -> Pair | str:
        """The pair that the most similar votes make."""
        if not votes.judgments:
            return "not_answered"
        valid = [(self.value(vote) or 0, vote) for vote in votes.judgments if self._is_valid(vote)]
        if not valid:
            return votes.tie(votes.tie_kind)
        if len(valid) < _KEPT_VOTES:
            return "too_few_valid_votes"
        similar = _similar(tuple(sorted(value for value, _ in valid)))
        if similar.value is None:
            return "votes_too_far_apart"
        if not similar.value:
            return "comes_out_as_tie"
        return self._pair(similar.value, _kept(valid, similar.kept))

    def _is_valid(self, vote: JudgmentRecord) -> bool:
        return bool(self.value(vote)) or self.tie(vote) not in _INVALID

    def _pair(self, value: int, kept: list[tuple[int, JudgmentRecord]]) -> Pair:
        side = 0 if value < 0 else 1
        counts = Counter((vote > 0) - (vote < 0) for vote, _ in kept)
        first, second = counts[-1], counts[1]
        return Pair(
            chosen=side,
            rejected=1 - side,
            strength=abs(value),
            margin=self.criterion.margin(abs(value)),
            votes_chosen=second if side else first,
            votes_rejected=first if side else second,
            votes_tie=counts[0],
            value=value,
            votes=tuple(vote for _, vote in kept),
        )


class _Similar(NamedTuple):
    """The value of a task's votes, None where they lie too far apart, and which votes make it."""

    value: int | None
    kept: Mapping[int, int]


@lru_cache(maxsize=4096)
def _similar(votes: tuple[int, ...]) -> _Similar:
    """The most similar of ordered votes; a project has a few hundred different sets of them."""
    aggregate = stats.most_similar(
        votes, keep=_KEPT_VOTES, spread=_WIDEST, invalid=(), drop_ties=False
    )
    windows = {votes[start : start + _KEPT_VOTES] for start in range(len(votes) - _KEPT_VOTES + 1)}
    closest = {window for window in windows if _distances(window) == min(map(_distances, windows))}
    kept: Counter[int] = Counter()
    for window in closest:
        kept |= Counter(window)
    return _Similar(aggregate.value, kept)


def _distances(window: tuple[int, ...]) -> tuple[int, int]:
    """How far votes lie apart: the range, then the squared distances of each two."""
    squares = sum((first - second) ** 2 for first, second in combinations(window, 2))
    return max(window) - min(window), squares


def _kept(
    votes: list[tuple[int, JudgmentRecord]], wanted: Mapping[int, int]
) -> list[tuple[int, JudgmentRecord]]:
    """As many votes of each value as wanted, by the order of their ids."""
    left = Counter(wanted)
    kept = []
    for value, vote in sorted(votes, key=lambda pair: pair[1].id):
        if left[value] > 0:
            left[value] -= 1
            kept.append((value, vote))
    return kept
