"""Near-duplicate clustering of 100,000 prompts beside datasketch and rensa: time, memory, recall.

`python -m bench.datasets_splits` prints both tables. Every method gets the same lists of words and
the same job: 128 hash functions over triples of words, 32 bands of 4, and every candidate pair
checked against the threshold. Each runs in a process of its own, so that the growth of its peak
memory is its own (Linux only); times are of the processor, whatever else the machine does. A
library that is not installed is left out.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from multiprocessing import get_context
from pathlib import Path
from time import process_time

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bench.instance import table
from bench.timing import Row
from labeling.datasets.minhash import BANDS, SHINGLE, THRESHOLD, WIDTH, near_duplicates, signatures
from labeling.datasets.records import Message
from labeling.datasets.splits import SplitPrompt, plan_splits

try:
    import datasketch
except ImportError:
    datasketch = None
try:
    import rensa
except ImportError:
    rensa = None

PROMPTS = 100_000
#: So many of them are copies of others with a few words changed.
COPIES = 5_000
AIM = 60.0
VOCABULARY = 30_000

Pairs = Iterable[tuple[int, int]]


@dataclass(frozen=True)
class Measured:
    """Seconds, growth of the peak memory in MB, and the pairs found."""

    seconds: float
    megabytes: float
    pairs: list[tuple[int, int]]


def texts(prompts: int = PROMPTS, copies: int = COPIES, seed: int = 1) -> Iterator[list[str]]:
    """Prompts of 20 to 60 words, one in twenty of 200 to 2,000; the last are changed copies."""
    rng = random.Random(seed)
    words = [f"word{i}" for i in range(VOCABULARY)]
    common = list(accumulate(1 / (i + 5) for i in range(VOCABULARY)))
    first: list[list[str]] = []
    for i in range(prompts - copies):
        length = rng.randint(20, 60) if i % 20 else rng.randint(200, 2_000)
        drawn = rng.choices(words, cum_weights=common, k=length)
        if len(first) < copies:
            first.append(drawn)
        yield drawn
    for drawn in first:
        copy = list(drawn)
        for at in rng.sample(range(len(copy)), k=rng.randint(0, max(1, len(copy) // 8))):
            copy[at] = "changed"
        yield copy


def ours(prompts: list[list[str]]) -> Pairs:
    """Pairs by `labeling.datasets.minhash`."""
    return [(int(a), int(b)) for a, b in near_duplicates(signatures(prompts))]


def by_datasketch(prompts: list[list[str]]) -> Pairs:
    """Pairs by datasketch."""
    sets = ([shingle.encode() for shingle in shingles(words)] for words in prompts)
    index = datasketch.MinHashLSH(num_perm=WIDTH, params=(BANDS, WIDTH // BANDS))
    sketches = datasketch.MinHash.bulk(sets, num_perm=WIDTH)
    for row, sketch in enumerate(sketches):
        for older in index.query(sketch):
            if sketch.jaccard(sketches[older]) >= THRESHOLD:
                yield older, row
        index.insert(row, sketch)


def by_rensa(prompts: list[list[str]]) -> Pairs:
    """Pairs by rensa."""
    index = rensa.RMinHashLSH(THRESHOLD, WIDTH, BANDS)
    sketches = rensa.RMinHash.from_token_sets(map(shingles, prompts), WIDTH, 42)
    for row, sketch in enumerate(sketches):
        for older in index.query(sketch):
            if sketch.jaccard(sketches[older]) >= THRESHOLD:
                yield older, row
        index.insert(row, sketch)


def whole_plan(prompts: list[list[str]]) -> Pairs:
    """No pairs: the whole of `plan_splits`, with the reading of messages."""
    plan_splits(
        SplitPrompt(f"prompt-{row}", (Message("user", " ".join(words)),), row)
        for row, words in enumerate(prompts)
    )
    return ()


def shingles(words: list[str]) -> list[str]:
    """The distinct triples of words, closed by two blanks as ours are."""
    padded = [*words, *[""] * (SHINGLE - 1)]
    return list({" ".join(padded[i : i + SHINGLE]) for i in range(len(words))})


@cache
def measured(method: Callable[[list[list[str]]], Pairs]) -> Measured:
    """Run a method in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_measure, method).result()


