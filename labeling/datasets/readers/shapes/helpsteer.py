"""HelpSteer3 and HelpSteer2 preferences: two responses, an overall strength, and anonymous votes;
and HelpSteer2 itself, whose rows rate one response each and come two by two.

Sources: the cards of nvidia/HelpSteer3 (arXiv:2505.11475) and of nvidia/HelpSteer2, folder
`preference` (arXiv:2410.01257). -3 is "response 1 is much better", 3 the mirror of it, 0 "about the
same", -100 "neither is valid".
"""

from __future__ import annotations

import re

from labeling.datasets.readers import limits
from labeling.datasets.readers.columns import plain_name
from labeling.datasets.readers.fields import (
    filled,
    label,
    text_value,
    type_in_words,
    whole_number,
)
from labeling.datasets.readers.shapes.base import COMMON, Sample, Shape
from labeling.datasets.readers.shapes.chats import Chat
from labeling.datasets.readers.shapes.finish import Candidate, Parts
from labeling.datasets.readers.shapes.labels import FLAT_FIELDS, judged, rater_of
from labeling.datasets.readers.shapes.pairs import side_of
from labeling.datasets.readers.shapes.prompts import FRAME, framed
from labeling.datasets.readers.shapes.ratings import rated_label
from labeling.datasets.readers.shapes.record import Record
from labeling.datasets.readers.shapes.spread import several_parts
from labeling.datasets.records import Message
from labeling.datasets.rows import OVERALL, ImportedJudgment, RefusalCode, RowError, overall_tie
from labeling.vocabulary import TaskKind, TieKind

_STRONGEST = 3
_NEITHER_VALID = -100
#: What HelpSteer2 rates, and how many of these tell it.
RATED_ATTRIBUTES = ("helpfulness", "correctness", "coherence", "complexity", "verbosity")
_RATINGS = frozenset(RATED_ATTRIBUTES)
_MOST_RATINGS = 4
#: What HelpSteer2 writes between the turns of a prompt.
_TURN = re.compile(r"\n?<extra_id_1>(User|Assistant)\n")


def _score(value: object, field: str) -> tuple[int, str]:
    """The signed value, and which tie it is where both responses are bad."""
    number = whole_number(value, field)
    if number == _NEITHER_VALID:
        return 0, TieKind.EQUAL_BAD.value
    if abs(number) > _STRONGEST:
        raise RowError(
            field,
            "Must be from -3 (first much better) to 3, or -100 where neither is valid.",
            value,
            code=RefusalCode.OFF_SCALE,
        )
    return number, ""


def _vote(vote: object, field: str, rater: str) -> ImportedJudgment:
    if not isinstance(vote, dict):
        raise RowError(
            field,
            f'Must be {{"score": …, "reasoning": …}}, not {type_in_words(vote)}.',
            vote,
            code=RefusalCode.WRONG_TYPE,
        )
    value, tie_kind = _score(vote.get("score"), f"{field}.score")
    reason = text_value(vote.get("reasoning") or "", f"{field}.reasoning")
    return ImportedJudgment(rater, {OVERALL: value}, overall_tie(tie_kind), reason)


def _votes(record: Record, rater: str) -> list[ImportedJudgment]:
    """The votes of a row; nobody knows who gave them, so a name says which vote, not who."""
    votes, field = record.get("individual_preference"), record.column("individual_preference")
    if not isinstance(votes, list):
        raise RowError(
            field,
            f"Must be a list of votes, not {type_in_words(votes)}.",
            votes,
            code=RefusalCode.WRONG_TYPE,
        )
    if len(votes) > limits.MAX_JUDGMENTS:
        raise RowError(
            field, f"Has more than {limits.MAX_JUDGMENTS} votes.", code=RefusalCode.TOO_LONG
        )
    return [
        _vote(
            vote,
            f"{field}[{i}]",
            label(f"{rater} vote {i + 1}", record.column("rater"), most=limits.MAX_RATER),
        )
        for i, vote in enumerate(votes)
    ]


def _feedback(record: Record) -> list[object]:
    """What a vote says beside its score, such as what was written about each response: no judgment
    of ours has a place for it."""
    votes = record.get("individual_preference")
    said = [
        {name: said for name, said in vote.items() if said and name not in ("score", "reasoning")}
        for vote in (votes if isinstance(votes, list) else [])
        if isinstance(vote, dict)
    ]
    return list(said) if any(said) else []


