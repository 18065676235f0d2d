"""Several responses to one prompt as the pairs that a comparison takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import whole_number
from labeling.datasets.readers.shapes.finish import Candidate, Parts, check_count
from labeling.datasets.readers.shapes.labels import judged, keep_flat, rater_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.records import Message
from labeling.datasets.rows import RefusalCode, RowError


def rank_numbers(values: Sequence[object], field: str) -> list[int]:
    """Ranks, 1 (or 0) for the best, equal ones for ties."""
    return [whole_number(value, f"{field}[{i}]") for i, value in enumerate(values)]


def paired_parts(
    record: Record,
    messages: tuple[Message, ...],
    candidates: Sequence[Candidate],
    ranks: Sequence[int] | None = None,
    extras: Sequence[Mapping[str, object]] = (),
) -> list[Parts]:
    """Every pair of the candidates as a row of its own, in the order of the row.

    With ranks and a named rater each pair carries a label: the lower rank is better, equal ranks
    are a tie. `extras` is what is kept of each candidate. Raises RowError for less than two
    responses or more than can be judged, and where ranks and responses do not match.
    """
    check_count(len(candidates), least=limits.COMPARED_RESPONSES)
    if ranks is not None and len(ranks) != len(candidates):
        raise RowError(
            "ranks",
            f"Has {len(ranks)} ranks for {len(candidates)} responses.",
            code=RefusalCode.CONTRADICTION,
        )
    rater = rater_of(record) if ranks is not None else ""
    alone = len(candidates) == limits.COMPARED_RESPONSES
    pairs = []
    for i, j in combinations(range(len(candidates)), 2):
        parts = Parts(messages, (candidates[i], candidates[j]))
        parts.suffix = "" if alone else f"-{i + 1}-{j + 1}"
        if ranks is not None and rater:
            value = (ranks[i] > ranks[j]) - (ranks[i] < ranks[j])
            parts.judgments = [judged(record, rater, value, side_only=True)]
        elif ranks is not None:
            parts.extra["ranks"] = [ranks[i], ranks[j]]
        if extras and (extras[i] or extras[j]):
            parts.extra["responses"] = [dict(extras[i]), dict(extras[j])]
        pairs.append(parts)
    if not rater:
        keep_flat(record)
    return pairs
