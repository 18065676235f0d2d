"""What the programs are given: two invented projects, and the pairs that must come back."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace as changed

from labeling.datasets.build import BuildResult
from labeling.datasets.fitting import misfit
from labeling.datasets.formats import FORMATS
from labeling.datasets.formats.carrying import Needs
from labeling.datasets.formats.columns import FileTable
from labeling.datasets.recipes import RECIPES, RecipeOptions, RowKind
from labeling.datasets.records import FunctionCall, Message, TaskRecord
from tests.datasets.dialogue_rows import CALL, CALLING, TOLD, spoken
from tests.datasets.release_rows import HELPFUL, OVERALL, RULE, release, task, votes

FILLER = (
    "First gather what you need.", "It depends on the season.", "Most people start small.",
    "There are three ways.", "Measure twice.", "Details vary by region.", "A short walk helps.",
)  # fmt: skip
#: Texts that a careless reader changes: line ends, markup, quotes, a template's own braces.
AWKWARD = (
    "Plain words.", "Zwei Zeilen:\n\n- ä\n- ß 🦉", 'She said "no", \'yes\' and \\n.',
    "```py\nprint({{ x }}, {% y %})\n```", "a\tb, c; =SUM(A1)", "日本語と العربية",
)  # fmt: skip


class Spoken(NamedTuple):
    """A pair as a trainer must understand it; `turns` are (role, text)."""

    turns: tuple[tuple[str, str], ...]
    chosen: str
    rejected: str


def polite_tasks(count: int = 400) -> Iterator[TaskRecord]:
    """One response of each pair is polite, the other rude, and raters prefer the polite one.

    Which of the two comes first is chance, so a model that reads the files as they are meant must
    tell them apart, and one that does not cannot.
    """
    rng = random.Random(7)
    words = [f"subject{i}" for i in range(300)]
    for number in range(count):
        polite = " ".join([*rng.sample(FILLER, 2), "I am happy to help you with that."])
        rude = " ".join([*rng.sample(FILLER, 2), "What a silly question, find out yourself."])
        swapped = rng.random() < 0.5
        side = 1 if swapped else -1
        yield task(
            f"q{number}",
            *votes(2 * side, side, rng.choice([0, side])),
            messages=[("user", "Please explain " + " ".join(rng.sample(words, 6)))],
            responses=(rude, polite) if swapped else (polite, rude),
        )


def talks(count: int = 48) -> list[tuple[TaskRecord, Spoken]]:
    """Single questions, conversations and system turns full of awkward text, and what was said."""
    made = []
    for number in range(count):
        text = AWKWARD[number % len(AWKWARD)]
        turns = [("user", f"Question {number} on topic{number * 7}: {text}")]
        if number % 3 == 1:
            turns = [("user", f"Hello {number}"), ("assistant", f"Hello! {text}"), *turns]
        if number % 3 == 2:
            turns = [("system", f"Be brief, {number}. {text}"), *turns]
        better, worse = f"{text}\nSo the answer is {number}.", f"No idea about {number}. {text}"
        swapped = number % 2 == 1
        side = 1 if swapped else -1
        record = task(
            f"talk{number:03d}",
            *votes(3 * side, side, -side),
            messages=turns,
            responses=(worse, better) if swapped else (better, worse),
        )
        made.append((record, Spoken(tuple(turns), better, worse)))
    return made


def dialogues(count: int = 60) -> list[TaskRecord]:
    """Plain questions, prompts with a call, calls as responses, and whole dialogues as such.

    The arguments of no two calls have the same keys.
    """
    made = []
    for number in range(count):
        values = json.dumps({f"key{number}": number, "deep": {"list": [number]}})
        call = changed(CALL, function=FunctionCall("look", values))
        calling = changed(CALLING, tool_calls=(call,))
        record = task(f"pool{number}", *votes(-2, -2))
        answer = Message("assistant", f"Open at {number}.", reasoning_content="So says the tool.")
        match number % 4:
            case 1:
                record = changed(record, messages=(*record.messages, calling, TOLD))
            case 2:
                record = changed(record, responses=(spoken(calling), record.responses[1]))
            case 3:
                first = spoken(calling, TOLD, answer)
                record = changed(record, responses=(first, record.responses[1]))
        made.append(record)
    return made


def written(
    shape: str, out: Path, *, tasks: Iterable[TaskRecord] | None = None, file_type: str = ""
) -> BuildResult:
    """A release in this format, by the first recipe that fits it.

    Where the format holds no comparisons, the tasks are rated as well.
    """
    chosen = FORMATS[shape]
    options = RecipeOptions()
    recipe = next(
        key
        for criterion in (OVERALL, HELPFUL, RULE)
        for key, recipe in RECIPES.items()
        if misfit(recipe, chosen, options=options, criteria=[criterion]) is None
    )
    return release(
        [record for record, _ in talks()] if tasks is None else tasks,
        out,
        recipe=recipe,
        shape=shape,
        file_type=file_type or chosen.file_types[0],
    )


def tables_of(shape: str) -> dict[str, FileTable]:
    """The tables that such a release may have, by name."""
    held = FORMATS[shape].main
    attributes = (HELPFUL.key,) if held.keys() == {RowKind.RATINGS} else ()
    tables = FORMATS[shape].tables_for(Needs(attributes=attributes))
    return {table.name: table for table in tables}


def default_table(shape: str) -> str:
    """The table that a plain load of the release gives."""
    return next(table.name for table in FORMATS[shape].tables if table.default)


def check_pairs(read: Sequence[Spoken], rows: int) -> None:
    """So many rows came back, and each is one of the pairs that were meant, none of them twice."""
    meant = {spoken for _, spoken in talks()}
    assert len(read) == rows > 0
    assert len(set(read)) == len(read)
    assert set(read) <= meant


def turns_of(messages: Iterable[Any]) -> tuple[tuple[str, str], ...]:
    """(role, text) of message dictionaries."""
    return tuple((message["role"], message["content"]) for message in messages)


def texts_in(value: Any) -> Iterator[str]:
    """Every string inside a value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode()
    elif isinstance(value, dict):
        yield from texts_in(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)
