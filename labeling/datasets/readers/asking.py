"""What is asked of every file: which column is the prompt, which candidates are compared, and
whether raters should see a text that no field claims.

What a rater does not see cannot be judged, so text is left as metadata only where its name, its
length or what raters see already says that nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import combinations

from labeling.datasets.readers.candidates import series_name
from labeling.datasets.readers.columns import numbered_series
from labeling.datasets.readers.offers import preference_columns
from labeling.datasets.readers.questions import ColumnQuestion, Meaning, quoted
from labeling.datasets.readers.shapes.base import Sample, Shape, decoded_cell
from labeling.datasets.readers.shapes.prompts import FRAME
from labeling.datasets.readers.taskkinds import KIND_WORD
from labeling.datasets.readers.unclaimed import Unclaimed, unclaimed_texts
from labeling.datasets.rows import RIGHT_FIELD
from labeling.vocabulary import TaskKind

#: Fields in which a prompt stands.
_PROMPTS = ("prompt", "messages", "context", "conversation_a", "asked")
_RESPONSES = frozenset(
    (
        *("responses", "response_a", "response_b", "completions", "chosen", "rejected"),
        *("conversation_a", "conversation_b", "preferred_output", "non_preferred_output"),
        *("text", "response", "accept", "reject", "options", "states", "summaries"),
        *("ranked", "reply", "summary", "turns"),
    )
)
_ABOUT = frozenset(
    (
        *("id", "category", "language", "metadata", "models", "response_ids", "model_a"),
        *("model_b", "chosen_model", "rejected_model", "model", "kind"),
        *("difficulty", "licence", "author", "topics", "principle"),
        *("source", "group", "permitted_use", "conversation", "turn"),
    )
)
#: What a kind of row knows and leaves behind: it repeats other columns, or belongs elsewhere.
_LEFT_OUT = frozenset(
    (
        *("full_conversation", "judgment_id", "flags", "principles", "guideline_version"),
        "rubric_version",
        *("strategy", "probability", "shown_order", "active_ms", "idle_ms", "criterion"),
        *("rater_fold", "times_cut", "annotation_id", "updated_at", "lead_time"),
        *("displayed_text", "ip", "tokens_0", "tokens_1", "assignment"),
    )
)
#: The kind of row that numbered candidates are.
_SERIES = "candidates"
#: What stands beside a label, and alone is none.
_BESIDE_LABELS = frozenset(
    (
        *("rater", "judge", "annotator", "user", "session", "rationale", "tie_kind", "tie_kinds"),
        *("at", "created_at", "tstamp", "submitted"),
    )
)
#: Columns of text that are asked about one by one; of more, the rest is one question.
_ONE_BY_ONE = 5


class ColumnRole(StrEnum):
    """Where a column of a file goes."""

    PROMPT = "prompt"
    RESPONSE = "response"
    LABEL = "label"
    ABOUT = "about"  # known about the task: id, category, language, models
    GOLD = "gold"  # says what is right: a copy of the task becomes gold, or an anchor
    METADATA = "metadata"
    LEFT_OUT = "left_out"
    QUESTION = "question"


def _role(field: str) -> ColumnRole:
    if field in _RESPONSES:
        return ColumnRole.RESPONSE
    if field in _PROMPTS or field in FRAME or field == "images":
        return ColumnRole.PROMPT
    if field in _ABOUT:
        return ColumnRole.ABOUT
    return ColumnRole.LEFT_OUT if field in _LEFT_OUT else ColumnRole.LABEL


def roles_of(
    shape: Shape,
    columns: Sequence[str],
    sample: Sample,
    questions: Sequence[ColumnQuestion],
    left_out: Iterable[str] = (),
) -> dict[str, ColumnRole]:
    """column -> where it goes, in the order of the file; while it is asked about, that; and last
    what the user leaves out.

    A column that no sampled row has is the field of its name, if there is one.
    """
    asked = {column for question in questions for column in question.columns}
    fields = {column: field for field, column in reversed(list(sample.mapping.items()))}
    roles = {}
    for column in columns:
        late = column in shape.fields and column not in sample.columns
        field = fields.get(column, column if late else "")
        roles[column] = _role(field) if field else ColumnRole.METADATA
        if column == RIGHT_FIELD and not field and _says_right(sample, column):
            roles[column] = ColumnRole.GOLD
        if column in asked:
            roles[column] = ColumnRole.QUESTION
    if says_no_label(shape, sample):
        kept = (c for c, role in roles.items() if role is ColumnRole.LABEL)
        roles |= dict.fromkeys(kept, ColumnRole.METADATA)
    return roles | dict.fromkeys(left_out, ColumnRole.LEFT_OUT)


def _says_right(sample: Sample, column: str) -> bool:
    """Whether a row of the sample says what is right on its task."""
    said = (decoded_cell(row.get(column)) for row in sample.rows)
    return any(isinstance(right, dict) and isinstance(right.get("answers"), dict) for right in said)


def says_no_label(shape: Shape, sample: Sample) -> bool:
    """Whether columns say who judged, or why, and none what: they stay metadata."""
    labels = {name for name in sample.mapping if _role(name) is ColumnRole.LABEL}
    if not labels or labels - _BESIDE_LABELS:
        return False
    return not preference_columns(shape, sample.mapping)


def questions_of(shape: Shape, sample: Sample) -> tuple[ColumnQuestion, ...]:
    """What has to be known before the file's rows are read."""
    series = numbered_series(sample.columns)
    texts = [text for text in unclaimed_texts(sample) if text.column not in series]
    asked: list[ColumnQuestion] = []
    if {"response_a", "response_b"} <= set(shape.fields):
        asked += _which_candidates(shape, sample, series)
    if "prompt" in shape.fields and not _says_prompt(sample):
        asked += _which_prompt(shape, sample, texts)
    claimed = {column for question in asked for column in question.columns}
    rest = [text for text in texts if text.column not in claimed]
    rest.sort(key=lambda text: not text.telling)
    alone = rest if len(rest) <= _ONE_BY_ONE + 1 else rest[:_ONE_BY_ONE]
    asked += (_what_is_it(shape, sample, text) for text in alone)
    if len(alone) < len(rest):
        asked.append(_is_metadata(rest[len(alone) :]))
    return tuple(asked)


