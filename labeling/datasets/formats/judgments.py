"""Judgments as they were given: one row a rater, ties and disagreement included.

The columns are those of the native folder's `judgments`, so that one reader reads both. Raters are
pseudonyms made for the release.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from labeling.datasets.formats.base import (
    FILE_TYPES,
    FileRow,
    Format,
    TaskRows,
    Values,
    last_values,
    with_last_columns,
)
from labeling.datasets.formats.carrying import CHATS, Needs, kept, reply
from labeling.datasets.formats.columns import (
    ANSWERS,
    BOOL,
    INT,
    REGION_CELLS,
    RULE_CELLS,
    SHORT,
    SHORTS,
    SPAN_CELLS,
    SPOKEN_JSON,
    SPOKEN_MESSAGES,
    STRING,
    STRINGS,
    TIE_CELLS,
    UNSAID_CELLS,
    AnswerCell,
    FileTable,
    RegionCell,
    RuleCell,
    SpanCell,
    TieCell,
    UnsaidCell,
)
from labeling.datasets.formats.nested import (
    OPTIONAL_FLOAT,
    OPTIONAL_LONG,
    OPTIONAL_SHORT,
    list_column,
)
from labeling.datasets.formats.parts import WRITTEN
from labeling.datasets.mark_records import RegionRecord, SpanRecord
from labeling.datasets.recipes.outcome import RowKind
from labeling.datasets.records import (
    CriterionRecord,
    HowWritten,
    JudgmentRecord,
    TaskRecord,
)
from projects.words import gettext_noop

_VALUES = gettext_noop(
    "`choice`, `value` and `tie_kind` are on `criterion`: a negative value prefers the first "
    "response. In `answers`, `response` is 0 for a comparison and else counts from 1; `tie_kinds` "
    "says which tie each 0 among them is (`unspecified`: nobody knows any more). On the criteria "
    "in `side_only` an imported label told the side and no strength. `shown_order` is the order "
    "in which the rater saw the responses, `rater` a pseudonym of this release alone, "
    "`rater_fold` one of five groups of raters to hold out. Times are empty where nobody measured "
    "them, or where a clock sent what cannot be (`times_cut`)."
)
_KINDS = gettext_noop("`kind` says what each task is.")
TURNS_BESIDE = gettext_noop(
    "`responses` are texts. Where a response has turns of its own, `response_messages` holds the "
    "turns of all of them, and `responses` the text of the last."
)
COLUMNS = (
    ("task_id", STRING),
    ("prompt_id", STRING),
    ("prompt_group", STRING),
    ("judgment_id", STRING),
    ("rater", STRING),
    ("rater_fold", SHORT),
    ("prompt", SPOKEN_MESSAGES),
    ("responses", STRINGS),
    ("response_ids", STRINGS),
    ("models", STRINGS),
    ("criterion", STRING),
    ("choice", STRING),
    ("value", OPTIONAL_SHORT),
    ("tie_kind", STRING),
    ("side_only", STRINGS),
    ("answers", ANSWERS),
    ("tie_kinds", TIE_CELLS),
    ("rationale", STRING),
    ("flags", STRINGS),
    ("principles", STRINGS),
    ("guideline_version", INT),
    ("rubric_version", INT),
    ("purpose", STRING),
    ("source", STRING),
    ("strategy", STRING),
    ("probability", OPTIONAL_FLOAT),
    ("shown_order", SHORTS),
    ("active_ms", OPTIONAL_LONG),
    ("idle_ms", OPTIONAL_LONG),
    ("times_cut", BOOL),
    ("created_at", STRING),
    ("category", STRING),
    ("language", STRING),
)

#: The id of what was written as a response, and of how many characters that was counted.
_OF_TEXT = (("text_id", STRING), ("typed", OPTIONAL_LONG), ("pasted", OPTIONAL_LONG))
#: The responses turn by turn, where `responses`, which hold the text of the last, are not all.
_RESPONSE_MESSAGES = ("response_messages", list_column(SPOKEN_JSON))


def judgment_table(table: FileTable, needs: Needs) -> FileTable:
    """A table of judgments for a release whose tasks need this."""
    table = table.with_dialogues() if needs.keys else table
    for wanted, *columns in (
        (needs.turns, _RESPONSE_MESSAGES),
        (needs.several, ("kind", STRING)),
        (needs.unsaid, ("unsaid", UNSAID_CELLS)),
        (needs.rules, ("rule_answers", RULE_CELLS)),
        (needs.texts, ("text", STRING), ("edit_of", SHORT), *WRITTEN, *_OF_TEXT),
        (needs.reasons, ("reasons", STRINGS)),
        (needs.spans, ("spans", SPAN_CELLS)),
        (needs.regions, ("regions", REGION_CELLS)),
    ):
        if wanted:
            table = table.with_columns(*columns)
    return with_last_columns(table, needs)


class Judgments(Format):
    """One row a judgment, and nothing aggregated."""

    key = "judgments"
    title = gettext_noop("Judgments, one row each")
    family = gettext_noop("Concord")
    file_types = FILE_TYPES
    main = {RowKind.RANKINGS: "default"}
    tables = (FileTable("default", "data", COLUMNS, default=True),)
    carries_ties = True
    carries = CHATS
    needs_votes = True
    takes_no_prompt = True
    carries_metadata = True
    about = {
        "Rows": gettext_noop(
            "One row per judgment, ties and contradicting raters included: the prompt, all "
            "responses in canonical order, and everything the rater said, on every criterion."
        ),
        "Values": _VALUES,
        "Texts": TURNS_BESIDE,
        "In CSV": gettext_noop(
            "Lists are JSON in their cell, a number that nobody gave is an empty cell, and a text "
            "that a spreadsheet would run as a formula has an apostrophe in front."
        ),
        "Cannot carry": gettext_noop(
            "Only judgments on an empty prompt are left out and counted. Where two texts were "
            "compared without one, `prompt` is an empty list."
        ),
    }

    others = {"Values": (_VALUES, _KINDS)}

    def tables_for(self, needs: Needs) -> tuple[FileTable, ...]:
        """With the responses' turns where one has any, and the metadata."""
        return tuple(judgment_table(table, needs) for table in self.tables)

    def refusal(self, task: TaskRecord) -> str | None:
        """No chat template is applied to a record of what was said."""
        return None

    def rows(self, item: TaskRows) -> Iterator[FileRow]:
        """One row per ranking, which is one per judgment."""
        for values in judgment_rows(item, [ranking.judgment for ranking in item.rankings]):
            yield FileRow("default", values)


