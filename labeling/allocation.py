"""Who gets which task, and which response stands on the left: pure and seeded.

Nothing here knows a database. Random choices come from SHA-256 of named parts, never from the
process's generator, so that every one of them can be repeated from what is stored.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from labeling.vocabulary import CHECKS, Purpose


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
SHUFFLE_BITS = 47
#: What a lead may say: how soon a task comes, and how many raters it has.
PRIORITIES, OVERLAPS = range(-100, 101), range(1, 101)
LOWEST_QUEUE_KEY = -(2**63)


def queue_key(priority: int, salt: str, task_id: str) -> int:
    """The place of a task in its project's queue, smallest first.

    Higher priorities come first; tasks of one priority are shuffled by the project's salt. All
    raters walk the same order, so tasks that were begun are finished first and agreement can be
    measured early, while who meets whom on a task depends on who works when.
    """
    shuffle = seeded_number(salt, "queue", task_id, bits=SHUFFLE_BITS)
    return band_start(priority) + shuffle


def band_start(priority: int) -> int:
    """The smallest queue key of a priority; every higher priority lies below it."""
    return -priority << SHUFFLE_BITS


#: By how much a task's queue key falls when its priority rises by one; the shuffle stays.
BAND = 1 << SHUFFLE_BITS


#: So many open tasks are counted one by one; of more, the uniform shuffle tells the number.
MOST_COUNTED = 2000


def open_tasks(counted: Sequence[int], after: int, key: int) -> float:
    """How many tasks are open to a rater, of one priority, from where they look on.

    `counted` is how many were counted and the queue key of the last of them, `after` where the
    rater looks on, `key` that of any task of the priority. Keys are uniform in their band: where
    not all were counted, the rest of the band holds as many in proportion.
    """
    n, furthest = counted
    if n < MOST_COUNTED:
        return n
    start = (key >> SHUFFLE_BITS) << SHUFFLE_BITS
    begin = max(after, start)
    return n * (start + BAND - begin) / max(furthest - begin, 1)


def known_chance(before: float | None, left_at: int | None) -> float | None:
    """The chance of a rater's last task where it tells that of the next: one task fewer is open.

    None where it is time to count again: after nothing, near the end, and now and then between,
    because others take tasks too.
    """
    if before is None or left_at is None or before > 1 / 100 or left_at % 32 == 0:
        return None
    return before


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


#: A task comes again after so many others at the earliest (or after a day).
REPEAT_AFTER = 50
#: Anchors are counted in batches of so many tasks of a rater.
ANCHOR_BATCH = 100


@dataclass(frozen=True, slots=True)
class CheckRates:
    """Which shares of a rater's tasks are checks, at most 0.4 together."""

    gold: float = 0.0
    repeat: float = 0.0
    anchor: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.gold or self.repeat or self.anchor)

    def of(self, purpose: Purpose) -> float:
        """The share of one sort of check."""
        return float(getattr(self, purpose))


@dataclass(frozen=True, slots=True)
class Stream:
    """Where a rater is: so many tasks were handed to them since checks are mixed in.

    A rate divides the stream into blocks of 1/rate tasks; `gold`, `repeat` and `anchor` are the
    blocks whose check came last, `checked` is the place of the last check of all. `place` is the
    rater's in the project, in the order of joining; None for streams from before there were places.
    `is_parted`: the task handed last is no check, was shown, and was neither skipped nor lost.
    """

    handed: int = 0
    gold: int = -1
    repeat: int = -1
    anchor: int = -1
    checked: int = -2
    place: int | None = None
    is_parted: bool = True

    def seed(self, salt: str, rater_id: int) -> str:
        """What draws the places of checks: a project made again from the same gives the same."""
        return f"{salt}:{rater_id}" if self.place is None else f"{salt}:place {self.place}"

    def after(self, purpose: Purpose | None, block: int) -> Stream:
        """The stream with one more task, a check of that block or none."""
        later = replace(self, handed=self.handed + 1, is_parted=purpose is None)
        if purpose is None:
            return later
        served: dict[str, Any] = {purpose.value: block}
        return replace(later, checked=self.handed, **served)


def check_place(seed: str, purpose: Purpose, block: int, rate: float) -> int:
    """Where in the stream the check of a block falls: drawn in the middle half of the block."""
    draw = seeded_number(seed, "check", purpose.value, block, bits=32) / 2**32
    return math.floor((block + 0.25 + draw / 2) / rate)


def due_checks(seed: str, stream: Stream, rates: CheckRates) -> list[tuple[Purpose, int]]:
    """The checks that are due now, each with its block, the one to try first first.

    Each block has one check at a seeded place; what could not come there comes as soon as it can,
    until the next block is over, so that the rate holds over the rater's own stream, in no run. Two
    checks never come one after the other, nor where what came between was not seen.
    """
    if stream.handed - stream.checked < 2 or not stream.is_parted:
        return []
    due = []
    for purpose in CHECKS:
        rate = rates.of(purpose)
        if not rate:
            continue
        now = int(stream.handed * rate + 1e-9)
        served = min(getattr(stream, purpose.value), now)
        for block in (now - 1, now):
            if block > served and check_place(seed, purpose, block, rate) <= stream.handed:
                due.append((purpose, block))
                break
    return due
