"""Train, validation and test by prompt, so that no prompt and no near-duplicate crosses.

Prompts are joined into groups by the rules of `RULES`. The hash of a group's **oldest** member
decides the split: younger prompts that join a group follow it, so a split only ever gains rows
while the data grow. The one exception cannot be avoided: a new prompt that belongs to two older
groups of different splits unites them, and the younger group moves.

Groups are joined through their members (single linkage): a chain of near-duplicates is one group
even where its ends differ. Joining only what resembles a group's oldest prompt would keep chains
apart, but then near-duplicates of each other stand on both sides of a split, which is the leak that
groups are there to prevent. A prompt and its translation share no words: give them a group key.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from labeling.datasets import minhash
from labeling.datasets.records import Message, digest
from labeling.datasets.texts import clean

if TYPE_CHECKING:
    import numpy.typing as npt

    from labeling.stats.ratings import Ints

SPLITS = ("train", "validation", "test")
SPLIT_SALT = "concord"
#: So many words of what a user said tell a conversation from others that merely begin alike.
OPENING_WORDS = 8
#: What joins two prompts into one group, by the name under which the links are counted.
RULES: Mapping[str, str] = {
    "group_key": "They carry the same group key.",
    "group": "Their rows name the same group.",
    "conversation": "They are turns of one conversation, as their rows name it.",
    "same_picture": "They show the same picture. What is said of different pictures is never "
    "the same text.",
    "same_text": "They are equal but for case, white space and punctuation.",
    "same_opening": f"Their users open alike, for at least {OPENING_WORDS} words in whole turns. "
    "What a system prompt says does not count.",
    "same_conversation": "One begins with all the user turns of the other, whose user says less "
    f"than {OPENING_WORDS} words, under the same system prompt.",
    "near_duplicate": "The estimated Jaccard similarity of their word triples reaches the "
    "threshold. A system prompt counts only where what follows it is shorter than "
    f"{OPENING_WORDS} words, which must then be equal.",
}
#: A group that holds more than this share of the prompts is worth a warning.
LARGE = 0.2

Marks: TypeAlias = "npt.NDArray[np.uint64]"

_TEXT_BYTES = 16
_LARGEST = 10


@dataclass(frozen=True, slots=True)
class SplitPrompt:
    """A prompt to place. `age` orders prompts from old to young (a row id will do).

    `group` and `conversation` are what its row names so, "" for none.
    """

    key: str
    messages: tuple[Message, ...]
    age: int
    group_key: str = ""
    group: str = ""
    conversation: str = ""


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """Where every prompt goes; look up with `split_of` and `group_of`."""

    shares: tuple[float, float, float]
    salt: str
    threshold: float
    joined: Mapping[str, int]
    _rows: Mapping[str, int]
    _group: npt.NDArray[np.int32]
    _names: Marks
    _split: npt.NDArray[np.int8]

    def split_of(self, prompt_key: str) -> str:
        """The split of a prompt. Raises KeyError for a prompt the plan has not seen."""
        return SPLITS[self._split[self._group[self._rows[clean(prompt_key)]]]]

    def group_of(self, prompt_key: str) -> str:
        """The group's id, 16 hexadecimal digits; equal exactly for prompts kept together."""
        return f"{int(self._names[self._group[self._rows[clean(prompt_key)]]]):016x}"

    def describe(self) -> dict[str, object]:
        """Parameters and counts for the manifest, the card and a preview on the screen."""
        sizes = np.bincount(self._group, minlength=len(self._names))
        groups = np.bincount(self._split, minlength=len(SPLITS))
        prompts = np.bincount(self._split, weights=sizes, minlength=len(SPLITS)).astype(np.int64)
        largest = np.sort(sizes)[::-1][:_LARGEST].tolist()
        return {
            "shares": dict(zip(SPLITS, self.shares, strict=True)),
            "salt": self.salt,
            "threshold": self.threshold,
            "opening_words": OPENING_WORDS,
            "prompts": len(self._rows),
            "groups": len(sizes),
            "prompts_alone": int((sizes == 1).sum()),
            "repeated_prompts": len(self._rows) - len(sizes),
            "largest_group": max(largest, default=0),
            "largest_groups": largest,
            "joined_by": dict(self.joined),
            "prompts_per_split": dict(zip(SPLITS, prompts.tolist(), strict=True)),
            "groups_per_split": dict(zip(SPLITS, groups.tolist(), strict=True)),
        }

    def notes(self) -> list[str]:
        """A sentence for every group that is too large for splits of the wished sizes."""
        sizes = np.sort(np.bincount(self._group, minlength=len(self._names)))[::-1]
        prompts = len(self._rows)
        return [
            f"One group holds {size:,} of the {prompts:,} prompts ({size / prompts:.0%}), because "
            "they resemble each other or carry the same group key: prompts made from one long "
            "template do. All of them are in one split, so compare the sizes of the splits with "
            "the wished shares."
            for size in sizes[: int(1 / LARGE)].tolist()
            if size > 1 and size > LARGE * prompts
        ]