def _which_candidates(
    shape: Shape, sample: Sample, series: Sequence[str]
) -> Iterator[ColumnQuestion]:
    """Of three or more numbered candidates a comparison takes two."""
    if not series or all(sample.wished.get(f"response_{side}") for side in "ab"):
        return
    options: list[Meaning] = []
    if shape.key == "pairs" and (name := series_name(series)):
        pairs = {"responses": name, KIND_WORD: TaskKind.COMPARE.value}
        options += (
            Meaning("all of them are one task, which ranks them", {"responses": name}, _SERIES),
            Meaning("each two of them are a task of their own", pairs, _SERIES),
        )
    two = list(combinations(series, 2))
    options += (
        Meaning(
            f"{quoted(a)} and {quoted(b)}; the others are metadata",
            {"response_a": a, "response_b": b},
        )
        for a, b in (two if len(series) == 3 else two[:1])
    )
    yield ColumnQuestion(
        "candidates",
        f"There are {len(series)} candidates in a row, {quoted(series[0])} to "
        f"{quoted(series[-1])}, and a comparison takes two. Which?",
        tuple(options),
        0 if options[0].format else None,
        tuple(series),
    )


def _says_prompt(sample: Sample) -> bool:
    """Whether the prompt is known: in a column, by the user's word, or within chats."""
    if any(sample.mapping.get(name) for name in _PROMPTS) or "prompt" in sample.wished:
        return True
    return any(
        (isinstance(chat, list) and len(chat) > 1)
        or (isinstance(chat, dict) and "messages" in chat)
        for chat in sample.values("chosen")
    )


