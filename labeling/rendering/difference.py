"""What changed between two texts, word by word, and how far apart they are, in bounded time.

The unit is a word: a run of characters between spaces and punctuation, each mark of punctuation by
itself, and each character of a script that writes no spaces. White space alone changes nothing.
`static/js/rating/difference.js` does the same in the browser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from labeling.rendering.common_words import MOST_CELLS, common_words, places_of
from labeling.rendering.invisible import escape_visibly

# Scripts without spaces; then marks, of which the apostrophe is none.
_SINGLE = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS = "!-&(-/:-@\\[-`{-~\u00a1\u00ab\u00b7\u00bb\u00bf\u2010-\u2018\u201a-\u205e\u3001-\u303f"
_WORD = re.compile(rf"([{_SINGLE}]|[^\s{_SINGLE}{_MARKS}]+|[{_MARKS}])(\s*)")
_MARK = re.compile(rf"[{_MARKS}]")

#: About an eighth of a second: steps of the search for what stayed.
_MOST_STEPS = 500_000
#: Of them, how many may be spent on the two texts as a whole.
_WHOLE_STEPS = 250_000


class ChangeKind(StrEnum):
    """What became of some words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class WordChange:
    """Some words next to each other, with the white space behind them."""

    kind: ChangeKind
    text: str
    words: int


def words_of(text: str) -> list[str]:
    """The words and marks of a text, without white space."""
    return [word for word, _space in _WORD.findall(text)]


def count_words(text: str) -> int:
    """How many words a text has; marks of punctuation are none."""
    return sum(not _MARK.match(word) for word in words_of(text))


def is_same_but_spaces(before: str, after: str) -> bool:
    """Whether nothing but white space differs."""
    return "".join(before.split()) == "".join(after.split()) and words_of(before) == words_of(after)


def word_changes(before: str, after: str) -> list[WordChange]:
    """What stayed, was removed and was added, in order; its texts, put together, are both texts.

    What stayed has the white space of `after`. Where the search would take too long, what stands
    between the nearest alike lines is removed and added as a whole.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    a, b = [word for word, _ in old], [word for word, _ in new]
    changes = [WordChange(ChangeKind.SAME, _leading(after), 0)] if _leading(after) else []
    for kind, tokens in _runs(old, new, _kept(a, b)):
        text = "".join(word + space for word, space in tokens)
        n_words = sum(not _MARK.match(word) for word, _ in tokens)
        changes.append(WordChange(kind, text, n_words))
    return changes


def difference_html(before: str, after: str) -> str:
    """The difference as safe HTML: what was removed in `del`, what was added in `ins`."""
    tags = {ChangeKind.REMOVED: "del", ChangeKind.ADDED: "ins"}
    parts = []
    for change in word_changes(before, after):
        html, tag = escape_visibly(change.text), tags.get(change.kind)
        parts.append(f"<{tag}>{html}</{tag}>" if tag else html)
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What a text has that another has not: its parts in code points, and how many words of all
    its `total`."""

    parts: tuple[tuple[int, int], ...]
    words: int
    total: int


def own_words(first: str, second: str) -> tuple[OwnWords, OwnWords]:
    """What each of two texts has alone, in bounded time: exact for texts of some 20,000 words."""
    old, new = list(_WORD.finditer(first)), list(_WORD.finditer(second))
    a, b = [match[1] for match in old], [match[1] for match in new]
    kept = common_words(a, b) if len(a) * len(b) <= MOST_CELLS else _kept(a, b)
    return _own(old, {at for at, _ in kept}), _own(new, {to for _, to in kept})


def _own(tokens: Sequence[re.Match[str]], kept: set[int]) -> OwnWords:
    parts: list[tuple[int, int]] = []
    words, total, before = 0, 0, -2
    for place, token in enumerate(tokens):
        is_word = not _MARK.match(token[1])
        total += is_word
        if place in kept:
            continue
        words += is_word
        # Next to each other they are one part, with the white space between them.
        start = parts.pop()[0] if place == before + 1 else token.start()
        parts.append((start, token.end(1)))
        before = place
    return OwnWords(tuple(parts), words, total)


def normalised_distance(before: str, after: str) -> float:
    """The edit distance in words (inserted, left out, replaced) as a share of the longer text.

    0 where nothing but white space differs, 1 where no word stayed. Exact for texts of up to some
    20,000 words; of longer ones it is the most that it can be.
    """
    old, new = words_of(before), words_of(after)
    longer = max(len(old), len(new))
    if not longer:
        return 0.0
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    distance = _distance(a, b) if len(a) * len(b) <= MOST_CELLS else _most_distance(a, b)
    return distance / longer


