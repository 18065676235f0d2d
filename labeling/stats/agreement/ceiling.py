"""The noise ceiling: how right a model can seem against human labels that are not always right.

One model of noise underlies all of it: on every task one of two answers is right, and each rater
gives it with probability q, independently. Two raters then agree in a = q^2 + (1 - q)^2 of all
tasks, so that the agreement seen tells q.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from scipy import special

from labeling.stats.agreement.figures import percent_agreement
from labeling.stats.intervals.proportions import CONFIDENCE
from labeling.stats.ratings import Figure, Ratings
from labeling.stats.table import Table, table_of

_MODEL = "from a = q^2 + (1 - q)^2 for raters equally often right, each task being as hard"


@dataclass(frozen=True, slots=True)
class MajorityCeiling:
    """What the majority of several raters is worth, by the model of the noise ceiling.

    Attributes:
        raters: how many vote; with an even number a coin breaks ties.
        single: accuracy q of one rater's label (`noise_ceiling`).
        majority: accuracy of the majority's label: the ceiling against majority labels.
        with_single: how often the majority and one further rater agree.
        with_majority: how often two such majorities, of different raters, agree.
    """

    raters: int
    single: Figure
    majority: Figure
    with_single: Figure
    with_majority: Figure


def noise_ceiling(
    agreement: Ratings | Table | Figure,
    *,
    categories: Sequence[Any] | None = None,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return q = (1 + sqrt(2a - 1)) / 2, the best accuracy a model can show on single labels.

    Read a reward model's or a judge's accuracy beside it: at a ceiling of 84% no model, however
    good, scores 90% on such labels. What raters share, a bias too, counts as right. q holds for
    tasks that are all as clear; where they differ, as they do, the ceiling lies between a and q:
    with p the share of raters for the better answer, a is 1 - 2 mean p (1 - p), the ceiling is
    mean p, and the mean of a square is not below the square of the mean.

    Args:
        agreement: a percent-agreement figure between two answers (its interval is carried over
            end by end), or ratings or their table. Of those, agreement on the preferred side is
            taken, pairs with a tie left out ("drop"), since with ties there are three answers;
            of a declared scale of two categories, plain agreement.

    Undefined where a is 1/2 or less: raters agree no more than coins do. An end of the interval
    below 1/2 becomes a ceiling of 1/2.

    Raises:
        ValueError: a figure outside 0 to 1, or ratings on a scale without two sides.

    Source: the classical two-coder noise model (compare Stiennon et al. 2020, where labelers
    agree in 72% and the majority of three agrees with researchers in 77%; the model says 78%).
    """
    pairs = _agreement(agreement, categories, confidence)
    convention = f"noise ceiling q, {_MODEL}; a is the {pairs.convention}"
    return _carried(pairs, convention, _right, "No usable signal: raters")


def majority_ceiling(
    agreement: Ratings | Table | Figure,
    raters: int = 3,
    *,
    categories: Sequence[Any] | None = None,
    confidence: float = CONFIDENCE,
) -> MajorityCeiling:
    """Return how right the majority of `raters` is, and how often it agrees with others.

    Use it to choose how many judgments a task needs, and to check the noise model: the agreement
    it predicts between majority and single raters can be measured. Arguments, intervals and
    undefined cases as for `noise_ceiling`.

    Raises:
        ValueError: fewer than one rater, or as for `noise_ceiling`.
    """
    majority_accuracy(0.5, raters)
    pairs = _agreement(agreement, categories, confidence)
    convention = f"{_MODEL}, {raters} votes; a is the {pairs.convention}"

    def carried(what: str, of: Callable[[float, float], float]) -> Figure:
        def through(a: float) -> float:
            q = _right(a)
            return of(q, majority_accuracy(q, raters))

        return _carried(pairs, f"{what}, {convention}", through, "No usable signal: raters")

    return MajorityCeiling(
        raters=raters,
        single=noise_ceiling(pairs),
        majority=carried("accuracy of the majority", lambda q, m: m),
        with_single=carried("agreement of the majority with one more rater", _same),
        with_majority=carried("agreement of two majorities", lambda q, m: _same(m, m)),
    )


