"""The mirrored pool: chance agreement that does not hang on which response is called the first.

A preference says which of two responses is better, and which of them is the first is arbitrary.
So every judgment counts once as it stands and once with the two exchanged. Pairs of judgments of
one task agree in both alike, so that only chance agreement changes: it comes from shares that are
the same for a category and its mirror image. All of it in closed form; the copies are no new
tasks, so that intervals leave out, or draw, a task with its mirror image.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from labeling.stats.ratings import Floats, Ratings


def mirrored_pool(shares: Floats) -> Floats:
    """Return category counts or shares (N, K) together with their mirror images, halved."""
    return (shares + shares[:, ::-1]) / 2


def side_blind_weights(weights: Floats) -> Floats:
    """Return the weights (K, K) of agreement in a task together with its mirror image, halved."""
    return (weights + weights[::-1, ::-1]) / 2


def mirrored_weights(weights: Floats) -> Floats:
    """Return the weights (K, K) that make plain chance agreement that of the mirrored pool.

    With M the mean of a share and its mirror image, (M a)' W (M b) is a' (M W M) b.
    """
    return mirrored_pool(mirrored_pool(weights).T).T


def mirrored_scale(data: object, categories: Sequence[Any] | None) -> Sequence[Any] | None:
    """Return the declared scale; of ratings without one, the observed numbers and their mirror."""
    ratings = data if isinstance(data, Ratings) else None
    if categories is not None or ratings is None or ratings.value.dtype.kind not in "iuf":
        return categories
    return tuple(np.union1d(ratings.value, -ratings.value).tolist())


def chance_convention(symmetric: bool) -> str:
    """Return what a convention says of chance agreement; nothing where it is the plain one."""
    return ", chance from these judgments and their mirror images" if symmetric else ""