def plan_splits(
    prompts: Iterable[SplitPrompt],
    *,
    shares: tuple[float, float, float] = (0.8, 0.1, 0.1),
    salt: str = SPLIT_SALT,
    threshold: float | None = None,
) -> SplitPlan:
    """Places every prompt. `prompts` is read once and may come in any order.

    Memory is about 550 bytes a prompt and 45 MB while the plan is made, and 250 bytes a prompt
    after, whatever the length of the texts; prompts out of the order of age cost 250 bytes more.
    The same salt draws the same split for the same text in every project; two releases can be
    joined without a leak where each prompt's group has the same oldest text in both. A higher
    `threshold` than the default keeps prompts of one long template apart; 1 joins no text to a
    changed one. Raises ValueError when the shares are negative or do not add up to 1, when the
    threshold is not from 0.5 to 1, or when a key comes twice.
    """
    if not (all(share >= 0 for share in shares) and abs(sum(shares) - 1) <= 1e-6):
        raise ValueError("Shares of train, validation and test must be at least 0 and add up to 1.")
    threshold = minhash.THRESHOLD if threshold is None else threshold
    if not 0.5 <= threshold <= 1:
        raise ValueError("The threshold of similarity must be from 0.5 to 1.")
    notes = _Notes()
    sketch = minhash.signatures(notes.read(prompts))
    order = notes.by_age()
    rows = {notes.keys[row]: rank for rank, row in enumerate(order.tolist())}
    if len(rows) != len(order):
        raise ValueError("Two prompts have the same key.")
    links = notes.links(order)
    if (order[1:] < order[:-1]).any():
        sketch = sketch[order]
    links["near_duplicate"] = minhash.near_duplicates(sketch, threshold)
    group, oldest = _components(len(order), np.concatenate(list(links.values())))
    texts = [notes.text(row) for row in order[oldest].tolist()]
    return SplitPlan(
        shares=shares,
        salt=salt,
        threshold=threshold,
        joined={name: len(links[name]) for name in RULES if name in links},
        _rows=rows,
        _group=group,
        _names=np.array([_mark(text) for text in texts], dtype=np.uint64),
        _split=np.array([_draw(text, salt, shares) for text in texts], dtype=np.int8),
    )


