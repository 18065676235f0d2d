"""Planning before the labeling: how many raters a task, at what cost.

Every answer carries its assumptions in words. How many judgments an interval or a comparison
needs is in `labeling.stats.planning.sample_size`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from labeling.stats.agreement.ceiling import majority_accuracy
from labeling.stats.intervals.proportions import CONFIDENCE, wilson_interval
from labeling.stats.planning.sample_size import round_up
from labeling.stats.ratings import Figure, Floats, Ints


@dataclass(frozen=True, eq=False, slots=True)
class OverlapPlan:
    """What a budget buys at each number of raters a task, one entry a number.

    Attributes:
        raters: judgments of each task.
        tasks: whole tasks the budget pays for.
        accuracy: how often the majority of a task is right.
        right: tasks expected to have the right label.
        cost_per_right: cost of a task over the accuracy of its label.
        information: tasks times (2 accuracy - 1)^2: how many tasks with labels that are always
            right would tell a win rate near one half as precisely.
        convention: assumptions.
    """

    raters: Ints
    tasks: Ints
    accuracy: Floats
    right: Floats
    cost_per_right: Floats
    information: Floats
    convention: str

    def best(self, by: Literal["right", "information", "accuracy"] = "information") -> int:
        """Return the number of raters a task that gives most; the fewest of equals."""
        of = {"right": self.right, "information": self.information, "accuracy": self.accuracy}[by]
        affordable = np.where(self.tasks > 0, of, -1.0)
        return int(self.raters[int(np.argmax(affordable))])


@dataclass(frozen=True, slots=True)
class Cost:
    """What a project costs.

    Attributes:
        judgments: all that are paid for.
        live, gold, repeats: how they divide.
        hours: working time, or None where no time per judgment was given.
        total: in the currency of the price.
        convention: assumptions.
    """

    judgments: int
    live: int
    gold: int
    repeats: int
    hours: float | None
    total: float
    convention: str


def overlap_plan(
    accuracy: float,
    budget: float,
    price: float = 1.0,
    *,
    price_of_task: float = 0.0,
    raters: Sequence[int] = (1, 3, 5, 7, 9),
) -> OverlapPlan:
    """Return what a budget buys with one, three, five... raters a task.

    For training data, and for a win rate over many tasks, one rater on more tasks mostly wins:
    look at `information`. More raters pay where each label must stand on its own (gold, test
    sets), where tasks are dear, or where raters are barely better than coins. At equal votes a
    coin decides, so that even numbers waste a judgment.

    Args:
        accuracy: how often one rater is right, such as a `noise_ceiling`; 0 to 1.
        budget, price, price_of_task: what there is to spend, the price of a judgment, and what
            a task costs before it is judged (prompt, responses), in one currency.
        raters: the numbers to compare.

    Raises:
        ValueError: an accuracy outside 0 to 1, prices below 0 or both 0, fewer than one rater.
    """
    if not (0 <= price < np.inf and 0 <= price_of_task < np.inf and price + price_of_task):
        raise ValueError("Prices must be at least 0 and finite, and one of them above.")
    if not 0 <= budget < np.inf:
        raise ValueError(f"The budget must be at least 0 and finite, not {budget}.")
    right = np.array([majority_accuracy(accuracy, m) for m in raters])
    votes = np.asarray(raters, dtype=np.int64)
    cost = price_of_task + votes * price
    tasks = np.floor(budget / cost + 1e-9).astype(np.int64)
    convention = (
        f"majority of raters who are each right {100 * accuracy:.3g}% of the time, independently, "
        f"on tasks that are all as hard; budget {budget:g}, {price:g} a judgment, "
        f"{price_of_task:g} a task"
    )
    return OverlapPlan(
        raters=votes,
        tasks=tasks,
        accuracy=right,
        right=tasks * right,
        cost_per_right=np.where(right > 0, cost / np.maximum(right, 1e-300), np.inf),
        information=tasks * (2 * right - 1) ** 2,
        convention=convention,
    )


def cost_per_retained_label(
    tasks: int,
    retained: int,
    judgments: int,
    price: float = 1.0,
    *,
    confidence: float = CONFIDENCE,
) -> Figure:
    """Return the price of all judgments over the labels that the rule of a release keeps.

    Rules that drop ties, low confidence or divergent votes make each label that is left dearer;
    this is by how much. n counts tasks. The interval is Wilson's for the share retained, the
    judgments a task being as they are.

    Raises:
        ValueError: more labels than tasks, or numbers or a price below 0.
    """
    if price < 0 or judgments < 0:
        raise ValueError("Judgments and price must be at least 0.")
    low, high = wilson_interval(retained, tasks, confidence)
    convention = (
        f"price of {judgments} judgments at {price:g} over {retained} labels retained of {tasks} "
        f"tasks; n counts tasks; {100 * confidence:g}% interval from Wilson's for the share "
        "retained"
    )
    if not retained:
        reason = "There are no tasks yet." if not tasks else f"No label of {tasks} was retained."
        return Figure(None, None, None, tasks, convention, reason)
    spent = judgments * price
    return Figure(
        spent / retained, spent / (tasks * high), spent / (tasks * low), tasks, convention
    )


def labeling_cost(
    tasks: int,
    raters: float = 1.0,
    price: float = 1.0,
    *,
    gold: float = 0.05,
    repeats: float = 0.05,
    seconds: float | None = None,
) -> Cost:
    """Return what judging `tasks` costs, gold and repeats included.

    Args:
        raters: judgments a task, on the mean: 20% of tasks at three and the rest at one is 1.4.
        price: of a judgment.
        gold, repeats: shares of all judgments that go to gold tasks and to blind repeats.
        seconds: time a judgment takes, for the hours of work.

    Raises:
        ValueError: numbers below 0, or gold and repeats that leave nothing.
    """
    if min(tasks, raters, price, gold, repeats, seconds or 0) < 0:
        raise ValueError("Tasks, raters, price, gold, repeats and seconds must be at least 0.")
    if gold + repeats >= 1:
        raise ValueError(f"Gold and repeats are {gold + repeats:g} of all and leave nothing.")
    live = round_up(tasks * raters)
    gold_judgments, repeated = (
        round_up(live * share / (1 - gold - repeats)) for share in (gold, repeats)
    )
    judgments = live + gold_judgments + repeated
    convention = (
        f"{tasks} tasks, {raters:g} judgments a task, gold {100 * gold:g}% and repeats "
        f"{100 * repeats:g}% of all judgments, {price:g} a judgment"
    )
    hours = None if seconds is None else judgments * seconds / 3600
    return Cost(
        judgments=judgments,
        live=live,
        gold=gold_judgments,
        repeats=repeated,
        hours=hours,
        total=judgments * price,
        convention=convention,
    )


def comparison_information(gap: npt.ArrayLike) -> Floats:
    """Return p (1 - p), what one comparison tells of a gap in strength given in logits.

    0.25 for equals, 0.105 two logits apart: comparisons of equals tell most, per judgment, about
    which is better. Source: Fisher information of the Bradley-Terry model.
    """
    p = special.expit(np.asarray(gap, dtype=np.float64))
    return np.asarray(p * (1 - p))
