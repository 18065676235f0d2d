"""`margin`: pairs of responses that were rated apart, as UltraFeedback is used."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import ClassVar

from labeling.datasets.recipes.base import Recipe, Sifted
from labeling.datasets.recipes.outcome import Pair, RecipeOutcome
from labeling.datasets.recipes.rated import values_of
from labeling.datasets.recipes.ratings import (
    NO_MAJORITY_OF_RATINGS,
    NO_POSTERIOR_OF_RATINGS,
    NO_TIE_OF_RATINGS,
)
from labeling.datasets.recipes.thresholds import is_low_better
from labeling.datasets.recipes.votes import nobody
from labeling.datasets.records import JudgmentRecord, TaskRecord
from projects.words import gettext_noop


class Margin(Recipe):
    """Each two responses of a task whose mean ratings differ by enough."""

    key = "margin"
    title = gettext_noop("Pairs by difference of ratings")
    unit = "comparison"
    answers = frozenset({"rate"})
    refuses: ClassVar[Mapping[str, str]] = {
        "ties": NO_TIE_OF_RATINGS,
        "soft": NO_POSTERIOR_OF_RATINGS,
        "wins_by": NO_MAJORITY_OF_RATINGS,
    }
    policy = {
        "Rows": gettext_noop(
            "One row for each two responses of a task of which raters rated one higher: that one "
            "is chosen, or the lower one where low ratings are the better ones."
        ),
        "Both bad": gettext_noop(
            "The better of two bad responses is chosen as well: nothing says here what is bad."
        ),
        "Ties": gettext_noop("Equal means make no pair, counted and left out."),
        "Aggregation": gettext_noop(
            "The difference of the means of those raters who rated both. `votes_chosen`, "
            "`votes_rejected` and `votes_tie` count who rated the chosen one better, worse and "
            "alike. The pairs of a task share a `pair_weight` of one."
        ),
        "Filter": gettext_noop(
            "Pairs whose means differ by less than the least difference asked for are counted and "
            "left out; without one, any difference makes a pair."
        ),
        "Strength": gettext_noop(
            "`strength` is the difference on the scale, `margin` the same from 0 to 1, a share of "
            "the scale's whole length."
        ),
        "Source": gettext_noop(
            "Cui et al. 2023, UltraFeedback: Boosting language models with scaled AI feedback "
            "(arXiv:2310.01377), and its binarized form by HuggingFaceH4."
        ),
    }

    def make(self, task: TaskRecord, sifted: Sifted) -> RecipeOutcome:
        """At most one pair for each two responses."""
        size = len(task.responses)
        places = list(combinations(range(size), 2))
        reason = sifted.refused or (None if sifted.votes else nobody(sifted.excluded))
        if reason or not places:
            lost = max(1, len(places))
            return RecipeOutcome(lost, drops=(reason or "single_response",) * lost)
        values = [(vote, values_of(vote, self.criterion)) for vote in sifted.votes]
        pairs: list[Pair] = []
        drops: list[str] = []
        for first, second in places:
            rated = [
                (vote, said[first, ""], said[second, ""])
                for vote, said in values
                if (first, "") in said and (second, "") in said
            ]
            made = self._pair(first, second, rated)
            if isinstance(made, Pair):
                pairs.append(made)
            else:
                drops.append(made)
        weighed = (pair._replace(weight=1 / len(pairs), group_size=size) for pair in pairs)
        return RecipeOutcome(len(places), tuple(weighed), drops=tuple(drops))

    def _pair(
        self, first: int, second: int, rated: list[tuple[JudgmentRecord, int, int]]
    ) -> Pair | str:
        """The pair that the ratings of both make, or why they make none."""
        if not rated:
            return "not_rated_both"
        count = len(rated)
        means = sum(a for _, a, _ in rated) / count, sum(b for _, _, b in rated) / count
        difference = sum(a - b for _, a, b in rated) / count
        if not difference:
            return "rated_alike"
        if abs(difference) < self.options.least_margin:
            return "below_margin"
        is_first = (difference > 0) != is_low_better(self.criterion, self.options)
        higher = sum(a > b for _, a, b in rated)
        lower = sum(a < b for _, a, b in rated)
        with_them, against = (higher, lower) if difference > 0 else (lower, higher)
        strength = abs(difference)
        least, most = self.criterion.strengths[0], self.criterion.strengths[-1]
        return Pair(
            chosen=first if is_first else second,
            rejected=second if is_first else first,
            strength=strength,
            margin=strength / (most - least),
            votes_chosen=with_them,
            votes_rejected=against,
            votes_tie=count - higher - lower,
            value=-strength if is_first else strength,
            votes=tuple(vote for vote, _, _ in rated),
            scores=means if is_first else means[::-1],
        )
