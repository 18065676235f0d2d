"""What an answer says of each response by itself: values by place, and how far raters agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from labeling.datasets.records import CriterionRecord, JudgmentRecord
from labeling.vocabulary import Unsaid

#: A response by its place, and the name of the principle it was judged by ("" for none).
Judged = tuple[int, str]


def values_of(judgment: JudgmentRecord, criterion: CriterionRecord) -> dict[Judged, int]:
    """The values that the judgment gives on the criterion."""
    key = criterion.key
    return {
        (rating.response, rating.principle): rating.value
        for rating in judgment.ratings
        if rating.criterion == key
    }


def unsure_of(judgment: JudgmentRecord, criterion: CriterionRecord) -> list[Judged]:
    """What the judgment is unsure of; what does not apply was not asked."""
    return [
        (unrated.response, unrated.principle)
        for unrated in judgment.unrated
        if unrated.criterion == criterion.key and unrated.unsaid == Unsaid.UNSURE
    ]


@dataclass(slots=True)
class RatedValues:
    """What raters say of one response: their values, how many are unsure, and who answered."""

    values: list[int] = field(default_factory=list)
    unsure: int = 0
    judgments: list[JudgmentRecord] = field(default_factory=list)

    @property
    def mean(self) -> float | None:
        """The mean of the values, None without any."""
        return sum(self.values) / len(self.values) if self.values else None


def count_values(
    judgments: Sequence[JudgmentRecord], criterion: CriterionRecord
) -> defaultdict[Judged, RatedValues]:
    """The values of all judgments by what they are about."""
    counted: defaultdict[Judged, RatedValues] = defaultdict(RatedValues)
    for judgment in judgments:
        for judged, value in values_of(judgment, criterion).items():
            counted[judged].values.append(value)
            counted[judged].judgments.append(judgment)
        for judged in unsure_of(judgment, criterion):
            counted[judged].unsure += 1
    return counted


def agreement_of_ratings(
    votes: Sequence[JudgmentRecord], criteria: Sequence[CriterionRecord]
) -> float:
    """The share of the values of each response that are the one which most of them are."""
    counted = [
        Counter(said.values)
        for criterion in criteria
        for said in count_values(votes, criterion).values()
    ]
    total = sum(counts.total() for counts in counted)
    if not total:
        return 1.0
    return sum(max(counts.values(), default=0) for counts in counted) / total
