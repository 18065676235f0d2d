"""What an answer says about each response by itself: good, bad, or nothing."""

from __future__ import annotations

from labeling.datasets.recipes.outcome import ResponseLabel
from labeling.vocabulary import TieKind

_GOOD, _BAD = TieKind.EQUAL_GOOD.value, TieKind.EQUAL_BAD.value


def tie_labels(kind: str, responses: int = 2) -> tuple[ResponseLabel, ...]:
    """A tie's labels: good ties call every response good, bad ties every one bad, others none."""
    if kind not in (_GOOD, _BAD):
        return ()
    return tuple(ResponseLabel(response, kind == _GOOD) for response in range(responses))


def rank_labels(ranks: tuple[int, ...]) -> tuple[ResponseLabel, ...]:
    """A ranking's labels: good is what wins against more responses than it loses to, bad the
    reverse; the middle is neither. Of two responses the better is good and the other bad."""
    made = []
    for response, rank in enumerate(ranks):
        ahead = sum(rank < other for other in ranks) - sum(rank > other for other in ranks)
        if ahead:
            made.append(ResponseLabel(response, ahead > 0))
    return tuple(made)
