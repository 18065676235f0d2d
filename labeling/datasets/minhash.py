"""Near-duplicate texts by MinHash and banding, vectorised with numpy.

Broder 1997, "On the resemblance and containment of documents", for the signatures; Li and König
2010, "b-Bit Minwise Hashing", for keeping only the low bits of each; Leskovec, Rajaraman and
Ullman, "Mining of Massive Datasets", chapter 3, for the bands. All constants are derived from fixed
arithmetic, so that a signature is the same on every machine.

Faster than the libraries that do the same, at the same recall: `python -m bench.datasets_splits`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from scipy import sparse

#: Texts whose shingle sets overlap (Jaccard) by at least this much are near-duplicates.
THRESHOLD = 0.7
#: Hash functions in a signature; the standard error of the estimate is below 0.045. 16 bits of
#: each minimum are kept: two different minima look equal once in 65,536 times.
WIDTH = 128
#: Four 16-bit minima are one 64-bit number: the key of a band. Two texts at the threshold meet in
#: one of the 32 bands with probability 0.9998.
BANDS = WIDTH // 4
#: Words in a shingle.
SHINGLE = 3
#: Only the first words of a text count: one enormous prompt must not stall the rest.
MAX_WORDS = 4000
#: A member of a full bucket is compared with so many older members, and with the oldest.
NEIGHBOURS = 16

_BATCH = 1 << 15
_CACHE = 500_000
# Scripts written without spaces between words: each character counts as a word.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
# The vowels of most Indic scripts are marks, which `\w` leaves out of words.
_MARKS = "".join(
    chr(code) for code in range(0x300, 0xFE00) if unicodedata.category(chr(code)) in ("Mn", "Mc")
)
_ASCII_WORD = re.compile("[a-z0-9]+")
_WORD = re.compile(f"[{_UNSPACED}]|(?:[^\\W_{_UNSPACED}]+[{_MARKS}]*)+")


def normalised_words(text: str) -> list[str]:
    """Words of a text without the differences that do not make another prompt.

    Unicode compatibility form, case, punctuation and white space are gone. A text of punctuation
    alone keeps its characters: "?" and "!!" are not the same prompt. A blank text has no word.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    word = _ASCII_WORD if folded.isascii() else _WORD
    return word.findall(folded) or ["".join(folded.split())] * bool(folded.strip())


def signatures(texts: Iterable[list[str]]) -> np.ndarray:
    """MinHash signatures, one row of WIDTH uint16 a text of words, in the order given."""
    # Grows in place, where a list of arrays would be held twice when it is joined.
    out = bytearray()
    batch: list[np.ndarray] = []
    size = 0
    hashes = _Hashes()
    for words in texts:
        batch.append(_padded(words[:MAX_WORDS] or [""], hashes))
        size += len(batch[-1])
        if size >= _BATCH:
            out += _sketch(batch).tobytes()
            batch, size = [], 0
    if batch:
        out += _sketch(batch).tobytes()
    return np.frombuffer(out, dtype=np.uint16).reshape(-1, WIDTH)


def near_duplicates(sketch: np.ndarray, threshold: float = THRESHOLD) -> np.ndarray:
    """Pairs (older, younger) of rows whose estimated Jaccard similarity reaches the threshold.

    Rows are ordered from old to young. Each row is compared with older rows only, so that adding
    younger rows never changes what was found among the older ones. Not every pair is listed:
    pairs that are connected already through others are left out. Below 0.5 the bands miss pairs.
    """
    n = len(sketch)
    labels: np.ndarray = np.arange(n)
    links: list[np.ndarray] = [np.zeros((0, 2), dtype=np.int64)]
    for key in sketch.view(np.uint64).T:
        pairs = _bucket_pairs(key)
        pairs = pairs[labels[pairs[:, 0]] != labels[pairs[:, 1]]]
        if len(pairs):
            pairs = pairs[_similarity(sketch, pairs) >= threshold]
        if len(pairs):
            links.append(pairs)
            labels = connected(n, np.concatenate(links))
    return np.concatenate(links)


