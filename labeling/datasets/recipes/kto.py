"""`kto`: one row per response, good or bad, and the weights that even out the two classes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import ClassVar, NamedTuple

from labeling.datasets.policies import PolicyText
from labeling.datasets.recipes.base import Recipe, Sifted
from labeling.datasets.recipes.labels import rank_labels, tie_labels
from labeling.datasets.recipes.options import RecipeOptions
from labeling.datasets.recipes.orders import ranks_of
from labeling.datasets.recipes.outcome import RecipeOutcome, ResponseLabel, RowKind
from labeling.datasets.recipes.rated import count_values
from labeling.datasets.recipes.thresholds import is_good, threshold_fault
from labeling.datasets.recipes.votes import nobody
from labeling.datasets.records import CriterionRecord, JudgmentRecord, TaskRecord
from projects.words import gettext_noop

#: Votes that are none: on another question, or weaker than asked for.
_NO_VOTES = ("not_answered", "no_strength", "below_strength")
#: How far the weighted classes may differ: λ_D n_D / (λ_U n_U) from 1 to 4/3.
WIDEST = 4 / 3
#: The same bound as TRL's KTOTrainer has it when it warns.
TRL_WIDEST = 1.33


class Kto(Recipe):
    """Each response by what most of the votes that say anything of it say."""

    key = "kto"
    title = gettext_noop("Good and bad responses (KTO)")
    unit = "response"
    kinds = (RowKind.LABELS,)
    answers = frozenset({"compare", "rank", "rate"})
    keeps_ties = True
    refuses: ClassVar[Mapping[str, str]] = {
        "soft": gettext_noop(
            "A row of this recipe is true or false and has no place for a probability. Take the "
            "share of the votes, or a recipe of pairs."
        )
    }
    policy = {
        "Rows": gettext_noop(
            "One row per response, with a label: true for a good one, false for a bad one. A "
            "vote calls the response that it prefers good and the other bad; an order of "
            "several calls good what is ahead of more responses than behind, and bad the "
            "reverse."
        ),
        "Ties": gettext_noop(
            "Equally good calls all responses good. Cannot tell, and ties of no stated kind, "
            "say nothing of any response."
        ),
        "Both bad": gettext_noop("Equally bad calls all responses bad."),
        "Aggregation": gettext_noop(
            "The label that more than half of the task's votes give the response, those that say "
            "nothing of it among them; else no row, counted as no majority, or as a split where "
            "as many give one label as the other."
        ),
        "Strength": gettext_noop(
            "A label has none. With a strength floor, weaker preferences give no label."
        ),
        "Source": gettext_noop(
            "Ethayarajh et al. 2024, KTO: Model alignment as prospect theoretic optimization "
            "(arXiv:2402.01306)."
        ),
    }

    rated: ClassVar[PolicyText] = {
        "Rows": gettext_noop(
            "One row per response, with a label: true for a good one, false for a bad one. A thumb "
            "up calls it good; so does a rating that reaches the threshold asked for, and a lower "
            "one calls it bad (the reverse where low ratings are the better ones)."
        ),
        "Ties": gettext_noop("Each response is rated by itself: there are none."),
        "Both bad": gettext_noop("Each response has its own label."),
        "Unsure": gettext_noop("A vote that says nothing. What does not apply is no vote."),
        "Strength": gettext_noop("A label has none."),
    }

    @classmethod
    def contradicts(
        cls, criterion: CriterionRecord, options: RecipeOptions
    ) -> tuple[str, str] | None:
        """A rating needs a threshold on its scale, and nothing else does."""
        return super().contradicts(criterion, options) or threshold_fault(
            criterion, options, needed=True
        )

    def make(self, task: TaskRecord, sifted: Sifted) -> RecipeOutcome:
        """At most one label for each response."""
        if self.criterion.answer == "rate":
            return self._by_ratings(task, sifted)
        size = len(task.responses)
        reason = sifted.refused or (None if sifted.votes else nobody(sifted.excluded))
        if not reason and size != 2:
            reason = "not_a_pair" if self.compares else "single_response" if size < 2 else None
        if reason:
            return RecipeOutcome(size, drops=(reason,) * size)
        said = Counter[ResponseLabel]()
        unlabelled: list[str] = []
        for vote in sifted.votes:
            labels = self._labels(vote, size)
            if isinstance(labels, str):
                unlabelled.append(labels)
            else:
                said.update(labels)
        left_out = sum(unlabelled.count(reason) for reason in _NO_VOTES)
        votes = len(sifted.votes) - left_out
        made: list[ResponseLabel] = []
        drops: list[str] = []
        for place in range(size):
            good, bad = said[ResponseLabel(place, True)], said[ResponseLabel(place, False)]
            if good != bad and self._is_enough(max(good, bad), votes):
                made.append(ResponseLabel(place, good > bad))
            elif good or bad:
                drops.append("label_split" if good == bad else "no_majority")
            else:
                drops.append(min(unlabelled, default="label_none"))
        return RecipeOutcome(size, labels=tuple(made), drops=tuple(drops))

    def _by_ratings(self, task: TaskRecord, sifted: Sifted) -> RecipeOutcome:
        """The same where each response was rated by itself."""
        size = len(task.responses)
        if reason := sifted.refused or (None if sifted.votes else nobody(sifted.excluded)):
            return RecipeOutcome(size, drops=(reason,) * size)
        counted = count_values(sifted.votes, self.criterion)
        made: list[ResponseLabel] = []
        drops: list[str] = []
        for place in range(size):
            said = counted[place, ""]
            good = sum(is_good(value, self.criterion, self.options) for value in said.values)
            bad = len(said.values) - good
            if good != bad and self._is_enough(max(good, bad), good + bad + said.unsure):
                made.append(ResponseLabel(place, good > bad))
            elif said.values:
                drops.append("label_split" if good == bad else "no_majority")
            else:
                drops.append("raters_unsure" if said.unsure else "not_answered")
        return RecipeOutcome(size, labels=tuple(made), drops=tuple(drops))

    def _is_enough(self, labels: int, votes: int) -> bool:
        """Whether more than half of all votes give the label, unless the most of them will do."""
        return self.options.wins_by == "plurality" or 2 * labels > votes

    def _labels(self, vote: JudgmentRecord, size: int) -> tuple[ResponseLabel, ...] | str:
        """What a vote says about each response, or why it says nothing."""
        ranks, kind = ranks_of(vote, self.criterion, size), self.tie(vote)
        if ranks and len(set(ranks)) > 1:
            if self.compares and self.options.min_strength:
                strength = self.strength(vote)
                if strength is None:
                    return "no_strength"
                if strength < self.options.min_strength:
                    return "below_strength"
            return rank_labels(ranks)
        if ranks is None and kind is None:
            return "not_answered"
        kind = kind or "unspecified"
        labels = tie_labels(kind, size) if self.with_tie_labels else ()
        return labels or f"tie_{kind}"


class LabelWeights(NamedTuple):
    """The least and the largest weight of each class while the other's stays at 1."""

    desirable: tuple[float, float]
    undesirable: tuple[float, float]


def kto_weights(desirable: int, undesirable: int, *, widest: float = WIDEST) -> LabelWeights | None:
    """Between which weights the two classes are even, None where one of them is empty.

    λ_D n_D / (λ_U n_U) must be from 1 to `widest`; TRL's KTOTrainer, whose settings are called
    `desirable_weight` and `undesirable_weight`, warns outside and has `TRL_WIDEST` for 4/3.

    Source: Ethayarajh et al. (2024), arXiv:2402.01306.
    """
    if not desirable or not undesirable:
        return None
    ratio = desirable / undesirable
    return LabelWeights((1 / ratio, widest / ratio), (ratio / widest, ratio))
