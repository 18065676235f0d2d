"""What an answer says about the order of a task's responses: ranks, 1 is best, equal is a tie."""

from __future__ import annotations

from collections.abc import Iterator

from labeling.datasets.records import CriterionRecord, JudgmentRecord


def ranks_of(
    judgment: JudgmentRecord, criterion: CriterionRecord, responses: int
) -> tuple[int, ...] | None:
    """The rank of each response on the criterion, None where it was not answered (in full)."""
    if criterion.answer == "compare":
        value = judgment.values.get(criterion.key)
        if value is None or responses != 2:
            return None
        return (1, 2) if value < 0 else (2, 1) if value > 0 else (1, 1)
    if criterion.answer == "rank":
        ranks = {
            rating.response: rating.value
            for rating in judgment.ratings
            if rating.criterion == criterion.key
        }
        if ranks.keys() == set(range(responses)):
            return tuple(ranks[i] for i in range(responses))
    return None


def pairs_of_ranks(ranks: tuple[int, ...]) -> Iterator[tuple[int, int, int]]:
    """Every two responses, with -1 where the first is better, 1 where the second is, 0 for ties."""
    for first, rank in enumerate(ranks):
        for second in range(first + 1, len(ranks)):
            other = ranks[second]
            yield first, second, (rank > other) - (rank < other)
