"""Batches of Mechanical Turk: one row an assignment, the columns of the task called `Input.…`.

Source: the AWS guide "Get results", the batch file of the requester's site. What a worker answered
stands in `Answer.…`; the rest says how the assignment went.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from labeling.datasets.readers import limits
from labeling.datasets.readers.columns import ANSWER, INPUT, plain_name
from labeling.datasets.readers.fields import moment, text_value
from labeling.datasets.readers.shapes.base import COMMON, Sample, Shape
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.pairs import side_of
from labeling.datasets.readers.shapes.prompts import FRAME, prompt_of
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.winning import names_of_pair
from labeling.datasets.rows import ImportedJudgment, RowError

#: How the site writes a time: Wed Jan 31 12:01:00 PST 2024.
_TIME = re.compile(
    r"[A-Z][a-z]{2} (?P<day>[A-Z][a-z]{2} \d{1,2} [\d:]{8}) (?P<zone>[A-Z]{3}) (?P<year>\d{4})"
)
_ZONES = {"UTC": 0, "GMT": 0, "PST": -8, "PDT": -7}
_REJECTED = "rejected"
#: Columns about the assignment and the batch, by their plain names: another worker's are others.
_OF_ASSIGNMENT = frozenset(
    (
        *("assignmentid", "accepttime", "autoapprovaltime", "approvaltime", "rejectiontime"),
        *("requesterfeedback", "worktimeinseconds", "lifetimeapprovalrate"),
        *("last30daysapprovalrate", "last7daysapprovalrate", "approve", "reject", "hittypeid"),
        *("title", "description", "keywords", "reward", "creationtime", "maxassignments"),
        *("requesterannotation", "assignmentdurationinseconds", "autoapprovaldelayinseconds"),
        *("expiration", "numberofsimilarhits", "lifetimeinseconds"),
    )
)


def _at(record: Record) -> dt.datetime | None:
    """When the work was sent, as the site writes it or as any other time."""
    written, field = record.get("submitted"), record.column("submitted")
    parts = _TIME.fullmatch(" ".join(written.split())) if isinstance(written, str) else None
    if parts is None or parts["zone"] not in _ZONES:
        return moment(written, field)
    try:
        local = dt.datetime.strptime(f"{parts['day']} {parts['year']}", "%b %d %H:%M:%S %Y")
    except ValueError:
        raise RowError(field, "Is no time.", written) from None
    hours = dt.timedelta(hours=_ZONES[parts["zone"]])
    return local.replace(tzinfo=dt.timezone(hours)).astimezone(dt.UTC)


def _answers(record: Record) -> dict[str, object]:
    """What the worker answered, by column."""
    return {
        column: said
        for column, said in record.rest.items()
        if column.startswith(ANSWER) and said not in (None, "")
    }


def _judgments(record: Record, pair: Sequence[Candidate]) -> list[ImportedJudgment]:
    rater = record.label("rater", most=limits.MAX_RATER) or record.label_rater
    answer, column = record.get("choice"), record.column("choice")
    if answer is None or answer == "" or not rater:
        for name in ("choice", "rater"):
            record.keep(name)
        return []
    if record.label("assignment", most=limits.MAX_NAME).lower() == _REJECTED:
        raise RowError(
            record.column("assignment"),
            "Not taken: the work was rejected.",
            record.get("assignment"),
        )
    verdict = names_of_pair(pair).named(answer, graded=record.view.graded)
    if verdict is None:
        raise RowError(column, "Names neither response nor a tie.", answer)
    reason = text_value(record.get("rationale") or "", record.column("rationale"))
    return [verdict.judgment(rater, reason, _at(record))]


def _read(record: Record) -> list[Parts]:
    """The pair, and the label of the worker of this assignment."""
    pair = side_of(record, "a"), side_of(record, "b")
    parts = Parts(prompt_of(record), pair, _judgments(record, pair))
    if parts.judgments:
        if more := _answers(record):
            # Beside the choice: they are this worker's, and of the same texts others say others.
            parts.extra["other_results"] = {parts.judgments[0].rater: more}
        for column in more:
            del record.rest[column]
    for column in [name for name in record.rest if plain_name(name) in _OF_ASSIGNMENT]:
        del record.rest[column]
    record.leave("assignment", "submitted")
    return [parts]


def _fits(sample: Sample) -> bool:
    """A worker and an assignment, beside inputs."""
    plain = {plain_name(column) for column in sample.columns}
    inputs = any(column.startswith(INPUT) for column in sample.columns)
    return inputs and {"workerid", "assignmentid"} <= plain


def _words(sample: Sample) -> Iterator[str]:
    return (value for value in sample.values("choice") if isinstance(value, str))


MTURK = Shape(
    key="mturk",
    title="Mechanical Turk: a batch with one row an assignment",
    explanation=(
        "The inputs are the task, and the answer that names a response or a tie is a judgment by "
        "the worker; the rows of one task become one task. Rejected work is refused. Times and "
        "rates of an assignment are left out, other answers stay metadata."
    ),
    fields=(
        *("prompt", "messages", "response_a", "response_b", "model_a", "model_b", "choice"),
        *("rater", "rationale", "submitted", "assignment"),
        *FRAME,
        *COMMON,
    ),
    needs=(("response_a", "response_b"),),
    read=_read,
    fits=_fits,
    words=_words,
    marked=True,
    promptless=True,
)