def _leading(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


_Token = tuple[str, str]


def _runs(
    old: Sequence[_Token], new: Sequence[_Token], kept: Sequence[tuple[int, int]]
) -> Iterator[tuple[ChangeKind, list[_Token]]]:
    """What stayed, and between it what was removed and then what was added."""
    i = j = 0
    same: list[_Token] = []
    for at, to in [*kept, (len(old), len(new))]:
        if (at > i or to > j) and same:
            yield ChangeKind.SAME, same
            same = []
        if at > i:
            yield ChangeKind.REMOVED, list(old[i:at])
        if to > j:
            yield ChangeKind.ADDED, list(new[j:to])
        same += new[to : to + 1]
        i, j = at + 1, to + 1
    if same:
        yield ChangeKind.SAME, same


def _alike(a: Sequence[str], b: Sequence[str]) -> int:
    pairs = zip(a, b, strict=False)
    return sum(1 for _pair in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _kept(a: Sequence[str], b: Sequence[str]) -> list[tuple[int, int]]:
    """Which words stayed: their places in both texts, ascending."""
    start = _alike(a, b)
    end = _alike(a[start:][::-1], b[start:][::-1])
    budget = _Budget(_MOST_STEPS)
    middle = _Stretch(start, len(a) - end, start, len(b) - end)
    pairs = _search(a, b, middle, budget, _WHOLE_STEPS)
    if pairs is None:
        pairs = _by_halves(a, b, middle, budget)
    return [
        *((place, place) for place in range(start)),
        *pairs,
        *((len(a) - end + n, len(b) - end + n) for n in range(end)),
    ]


@dataclass(slots=True)
class _Budget:
    left: int


@dataclass(frozen=True, slots=True)
class _Stretch:
    """From where to where in both texts."""

    a1: int
    a2: int
    b1: int
    b2: int


def _by_halves(
    a: Sequence[str], b: Sequence[str], stretch: _Stretch, budget: _Budget
) -> list[tuple[int, int]]:
    """What stayed of long texts that differ much: words that stand once in each lead the way."""
    anchors = _anchors(a, b, stretch)
    pairs: list[tuple[int, int]] = []
    i, j = stretch.a1, stretch.b1
    for at, to in [*anchors, (stretch.a2, stretch.b2)]:
        gap = _Stretch(i, at, j, to)
        pairs += _search(a, b, gap, budget, budget.left) or []
        if at < stretch.a2 and to < stretch.b2:
            pairs.append((at, to))
        i, j = at + 1, to + 1
    return pairs


def _anchors(a: Sequence[str], b: Sequence[str], stretch: _Stretch) -> list[tuple[int, int]]:
    """The longest ascending row of words that stand once in each of the stretches."""
    in_a, in_b = _once(a, stretch.a1, stretch.a2), _once(b, stretch.b1, stretch.b2)
    common = sorted((at, in_b[word]) for word, at in in_a.items() if word in in_b)
    ends: list[int] = []  # for each length, the pair with the smallest end
    before: list[int] = []
    for place, (_, to) in enumerate(common):
        low, high = 0, len(ends)
        while low < high:
            middle = (low + high) // 2
            if common[ends[middle]][1] < to:
                low = middle + 1
            else:
                high = middle
        before.append(ends[low - 1] if low else -1)
        ends[low : low + 1] = [place]
    row: list[tuple[int, int]] = []
    place = ends[-1] if ends else -1
    while place >= 0:
        row.append(common[place])
        place = before[place]
    return row[::-1]


def _once(words: Sequence[str], start: int, end: int) -> dict[str, int]:
    places: dict[str, int] = {}
    for place in range(start, end):
        places[words[place]] = -1 if words[place] in places else place
    return {word: place for word, place in places.items() if place >= 0}


def _search(
    a: Sequence[str], b: Sequence[str], stretch: _Stretch, budget: _Budget, most: int
) -> list[tuple[int, int]] | None:
    """The most words that can have stayed (Myers 1986); None where `most` steps do not find it."""
    n, m = stretch.a2 - stretch.a1, stretch.b2 - stretch.b1
    if not n or not m:
        return []
    reached = {1: 0}
    trace: list[dict[int, int]] = []
    steps = 0
    for d in range(n + m + 1):
        trace.append({k: reached[k] for k in range(-d - 1, d + 2) if k in reached})
        for k in range(-d, d + 1, 2):
            down = k == -d or (k != d and reached[k - 1] < reached[k + 1])
            x = reached[k + 1] if down else reached[k - 1] + 1
            y, began = x - k, x
            while x < n and y < m and a[stretch.a1 + x] == b[stretch.b1 + y]:
                x, y = x + 1, y + 1
            reached[k] = x
            steps += 4 + x - began
            if x >= n and y >= m:
                budget.left -= steps
                return _walked_back(trace, stretch, n, m)
        if steps > most:
            budget.left -= steps
            return None
    return []


def _walked_back(
    trace: Sequence[dict[int, int]], stretch: _Stretch, x: int, y: int
) -> list[tuple[int, int]]:
    pairs: list[tuple[int, int]] = []
    for d in range(len(trace) - 1, -1, -1):
        reached, k = trace[d], x - y
        down = k == -d or (k != d and reached[k - 1] < reached[k + 1])
        from_k = k + 1 if down else k - 1
        from_x = reached[from_k]
        from_y = from_x - from_k
        while x > from_x and y > from_y and x > 0 and y > 0:
            x, y = x - 1, y - 1
            if d and (x < from_x or y < from_y):
                break
            pairs.append((stretch.a1 + x, stretch.b1 + y))
        x, y = from_x, from_y
    return pairs[::-1]


def _distance(a: Sequence[str], b: Sequence[str]) -> int:
    """Levenshtein's distance, a column of its table at a time as bits (Hyyrö 2003)."""
    if not a or not b:
        return len(a) + len(b)
    mask_of = places_of(a, set(b))
    whole, last, score = (1 << len(a)) - 1, 1 << (len(a) - 1), len(a)
    plus, minus = whole, 0
    for word in b:
        equal = mask_of(word)
        vertical = equal | minus
        horizontal = (((equal & plus) + plus) ^ plus) | equal
        more, fewer = minus | (whole & ~(horizontal | plus)), plus & horizontal
        score += bool(more & last) - bool(fewer & last)
        more, fewer = ((more << 1) | 1) & whole, (fewer << 1) & whole
        plus, minus = fewer | (whole & ~(vertical | more)), more & vertical
    return score


def _most_distance(a: Sequence[str], b: Sequence[str]) -> int:
    """What the words that were found to have stayed leave: between them each costs one at most."""
    distance, i, j = 0, 0, 0
    for at, to in [*_kept(a, b), (len(a), len(b))]:
        distance += max(at - i, to - j)
        i, j = at + 1, to + 1
    return distance
