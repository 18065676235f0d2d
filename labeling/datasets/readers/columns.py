"""Which column of a file is which field of a row: the names people use, and the user's own word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from labeling.datasets.rows import MappingError

#: How two sides are told apart, in order of preference; a pair is never made of two ways.
_MARKS = (("a", "b"), ("0", "1"), ("1", "2"))
_OUTPUTS = ("response", "answer", "output", "completion", "reply", "candidate", "human_ref")
#: What two texts are called that answer nothing: a pair of them, and never a series.
_TEXTS = (*_OUTPUTS, "text")
_MODELS = ("model", "model_name", "generator")
_RATERS = (
    *("rater", "annotator", "labeler", "rater_id", "annotator_id", "worker_id", "workerid"),
    *("judge", "judge_id", "evaluator", "evaluator_id", "participant_id", "worker"),
)
#: What Mechanical Turk puts before the names of a task's columns, and of what a worker answered.
INPUT, ANSWER = "Input.", "Answer."
_NUMBERED = re.compile(rf"({'|'.join(_OUTPUTS)})_?([0-9]{{1,2}}|[a-i])\Z")


def _sided(side: int, stems: tuple[str, ...]) -> tuple[str, ...]:
    """`response_a`, `response1`, `response_1`, … for every stem, in order of preference."""
    marks = [pair[side] for pair in (_MARKS[0], _MARKS[2])]
    names = [f"{stem}_{mark}" for stem in stems for mark in marks]
    names += [f"{stem}{mark}" for stem in stems for mark in marks]
    return tuple(names)


#: Names under which fields are found, most telling first; compared by `plain`. A field that is
#: not listed goes by its own name alone.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("id", "item_id", "question_id", "uid", "external_id", "example_id"),
        *("task_id", "prompt_id"),
    ),
    "prompt": ("prompt", "instruction", "question", "input", "query"),
    "messages": ("messages", "conversation", "conversations", "trajectory"),
    "system": ("system", "system_prompt", "system_message"),
    "images": ("images", "image"),
    "response_a": _sided(0, _TEXTS),
    "response_b": _sided(1, _TEXTS),
    "model_a": (*_sided(0, _MODELS), "response_a_model"),
    "model_b": (*_sided(1, _MODELS), "response_b_model"),
    "chosen": ("chosen", "chosen_response", "chosen_messages"),
    "rejected": ("rejected", "rejected_response", "rejected_messages"),
    "chosen_model": ("chosen_model", "model_chosen"),
    "rejected_model": ("rejected_model", "model_rejected"),
    "category": ("category", "subset", "domain", "category_tag"),
    "language": ("language", "lang"),
    "rater": _RATERS,
    "overall_preference": ("overall_preference", "preference_strength"),
    "judge": ("judge_hash", "judge", *_RATERS),
    "tstamp": ("tstamp", "timestamp"),
    "choice": ("choice", "preference", "comparison", "pairwise", "pw"),
    "asked": ("question", "input", "info", "text"),
    "session": ("session_id",),
    "user": ("user_id", "user", "username"),
    "submitted": ("submittime",),
    "assignment": ("assignmentstatus",),
    "licence": ("licence", "license"),
    "conversation": ("conversation_id", "conversation"),
    "ranked": ("answers", "responses", "completions", "generations", "candidates"),
    "reply": ("completion", "response", "output", "answer", "reply", "model_response"),
    "thumb": ("label", "kto_tag", "thumbs_up", "is_good", "desirable", "thumb"),
    "rating": ("rating", "overall", "score", "stars", "overall_score", "overall_rating"),
    "model": ("model", "model_name", "generator"),
}


#: Names of ids that tell the question: several pairs of answers to it are several rows.
QUESTION_IDS = frozenset({"question_id", "prompt_id", "idx"})


def plain_name(column: str) -> str:
    """A column's name without case, and with one underscore for every run of other signs."""
    return re.sub(r"[^a-z0-9]+", "_", column.lower()).strip("_")


def numbered_series(columns: Iterable[str]) -> tuple[str, ...]:
    """The columns that number candidates, `output_0`, `output_1` and so on; none below three.

    Of several such series it is the longest.
    """
    series: dict[str, list[str]] = {}
    names = {plain_name(column): column for column in reversed(list(columns))}
    for name, column in reversed(names.items()):
        if match := _NUMBERED.match(name):
            series.setdefault(match[1], []).append(column)
    longest = max(series.values(), key=len, default=[])
    return tuple(longest) if len(longest) > 2 else ()


