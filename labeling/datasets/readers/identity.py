"""Who is who among rows: content digests, ids made of content, and ids seen before in a file."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from labeling.datasets.rows import ImportedJudgment, ImportedResponse, Message

_FIRST_SIZE = 1 << 12
_WORD = re.compile(r"\w+")


def response_digest(content: str) -> bytes:
    """16 bytes that identify a response's text."""
    return blake2b(content.encode(), digest_size=16).digest()


def content_digest(messages: Iterable[Message], responses: Iterable[ImportedResponse]) -> bytes:
    """16 bytes that identify a prompt with its responses and their models.

    Blind to the order of the responses, so that a pair and the same pair swapped, as files of
    `chosen` and `rejected` by several raters hold them, are one task. Texts hold no NUL, so the
    separators are unambiguous.
    """
    digest = blake2b(digest_size=16)
    for message in messages:
        digest.update(f"{message.role}\0{message.content}\0".encode())
    for part in sorted(response_digest(f"{r.model}\0{r.content}") for r in responses):
        digest.update(part)
    return digest.digest()


def group_key(messages: Iterable[Message]) -> str:
    """32 hexadecimal digits that prompts share which differ in case, spaces or signs alone.

    Such prompts must never fall on two sides of a split. A prompt of signs alone is its own group.
    """
    digest = blake2b(digest_size=16)
    for message in messages:
        text = unicodedata.normalize("NFKC", message.content).casefold()
        words = " ".join(_WORD.findall(text)) or text
        digest.update(f"{message.role}\0{words}\0".encode())
    return digest.hexdigest()


def stands_swapped(responses: Sequence[ImportedResponse]) -> bool:
    """Whether a pair stands the other way round than by its digests, which every row shares."""
    first, second = (response_digest(response.content) for response in responses)
    return first > second


def judgments_digest(judgments: Iterable[ImportedJudgment], *, swapped: bool = False) -> bytes:
    """8 bytes that identify the labels a row carries; zero bytes where there are none.

    With `swapped`, the values are taken from the other response's point of view, so that a label
    and the same label of a pair written the other way round are one.
    """
    sign = -1 if swapped else 1
    digest = blake2b(digest_size=8)
    empty = True
    for judgment in judgments:
        empty = False
        values = sorted((key, sign * value) for key, value in judgment.values.items())
        digest.update(
            repr((judgment.rater, values, judgment.tie_kind, judgment.rationale)).encode()
        )
    return bytes(8) if empty else digest.digest()


def _word(data: bytes) -> int:
    return int.from_bytes(data[:8], "little")


class SeenIds:
    """id -> (content digest, first line) of every row so far, in 24 bytes of arrays a slot.

    An open-addressing table of 64-bit hashes instead of a dict: a million ids take 50 MB at
    most, a third of what a dict of their hashes takes. Two different ids of one file meet in one
    hash with a probability of 3e-8 at a million rows; such a row would be refused, not lost.
    """

    def __init__(self) -> None:
        self._count = 0
        self._make(_FIRST_SIZE)

    def _make(self, size: int) -> None:
        self._mask = size - 1
        self._keys = array("Q", bytes(8 * size))
        self._contents = array("Q", bytes(8 * size))
        self._lines = array("Q", bytes(8 * size))

    def _slot(self, key: int) -> int:
        slot = key & self._mask
        while self._keys[slot] not in (0, key):
            slot = (slot + 1) & self._mask
        return slot

    def _grow(self) -> None:
        old = zip(self._keys, self._contents, self._lines, strict=True)
        self._make(2 * (self._mask + 1))
        for key, content, line in old:
            if key:
                slot = self._slot(key)
                self._keys[slot], self._contents[slot], self._lines[slot] = key, content, line

    def first(self, external_id: str, digest: bytes, line: int) -> tuple[int, bool]:
        """Notes the row; (0, True) if its id is new, else (line of the first, same content)."""
        key = _word(blake2b(external_id.encode(), digest_size=8).digest()) or 1
        content = _word(digest)
        slot = self._slot(key)
        if self._keys[slot]:
            return self._lines[slot], self._contents[slot] == content
        self._keys[slot], self._contents[slot], self._lines[slot] = key, content, line
        self._count += 1
        if 3 * self._count > 2 * self._mask:
            self._grow()
        return 0, True