def majority_accuracy(accuracy: float, raters: int) -> float:
    """Return how often the majority of independent raters is right, a coin breaking ties.

    Source: Condorcet (1785).

    Args:
        accuracy: how often one rater is right, 0 to 1.
        raters: how many vote. An even number is as good as one fewer.

    Raises:
        ValueError: an accuracy outside 0 to 1, or fewer than one rater.
    """
    if not 0 <= accuracy <= 1:
        raise ValueError(f"The accuracy must lie between 0 and 1, not be {accuracy}.")
    if raters < 1 or raters != int(raters):
        raise ValueError(f"A majority needs at least 1 rater, and whole ones, not {raters}.")
    voters = raters - 1 + raters % 2
    return float(special.bdtrc(voters // 2, voters, accuracy))


def flip_rate(self_agreement: Figure) -> Figure:
    """Return e, how often a rater's answer flips by chance, from agreement with oneself.

    Two answers of one rater are alike when neither or both flipped: 1 - 2e (1 - e) of the time.
    The figure is the percentage of `self_agreement`, between two answers.

    Raises:
        ValueError: a figure outside 0 to 1.
    """
    _require_share(self_agreement)
    convention = (
        "flip rate e, from self-agreement 1 - 2e (1 - e) for answers that flip independently; "
        f"self-agreement is the {self_agreement.convention}"
    )
    return _carried(
        self_agreement, convention, lambda a: 1 - _right(a), "No usable signal: a rater"
    )


def agreement_ceiling(self_agreement: Figure) -> Figure:
    """Return the most that two raters can agree when each is no steadier than this.

    Two raters of one mind, each flipping with rate e, agree in (1 - e)^2 + e^2 of all tasks, which
    is just how often each agrees with itself: agreement between raters that comes near needs no
    better guideline, it needs clearer tasks. Raters whose repeats were too soon, and who remember
    their answers, make the ceiling too high. Undefined where a rater agrees with itself no more
    than a coin would.

    Raises:
        ValueError: a figure outside 0 to 1.
    """
    _require_share(self_agreement)
    convention = (
        "highest agreement of two raters who agree with themselves this often, 1 - 2e (1 - e); "
        f"self-agreement is the {self_agreement.convention}"
    )
    return _carried(self_agreement, convention, lambda a: a, "No usable signal: a rater")


def _right(agreement: float) -> float:
    """Return the q of at least 1/2 at which two raters agree this often."""
    return (1 + sqrt(max(2 * agreement - 1, 0.0))) / 2


def _same(first: float, second: float) -> float:
    """Return how often two answers agree that are right this often, independently."""
    return first * second + (1 - first) * (1 - second)


def _carried(pairs: Figure, convention: str, through: Callable[[float], float], who: str) -> Figure:
    """Return an agreement carried through a monotone map, value and ends."""
    if pairs.value is None:
        return Figure(None, None, None, pairs.n, convention, pairs.reason)
    if pairs.value <= 0.5:
        what = "agree" if who.endswith("raters") else "agrees with itself"
        reason = f"{who} {what} {100 * pairs.value:.3g}% of the time, no more than a coin would."
        return Figure(None, None, None, pairs.n, convention, reason)
    if pairs.low is None or pairs.high is None:
        return Figure(through(pairs.value), None, None, pairs.n, convention, pairs.reason)
    low, high = sorted(through(max(end, 0.5)) for end in (pairs.low, pairs.high))
    return Figure(through(pairs.value), low, high, pairs.n, convention, pairs.reason)


def _agreement(
    agreement: Ratings | Table | Figure, categories: Sequence[Any] | None, confidence: float
) -> Figure:
    """Return the share of agreeing pairs between two answers."""
    if isinstance(agreement, Figure):
        _require_share(agreement)
        return agreement
    table = table_of(agreement, categories)
    if table.declared and len(table.categories) == 2:
        return percent_agreement(table, confidence=confidence)
    ends = [0.0] if table.scores is None else [*table.scores, 0.0]
    if table.units and not (min(ends) < 0 and (max(ends) > 0 or not table.declared)):
        raise ValueError(
            "A noise ceiling needs a scale with two sides around 0, or two declared categories; "
            f"this scale is {', '.join(str(item) for item in table.categories)}."
        )
    if not table.units:
        return percent_agreement(table, confidence=confidence)
    return percent_agreement(table, "drop", sides=True, confidence=confidence)


def _require_share(share: Figure) -> None:
    if share.value is not None and not 0 <= share.value <= 1:
        raise ValueError(f"An agreement must lie between 0 and 1, not be {share.value}.")
