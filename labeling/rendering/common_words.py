"""The most words that two texts have in the same order, exactly, also where they have little alike.

A row of the table of lengths is one number of as many bits as the first text has words (Hyyrö
2004); the rows are kept to walk back through them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

#: Cells of a table, a bit each: 50 MB where its rows are kept, and about a fifth of a second.
MOST_CELLS = 400_000_000
# A mask of that many places is made anew where it is needed, to hold few of them at a time.
_FEW_PLACES = 16


def common_words(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """The places in both of the words in common, ascending. For at most `MOST_CELLS` pairs."""
    if not a or not b:
        return []
    return _walked_back(_rows(a, b), len(a), len(b))


def places_of(a: Sequence[str], wanted: set[str]) -> Callable[[str], int]:
    """What tells of a wanted word where it stands in `a`: a bit a place."""
    places = dict[str, list[int]]()
    for place, word in enumerate(a):
        if word in wanted:
            places.setdefault(word, []).append(place)
    masks = {w: sum(1 << at for at in p) for w, p in places.items() if len(p) > _FEW_PLACES}
    return lambda word: masks.get(word) or sum(1 << place for place in places.get(word, ()))


def _rows(a: Sequence[str], b: Sequence[str]) -> list[int]:
    """For each word of `b` a number whose bit is 0 where one more word of `a` is in common."""
    mask_of = places_of(a, set(b))
    whole = row = (1 << len(a)) - 1
    rows = []
    for word in b:
        mask = mask_of(word)
        if mask:
            shared = row & mask
            row = ((row + shared) | (row - shared)) & whole
        rows.append(row)
    return rows


def _walked_back(rows: Sequence[int], i: int, j: int) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    while i and j:
        if rows[j - 1] >> (i - 1) & 1:
            i -= 1
            continue
        j -= 1
        if j and not rows[j - 1] >> (i - 1) & 1:
            continue
        i -= 1
        pairs.append((i, j))
    return pairs[::-1]