class _Notes:
    """What is kept of each prompt while the texts stream past: marks (digests), not texts."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.ages = array("q")
        self.texts = bytearray()
        self.group_keys = array("Q")
        self.groups = array("Q")
        self.conversations = array("Q")
        self.openings = array("Q")
        # A mark for each picture of a prompt, and its row.
        self.pictures = array("Q")
        self.picture_rows = array("q")
        # Conversations that have not opened yet: a mark after each user turn, and the last of it.
        self.starts = array("Q")
        self.start_rows = array("q")
        self.wholes = array("Q")

    def read(self, prompts: Iterable[SplitPrompt]) -> Iterator[list[str]]:
        """Notes each prompt and yields the words by which it may be a near-duplicate."""
        for row, prompt in enumerate(prompts):
            said = [
                (message.role, minhash.normalised_words(message.text))
                for message in prompt.messages
            ]
            if not said:
                # Two texts compared by themselves: their group is all that tells them apart.
                said = [("user", [prompt.group_key])]
            shown = [picture.sha256 for turn in prompt.messages for picture in turn.images]
            if shown:
                said = self._show(row, shown, said)
            system = [word for role, words in said if role == "system" for word in words]
            spoken = [word for role, words in said if role != "system" for word in words]
            self.keys.append(clean(prompt.key))
            self.ages.append(prompt.age)
            self.texts += digest(" ".join(w for _, words in said for w in words))[:_TEXT_BYTES]
            self.group_keys.append(_name_mark(prompt.group_key))
            self.groups.append(_name_mark(prompt.group))
            self.conversations.append(_name_mark(prompt.conversation))
            self._open(row, system, [words for role, words in said if role == "user"])
            if system and len(spoken) < OPENING_WORDS:
                seed = digest(*spoken).hex()
                spoken = [seed + word for word in system]
            yield spoken

    def _show(
        self, row: int, shown: list[str], said: list[tuple[str, list[str]]]
    ) -> list[tuple[str, list[str]]]:
        """Notes the pictures, and gives words that are those of no text about other pictures."""
        self.pictures.extend(_mark(digest(picture)) for picture in shown)
        self.picture_rows.extend([row] * len(shown))
        seed = digest(*shown).hex()
        return [(role, [seed + word for word in ("", *words)]) for role, words in said]

    def _open(self, row: int, system: list[str], turns: list[list[str]]) -> None:
        """Notes how the user opens: by one mark, or by a mark a turn if too little is said."""
        opened: list[str] = []
        starts = []
        under = " ".join(system)
        count = 0
        for words in turns:
            opened.append(" ".join(words))
            count += len(words)
            if count >= OPENING_WORDS:
                break
            if words:
                starts.append(_mark(digest(under, *filter(None, opened))))
        self.openings.append(_mark(digest(*filter(None, opened))) if count >= OPENING_WORDS else 0)
        self.starts.extend(starts)
        self.start_rows.extend([row] * len(starts))
        if starts and count < OPENING_WORDS:
            self.wholes.append(starts[-1])

    def by_age(self) -> Ints:
        """Rows from the oldest prompt to the youngest; the key decides between equal ages."""
        by_key = np.array(sorted(range(len(self.keys)), key=self.keys.__getitem__), dtype=np.int64)
        return by_key[np.argsort(np.array(self.ages)[by_key], kind="stable")]

    def links(self, order: Ints) -> dict[str, Ints]:
        """Pairs (older, younger) by every rule that compares marks; rows are ranks in `order`."""
        rank = np.empty_like(order)
        rank[order] = np.arange(len(order))
        starts = np.array(self.starts)
        whole = np.isin(starts, np.array(self.wholes))
        texts = np.frombuffer(bytes(self.texts), dtype=np.uint64)[:: _TEXT_BYTES // 8]
        links = {
            "group_key": _equal(np.array(self.group_keys), rank),
            "group": _equal(np.array(self.groups), rank),
            "conversation": _equal(np.array(self.conversations), rank),
            "same_text": _equal(texts, rank),
            "same_opening": _equal(np.array(self.openings), rank),
            "same_conversation": _equal(
                starts[whole], rank[np.array(self.start_rows, dtype=np.int64)[whole]]
            ),
        }
        if self.pictures:
            rows = rank[np.array(self.picture_rows, dtype=np.int64)]
            links["same_picture"] = _equal(np.array(self.pictures), rows)
        return links

    def text(self, row: int) -> bytes:
        """The digest of a prompt's text."""
        return bytes(self.texts[row * _TEXT_BYTES : (row + 1) * _TEXT_BYTES])


def _mark(text: bytes) -> int:
    """The first 64 bits of a digest; 0 stands for no mark."""
    return int.from_bytes(text[:8], "big")


def _name_mark(name: str) -> int:
    return _mark(digest(name)) if name else 0


def _equal(marks: Marks, rank: Ints) -> Ints:
    """Pairs (older, younger) of neighbours by age with an equal mark; 0 is no mark."""
    marked = np.flatnonzero(marks)
    order = marked[np.lexsort((rank[marked], marks[marked]))]
    same = marks[order[1:]] == marks[order[:-1]]
    return np.stack([rank[order[:-1][same]], rank[order[1:][same]]], axis=1)


def _components(n: int, links: Ints) -> tuple[npt.NDArray[np.int32], Ints]:
    """Group number of each of n prompts, and the first (oldest) member of each group."""
    if not n:
        return np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64)
    group = minhash.connected(n, links)
    _, oldest = np.unique(group, return_index=True)
    return group.astype(np.int32), oldest


def _draw(text: bytes, salt: str, shares: tuple[float, float, float]) -> int:
    """The split that the hash of a text falls into; never one whose share is 0."""
    mark = hashlib.sha256(salt.encode("utf-8", "surrogatepass") + b"\0" + text).digest()
    point = (_mark(mark) >> 11) / 2**53
    reach = 0.0
    last = 0
    for split, share in enumerate(shares):
        reach += share
        last = split if share else last
        if share and point < reach:
            return split
    return last
