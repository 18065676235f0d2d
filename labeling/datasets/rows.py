"""What an import row is, whatever file it came from; pure, no Django.

A reader turns every row of a file into exactly one of three things: an `ImportRow` that can be
stored as it is, a `Duplicate` that repeats an earlier row, or a `Refusal` that says where and why.
A file that cannot be read as a whole raises `UnreadableFile`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct, field

from labeling.datasets.records import Message
from labeling.vocabulary import TaskKind

#: Name of the primary criterion in a file, whatever its key is in the project.
OVERALL = "overall"
#: The field in which a row says what is right on its task.
RIGHT_FIELD = "gold"


class RefusalCode(StrEnum):
    """Why a row was not taken, for programs; the sentence beside it is for people."""

    MALFORMED = "malformed"  # not what the file's kind writes: broken JSON, a row of other cells
    MISSING = "missing"
    EMPTY = "empty"
    WRONG_TYPE = "wrong_type"
    NOT_ALLOWED = "not_allowed"  # a value outside those that are taken
    NOT_STORABLE = "not_storable"  # NUL, half a character, a number that JSON cannot hold
    TOO_LONG = "too_long"  # of characters, rows, messages, responses
    TOO_FEW = "too_few"
    SAME_TEXT = "same_text"
    DIFFERENT_PROMPTS = "different_prompts"
    TWICE = "twice"  # an id, a rater, a key: said twice where one is possible
    CONTRADICTION = "contradiction"  # two things in the file or the project that exclude each other
    OFF_SCALE = "off_scale"
    UNKNOWN_CRITERION = "unknown_criterion"
    UNSUPPORTED = "unsupported"  # images, sounds: what Concord cannot show
    AMBIGUOUS = "ambiguous"  # may mean several things; a mapping says which
    IN_USE = "in_use"  # the task was judged, or is on a screen: its text cannot change


class FileCode(StrEnum):
    """Why a file was not taken as a whole, for programs."""

    UNREADABLE = "unreadable"  # no rows, damaged, packed, of another encoding
    UNRECOGNISED = "unrecognised"  # no kind of row fits, or a column is missing
    UNSUPPORTED = "unsupported"  # of a kind that is known and cannot be taken
    UNKNOWN_COLUMN = "unknown_column"  # the mapping names what is not there
    AMBIGUOUS = "ambiguous"  # may mean several things; a mapping says which


class ImportedResponse(Struct, frozen=True, gc=False):
    """One candidate output, in the order of the row. `model` is empty where nobody said.

    `messages` are its own turns, empty for one plain turn of the assistant; `content` is the text
    of the last turn. `about` is what the row knows of it: `model_version`, `batch`, `decoding`.
    """

    external_id: str
    model: str
    content: str
    messages: tuple[Message, ...] = ()
    about: Mapping[str, object] = field(default_factory=dict)


class ImportedSpan(Struct, frozen=True, gc=False):
    """A passage that a label marks, as praise or as a fault, and what it is attached to.

    `response` is the id of one of the row, "" for the prompt; `start` and `end` are code points of
    the text of that `message`. `about` is criterion, flag or principle, `name` its key, its word or
    its number.
    """

    response: str | int
    message: int
    start: int
    end: int
    quote: str
    polarity: str
    about: str
    name: str
    note: str = ""


class ImportedRegion(Struct, frozen=True, gc=False):
    """A region of a picture that a label marks, and what it is attached to.

    `image` is one of the pictures of that `message`; `x` and `y` are its upper left corner, `w` and
    `h` its size, in shares of the picture. The rest is as of a passage.
    """

    response: str | int
    message: int
    image: int
    x: float
    y: float
    w: float
    h: float
    polarity: str
    about: str
    name: str
    note: str = ""


class ImportedText(Struct, frozen=True, gc=False):
    """What a label wrote as a response: the answer of a task to write, an improved response of the
    row, or what a reviewer made of it.

    `edit_of` is the place of that response in the row, from 1, 0 for none; `text` is None where it
    was left as it was. `typed` and `pasted` are characters, None where nobody counted.
    """

    text: str | None
    external_id: str = ""
    edit_of: int = 0
    typed: int | None = None
    pasted: int | None = None
    declared_assist: bool = False


class ImportedLabel(Struct, frozen=True, gc=False):
    """What somebody said about a row of the file; `rater` is the name that it stands under.

    `values` maps criterion keys (or `overall`) to signed integers from the row's point of view:
    negative means the row's first response is better. `tie_kinds` maps them to which tie a 0 is.
    Of the criteria in `side_only` the source told no more than the side: their value is -1 or 1
    and no strength. `grades` maps a criterion to the source's own word of strength; its value is
    -1 or 1 until the project's scale turns it into its number.

    `answers` are those on criteria that compare no two responses, by the ids of the row's
    responses: a ranking as bands, best first (`(("c3",), ("c1", "c2"))`), or as the place of each;
    about each response a value or a word of `Unsaid` (`{"c1": 3, "c2": "unsure"}`); about the
    principles of a guideline such values by principle (`{"c1": {"P3": -2}}`).
    `spans` are the passages it marks, `regions` those of pictures, `reasons` the codes of the
    reasons it names, `draft` what it wrote. `is_final`: a reviewer's final word, beside any vote
    of the same name.
    """

    rater: str
    values: Mapping[str, int]
    tie_kinds: Mapping[str, str] = field(default_factory=dict)
    rationale: str = ""
    at: dt.datetime | None = None
    side_only: tuple[str, ...] = ()
    grades: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[str, object] = field(default_factory=dict)
    spans: tuple[ImportedSpan, ...] = ()
    regions: tuple[ImportedRegion, ...] = ()
    reasons: tuple[str, ...] = ()
    draft: ImportedText | None = None
    is_final: bool = False


class ImportedJudgment(ImportedLabel, frozen=True, gc=False):
    """What a person said."""


class ModelVote(ImportedLabel, frozen=True, gc=False):
    """What a model said; it is no judgment, and stands beside those of people."""


def overall_tie(kind: str) -> dict[str, str]:
    """The ties of a label whose overall value alone may be one; "" for none."""
    return {OVERALL: kind} if kind else {}


class Refusal(Struct, frozen=True, gc=False):
    """A row that was not taken: its line, the field at fault, the reason, what stood there.

    `number` is the row's place in a JSON list, whose lines do not tell rows apart, 0 in other
    files; `row_id` the id that the row says, if any.
    """

    line: int
    field: str
    reason: str
    excerpt: str = ""
    code: str = RefusalCode.MALFORMED.value
    number: int = 0
    row_id: str = ""


class TornRow(Refusal, frozen=True, gc=False):
    """A row of a table that has too many cells or too few, with those it has under their names."""

    cells: Mapping[str, str] = {}


class Follows(NamedTuple):
    """Which turn a row follows: the id of that turn's row, and of the response that went on.

    Without an id, it is the turn before of the row's conversation that has such a response; where
    there is none, the row is a turn by itself.
    """

    row_id: str
    response_id: str
    is_needed: bool = True


class ImportRow(Struct, frozen=True, gc=False):
    """A prompt with its responses and the labels it already carries; every text can be stored.

    `shared_id` is the id of a question that several rows may ask, "" where the id is the row's own.
    `earlier_line` is that of an earlier row of the file with this id and text, 0 where there is
    none: what this row says beyond it is added. `left_out` are columns that are no part of the task
    and cannot be stored. `number` is that of a `Refusal`. `kind` is the kind of task that it makes.
    `apart` are the ids of the tasks that the same line of the file would make otherwise: the pairs
    of a ranking, or the ranking that a pair is of. `about` is what is known of its prompt beside
    category and language: `difficulty`, `licence`, `author`, `source`, `group`, `permitted_use`,
    `topics`, each with its severity, and of which `conversation` it is which `turn`.
    `principle` is the only one that a task of rules asks about, such as P3, "" for all.
    A later turn `follows` a response of an earlier one. Of a review `kind` says so
    (`ASKED_AS_REVIEW`); its only response is the text, which another row brings.
    """

    line: int
    external_id: str
    messages: tuple[Message, ...]
    responses: tuple[ImportedResponse, ...]
    judgments: tuple[ImportedJudgment, ...] = ()
    model_votes: tuple[ModelVote, ...] = ()
    category: str = ""
    language: str = ""
    metadata: Mapping[str, object] = field(default_factory=dict)
    shared_id: str = ""
    earlier_line: int = 0
    left_out: tuple[Refusal, ...] = ()
    number: int = 0
    kind: str = TaskKind.COMPARE.value
    apart: tuple[str, ...] = ()
    principle: str = ""
    about: Mapping[str, object] = field(default_factory=dict)
    follows: Follows | None = None


class Duplicate(Struct, frozen=True, gc=False):
    """A row that says nothing beyond earlier ones of its id and text: nothing of it is lost.

    `number` is that of a `Refusal`; where rows have one, `first_line` is one too.
    """

    line: int
    external_id: str
    first_line: int
    number: int = 0


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message says where, why, and what to do."""

    def __init__(self, message: str, *, line: int = 0, code: str = FileCode.UNREADABLE) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.code = code


class MappingError(ValueError):
    """The wished mapping names a field or a column that does not exist."""

    code: str = FileCode.UNKNOWN_COLUMN


class RowError(Exception):
    """One row cannot be taken; readers turn it into a `Refusal`."""

    def __init__(
        self,
        field: str,
        reason: str,
        value: object = "",
        *,
        code: RefusalCode = RefusalCode.NOT_ALLOWED,
    ) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
        self.value = value
        self.code = code
