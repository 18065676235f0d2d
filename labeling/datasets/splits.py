"""Train, validation and test by prompt, so that no prompt and no near-duplicate crosses.

Prompts are joined into groups when they share a group key, are equal after normalisation, open
with the same user turn, or are near-duplicates (MinHash over word shingles, `minhash.py`). The
hash of a group's **oldest** member decides the split: younger prompts that join a group follow it,
so a split only ever gains rows while the data grow. The one exception cannot be avoided: a new
prompt that resembles two older groups of different splits unites them, and the younger group moves.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from labeling.datasets.minhash import THRESHOLD, near_duplicates, normalise, signatures
from labeling.datasets.records import Message, digest

SPLITS = ("train", "validation", "test")
SALT = "concord"
#: Conversations that open with the same user turn of at least this many words are one group.
OPENING_WORDS = 8


@dataclass(frozen=True, slots=True)
class SplitPrompt:
    """A prompt to place. `age` orders prompts from old to young (a row id will do)."""

    key: str
    messages: tuple[Message, ...]
    age: int
    group_key: str = ""


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """Where every prompt goes; look up with `split_of` and `group_of`."""

    shares: tuple[float, float, float]
    salt: str
    rows: Mapping[str, int]
    splits: np.ndarray
    groups: tuple[str, ...]
    group_index: np.ndarray
    joined: Mapping[str, int]

    def split_of(self, prompt_key: str) -> str:
        """The split of a prompt. Raises KeyError for a prompt the plan has not seen."""
        return SPLITS[int(self.splits[self.rows[prompt_key]])]

    def group_of(self, prompt_key: str) -> str:
        """The group's id, 16 hexadecimal digits; equal exactly for prompts kept together."""
        return self.groups[int(self.group_index[self.rows[prompt_key]])]

    def describe(self) -> dict[str, object]:
        """Parameters and counts for the manifest and the card."""
        sizes = Counter(self.group_index.tolist())
        per_split = Counter(self.splits.tolist())
        return {
            "shares": dict(zip(SPLITS, self.shares, strict=True)),
            "salt": self.salt,
            "threshold": THRESHOLD,
            "opening_words": OPENING_WORDS,
            "prompts": len(self.rows),
            "groups": len(self.groups),
            "largest_group": max(sizes.values(), default=0),
            "joined_by": dict(self.joined),
            "prompts_per_split": {name: per_split[i] for i, name in enumerate(SPLITS)},
        }


def plan_splits(
    prompts: Iterable[SplitPrompt],
    *,
    shares: tuple[float, float, float] = (0.8, 0.1, 0.1),
    salt: str = SALT,
) -> SplitPlan:
    """Places every prompt. `prompts` is read once and may come in any order.

    Memory is about 700 bytes a prompt, whatever its length. The same salt places the same prompt in
    the same split in every project, so that two releases can be joined without a leak. Raises
    ValueError when the shares are negative or do not add up to 1, or a key comes twice.
    """
    if min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise ValueError("Shares of train, validation and test must be at least 0 and add up to 1.")
    notes = _Notes()
    sketch = signatures(notes.read(prompts))
    order = sorted(range(len(notes.keys)), key=lambda i: (notes.ages[i], notes.keys[i]))
    rows = {notes.keys[i]: rank for rank, i in enumerate(order)}
    if len(rows) != len(order):
        raise ValueError("Two prompts have the same key.")
    edges = {
        "group_key": _equal([notes.group_keys[i] for i in order]),
        "same_text": _equal([notes.texts[i] for i in order]),
        "same_opening": _equal([notes.openings[i] for i in order]),
    }
    edges["near_duplicate"] = near_duplicates(sketch[order])
    group_index, oldest = _components(len(order), np.concatenate(list(edges.values())))
    texts = [notes.texts[order[i]] for i in oldest]
    split_of_group = np.array([_draw(text, salt, shares) for text in texts], dtype=np.int8)
    return SplitPlan(
        shares=shares,
        salt=salt,
        rows=rows,
        splits=split_of_group[group_index] if len(order) else np.zeros(0, dtype=np.int8),
        groups=tuple(text.hex()[:16] for text in texts),
        group_index=group_index,
        joined={name: len(pairs) for name, pairs in edges.items()},
    )


class _Notes:
    """What is kept of each prompt while the texts stream past: digests, not texts."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.ages: list[int] = []
        self.texts: list[bytes] = []
        self.group_keys: list[bytes] = []
        self.openings: list[bytes] = []

    def read(self, prompts: Iterable[SplitPrompt]) -> Iterable[list[str]]:
        """Notes each prompt and yields its normalised words."""
        for prompt in prompts:
            words = normalise("\n".join(message.content for message in prompt.messages))
            self.keys.append(prompt.key)
            self.ages.append(prompt.age)
            self.texts.append(digest(" ".join(words)))
            self.group_keys.append(digest(prompt.group_key) if prompt.group_key else b"")
            self.openings.append(_opening(prompt.messages, words))
            yield words


def _opening(messages: tuple[Message, ...], words: list[str]) -> bytes:
    """Digest of the first user turn, b"" when it is too short to tell two conversations apart."""
    if len(messages) > 1:
        users = [message.content for message in messages if message.role == "user"]
        words = normalise(users[0]) if users else []
    return digest(" ".join(words)) if len(words) >= OPENING_WORDS else b""


def _equal(marks: list[bytes]) -> np.ndarray:
    """Pairs (older, younger) of neighbours with an equal mark; b"" is no mark."""
    members: dict[bytes, list[int]] = {}
    for i, mark in enumerate(marks):
        if mark:
            members.setdefault(mark, []).append(i)
    pairs = [pair for group in members.values() for pair in pairwise(group)]
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def _components(n: int, edges: np.ndarray) -> tuple[np.ndarray, list[int]]:
    """Group number of each of n prompts, and the first (oldest) member of each group."""
    if not n:
        return np.zeros(0, dtype=np.int64), []
    ones = np.ones(len(edges), dtype=np.int8)
    graph = coo_array((ones, (edges[:, 0], edges[:, 1])), shape=(n, n))
    _, labels = connected_components(graph, directed=False)
    _, first = np.unique(labels, return_index=True)
    return labels, first.tolist()


def _draw(text: bytes, salt: str, shares: tuple[float, float, float]) -> int:
    """The split that the hash of a text falls into."""
    mark = hashlib.sha256(salt.encode() + b"\0" + text).digest()
    point = int.from_bytes(mark[:8], "big") / 2**64
    if point < shares[0]:
        return 0
    return 1 if point < shares[0] + shares[1] else 2
