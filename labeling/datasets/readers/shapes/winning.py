"""Labels of columns that name the better response."""

from __future__ import annotations

from collections.abc import Sequence

from labeling.datasets.readers.fields import moment, text_value
from labeling.datasets.readers.shapes.finish import Candidate
from labeling.datasets.readers.shapes.labels import flat_labels, rater_of, tie_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.winners import (
    PairNames,
    counted_verdict,
    is_number,
    says_nothing,
)
from labeling.datasets.readers.words import Verdict
from labeling.datasets.rows import OVERALL, ImportedJudgment, RefusalCode, RowError


def names_of_pair(pair: Sequence[Candidate]) -> PairNames:
    """Two responses as a winner may name them."""
    first, second = pair
    return PairNames(
        (first.model, second.model), (first.content, second.content), (first.field, second.field)
    )


def winner_verdict(record: Record, name: str, sides: PairNames) -> Verdict:
    """What the field of a winner says. Raises RowError for what names no side and no tie, and for
    a number whose counting nobody told."""
    winner, column = record.view.counting.winner, record.column(name)
    value = record.get(name)
    if winner is not None and winner.codes:
        verdict = counted_verdict(value, winner.codes)
        if verdict is None:
            raise RowError(column, f"Is none of these: {winner.counting}.", value)
        return verdict
    if is_number(value):
        raise RowError(
            column,
            "A number does not say how it counts. Map it as column:first,second or "
            f"column:first,second,tie, such as winner={column}:1,2.",
            value,
            code=RefusalCode.AMBIGUOUS,
        )
    verdict = sides.named(value, graded=record.view.graded)
    if verdict is None:
        raise RowError(column, "Names neither response nor a tie, or more than one of them.", value)
    return verdict


def winner_labels(record: Record, pair: Sequence[Candidate]) -> list[ImportedJudgment]:
    """The labels of the columns that name the better response.

    Several columns are a rater each, by its name; of one the row or the user names the rater, and
    without a name it is metadata.
    """
    winner = record.view.counting.winner
    if record.values.keys().isdisjoint(record.view.winners):
        return []
    sides = names_of_pair(pair)
    codes = winner.codes if winner is not None else ()
    fields = []
    for name in record.view.winners:
        if says_nothing(record.get(name), codes):
            record.keep(name)
        else:
            fields.append(name)
    if winner is not None and winner.is_several:
        said = {record.column(name): winner_verdict(record, name, sides) for name in fields}
        # A flat label beside them is one more, by the rater whom the row names.
        flat = flat_labels(record)
        return [*(verdict.judgment(rater) for rater, verdict in said.items()), *flat]
    rater = rater_of(record) if fields else ""
    if not rater:
        for name in fields:
            record.keep(name)
        return []
    verdict = winner_verdict(record, "winner", sides)
    if record.get("overall") is None:
        return [_with_circumstances(record, rater, verdict)]
    label = flat_labels(record)
    if any((value > 0) - (value < 0) != verdict.value for value in label[0].values.values()):
        raise RowError(
            record.column("winner"),
            f"Names another side than {record.column('overall')}.",
            record.get("winner"),
            code=RefusalCode.CONTRADICTION,
        )
    return label


def _with_circumstances(record: Record, rater: str, verdict: Verdict) -> ImportedJudgment:
    values = {OVERALL: verdict.value}
    kind = tie_of(record.get("tie_kind"), record.column("tie_kind"), values)
    return Verdict(verdict.value, kind or verdict.tie_kind, verdict.grade).judgment(
        rater,
        text_value(record.get("rationale") or "", record.column("rationale")),
        moment(record.get("at"), record.column("at")),
    )
