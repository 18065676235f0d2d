"""What a file is and which column is which, from its first rows: what is sure, what is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from labeling.datasets.readers import limits
from labeling.datasets.readers.asking import ColumnRole, questions_of, roles_of, says_no_label
from labeling.datasets.readers.columns import guess, override
from labeling.datasets.readers.containers import Opened, opened
from labeling.datasets.readers.fields import is_storable, visible
from labeling.datasets.readers.jsonrows import RawRow
from labeling.datasets.readers.offers import (
    choice_offers,
    label_questions,
    takes_winner,
    unnamed_labels,
    untold_labels,
    winner_guess,
    winner_offers,
)
from labeling.datasets.readers.questions import ColumnQuestion
from labeling.datasets.readers.raters import all_name_raters, judging_model, sampled_raters
from labeling.datasets.readers.reshaping import LEAVE_OUT, Reshaping, names_within
from labeling.datasets.readers.shapes import IMPORT_KINDS, SHAPES, recognise
from labeling.datasets.readers.shapes.base import Sample, Shape
from labeling.datasets.readers.shapes.prompts import FRAME
from labeling.datasets.readers.shapes.record import RecordView
from labeling.datasets.readers.shapes.untaken import is_mapped, untaken_kind
from labeling.datasets.readers.shapes.writing import answer_notices
from labeling.datasets.readers.taskkinds import KIND_WORD, is_kind, wished_kind
from labeling.datasets.readers.unclaimed import quiet_columns, settled, with_conversation
from labeling.datasets.readers.weights import up_to
from labeling.datasets.readers.whose import WHOSE_WORDS, Whose, whose_question
from labeling.datasets.readers.winners import Counting, WinnerColumns, plain_mapping
from labeling.datasets.readers.words import tells_strength
from labeling.datasets.rows import FileCode, MappingError, Refusal, UnreadableFile
from labeling.vocabulary import ASKED_AS_REVIEW

_NOTHING: tuple[ColumnQuestion, ...] = ()
#: How often an accepted guess may raise the next question.
_ROUNDS = 6


@dataclass(frozen=True, slots=True)
class Detection:
    """What a file turned out to be.

    `format` is None where no kind of row fits its columns; `problem` then says what is missing,
    `code` the same for programs. `mapping` is field -> column; `unmapped` columns become metadata.
    `graded`: the words of its labels tell strengths. `read` refuses the file while one of
    `questions` is open; `roles` says where each column goes, and `notices` what a mapping could
    make of those that may be labels. `quiet` columns say nothing in the first rows. `reshaping` is
    what the mapping asks of every row beforehand; `within` names the values within columns.
    `kind` is the kind of task that the user asks of every row, "" where the rows say it;
    `names_raters`: every one of the first rows says who judged.
    """

    format: str | None
    container: str
    compression: str
    encoding: str
    columns: tuple[str, ...]
    mapping: Mapping[str, str]
    problem: str = ""
    graded: bool = False
    code: str = ""
    questions: tuple[ColumnQuestion, ...] = ()
    roles: Mapping[str, ColumnRole] = field(default_factory=dict)
    notices: tuple[ColumnQuestion, ...] = ()
    quiet: frozenset[str] = frozenset()
    reshaping: Reshaping = field(default_factory=Reshaping)
    within: tuple[str, ...] = ()
    kind: str = ""
    names_raters: bool = False

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Columns that no field claims, in the order of the file."""
        plain, counting = plain_mapping(self.mapping, self.columns)
        claimed = {*plain.values(), *(counting.winner.columns if counting.winner else ())}
        return tuple(column for column in self.columns if column not in claimed)

    @property
    def counting(self) -> str:
        """How the winner's columns count, in words; "" where words or names say it themselves."""
        return self._winner.counting if self._winner else ""

    @property
    def has_annotators(self) -> bool:
        """Whether the labels stand in several columns, each of which is a rater's own."""
        return self._winner is not None and self._winner.is_several

    @property
    def _winner(self) -> WinnerColumns | None:
        return plain_mapping(self.mapping, self.columns)[1].winner


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What the user decides beside the mapping.

    `label_rater` names the rater of labels that name none themselves; without it `chosen` and
    `rejected` are two responses and no label.
    """

    label_rater: str = ""


def detect(
    path: Path,
    *,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    options: ReadOptions | None = None,
) -> Detection:
    """What the file is and which column is which, from its first rows.

    Raises UnreadableFile, or MappingError for a format, field or column that does not exist.
    """
    if format not in IMPORT_KINDS:
        raise MappingError(f"There is no format “{format}”. Formats: {', '.join(IMPORT_KINDS)}.")
    whose, wished = Whose.of(mapping or {}), columns_of_mapping(mapping)
    with opened(path) as file:
        sample, header, within, reshaping = _first_rows(file, mapping or {})
    columns = _names(column for row in sample for column in row)
    every = _names((*header, *columns))
    wished, counting = plain_mapping(reshaping.plain(wished), every)
    shape = SHAPES.get(format) or recognise(columns, sample, wished, wished_kind(mapping or {}))
    mapped = _mapping(shape, Sample(columns, sample, {}, wished), every)
    code, problem = _problem(shape, mapped, Sample(columns, sample, mapped, wished), within)
    if shape and takes_winner(shape) and "winner" not in wished:
        mapped, counting = _with_winner(Sample(columns, sample, mapped, wished), counting)
    seen = Sample(columns, sample, {**mapped, **counting.fields()}, wished)
    graded = shape is not None and _is_graded(shape, seen)
    asked, notices, rater = _NOTHING, _NOTHING, options.label_rater if options else ""
    if shape and not problem:
        view = RecordView.of(mapped, rater, graded=graded, whose=whose, counting=counting)
        asked = _questions(shape, seen, view)
        notices = _notices(shape, seen, view)
    return Detection(
        shape.key if shape else None,
        file.container,
        file.compression,
        file.encoding,
        every,
        reshaping.spelled(counting.spelled(mapped)),
        problem,
        graded,
        code,
        asked,
        roles_of(shape, every, seen, asked, reshaping.left_out) if shape else {},
        (*notices, *_choices(file)),
        quiet_columns(every, sample),
        reshaping,
        within,
        wished_kind(mapping or {}),
        all_name_raters(seen),
    )


def _first_rows(
    file: Opened, mapping: Mapping[str, str]
) -> tuple[list[dict[str, object]], Iterable[str], tuple[str, ...], Reshaping]:
    """The first rows and the header as the mapping shapes them, what stands within columns, and
    how rows are shaped."""
    sample = _sample(file.rows)
    columns = _names(chain(file.header, *sample))
    within, reshaping = names_within(columns, sample), Reshaping.of(mapping, columns, sample)
    if not reshaping:
        return sample, file.header, within, reshaping
    header = reshaping.applied(dict.fromkeys(file.header)) if file.header else ()
    return [reshaping.applied(row) for row in sample], header, within, reshaping


def _names(columns: Iterable[str]) -> tuple[str, ...]:
    """Each name once; one that cannot be stored cannot be mapped, and is left out of its rows."""
    return tuple(filter(is_storable, dict.fromkeys(columns)))[: limits.MAX_COLUMNS]


def _with_winner(seen: Sample, counting: Counting) -> tuple[dict[str, str], Counting]:
    """The mapping with the winner that the sample leaves no doubt about, and with no other."""
    mapped = {field: column for field, column in seen.mapping.items() if field != "winner"}
    if not (winner := winner_guess(seen)):
        return mapped, counting
    plain, guessed = plain_mapping({**mapped, **winner}, seen.columns)
    return plain, Counting(guessed.winner, counting.signs)


def _questions(shape: Shape, seen: Sample, view: RecordView) -> tuple[ColumnQuestion, ...]:
    """What has to be known of columns, of the counting of labels, and of who gave them."""
    names = sampled_raters(seen, view.label_rater) | {*view.counting.raters}
    judge = judging_model(seen)
    doubt = whose_question(names, view.whose, view.label_rater, judge)
    return (
        *questions_of(shape, seen),
        *label_questions(shape, seen, view.counting),
        *((doubt,) if doubt else ()),
    )


def _choices(file: Opened) -> Iterator[ColumnQuestion]:
    """Which table of a release the rows are, where it has several."""
    if file.choice:
        yield ColumnQuestion("table_chosen", file.choice)


def _notices(shape: Shape, seen: Sample, view: RecordView) -> tuple[ColumnQuestion, ...]:
    unnamed = unnamed_labels(shape, seen, view.counting, view.label_rater)
    if takes_winner(shape):
        offers = tuple(winner_offers(seen))
        lacking = () if offers or not says_no_label(shape, seen) else untold_labels(seen)
        return (*offers, *lacking, *unnamed)
    written = answer_notices(shape, seen, view.label_rater)
    return (*(choice_offers(seen) if "choice" in shape.fields else ()), *unnamed, *written)


def columns_of_mapping(mapping: Mapping[str, str] | None) -> dict[str, str]:
    """The part of a mapping that speaks of columns.

    Raises MappingError for what no file can name and no database can hold.
    """
    if not all(is_storable(name) for pair in (mapping or {}).items() for name in pair):
        raise MappingError("The mapping holds a character that cannot be stored. Leave it out.")
    # With nothing behind it even such a word is a column, which stays metadata.
    pairs, words = (mapping or {}).items(), (*WHOSE_WORDS, LEAVE_OUT, KIND_WORD)
    return {field: column for field, column in pairs if not column or field not in words}


def is_promptless(shape: Shape, mapping: Mapping[str, str], wished: Mapping[str, str]) -> bool:
    """Whether the user said that there is no prompt: two texts are compared by themselves."""
    says_none = shape.promptless and wished.get("prompt") == ""
    return says_none and not (mapping.get("messages") or mapping.get("prompt"))


def accepted(
    path: Path,
    *,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    options: ReadOptions | None = None,
) -> tuple[str, dict[str, str]]:
    """The kind of rows and the mapping with every guess accepted; one answer may raise the next
    question. A question that has no guess stays open.

    Raises UnreadableFile or MappingError like `detect`.
    """
    decided = dict(mapping or {})
    for _ in range(_ROUNDS):
        questions = detect(path, format=format, mapping=decided, options=options).questions
        guesses = [q.options[q.guess] for q in questions if q.guess is not None]
        if not guesses:
            break
        fresh: dict[str, str] = {}
        for option in guesses:
            # Of two columns that would be the same field the first is; the other is asked again.
            if fresh.keys().isdisjoint(option.mapping):
                format, fresh = option.format or format, {**fresh, **option.mapping}
        decided |= fresh
    return format, decided


def _is_graded(shape: Shape, sample: Sample) -> bool:
    return any(map(tells_strength, shape.words(sample)))


def _sample(raw: Iterator[RawRow | Refusal]) -> list[dict[str, object]]:
    first = list(up_to(raw, limits.SAMPLE_ROWS, limits.MAX_SAMPLE_BYTES))
    if not first:
        raise UnreadableFile("The file has no rows.")
    rows = [row[1] for row in first if isinstance(row, tuple)]
    refused = next((row for row in first if isinstance(row, Refusal)), None)
    if refused and not rows:
        raise UnreadableFile(
            f"None of the first rows can be read. Line {refused.line}: {refused.reason}",
            line=refused.line,
        )
    return rows


def _mapping(shape: Shape | None, seen: Sample, present: tuple[str, ...]) -> dict[str, str]:
    every = dict.fromkeys(field for known in SHAPES.values() for field in known.fields)
    fields = shape.fields if shape else tuple(every)
    mapping = override(guess(seen.columns, fields), seen.wished, present, fields)
    kinds = (row.get(mapping.get("kind", "")) for row in seen.rows)
    # Reviews of texts stand in a release's own judgments alone.
    others = (ASKED_AS_REVIEW,) if shape is not None and "text_id" in shape.fields else ()
    if "kind" not in seen.wished and not any(is_kind(kind) or kind in others for kind in kinds):
        # A column of that name may say anything.
        mapping = {field: column for field, column in mapping.items() if field != "kind"}
    if shape is None or not set(FRAME) <= set(fields):
        return mapping
    return with_conversation(settled(mapping, seen), seen, fields)


def _problem(
    shape: Shape | None, mapped: Mapping[str, str], seen: Sample, within: tuple[str, ...]
) -> tuple[str, str]:
    """Why the file fits no kind, for programs and in words; twice "" where it fits."""
    names = visible(", ".join((*seen.columns, *within)), limits.MAX_REASON) or "none"
    if shape is None:
        untaken = None if is_mapped(seen.wished) else untaken_kind(seen.columns, seen.rows)
        if untaken is not None:
            return FileCode.UNSUPPORTED, untaken.reason
        return (
            FileCode.UNRECOGNISED,
            f"No kind of row fits the columns ({names}). Say which column is the prompt and which "
            "are the responses.",
        )
    if objection := shape.objection(seen.rows):
        return FileCode.UNSUPPORTED, visible(objection, limits.MAX_REASON)
    if missing := shape.missing(mapped):
        return (
            FileCode.UNRECOGNISED,
            f"No column for {' and '.join(missing)} among {names}. Say which one it is.",
        )
    return "", ""