def connected(n: int, links: np.ndarray) -> np.ndarray:
    """The number of the group that each of n rows is in, by pairs of rows that belong together."""
    ones = np.ones(len(links), dtype=np.int8)
    graph = sparse.coo_array((ones, (links[:, 0], links[:, 1])), shape=(n, n))
    groups: np.ndarray = sparse.csgraph.connected_components(graph, directed=False)[1]
    return groups


class _Hashes(dict[str, int]):
    """Stable 64-bit hashes of words, each computed once."""

    def __missing__(self, word: str) -> int:
        data = word.encode("utf-8", "surrogatepass")
        self[word] = hashed = int.from_bytes(blake2b(data, digest_size=8).digest(), "big")
        return hashed


def _padded(words: list[str], hashes: _Hashes) -> np.ndarray:
    """Hashes of the words, with two zeros after them that close the last shingles."""
    if len(hashes) > _CACHE:
        hashes.clear()
    out = np.zeros(len(words) + SHINGLE - 1, dtype=np.uint64)
    out[: len(words)] = np.fromiter(map(hashes.__getitem__, words), np.uint64, len(words))
    return out


def _sketch(batch: list[np.ndarray]) -> np.ndarray:
    """Signatures of a batch of padded word hashes."""
    lengths = np.array([len(hashes) - SHINGLE + 1 for hashes in batch])
    flat = np.concatenate(batch)
    weights = _odd(SHINGLE, 2)
    total = len(flat) - SHINGLE + 1
    shingles = np.zeros(total, dtype=np.uint64)
    for i in range(SHINGLE):
        shingles += flat[i : i + total] * weights[i]
    # The high half of a 64-bit product is well mixed; 32-bit arithmetic is twice as fast below.
    mixed = (shingles >> np.uint64(32)).astype(np.uint32)
    # Windows that start in the padding belong to no text: keep those that start at a word.
    ends = np.cumsum(lengths + SHINGLE - 1)
    keep = np.ones(total + SHINGLE - 1, dtype=bool)
    for i in range(1, SHINGLE):
        keep[ends - i] = False
    mixed = mixed[keep[:total]]
    starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    out = np.empty((len(batch), WIDTH), dtype=np.uint16)
    hashed = np.empty_like(mixed)
    for i in range(WIDTH):
        # An odd factor permutes the 32-bit numbers.
        np.multiply(mixed, _FACTORS[i], out=hashed)
        np.add(hashed, _OFFSETS[i], out=hashed)
        out[:, i] = np.minimum.reduceat(hashed, starts) & _LOW
    return out


def _bucket_pairs(keys: np.ndarray) -> np.ndarray:
    """Pairs (older, younger) of rows to compare within each bucket of equal keys."""
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    opens = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    first = np.repeat(opens, np.diff(np.concatenate([opens, [len(ranked)]])))
    place = np.arange(len(ranked))
    inside = place - first
    pairs = [np.stack([order[first[inside > 0]], order[place[inside > 0]]], axis=1)]
    for step in range(1, NEIGHBOURS + 1):
        late = place[inside > step]
        if not len(late):
            break
        pairs.append(np.stack([order[late - step], order[late]], axis=1))
    return np.concatenate(pairs)


def _similarity(sketch: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Estimated Jaccard similarity of each pair, in slices that bound memory."""
    out = np.empty(len(pairs))
    for at in range(0, len(pairs), _BATCH):
        left, right = pairs[at : at + _BATCH].T
        out[at : at + _BATCH] = (sketch[left] == sketch[right]).mean(axis=1)
    return out


def _odd(count: int, stream: int) -> np.ndarray:
    """`count` odd 64-bit constants, the same on every machine."""
    values = [
        int.from_bytes(blake2b(f"minhash {stream} {i}".encode(), digest_size=8).digest(), "big") | 1
        for i in range(count)
    ]
    return np.array(values, dtype=np.uint64)


_LOW = np.uint32(0xFFFF)
_FACTORS = _odd(WIDTH, 0).astype(np.uint32)
_OFFSETS = _odd(WIDTH, 1).astype(np.uint32)
