"""Recipes in which every judgment stands for itself: one comparison in, at most one pair out."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from labeling.datasets.recipes.base import (
    Kind,
    Label,
    Outcome,
    Pair,
    Ranking,
    Recipe,
    tie_labels,
)
from labeling.datasets.recipes.orders import compared_ranks, pairs_of_ranks
from labeling.datasets.records import JudgmentRecord, TaskRecord


class PerVote(Recipe):
    """The shared part: a judgment orders its task's responses, and each two of them are a pair.

    Subclasses say which strengths they keep (`drop`) and what margin a strength is worth.
    """

    per_vote = True
    unit: ClassVar[str] = "judgment"
    kinds = (Kind.PAIRS, Kind.RANKINGS)

    def drop(self, strength: int) -> str | None:
        """Why a decided answer of this strength is left out, None if it is kept."""
        return "below_strength" if strength < self.options.min_strength else None

    @abstractmethod
    def margin(self, strength: int) -> float:
        """The margin of a pair of this strength, 0 to 1."""

    def apply(self, task: TaskRecord) -> Outcome:
        """A pair, or a ranking, for each judgment; ties where they are kept."""
        reasons = [(judgment, self.ineligible(judgment)) for judgment in task.judgments]
        votes = [judgment for judgment, reason in reasons if reason is None]
        refused = self.refusal(task, votes)
        made = _Made()
        for judgment, reason in reasons:
            if reason or refused:
                self._lose(made, task, reason or refused or "")
            else:
                self._take(made, task, judgment)
        return made.outcome()

    def _lose(self, made: _Made, task: TaskRecord, reason: str) -> None:
        count = len(task.responses)
        lost = 1 if self.kind == Kind.RANKINGS else count * (count - 1) // 2
        made.rows_in += lost
        made.drops += [reason] * lost

    def _take(self, made: _Made, task: TaskRecord, judgment: JudgmentRecord) -> None:
        ranks = compared_ranks(judgment, self.criterion, len(task.responses))
        tie = self.tie(judgment)
        if ranks is None and tie is None:
            self._lose(made, task, "not_answered")
            return
        ranks = ranks or (1,) * len(task.responses)
        if self.kind == Kind.RANKINGS:
            made.rows_in += 1
            made.rankings.append(Ranking(ranks, judgment))
            return
        self._pairs(made, ranks, judgment, tie)

    def _pairs(
        self, made: _Made, ranks: tuple[int, ...], judgment: JudgmentRecord, tie: str | None
    ) -> None:
        decided = sum(1 for *_, better in pairs_of_ranks(ranks) if better)
        for first, second, better in pairs_of_ranks(ranks):
            made.rows_in += 1
            if not better:
                kind = tie or "unspecified"
                if len(ranks) == 2:
                    made.labels += tie_labels(kind)
                if self.with_ties:
                    made.pairs.append(_tie(first, second, kind, judgment, len(ranks)))
                else:
                    made.drops.append(f"tie_{kind}")
                continue
            value = self.value(judgment)
            strength = abs(value) if value else 1
            if reason := self.drop(strength):
                made.drops.append(reason)
                continue
            chosen, rejected = (first, second) if better < 0 else (second, first)
            made.pairs.append(
                Pair(
                    chosen,
                    rejected,
                    strength,
                    self.margin(strength),
                    1,
                    0,
                    0,
                    judgment,
                    value=value or better,
                    weight=1 / decided,
                    group_size=len(ranks),
                )
            )
            made.labels += (Label(chosen, True), Label(rejected, False))


class _Made:
    """What has been made of a task so far."""

    __slots__ = ("drops", "labels", "pairs", "rankings", "rows_in")

    def __init__(self) -> None:
        self.rows_in = 0
        self.pairs: list[Pair] = []
        self.labels: list[Label] = []
        self.rankings: list[Ranking] = []
        self.drops: list[str] = []

    def outcome(self) -> Outcome:
        """The same, frozen."""
        return Outcome(
            self.rows_in,
            tuple(self.pairs),
            tuple(self.labels),
            tuple(self.drops),
            tuple(self.rankings),
        )


def _tie(first: int, second: int, kind: str, judgment: JudgmentRecord, size: int) -> Pair:
    return Pair(first, second, 0, 0.0, 0, 0, 1, judgment, tie=kind, group_size=size)