def judgment_rows(item: TaskRows, judgments: Sequence[JudgmentRecord]) -> Iterator[Values]:
    """The values of a row of `judgments` for each of these judgments on one task."""
    task, criterion = item.task, item.criterion
    names = (task.id, task.prompt_id, item.group)
    # The same objects in every row: a sink converts each of them once.
    texts = (
        kept(task.messages, CHATS.prompts),
        tuple(response.content for response in task.responses),
        tuple(response.id for response in task.responses),
        tuple(response.model for response in task.responses),
        criterion.key,
    )
    about, needs = _about(item), item.needs
    more = needs.unsaid or needs.rules or needs.texts or needs.reasons
    more = more or needs.spans or needs.regions
    for judgment in judgments:
        value = judgment.values.get(criterion.key)
        yield (
            *names,
            judgment.id,
            judgment.rater,
            item.folds[judgment.rater],
            *texts,
            _choice(criterion, value, judgment),
            value,
            "" if value else judgment.tie_on(criterion.key) or "",
            judgment.side_only,
            _answers(judgment),
            _ties(judgment) if judgment.tie_kinds else (),
            judgment.rationale,
            judgment.flags,
            judgment.principles,
            judgment.guideline_version,
            judgment.rubric_version,
            judgment.purpose,
            judgment.source,
            judgment.strategy,
            judgment.probability,
            judgment.shown,
            judgment.active_ms,
            judgment.idle_ms,
            judgment.times_cut,
            judgment.created_at,
            *about,
            *(_beyond(judgment, needs) if more else ()),
            *last_values(item),
        )


