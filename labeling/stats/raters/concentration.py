"""Concentration: how many people really wrote the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.coding import counted
from labeling.stats.raters.columns import coded, numbers
from labeling.stats.ratings import NO_JUDGMENTS, Figure, Floats

_CENSUS = "No interval: these are all the judgments there are, not a sample of them."


@dataclass(frozen=True, slots=True)
class Concentration:
    """Who gave how much of the judgments.

    Attributes:
        top: share of the judgments that the `top_k` most active raters gave.
        top_k: how many those are.
        effective: number of equally active raters that would be as concentrated.
        over_cap: raters at or above the cap with their share, largest first; they should get no
            further tasks.
        cap: the cap.
    """

    top: Figure
    top_k: int
    effective: Figure
    over_cap: tuple[tuple[Any, float], ...]
    cap: float


def concentration(rater: npt.ArrayLike, *, top_k: int = 5, cap: float = 0.15) -> Concentration:
    """Return how concentrated the judgments are on few raters.

    A model trained on judgments learns the taste of those who gave them: "56 raters" may be 14.
    The effective number is 1 / sum of squared shares.

    Args:
        rater: who gave each judgment, shape (n,).
        top_k: how many of the most active to add up.
        cap: share at which a rater should get no further tasks.

    Raises:
        RatingsError: a missing rater, named by position.
        ValueError: `top_k` below 1 or a cap outside 0 to 1.

    Source: Simpson (1949), Nature 163; as a number of equals: Hill (1973), Ecology 54.
    """
    code, raters = coded("rater", rater)
    return _concentration(counted(code, len(raters)), raters, top_k, cap)


def concentration_of_counts(
    counts: npt.ArrayLike, *, top_k: int = 5, cap: float = 0.15
) -> Concentration:
    """Return the same from the number of judgments of each rater, shape (raters,).

    Raters are named by their place. Shares will do as well as numbers; n is then their sum.

    Raises:
        RatingsError: a negative or missing number, named by position.
        ValueError: `top_k` below 1 or a cap outside 0 to 1.
    """
    totals = numbers("counts", counts, least=0.0)
    return _concentration(totals, tuple(range(len(totals))), top_k, cap)


def _concentration(
    counts: Floats, raters: tuple[Any, ...], top_k: int, cap: float
) -> Concentration:
    if top_k < 1 or not 0 < cap <= 1:
        raise ValueError(f"top_k ({top_k}) must be at least 1 and cap ({cap}) in 0 to 1.")
    total = float(counts.sum())
    n = round(total)
    convention = f"share of judgments by the {top_k} most active raters; n counts judgments"
    effective_convention = (
        "effective number of raters, 1 / sum of squared shares; n counts judgments"
    )
    if not total:
        nothing = (None, None, None, 0)
        return Concentration(
            Figure(*nothing, convention, NO_JUDGMENTS),
            top_k,
            Figure(*nothing, effective_convention, NO_JUDGMENTS),
            (),
            cap,
        )
    shares = counts / total
    order = np.argsort(-shares, kind="stable")
    top = min(float(shares[order[:top_k]].sum()), 1.0)
    effective = 1 / float((shares**2).sum())
    over = tuple((raters[place], float(shares[place])) for place in order if shares[place] >= cap)
    return Concentration(
        Figure(top, None, None, n, convention, _CENSUS),
        top_k,
        Figure(effective, None, None, n, effective_convention, _CENSUS),
        over,
        cap,
    )
