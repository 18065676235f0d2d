"""Several responses to one prompt: as one task, or as the pairs that a comparison takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from labeling.datasets.readers import limits
from labeling.datasets.readers.fields import whole_number
from labeling.datasets.readers.shapes.answers import banded
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import judged, keep_flat, labelled_answers, rater_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.taskkinds import check_count, check_most
from labeling.datasets.records import Message
from labeling.datasets.rows import OVERALL, RefusalCode, RowError
from labeling.vocabulary import TaskKind


def rank_numbers(values: Sequence[object], field: str) -> list[int]:
    """Ranks, 1 (or 0) for the best, equal ones for ties."""
    return [whole_number(value, f"{field}[{i}]") for i, value in enumerate(values)]


def several_parts(
    record: Record,
    messages: tuple[Message, ...],
    candidates: Sequence[Candidate],
    ranks: Sequence[int] | None = None,
    extras: Sequence[Mapping[str, object]] = (),
    *,
    decided_only: bool = False,
) -> list[Parts]:
    """The candidates as one row, or every pair of them as a row of its own where they are compared.

    With ranks and a named rater the row carries the order as a label, and each pair its side: the
    lower rank is better, equal ranks are a tie. `extras` is what is kept of each candidate. With
    `decided_only` those of equal rank are no pair. Raises RowError for a number of responses that
    its kind does not take, and where ranks and responses do not match.
    """
    count = len(candidates)
    kind = record.kind_of(count)
    is_paired = kind == TaskKind.COMPARE
    # Of more than two, each pair is a comparison.
    check_count(kind, min(count, limits.COMPARED_RESPONSES) if is_paired else count)
    check_most(count)
    if ranks is not None and len(ranks) != count:
        raise RowError(
            "ranks",
            f"Has {len(ranks)} ranks for {count} responses.",
            code=RefusalCode.CONTRADICTION,
        )
    rater = rater_of(record) if ranks is not None else ""
    made = _pairs if is_paired else _whole
    parts = made(record, Parts(messages, candidates), ranks, extras, rater)
    if decided_only and is_paired and ranks is not None:
        ties = [ranks[i] == ranks[j] for i, j in combinations(range(count), 2)]
        parts = [pair for pair, is_tie in zip(parts, ties, strict=True) if not is_tie]
    if not rater:
        keep_flat(record)
    return parts


def _pairs(
    record: Record,
    whole: Parts,
    ranks: Sequence[int] | None,
    extras: Sequence[Mapping[str, object]],
    rater: str,
) -> list[Parts]:
    """Every pair of the candidates, in the order of the row."""
    candidates, pairs = whole.candidates, []
    alone = len(candidates) == limits.COMPARED_RESPONSES
    for i, j in combinations(range(len(candidates)), 2):
        parts = Parts(whole.messages, (candidates[i], candidates[j]), whole=candidates)
        parts.suffix = "" if alone else f"-{i + 1}-{j + 1}"
        if ranks is not None and rater:
            value = (ranks[i] > ranks[j]) - (ranks[i] < ranks[j])
            parts.judgments = [judged(record, rater, value, side_only=True)]
        elif ranks is not None:
            parts.extra["ranks"] = [ranks[i], ranks[j]]
        if extras and (extras[i] or extras[j]):
            parts.extra["responses"] = [dict(extras[i]), dict(extras[j])]
        pairs.append(parts)
    return pairs


def _whole(
    record: Record,
    whole: Parts,
    ranks: Sequence[int] | None,
    extras: Sequence[Mapping[str, object]],
    rater: str,
) -> list[Parts]:
    """All candidates as one row."""
    whole.whole = whole.candidates
    if ranks is not None and rater:
        whole.judgments = [labelled_answers(record, rater, {OVERALL: banded(ranks)})]
    elif ranks is not None:
        whole.extra["ranks"] = list(ranks)
    if any(extras):
        whole.extra["responses"] = list(map(dict, extras))
    return [whole]
