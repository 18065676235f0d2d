"""Kinds of rows that people have and that are nothing to judge: what to do instead.

Each says what the file is before it says what is missing, so that nobody maps columns in vain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct

from labeling.datasets.readers.columns import plain_name
from labeling.datasets.readers.shapes.base import Rows, decoded_cell

#: Characters that tell a sentence from a word.
_BEGINNING = 200
#: Plain names of what was asked, of one answer, and of what is said of a text.
_ASKED = frozenset(("prompt", "instruction", "question", "input", "query", "messages", "text"))
_REPLY = ("completion", "response", "output", "answer", "reply", "model_response")
_LABELS = ("label", "labels", "cats")
#: Words in the name of a number that rates a response.
_RATINGS = frozenset(
    (
        *("helpfulness", "correctness", "coherence", "complexity", "verbosity", "score", "scores"),
        *("rating", "ratings", "stars", "overall", "quality", "honesty", "harmlessness", "safety"),
        *("truthfulness", "factuality", "relevance", "fluency", "accuracy", "axes", "likert"),
    )
)
#: Words in the name of a text that is known about a row.
_BESIDE = frozenset(
    (
        *("system", "source", "dataset", "category", "subset", "domain", "topic", "license", "url"),
        *("tags", "note", "notes", "comment", "comments", "reference", "model", "context"),
    )
)
_PAIRS_INSTEAD = (
    "To compare them, write the two responses of a prompt into one row, as prompt, response_a and "
    "response_b."
)


class _Seen:
    """The first rows by the plain names of their columns."""

    def __init__(self, columns: Sequence[str], rows: Rows) -> None:
        self._rows = rows
        self.columns = {plain_name(column): column for column in reversed(columns)}

    def values(self, name: str) -> list[object]:
        """What stands in a column, where something does."""
        values = (row.get(self.columns.get(name, "")) for row in self._rows)
        return [decoded_cell(value) for value in values if value is not None]

    def first(self, names: Sequence[str]) -> str:
        """The first of these columns that is there; "" for none."""
        return next((name for name in names if name in self.columns), "")

    def all(self, name: str, test: Callable[[object], bool]) -> bool:
        """Whether a column says something, and all it says passes."""
        values = self.values(name)
        return bool(values) and all(map(test, values))

    def is_all_text_in(self, replies: set[str]) -> bool:
        """Whether only prompts and these columns hold sentences: another one may be a response."""
        known = _ASKED | replies | _BESIDE
        others = (name for name in self.columns if known.isdisjoint((name, *name.split("_"))))
        cells = (row.get(self.columns[name]) for name in others for row in self._rows)
        return not any(map(_is_prose, cells))

    @property
    def asks(self) -> bool:
        """Whether there is a prompt."""
        return not _ASKED.isdisjoint(self.columns)


class Untaken(Struct, frozen=True):
    """A kind of row that is recognised and refused: `reason` says what it is and what to do."""

    key: str
    fits: Callable[[_Seen], bool]
    reason: str


def _is_prose(value: object) -> bool:
    return isinstance(value, str) and len(value[:_BEGINNING].split(maxsplit=1)) > 1


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(t, str) for t in value)


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return value.strip().lstrip("+-").replace(".", "", 1).isdigit()
    return isinstance(value, int | float | dict | list) and not isinstance(value, bool)


def _ends_with_reply(value: object) -> bool:
    last = value[-1] if isinstance(value, list) and value else None
    return isinstance(last, dict) and last.get("role", last.get("from")) in ("assistant", "gpt")


def _keys(value: object) -> frozenset[str]:
    first = value[0] if isinstance(value, list) and value else None
    return frozenset(first) if isinstance(first, dict) else frozenset()


def _is_best_of_n(seen: _Seen) -> bool:
    return seen.all("chosen", _is_texts) and seen.all("rejected", _is_texts)


def _is_ranking(seen: _Seen) -> bool:
    names = ("answers", "responses", "completions", "generations", "candidates")
    lists = seen.first(names)
    if lists and seen.all(lists, lambda value: {"rank"} <= _keys(value)):
        return True
    return bool(lists) and bool(seen.first(("ranking", "rankings", "rank")))


def _is_steps(seen: _Seen) -> bool:
    return seen.all("completions", _is_texts) and "labels" in seen.columns


def _rated(seen: _Seen) -> Iterator[str]:
    return (name for name in seen.columns if _RATINGS & {*name.split("_")})


def _is_rating(seen: _Seen) -> bool:
    if "axes" in seen.columns or ("summary" in seen.columns and "info" in seen.columns):
        return True
    single = bool(seen.first((*_REPLY, "summary", "text", "transcript")))
    return single and any(seen.all(name, _is_number) for name in _rated(seen))


def _is_labelled(seen: _Seen) -> bool:
    return "text" in seen.columns and bool(seen.first((*_LABELS, "entities", "spans")))


def _is_demonstration(seen: _Seen) -> bool:
    chats = seen.first(("messages", "conversations"))
    if chats and seen.all(chats, _ends_with_reply):
        return seen.is_all_text_in({chats})
    reply = seen.first(_REPLY)
    asks = not (_ASKED - {reply, "text"}).isdisjoint(seen.columns)
    return bool(reply) and asks and seen.is_all_text_in({reply})


def _is_prompt(seen: _Seen) -> bool:
    prompts = ("prompt", "instruction", "question", "messages")
    return bool(seen.first(prompts)) and seen.is_all_text_in(set())


def _is_text(seen: _Seen) -> bool:
    return seen.all("text", lambda value: isinstance(value, str)) and seen.is_all_text_in(set())


#: Those with marks of their own before the general ones.
UNTAKEN = (
    Untaken(
        "rules",
        lambda seen: {"rule", "rule_key", "label"} <= seen.columns.keys(),
        "These are rules of a release: each row says whether a response keeps one of them, which "
        "raters of another project could not see. Import the table judgments of that release: its "
        "rows have each response with all that people said of it, rule by rule.",
    ),
    Untaken(
        "best-of-n",
        _is_best_of_n,
        "These are best-of-n rows, as RewardBench 2 has them: chosen and rejected are lists of "
        "answers. They are taken as the kind bestofn, which needs their prompt: say which column "
        "it is.",
    ),
    Untaken(
        "ranking",
        _is_ranking,
        "These are rankings whose order stands apart from the answers. Write the texts as "
        "responses and the numbers as ranks (1 is best), two lists of a row (kind listwise), or a "
        "rank within each answer (kind nectar).",
    ),
    Untaken(
        "steps",
        _is_steps,
        "These are steps with a label each, as process reward models are trained on. Concord "
        "compares whole responses and has no place for labels of steps.",
    ),
    Untaken(
        "ratings",
        _is_rating,
        "These are ratings of single responses without what was asked. Say which column is the "
        f"prompt and which the response (kind ratings). {_PAIRS_INSTEAD}",
    ),
    Untaken(
        "labels",
        _is_labelled,
        "These are texts with labels, as doccano exports them: one text a row, and nothing to "
        "compare it with. Upload and export the two responses as columns of their own "
        "(response_a, response_b), or import the responses without their labels.",
    ),
    Untaken(
        "demonstrations",
        _is_demonstration,
        "These are demonstrations (SFT): one response a prompt, and nothing to compare it with. "
        f"{_PAIRS_INSTEAD} To have them improved or reviewed, import them with the kind write.",
    ),
    Untaken(
        "prompts",
        _is_prompt,
        f"These are prompts without responses. {_PAIRS_INSTEAD}",
    ),
    Untaken(
        "texts",
        _is_text,
        f"These are texts without responses: one a row. {_PAIRS_INSTEAD}",
    ),
)


def untaken_kind(columns: Sequence[str], rows: Rows) -> Untaken | None:
    """The kind of rows that are no comparison, by the first of them; None for an unknown one."""
    seen = _Seen(columns, rows)
    return next((kind for kind in UNTAKEN if kind.fits(seen)), None)


def best_of_n_objection(rows: Rows) -> str:
    """Why lists of texts under `chosen` and `rejected` cannot be taken as a pair."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    kind = untaken_kind(columns, rows)
    return kind.reason if kind is not None and kind.fits is _is_best_of_n else ""


def is_mapped(wished: Mapping[str, str]) -> bool:
    """Whether the user said which columns are the responses: then a missing one is named."""
    return any("response" in field or field in ("chosen", "rejected") for field in wished)
