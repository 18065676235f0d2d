"""Who gets which task, and which response stands on the left: pure and seeded.

Nothing here knows a database. Random choices come from SHA-256 of named parts, never from the
process's generator, so that every one of them can be repeated from what is stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence


def seeded_number(*parts: object, bits: int = 63) -> int:
    """A whole number below 2**bits, uniform and the same for the same parts in every process."""
    text = "\x1f".join(str(part) for part in parts)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8]) >> (64 - bits)


def canonical_order(salt: str, keys: Sequence[str]) -> list[int]:
    """Indices of `keys` in canonical order: by SHA-256 of the project's salt and the key.

    The keys are the responses' external ids together with the prompt's, never model names, so the
    order is blind to who wrote what. Raises ValueError where two keys are equal.
    """
    if len(set(keys)) != len(keys):
        raise ValueError("The responses of a task need different ids.")
    digests = [hashlib.sha256(f"{salt}\x1f{key}".encode()).digest() for key in keys]
    return sorted(range(len(keys)), key=digests.__getitem__)


#: A priority and a seeded shuffle share one signed 64-bit number: 16 bits and 47 bits.
_SHUFFLE_BITS = 47
#: What a lead may say: how soon a task comes, and how many raters it has.
PRIORITIES, OVERLAPS = range(-100, 101), range(1, 101)
LOWEST_QUEUE_KEY = -(2**63)


def queue_key(priority: int, salt: str, task_id: str) -> int:
    """The place of a task in its project's queue, smallest first.

    Higher priorities come first; tasks of one priority are shuffled by the project's salt. All
    raters walk the same order, so tasks that were begun are finished first and agreement can be
    measured early, while who meets whom on a task depends on who works when.
    """
    shuffle = seeded_number(salt, "queue", task_id, bits=_SHUFFLE_BITS)
    return band_start(priority) + shuffle


def band_start(priority: int) -> int:
    """The smallest queue key of a priority; every higher priority lies below it."""
    return -priority << _SHUFFLE_BITS


#: By how much a task's queue key falls when its priority rises by one; the shuffle stays.
BAND = 1 << _SHUFFLE_BITS


def screen_order(
    seed: str,
    size: int,
    holding: Iterable[Sequence[int]],
    returning: Iterable[Sequence[int]] = (),
) -> list[int]:
    """The order in which the next rater of a task sees its responses.

    Every response should stand first equally often among the raters who hold a place
    (`holding`), so with two raters and two responses each side is seen once on the left. Among
    responses that stood first equally often, those whose rater may still come back (`returning`,
    expired leases) give way; what remains is drawn from `seed`.

    Returns canonical indices by place: `order[0]` is shown first. A task to write may have none.
    """
    if not size:
        return []
    first = _firsts(holding, size)
    later = _firsts(returning, size)
    leader = min(
        range(size), key=lambda i: (first[i], later[i], seeded_number(seed, "first", i, bits=32))
    )
    rest = [i for i in range(size) if i != leader]
    rest.sort(key=lambda i: seeded_number(seed, "rest", i, bits=32))
    return [leader, *rest]


def _firsts(orders: Iterable[Sequence[int]], size: int) -> list[int]:
    counts = [0] * size
    for order in orders:
        counts[order[0]] += 1
    return counts


def overlap_for(requested: int, labels: int) -> int:
    """The overlap of a task that arrives with `labels` judgments: never fewer places than those."""
    return max(requested, labels)
