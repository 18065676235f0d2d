"""Who is who among rows: content digests, and ids and group keys made of content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from labeling.datasets.records import Message, canonical_json
from labeling.datasets.rows import ImportedResponse
from labeling.datasets.turns import json_of, without_parts

_WORD = re.compile(r"\w+")


def identity_text(content: str, messages: tuple[Message, ...] = ()) -> str:
    """All that a response says, as one text: two with the same are the same response.

    Of one plain turn it is its content. Texts hold no NUL, so that no other response has this text.
    """
    if not messages:
        return content
    turns = without_parts(messages)
    if turns == (Message("assistant", content),):
        return content
    return f"{content}\0{canonical_json(json_of(turns))}"


def response_keys(responses: Sequence[ImportedResponse]) -> list[str]:
    """What tells the responses of a task apart: all they say; their models where two say the same,
    and their ids where those are the same as well."""
    texts = [identity_text(response.content, response.messages) for response in responses]
    if len(set(texts)) == len(texts):
        return texts
    keys = [f"{text}\0{r.model}" for text, r in zip(texts, responses, strict=True)]
    if len(set(keys)) == len(keys):
        return keys
    return [f"{key}\0{r.external_id}" for key, r in zip(keys, responses, strict=True)]


def response_digest(text: str) -> bytes:
    """16 bytes that identify a response by all it says."""
    return blake2b(text.encode(), digest_size=16).digest()


def content_digest(messages: Iterable[Message], responses: Iterable[ImportedResponse]) -> bytes:
    """16 bytes that identify a prompt with its responses and their models.

    Blind to the order of the responses, so that a pair and the same pair swapped, as files of
    `chosen` and `rejected` by several raters hold them, are one task. Texts hold no NUL, so the
    separators are unambiguous.
    """
    digest = blake2b(digest_size=16)
    for message in without_parts(tuple(messages)):
        digest.update(f"{message.role}\0{message.content}\0".encode())
        if not message.is_plain:
            digest.update(f"\0{canonical_json(json_of([message]))}\0".encode())
    texts = (f"{r.model}\0{identity_text(r.content, r.messages)}" for r in responses)
    for part in sorted(map(response_digest, texts)):
        digest.update(part)
    return digest.digest()


def group_key(messages: Iterable[Message], responses: Iterable[ImportedResponse] = ()) -> str:
    """32 hexadecimal digits that prompts share which differ in case, spaces or signs alone.

    Such prompts must never fall on two sides of a split. A prompt of signs alone is its own group;
    where there is no prompt, the `responses` are what is asked about.
    """
    digest = blake2b(digest_size=16)
    asked = tuple(messages)
    if not asked:
        texts = sorted(identity_text(r.content, r.messages) for r in responses)
        asked = tuple(Message("assistant", text) for text in texts)
    for message in asked:
        said = [message.text, message.reasoning_content]
        text = unicodedata.normalize("NFKC", "\n".join(filter(None, said))).casefold()
        words = " ".join(_WORD.findall(text)) or text
        digest.update(f"{message.role}\0{words}\0".encode())
    return digest.hexdigest()
