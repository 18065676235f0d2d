"""Who is who among rows: content digests, and ids and group keys made of content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

from labeling.datasets.records import Message
from labeling.datasets.rows import ImportedResponse

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
