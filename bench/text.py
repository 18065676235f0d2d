"""Made-up rows for the benchmarks, with fixed seeds: the same every time."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

_WORDS = [
    "answer",
    "because",
    "model",
    "river",
    "seven",
    "write",
    "clear",
    "maybe",
    "often",
    "under",
    "quiet",
    "kind",
    "check",
    "never",
    "table",
    "green",
    "number",
    "value",
    "short",
    "reason",
    "people",
    "train",
    "house",
    "carry",
    "light",
    "small",
    "until",
    "after",
]


def words(rng: random.Random, count: int) -> str:
    """Return so many words in sentences and paragraphs, as an answer has them."""
    sentences, left = [], count
    while left > 0:
        size = min(left, rng.randint(6, 16))
        sentences.append(" ".join(rng.choices(_WORDS, k=size)).capitalize() + ".")
        left -= size
    return "\n\n".join(" ".join(sentences[i : i + 4]) for i in range(0, len(sentences), 4))


def pairs(
    count: int, length: int = 150, *, judges: int = 0, seed: int = 1
) -> Iterator[dict[str, object]]:
    """Yield rows of two `length`-word responses of two models."""
    rng = random.Random(seed)
    for i in range(count):
        row: dict[str, object] = {
            "id": f"b-{i}",
            "prompt": f"{words(rng, 20)} ({i})",
            "responses": [
                {"id": f"b-{i}-{m}", "model": f"model-{m}", "content": words(rng, length)}
                for m in "ab"
            ],
            "category": rng.choice(["coding", "writing", "facts"]),
        }
        if judges:
            row["judgments"] = _judgments(rng, judges)
        yield row


def _judgments(rng: random.Random, judges: int) -> list[dict[str, object]]:
    """Return what so many of twelve raters say, who mostly agree with the truth and so together."""
    truth = rng.choice([-1, 1])
    return [
        {
            "rater": f"rater {number}",
            "overall": truth if rng.random() < 0.75 else -truth,
            "at": f"2026-0{rng.randint(1, 9)}-1{rng.randint(0, 9)}T12:00:00Z",
        }
        for number in rng.sample(range(12), judges)
    ]


def write_pairs(path: Path, count: int, length: int = 150, *, judges: int = 0) -> None:
    """Write a JSON Lines file of pairs, each with the judgments of so many raters."""
    with path.open("w") as file:
        for row in pairs(count, length, judges=judges):
            file.write(json.dumps(row) + "\n")
