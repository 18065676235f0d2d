"""Length and formatting of the responses that models are ranked by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from labeling import stats
from labeling.lead.ranking.selectors import ModelPairs
from labeling.models import Response

if TYPE_CHECKING:
    from labeling.stats.ratings import Array, Floats, Ints

#: What is held equal: length, headers, list items and bold, as leaderboards have it.
STYLES = ("characters", "headers", "list_items", "bold")
#: So many characters are read at most: some seconds of work, whatever a project holds.
MOST_CHARACTERS = 60_000_000
_TEXTS = 500
_SEED = 16


@dataclass(frozen=True, slots=True)
class PairStyles:
    """How much of each feature the two responses of pairs have, shape (pairs, features).

    `is_read` says of which pairs both texts were read; the others have zeros.
    """

    upper: Floats
    lower: Floats
    is_read: Array

    def keep(self, rows: Array) -> PairStyles:
        """Those of some of the pairs."""
        return PairStyles(self.upper[rows], self.lower[rows], self.is_read[rows])


def pair_styles(pairs: ModelPairs) -> PairStyles:
    """The style of both responses of each pair, read from their texts.

    Where there is more than is read, prompts are drawn at random, always the same ones.
    """
    responses = np.union1d(pairs.upper, pairs.lower)
    amounts = np.zeros((len(responses), len(STYLES)))
    is_read = np.zeros(len(responses), dtype=bool)
    left = MOST_CHARACTERS
    for ids in _drawn(pairs):
        texts = dict(
            Response.objects.filter(pk__in=ids.tolist())
            .values_list("pk", "content")
            .iterator(chunk_size=100)
        )
        columns = stats.style_columns(texts.values())
        place = np.searchsorted(responses, np.fromiter(texts, dtype=np.int64, count=len(texts)))
        amounts[place] = np.column_stack([columns[name] for name in STYLES])
        is_read[place] = True
        left -= int(columns["characters"].sum())
        if left <= 0:
            break
    upper, lower = (np.searchsorted(responses, side) for side in (pairs.upper, pairs.lower))
    return PairStyles(amounts[upper], amounts[lower], is_read[upper] & is_read[lower])


def _drawn(pairs: ModelPairs) -> Iterator[Ints]:
    """The ids of the responses, all of a prompt together, prompts in a seeded order."""
    rows = np.column_stack([np.tile(pairs.prompt, 2), np.concatenate([pairs.upper, pairs.lower])])
    rows = np.unique(rows, axis=0)
    prompts, place = np.unique(rows[:, 0], return_inverse=True)
    turn = np.random.default_rng(_SEED).permutation(len(prompts))
    ids = rows[np.argsort(turn[place], kind="stable"), 1]
    for start in range(0, len(ids), _TEXTS):
        yield ids[start : start + _TEXTS]