def _about(item: TaskRows) -> Values:
    """What is said of the task in each of its rows, in the columns that a release has for it."""
    task, needs = item.task, item.needs
    about: Values = (task.category, task.language)
    if needs.turns:
        about = (*about, tuple(reply(response, CHATS.responses) for response in task.responses))
    return (*about, task.kind) if needs.several else about


def _beyond(judgment: JudgmentRecord, needs: Needs) -> Iterator[Any]:
    """The values of the columns that a release has where its judgments hold something for them."""
    if needs.unsaid:
        whole = [UnsaidCell(key, "", 0, why) for key, why in sorted(judgment.unsaid.items())]
        single = [
            UnsaidCell(said.criterion, _number(said.principle), said.response + 1, said.unsaid)
            for said in sorted(judgment.unrated)
        ]
        yield (*whole, *single)
    if needs.rules:
        yield tuple(
            RuleCell(said.criterion, _number(said.principle), said.response + 1, said.value)
            for said in sorted(judgment.ratings)
            if said.principle
        )
    if needs.texts:
        yield judgment.text
        yield judgment.edit_of
        yield from judgment.writing or HowWritten()
        yield judgment.text_id
        yield from judgment.counted
    if needs.reasons:
        yield judgment.reasons
    if needs.spans:
        yield tuple(map(_span, judgment.spans))
    if needs.regions:
        yield tuple(map(_region, judgment.regions))


_ATTACHED = ("criterion", "flag", "principle")


def _span(span: SpanRecord) -> SpanCell:
    place = (span.response + 1, span.message, span.start, span.end)
    return SpanCell(*place, span.quote, span.polarity, *_attached(span), span.note)


def _region(region: RegionRecord) -> RegionCell:
    place = (region.response + 1, region.message, region.image)
    box = (region.x, region.y, region.w, region.h)
    return RegionCell(*place, *box, region.polarity, *_attached(region), region.note)


def _attached(mark: SpanRecord | RegionRecord) -> tuple[str, str, str]:
    criterion, flag, principle = (mark.name if mark.about == kind else "" for kind in _ATTACHED)
    return criterion, flag, principle


def _number(principle: str) -> str:
    """The number of a principle in its version of the guideline, as `principles` has it."""
    return principle.rpartition(".")[2]


def _ties(judgment: JudgmentRecord) -> tuple[TieCell, ...]:
    """Which tie each 0 was."""
    return tuple(TieCell(key, kind) for key, kind in sorted(judgment.tie_kinds.items()))


def _answers(judgment: JudgmentRecord) -> tuple[AnswerCell, ...]:
    """Every answer on every criterion, those on comparisons first."""
    compared = [AnswerCell(key, 0, value) for key, value in sorted(judgment.values.items())]
    rated = [
        AnswerCell(rating.criterion, rating.response + 1, rating.value)
        for rating in sorted(judgment.ratings)
        if not rating.principle
    ]
    return (*compared, *rated)


def _choice(criterion: CriterionRecord, value: int | None, judgment: JudgmentRecord) -> str:
    """`first`, `second`, a kind of tie, `tie`, `ranked`, `rated`, why none was said, or `none`."""
    if value:
        return "first" if value < 0 else "second"
    kind = judgment.tie_on(criterion.key)
    if kind:
        return "tie" if kind == "unspecified" else kind
    if criterion.key in judgment.unsaid:
        return judgment.unsaid[criterion.key]
    if any(rating.criterion == criterion.key for rating in judgment.ratings):
        return "rated" if criterion.answer == "rate" else "ranked"
    return "none"