def _of_pair(names: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The names of both responses and their models, marked alike; empty where no two match."""
    for stem in _TEXTS:
        for gap in ("_", ""):
            for pair in _MARKS:
                marked = [f"{stem}{gap}{mark}" for mark in pair]
                if all(name in names for name in marked):
                    return _marked_alike(names, marked, pair)
    return {}


def _named_models(mark: str) -> list[str]:
    return [f"{stem}{gap}{mark}" for stem in _MODELS for gap in ("_", "")]


def _marked_alike(
    names: Mapping[str, str], responses: Sequence[str], pair: tuple[str, str]
) -> dict[str, tuple[str, ...]]:
    aliases: dict[str, tuple[str, ...]] = {}
    both = zip(*map(_named_models, pair), strict=True)
    models = next((two for two in both if all(name in names for name in two)), ())
    # A model counted from one does not belong to a response counted from zero, and back.
    counted = "0" in pair or any(name in names for name in _named_models("0"))
    for place, (side, name) in enumerate(zip("ab", responses, strict=True)):
        usual = () if counted else ALIASES[f"model_{side}"]
        aliases[f"response_{side}"] = (name,)
        aliases[f"model_{side}"] = (*models[place : place + 1], f"{name}_model", *usual)
    return aliases


def guess(columns: Iterable[str], fields: Iterable[str]) -> dict[str, str]:
    """field -> column for those of `fields` that a column is named after; a column serves once."""
    by_name: dict[str, str] = {}
    columns = list(columns)
    for column in columns:
        by_name.setdefault(plain_name(column), column)
    for column in columns:
        if column.startswith((INPUT, ANSWER)):
            by_name.setdefault(plain_name(column.partition(".")[2]), column)
    pair = _of_pair(by_name)
    aliases = {**ALIASES, **pair}
    mapping: dict[str, str] = {}
    for field in fields:
        for alias in aliases.get(field, (field,)):
            if alias in by_name:
                mapping[field] = by_name.pop(alias)
                break
    if "prompt" in mapping and plain_name(mapping["prompt"]) != "instruction":
        # Beside any other prompt nobody knows what an input is: it is asked about.
        mapping.pop("input", None)
    if not pair and {"response_a", "response_b"} <= mapping.keys():
        # `response_1` and `answer_2` are two things, and no pair.
        del mapping["response_a"], mapping["response_b"]
    return mapping


def override(
    guessed: Mapping[str, str],
    wished: Mapping[str, str],
    columns: Iterable[str],
    fields: Iterable[str],
) -> dict[str, str]:
    """The guess with the user's word on top; an empty column unmaps its field, and a column's own
    name with nothing behind it leaves that column as metadata.

    The prompt may be said to stand in `chosen` itself: it is then what both texts begin with.

    Raises MappingError for a field or a column that does not exist.
    """
    known, present = tuple(fields), tuple(columns)
    for field, column in wished.items():
        if field not in known and not column and field in present:
            continue
        if field not in known:
            raise MappingError(f"There is no field “{field}”. Fields: {', '.join(known)}.")
        if column and column not in present:
            raise MappingError(
                f"There is no column “{column}” for {field}. Columns: {', '.join(present)}."
            )
    return decided_mapping(_with_own_models(guessed, wished, present), wished, known)


def _with_own_models(
    guessed: Mapping[str, str], wished: Mapping[str, str], columns: Sequence[str]
) -> dict[str, str]:
    """The guess in which each response that the user chose has its own model, and no other's."""
    mapping, names = dict(guessed), {plain_name(column): column for column in columns}
    for side in "ab":
        response = plain_name(wished.get(f"response_{side}", ""))
        if not (match := _NUMBERED.match(response)):
            continue
        own = (*_named_models(match[2]), f"{response}_model")
        model = next((names[name] for name in own if name in names), "")
        if model or plain_name(mapping.get(f"model_{side}", ""))[-1:].isdigit():
            mapping[f"model_{side}"] = model
    return {field: column for field, column in mapping.items() if column}


def decided_mapping(
    guessed: Mapping[str, str], wished: Mapping[str, str], fields: Sequence[str]
) -> dict[str, str]:
    """The guess with what is wished of these fields on top, unchecked."""
    taken = {column for column in wished.values() if column}
    taken |= {name for name, column in wished.items() if not column and name not in fields}
    if wished.get("prompt") == guessed.get("chosen"):
        taken.discard(wished.get("prompt", ""))
    both = {field: column for field, column in guessed.items() if column not in taken}
    both |= {field: column for field, column in wished.items() if field in fields}
    return {field: column for field, column in both.items() if column}