def _prompt(record: Record) -> Chat:
    if record.get("context") is not None:
        return record.chat("context")
    field = record.column("prompt")
    pieces = _TURN.split(filled(record.get("prompt"), field))
    first = (Message("user", pieces[0]),) if pieces[0].strip() else ()
    roles = {"User": "user", "Assistant": "assistant"}
    later = zip(pieces[1::2], pieces[2::2], strict=True)
    return (*first, *(Message(roles[speaker], filled(said, field)) for speaker, said in later))


def _read(record: Record) -> list[Parts]:
    """The pair; its votes, or else its overall value, are labels where a rater is named."""
    parts = Parts(framed(record, _prompt(record)), (side_of(record, "a"), side_of(record, "b")))
    rater = rater_of(record)
    if rater and record.get("individual_preference"):
        parts.judgments = _votes(record, rater)
        if feedback := _feedback(record):
            parts.extra["feedback"] = feedback
        record.keep("overall_preference")
    elif rater and record.get("overall_preference") is not None:
        field = record.column("overall_preference")
        value, tie_kind = _score(record.get("overall_preference"), field)
        value *= record.view.counting.sign
        parts.judgments = [judged(record, rater, value, tie_kind)]
    else:
        record.keep("overall_preference")
        record.keep("individual_preference")
    return [parts]


def _fits(sample: Sample) -> bool:
    return sample.has("context") or sample.has("prompt")


def _answer(answer: object, field: str) -> tuple[Candidate, dict[str, object]]:
    """One of the joined rows: its response, and how it was rated."""
    row = answer if isinstance(answer, dict) else {field: answer}
    text = text_value(row.get(field), field)
    return Candidate(field, text), {k: v for k, v in row.items() if k != field and v is not None}


def _read_rated(record: Record) -> list[Parts]:
    """A response with its ratings; of joined rows each two responses, whose ratings are
    metadata."""
    answers, field = record.get("response"), record.column("response")
    if record.view.kind != TaskKind.COMPARE or not isinstance(answers, list):
        candidate = Candidate(field, text_value(answers, field))
        ratings = {name: name for name in RATED_ATTRIBUTES if name in record.values}
        return [Parts(_prompt(record), [candidate], rated_label(record, ratings))]
    if len(answers) == 1:
        raise RowError(
            field,
            "Stands alone: the rows before and after it have other prompts. Rows of one prompt, "
            "one after the other, make a comparison.",
            code=RefusalCode.TOO_FEW,
        )
    candidates, extras = zip(*(_answer(answer, field) for answer in answers), strict=True)
    return several_parts(record, _prompt(record), candidates, extras=extras)


def _is_rated(sample: Sample) -> bool:
    """Its ratings, under their names."""
    return len(_RATINGS.intersection(map(plain_name, sample.columns))) >= _MOST_RATINGS


HELPSTEER = Shape(
    key="helpsteer3",
    title="HelpSteer3 or HelpSteer2 preference: two responses and a strength from -3 to 3",
    explanation=(
        "The votes name nobody. With a name given below, each becomes a judgment by “name vote 1”, "
        "“name vote 2” and so on: places in a row, not persons. Without one they are metadata."
    ),
    fields=(
        *("context", "prompt", "response_a", "response_b", "model_a", "model_b"),
        *("overall_preference", "individual_preference"),
        *FRAME,
        *COMMON,
        *(name for name in FLAT_FIELDS if name not in ("overall", "tie_kind")),
    ),
    needs=(
        ("response_a", "response_b", "overall_preference"),
        ("response_a", "response_b", "individual_preference"),
    ),
    read=_read,
    fits=_fits,
)

HELPSTEER_RATINGS = Shape(
    key="helpsteer2",
    title="HelpSteer2: rows that rate a response each",
    explanation=(
        "Each row is one task that rates its response; the ratings are labels only where a rater "
        "is named. As comparisons, each two responses of rows of one prompt that follow one "
        "another become a task, and ratings are metadata: they say nothing of the two together."
    ),
    fields=("prompt", "response", *RATED_ATTRIBUTES, "rater"),
    needs=(("prompt", "response"),),
    read=_read_rated,
    fits=_is_rated,
    spreads=True,
    kinds=(TaskKind.RATE, TaskKind.COMPARE),
    joins=True,
)
