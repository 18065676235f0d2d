"""`sft`: responses worth imitating: what people edited, else what they prefer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from labeling.datasets.policies import PolicyText
from labeling.datasets.recipes.base import Sifted
from labeling.datasets.recipes.edits import edits_of, not_own_words
from labeling.datasets.recipes.majority import Majority
from labeling.datasets.recipes.options import RecipeOptions
from labeling.datasets.recipes.outcome import Demonstration, RecipeOutcome, RowKind
from labeling.datasets.recipes.rated import count_values
from labeling.datasets.recipes.thresholds import is_good, is_low_better, threshold_fault
from labeling.datasets.recipes.votes import nobody
from labeling.datasets.records import CriterionRecord, TaskRecord
from projects.words import gettext_noop


class Sft(Majority):
    """The edits of a task's best response, else that response."""

    key = "sft"
    title = gettext_noop("Demonstrations (SFT)")
    takes_texts = True
    unit = "demonstration"
    kinds = (RowKind.DEMONSTRATIONS,)
    answers = frozenset({"compare", "rank", "rate"})
    refuses: ClassVar[Mapping[str, str]] = {
        "ties": gettext_noop(
            "A tie names no response to imitate. Drop ties, or take a recipe of pairs or of "
            "labelled responses."
        ),
        "soft": gettext_noop(
            "A row of this recipe is a text and has no place for a probability. Take the share of "
            "the votes, or a recipe of pairs."
        ),
    }
    policy = {
        "Rows": gettext_noop(
            "One row per task: the response preferred by more than half of all votes, ties "
            "among them, of several responses the one that is so against every other. Where "
            "people edited it, each edit stands in its place."
        ),
        "Ties": gettext_noop(
            "A task on which more than half of the votes are ties singles out no response: it is "
            "counted by the kind of its ties and left out, even where both are good. An edited "
            "response is taken all the same: a person made it better."
        ),
        "Both bad": gettext_noop(
            "Nothing to imitate: counted and left out, but for edited responses."
        ),
        "Splits": gettext_noop(
            "Neither a response nor a tie has more than half of the votes: no row, counted as "
            "no majority."
        ),
        "Aggregation": gettext_noop("Each rater has one vote, whatever its strength."),
        "Filter": gettext_noop(
            "Edits that change nothing but white space, and edits of a response to which the "
            "votes prefer another, are counted and left out."
        ),
        "Strength": gettext_noop(
            "A demonstration has none. With a strength floor, responses whose votes are weaker "
            "in the mean are left out; edited ones are not."
        ),
    }

    rated: ClassVar[PolicyText] = {
        "Rows": gettext_noop(
            "One row per task: the response with the best mean rating, better than that of every "
            "other; with a threshold, only if it reaches it. Where people edited it, each edit "
            "stands in its place."
        ),
        "Ties": gettext_noop(
            "Where several share the best mean no response is singled out: no row, counted."
        ),
        "Both bad": gettext_noop(
            "Without a threshold the best of bad responses is a row too: ask for one. A response "
            "that stands alone is taken where it reaches the threshold, or has a thumb up from "
            "more than half of its raters."
        ),
        "Splits": gettext_noop("There are none: means are compared."),
        "Aggregation": gettext_noop("The mean of the raters' values."),
        "Filter": gettext_noop(
            "Edits that change nothing but white space, and edits of a response that is not the "
            "best, are counted and left out."
        ),
        "Strength": gettext_noop("A demonstration has none."),
    }

    @classmethod
    def contradicts(
        cls, criterion: CriterionRecord, options: RecipeOptions
    ) -> tuple[str, str] | None:
        """A threshold is for ratings and lies on their scale."""
        return super().contradicts(criterion, options) or threshold_fault(
            criterion, options, needed=False
        )

    def without_votes(self, task: TaskRecord, sifted: Sifted) -> str | None:
        """A response that was rated by itself needs no other."""
        if self.criterion.answer != "rate":
            return super().without_votes(task, sifted)
        return sifted.refused or (None if sifted.votes else nobody(sifted.excluded))

    def make(self, task: TaskRecord, sifted: Sifted) -> RecipeOutcome:
        """The edits that count; without any, the best response or the reason why there is none."""
        best = self._best(task, sifted)
        # Without a vote nobody says that the task is data at all: it may be a gold one.
        unvoted = None if sifted.votes else self.without_votes(task, sifted)
        shown: list[Demonstration] = []
        drops: list[str] = []
        for edit in edits_of(task, self.options):
            reason = unvoted or edit.reason
            if not self.options.edits:
                drops.append("edits_not_wanted")
            elif reason:
                drops.append(reason)
            elif isinstance(best, int) and edit.original != best:
                drops.append("edit_not_preferred")
            else:
                shown.append(Demonstration(edit.position, edited=True))
        if not shown:
            refused = (
                not_own_words(task.responses[best], self.options) if isinstance(best, int) else best
            )
            if isinstance(best, int) and refused is None:
                shown.append(Demonstration(best))
            else:
                drops.append(refused or "")
        return RecipeOutcome(
            len(shown) + len(drops), drops=tuple(drops), demonstrations=tuple(shown)
        )

    def _best(self, task: TaskRecord, sifted: Sifted) -> int | str:
        """The place of the response that wins every comparison, or why none does."""
        if reason := self.without_votes(task, sifted):
            return reason
        if self.criterion.answer == "rate":
            return self._best_rated(task, sifted)
        wins = [0] * len(task.responses)
        reasons = []
        for votes in self.counted(task, sifted.votes):
            made = self.decide(task, votes)
            if isinstance(made, str):
                reasons.append(made)
            elif made.tie:
                reasons.append(f"tie_{made.tie}")
            elif reason := self.weak(made.strength):
                reasons.append(reason)
            else:
                wins[made.chosen] += 1
        for place, won in enumerate(wins):
            if won == len(wins) - 1:
                return place
        return reasons[0] if len(set(reasons)) == 1 else "no_best_response"

    def _best_rated(self, task: TaskRecord, sifted: Sifted) -> int | str:
        """The place of the response with the best mean rating, or why none is."""
        counted = count_values(sifted.votes, self.criterion)
        sign = -1 if is_low_better(self.criterion, self.options) else 1
        means = {
            place: mean
            for place in range(len(task.responses))
            if (mean := counted[place, ""].mean) is not None
        }
        if not means:
            return "not_answered"
        best = max(sign * mean for mean in means.values())
        places = [place for place, mean in means.items() if sign * mean == best]
        tells = bool(self.options.threshold) or self.criterion.is_yes_no
        if tells and not is_good(sign * best, self.criterion, self.options):
            return "below_threshold"
        if len(places) > 1:
            return "no_best_response"
        if len(means) == 1 and not tells:
            return "single_response"
        return places[0]