def rows() -> list[Row]:
    """Return the rows of the table of times."""
    results = {name: measured(method) for name, method in methods().items()}
    mine = results["ours"].seconds
    near = "near-duplicates of 100,000 prompts"
    peers = [(name, result.seconds) for name, result in results.items() if name in _PEERS]
    lines = [Row(near, mine, seconds, name, AIM) for name, seconds in peers]
    lines = lines or [Row(near, mine, None, "", AIM)]
    plan = results["the whole plan"].seconds
    return [*lines, Row("splits of 100,000 prompts", plan, None, "", AIM)]


def methods() -> dict[str, Callable[[list[list[str]]], Pairs]]:
    """What can be measured here, by name."""
    peers = {name: call for name, (module, call) in _PEERS.items() if module}
    return {"ours": ours, "the whole plan": whole_plan, **peers}


def quality() -> list[list[str]]:
    """Return time, memory, recall and precision of each method, against exact similarities."""
    prompts = list(texts())
    sets = [set(shingles(words)) for words in prompts]
    planted = [(row, PROMPTS - COPIES + row) for row in range(COPIES)]
    exact = np.array([_jaccard(sets, pair) for pair in planted])
    lines = []
    for name, method in methods().items():
        result = measured(method)
        cells = [name, f"{result.seconds:.1f}", f"{result.megabytes:.0f}"]
        if result.pairs:
            group = _groups(result.pairs, len(prompts))
            joined = np.array([group[a] == group[b] for a, b in planted])
            similarity = np.array([_jaccard(sets, pair) for pair in result.pairs])
            recalls = [joined[exact >= floor].mean() for floor in (0.7, 0.75, 0.8)]
            precisions = [(similarity >= floor).mean() for floor in (0.7, 0.65, 0.6)]
            cells += [f"{share:.2%}" for share in (*recalls, *precisions)]
        lines.append(cells + [""] * (len(QUALITY) - len(cells)))
    return lines


def _measure(method: Callable[[list[list[str]]], Pairs]) -> Measured:
    prompts = list(texts())
    Path("/proc/self/clear_refs").write_text("5")  # Forgets the peak so far.
    before = _peak()
    began = process_time()
    pairs = list(method(prompts))
    return Measured(process_time() - began, _peak() - before, pairs)


def _peak() -> float:
    """The most memory this process has held, in MB."""
    status = Path("/proc/self/status").read_text().partition("VmHWM:")[2]
    return int(status.split()[0]) / 1024


def _groups(pairs: list[tuple[int, int]], n: int) -> np.ndarray:
    ones = np.ones(len(pairs), dtype=np.int8)
    graph = coo_array((ones, tuple(np.array(pairs).T)), shape=(n, n))
    return connected_components(graph, directed=False)[1]


def _jaccard(sets: list[set[str]], pair: tuple[int, int]) -> float:
    a, b = sets[pair[0]], sets[pair[1]]
    return len(a & b) / len(a | b)


_PEERS = {"datasketch": (datasketch, by_datasketch), "rensa": (rensa, by_rensa)}
QUALITY = [
    "method",
    "seconds",
    "MB",
    *(f"recall of {floor} and more" for floor in (0.7, 0.75, 0.8)),
    *(f"found at {floor} and more" for floor in (0.7, 0.65, 0.6)),
]


def main() -> None:
    """Print the table of times and the table of quality."""
    head = ["", "ours, ms", "aim, ms", "library", "its ms", "times ours"]
    table(head, [row.cells() for row in rows()])
    table(QUALITY, quality())
    sys.stdout.flush()


if __name__ == "__main__":
    main()
