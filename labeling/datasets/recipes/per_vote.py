"""Recipes in which every judgment stands for itself: one comparison in, at most one pair out."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import ClassVar

from labeling.datasets.recipes.base import Recipe, Sifted
from labeling.datasets.recipes.labels import rank_labels, tie_labels
from labeling.datasets.recipes.orders import pairs_of_ranks, ranks_of
from labeling.datasets.recipes.outcome import (
    Pair,
    RankedResponses,
    RecipeOutcome,
    ResponseLabel,
    RowKind,
)
from labeling.datasets.records import JudgmentRecord, TaskRecord
from projects.words import gettext_noop

NO_POSTERIOR = gettext_noop(
    "A row of this recipe is one rater's, and a posterior is what many raters say together. Take "
    "the share of the votes, or the recipe “Majority of raters” or “Consensus”."
)
NO_MAJORITY = gettext_noop(
    "This recipe counts no majority, so that nothing wins by most preferences. Take the majority "
    "of all votes, or the recipe “Majority of raters”."
)


class PerVote(Recipe):
    """The shared part: a judgment orders its task's responses, and each two of them are a pair.

    Subclasses say which strengths they keep (`drop`) and what margin a strength is worth.
    """

    per_vote = True
    unit = "judgment"
    kinds: ClassVar[tuple[RowKind, ...]] = (RowKind.PAIRS, RowKind.RANKINGS)
    refuses: ClassVar[Mapping[str, str]] = {"soft": NO_POSTERIOR, "wins_by": NO_MAJORITY}

    def drop(self, strength: int | None) -> str | None:
        """Why a decided answer of this strength is left out, None if it is kept.

        None where the strength is not told: a recipe that needs it never sees such a vote.
        """
        if strength is None:
            return "no_strength" if self.options.min_strength else None
        return "below_strength" if strength < self.options.min_strength else None

    @abstractmethod
    def margin(self, strength: int) -> float:
        """The margin of a pair of this strength."""

    def make(self, task: TaskRecord, sifted: Sifted) -> RecipeOutcome:
        """A pair, or a ranking, for each judgment; ties where they are kept."""
        made, worth = _Made(), self.worth(task)
        made.lose(sifted.excluded, worth)
        if not self.compares:
            for judgment in sifted.votes:
                self._order(made, task, judgment)
        elif len(task.responses) != 2:
            made.lose(["not_a_pair"] * len(sifted.votes), worth)
        else:
            for judgment in sifted.votes:
                self._compare(made, judgment)
        return made.outcome()

    def _compare(self, made: _Made, judgment: JudgmentRecord) -> None:
        """What a comparison of two responses is."""
        made.rows_in += 1
        value = self.value(judgment)
        if not value:
            kind = self.tie(judgment)
            if kind is None:
                made.drops.append("not_answered")
                return
            made.labels += tie_labels(kind) if self.with_tie_labels else ()
            if self.kind == RowKind.RANKINGS:
                self._rank(made, (1, 1), judgment, kind)
            else:
                self._tie(made, 0, 1, kind, judgment)
            return
        strength = self.strength(judgment)
        if reason := self.drop(strength):
            made.drops.append(reason)
            return
        chosen = 0 if value < 0 else 1
        made.labels += (ResponseLabel(chosen, True), ResponseLabel(1 - chosen, False))
        if self.kind == RowKind.RANKINGS:
            made.rankings.append(RankedResponses((2, 1) if chosen else (1, 2), judgment))
            return
        margin = 0.0 if strength is None else self.margin(strength)
        made.pairs.append(
            Pair(chosen, 1 - chosen, strength, margin, 1, 0, 0, judgment, value=value)
        )

    def _order(self, made: _Made, task: TaskRecord, judgment: JudgmentRecord) -> None:
        """What an order of several responses is: the pairs in it, or the order itself."""
        size = len(task.responses)
        ranks, kind = ranks_of(judgment, self.criterion, size), self.tie(judgment)
        if ranks is None and kind is None:
            made.lose(["not_answered"], self.worth(task))
            return
        ranks, kind = ranks or (1,) * size, kind or "unspecified"
        equal = len(set(ranks)) < 2
        if not equal:
            made.labels += rank_labels(ranks)
        elif self.with_tie_labels:
            made.labels += tie_labels(kind, size)
        made.rows_in += self.worth(task)
        if self.kind == RowKind.RANKINGS:
            self._rank(made, ranks, judgment, kind)
            return
        decided = sum(1 for *_, better in pairs_of_ranks(ranks) if better)
        for first, second, better in pairs_of_ranks(ranks):
            if not better:
                self._tie(made, first, second, kind, judgment, size)
                continue
            places = (first, second) if better < 0 else (second, first)
            pair = Pair(*places, 1, self.margin(1), 1, 0, 0, judgment, value=better)
            made.pairs.append(pair._replace(weight=1 / decided, group_size=size))

    def _rank(
        self, made: _Made, ranks: tuple[int, ...], judgment: JudgmentRecord, kind: str
    ) -> None:
        """A ranking, or a tie where all ranks are equal: that is no order."""
        if len(set(ranks)) > 1 or self.with_ties:
            made.rankings.append(RankedResponses(ranks, judgment))
        else:
            made.drops.append(f"tie_{kind}")

    def _tie(
        self,
        made: _Made,
        first: int,
        second: int,
        kind: str,
        judgment: JudgmentRecord,
        size: int = 2,
    ) -> None:
        if self.with_ties:
            made.pairs.append(
                Pair(first, second, 0, 0.0, 0, 0, 1, judgment, tie=kind, group_size=size)
            )
        else:
            made.drops.append(f"tie_{kind}")


class _Made:
    """What has been made of a task so far."""

    __slots__ = ("drops", "labels", "pairs", "rankings", "rows_in")

    def __init__(self) -> None:
        self.rows_in = 0
        self.pairs: list[Pair] = []
        self.labels: list[ResponseLabel] = []
        self.rankings: list[RankedResponses] = []
        self.drops: list[str] = []

    def lose(self, reasons: list[str], worth: int) -> None:
        """Counts judgments that become no row, each worth as many rows."""
        self.rows_in += worth * len(reasons)
        self.drops += reasons * worth

    def outcome(self) -> RecipeOutcome:
        """The same, frozen."""
        return RecipeOutcome(
            self.rows_in,
            tuple(self.pairs),
            tuple(self.labels),
            tuple(self.drops),
            tuple(self.rankings),
        )
