"""Made-up tasks for the benchmarks of `labeling.datasets`: cheap, distinct, the same every time.

Each response is a window of 300 words or so on a text of a million words drawn by Zipf's law, with
its own name at the end; one in ten holds characters beyond ASCII, as typographers' quotes do.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from labeling.datasets.records import JudgmentRecord, Message, ResponseRecord, TaskRecord
from labeling.datasets.splits import SplitPrompt

JUDGES, RATERS = 3, 100
WORDS, VOCABULARY = 1_000_000, 20_000
#: Characters of a response, which is what 300 words take.
RESPONSE = 1_800
_LETTERS = "etaoinshrdlucmfwypvbgk"
_CHUNK = 1_000


@cache
def corpus() -> str:
    """Return a million words, of which some are common and most are rare."""
    rng = np.random.default_rng(1)
    drawn = rng.integers(0, len(_LETTERS), (VOCABULARY, 8)).tolist()
    sizes = rng.integers(2, 9, VOCABULARY).tolist()
    words = [
        "".join(_LETTERS[i] for i in row[:size]) for row, size in zip(drawn, sizes, strict=True)
    ]
    parts = []
    for _ in range(0, WORDS, 50_000):
        ranks = np.minimum(rng.zipf(1.2, 50_000), VOCABULARY) - 1
        parts.append(" ".join(map(words.__getitem__, ranks.tolist())))
    return " ".join(parts)


def prompts(count: int) -> Iterator[SplitPrompt]:
    """Yield the prompts of `count` tasks for a plan of splits."""
    for row, (start, length) in enumerate(_windows(count)):
        yield SplitPrompt(f"prompt-{row}", _messages(row, start, length), row)


def tasks(count: int) -> Iterator[TaskRecord]:
    """Yield `count` tasks with two responses and the judgments of three raters each."""
    rng = np.random.default_rng(3)
    for row, (start, length) in enumerate(_windows(count)):
        if row % _CHUNK == 0:
            starts = rng.integers(0, len(corpus()) - RESPONSE, (_CHUNK, 2)).tolist()
            values = rng.choice((-2, -1, 0, 1, 2), (_CHUNK, JUDGES), p=(0.3, 0.3, 0.1, 0.2, 0.1))
            said = values.tolist()
        yield TaskRecord(
            id=f"task-{row}",
            prompt_id=f"prompt-{row}",
            messages=_messages(row, start, length),
            responses=_responses(row, starts[row % _CHUNK]),
            judgments=tuple([_judgment(row, i, x) for i, x in enumerate(said[row % _CHUNK])]),
            category="coding" if row % 3 else "writing",
            language="en",
        )


def _windows(count: int) -> Iterator[tuple[int, int]]:
    """Yield where each prompt starts in the corpus and how long it is: 30 to 60 words."""
    rng = np.random.default_rng(2)
    for _ in range(0, count, _CHUNK):
        size = min(_CHUNK, count)
        starts = rng.integers(0, len(corpus()) - RESPONSE, size).tolist()
        lengths = rng.integers(180, 360, size).tolist()
        yield from zip(starts, lengths, strict=True)
        count -= size


def _messages(row: int, start: int, length: int) -> tuple[Message, ...]:
    return (Message("user", f"{corpus()[start : start + length]} {row}"),)


def _responses(row: int, starts: list[int]) -> tuple[ResponseRecord, ...]:
    quote = "\u2019" if row % 10 == 0 else "'"
    return tuple(
        [
            ResponseRecord(
                f"task-{row}-{name}",
                f"{corpus()[start : start + RESPONSE]} {quote}{row}{name}{quote}",
                f"model-{name}",
            )
            for name, start in zip("ab", starts, strict=True)
        ]
    )


def _judgment(row: int, judge: int, value: int) -> JudgmentRecord:
    return JudgmentRecord(
        id=f"judgment-{row}-{judge}",
        rater=f"rater-{(row + 7 * judge) % RATERS:03d}",
        values={"overall": value},
        tie_kinds={} if value else {"overall": "equal_good"},
        guideline_version=1,
        shown=(0, 1) if (row + judge) % 2 else (1, 0),
        active_ms=12_000 + row % 50_000,
        idle_ms=300,
        created_at="2026-01-31T12:00:00Z",
    )