def _which_prompt(
    shape: Shape, sample: Sample, texts: Sequence[Unclaimed]
) -> Iterator[ColumnQuestion]:
    likely = sorted(
        (text for text in texts if text.long or text.telling), key=lambda text: not text.telling
    )
    options = [
        Meaning(
            f"{quoted(text.column)} is the prompt",
            {"messages" if text.chat else "prompt": text.column},
        )
        for text in likely
        if not text.chat or "messages" in shape.fields
    ]
    guess = 0 if options and (likely[0].telling or len(options) == 1) else None
    # A list of two texts says what is compared: a prompt beside it would be there.
    if shape.promptless and (likely or not sample.has("text")) and not _are_printed(sample):
        options.append(
            Meaning("there is none: the two texts are compared by themselves", {"prompt": ""})
        )
    if _share_beginnings(sample):
        options.append(
            Meaning(
                "there is none; the prompt is what both texts begin with",
                {"prompt": sample.mapping["chosen"]},
            )
        )
    if options:
        yield ColumnQuestion(
            "prompt",
            "Which column is the prompt? None has a usual name for it.",
            tuple(options),
            guess,
            tuple(text.column for text in likely),
            likely[0].example if likely else "",
        )


def _are_printed(sample: Sample) -> bool:
    """Whether a response is what a program printed for a list, which may have had a prompt."""
    columns = (sample.mapping.get(name, "") for name in ("chosen", "response_a"))
    texts = [row.get(column) for column in columns for row in sample.rows]
    return any(isinstance(text, str) and text[:1] in ("[", "{") for text in texts)


def _share_beginnings(sample: Sample) -> bool:
    """Whether `chosen` and `rejected` are texts that begin alike in every sampled row."""
    columns = sample.mapping.get("chosen", ""), sample.mapping.get("rejected", "")
    texts = [[row.get(column) for column in columns] for row in sample.rows]
    return bool(texts) and all(
        isinstance(a, str) and isinstance(b, str) and a[:1] == b[:1] and a[:1] not in ("", "[", "{")
        for a, b in texts
    )


def _what_is_it(shape: Shape, sample: Sample, text: Unclaimed) -> ColumnQuestion:
    """A text that raters would not see."""
    words = {
        "passage": "it comes before the prompt",
        "input": "it follows the prompt",
        "system": "it is the system text",
    }
    free = [name for name in FRAME if name in shape.fields and not sample.mapping.get(name)]
    if text.structured:
        # Turns may come before the prompt; other structure is no text of it.
        free = [name for name in free if name == text.place == "passage" and text.turns]
    options = [Meaning(words[name], {name: text.column}) for name in free]
    if text.chat and "messages" in shape.fields and not sample.mapping.get("messages"):
        whole = {"messages": text.column, "prompt": ""}
        options.append(Meaning("it is the whole prompt, in place of the other column", whole))
    options.append(Meaning("no: it stays metadata", {text.column: ""}))
    guess = free.index(text.place) if text.place in free else len(options) - 1
    return ColumnQuestion(
        "unseen_text",
        f"{quoted(text.column)} holds text that raters would not see. Is it part of what they "
        "should judge?",
        tuple(options),
        guess,
        (text.column,),
        text.example,
    )


def _is_metadata(texts: Sequence[Unclaimed]) -> ColumnQuestion:
    """Many columns of texts that raters would not see, as one question."""
    columns = tuple(text.column for text in texts)
    shown = ", ".join(map(quoted, columns[:_ONE_BY_ONE]))
    more = f" and {len(columns) - _ONE_BY_ONE} more" if len(columns) > _ONE_BY_ONE else ""
    return ColumnQuestion(
        "unseen_text",
        f"{shown}{more} hold texts that raters would not see. Map one that is part of what they "
        "should judge: before the prompt (passage) or after it (input). And the others?",
        (Meaning("they stay metadata", dict.fromkeys(columns, "")),),
        0,
        columns,
        texts[0].example,
    )
