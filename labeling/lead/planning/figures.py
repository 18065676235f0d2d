"""What a plan buys: widths, differences that can be told, judgments, hours and money."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil
from typing import Any

from labeling import stats

#: Least and most of every field.
BOUNDS: Mapping[str, tuple[float, float]] = {
    "tasks": (1, 10_000_000),
    "overlap": (1, 99),
    "agreement": (0.0, 1.0),
    "tie_rate": (0.0, 0.95),
    "share": (0.501, 0.999),
    "half_width": (0.001, 0.5),
    "people": (1, 100_000),
    "seconds": (0.1, 86_400),
    "price": (0.0, 1_000_000),
    "price_of_task": (0.0, 1_000_000),
    "budget": (0.0, 1_000_000_000_000),
}
#: Raters of a task that are compared; with an even number a coin decides.
OVERLAPS_COMPARED = (1, 3, 5, 7, 9)
#: A change of agreement that two versions of a guideline are to be told apart by.
_CHANGE = 0.05
#: How many times as many pairs the width of what is known is told for.
_TIMES = (1, 2, 4)
_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a plan rests on; shares run from 0 to 1, money is in one currency and may be unknown.

    `agreement` is how often two raters prefer the same side, ties left out; `share` the win rate
    that is to be told from one half, and `half_width` how near a share is to be known. `gold` and
    `repeats` are shares of all judgments.
    """

    tasks: int
    overlap: int
    agreement: float
    tie_rate: float
    share: float
    half_width: float
    gold: float
    repeats: float
    people: int | None = None
    seconds: float | None = None
    price: float | None = None
    price_of_task: float | None = None
    budget: float | None = None


def plan_figures(plan: Assumptions, known: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Everything that is told of a plan; `known` is the figure of agreement so far."""
    ceiling = stats.noise_ceiling(_assumed(plan.agreement))
    width = stats.judgments_for_half_width(plan.half_width)
    detect = stats.judgments_to_detect(plan.share)
    return {
        "assumptions": asdict(plan),
        "half_width": {"judgments": width.judgments, "convention": width.convention},
        "detect": {
            "decided": detect.judgments,
            "comparisons": _with_ties(detect.judgments, plan.tie_rate),
            "convention": detect.convention,
        },
        "versions": _versions(plan),
        "accuracy": ceiling.value,
        "reason": ceiling.reason,
        "plan": _bought(plan, ceiling.value),
        "by_overlap": [] if ceiling.value is None else _by_overlap(plan, ceiling.value),
        "budget": None if ceiling.value is None else _of_budget(plan, ceiling.value),
        "so_far": _so_far(known),
    }


def _assumed(agreement: float) -> stats.Figure:
    return stats.Figure(agreement, None, None, 0, "agreement assumed, ties left out")


def _with_ties(decided: int, tie_rate: float) -> int:
    return stats.round_up(decided / (1 - tie_rate))


def _versions(plan: Assumptions) -> dict[str, Any]:
    """What it takes to see agreement rise, between two versions of a guideline."""
    first = min(plan.agreement, 1 - _CHANGE)
    size = stats.judgments_to_compare(first, first + _CHANGE)
    return {
        "first": first,
        "second": first + _CHANGE,
        "pairs_each": size.per_group,
        "convention": size.convention,
    }


def _seen(share: float, accuracy: float) -> float:
    """A win rate as labels show it that are not always right: nearer to one half."""
    return 0.5 + (share - 0.5) * (2 * accuracy - 1)


def _costs(plan: Assumptions, tasks: int, overlap: int) -> dict[str, Any]:
    cost = stats.labeling_cost(
        tasks,
        overlap,
        plan.price or 0.0,
        gold=plan.gold,
        repeats=plan.repeats,
        seconds=plan.seconds,
    )
    total = None
    if plan.price is not None:
        total = cost.total + tasks * (plan.price_of_task or 0.0)
    return {
        "judgments": cost.judgments,
        "live": cost.live,
        "gold": cost.gold,
        "repeats": cost.repeats,
        "hours": cost.hours,
        "total": total,
    }


def _bought(plan: Assumptions, accuracy: float | None) -> dict[str, Any]:
    """What the tasks and raters of the plan tell."""
    decided = int(plan.tasks * (1 - plan.tie_rate))
    costs = _costs(plan, plan.tasks, plan.overlap)
    low, high = stats.wilson_interval(decided * plan.share, decided)
    each = None if plan.people is None else ceil(costs["judgments"] / plan.people)
    right = None if accuracy is None else stats.majority_accuracy(accuracy, plan.overlap)
    return {
        "tasks": plan.tasks,
        "overlap": plan.overlap,
        "decided": decided,
        "low": low,
        "high": high,
        "least_share": None if right is None else _least_share(decided, right),
        "accuracy": right,
        "judgments_each": each,
        "hours_each": None if each is None or not plan.seconds else each * plan.seconds / 3600,
        **costs,
    }


def _least_share(decided: int, accuracy: float) -> float | None:
    """The least win rate above one half that so many tasks tell from it; None where none does."""

    def is_told(share: float) -> bool:
        seen = _seen(share, accuracy)
        return seen > 0.5 and stats.judgments_to_detect(min(seen, 1.0)).judgments <= decided

    if not is_told(1.0):
        return None
    low, high = 0.5, 1.0
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        low, high = (low, middle) if is_told(middle) else (middle, high)
    return high


def _by_overlap(plan: Assumptions, accuracy: float) -> list[dict[str, Any]]:
    """What the difference takes with one, three, five raters a task."""
    rows = []
    for overlap in sorted({*OVERLAPS_COMPARED, plan.overlap}):
        right = stats.majority_accuracy(accuracy, overlap)
        decided = stats.judgments_to_detect(_seen(plan.share, right)).judgments
        tasks = _with_ties(decided, plan.tie_rate)
        row = {"overlap": overlap, "accuracy": right, "tasks": tasks}
        rows.append(row | _costs(plan, tasks, overlap))
    return rows


def _of_budget(plan: Assumptions, accuracy: float) -> dict[str, Any] | None:
    """What the money buys with one, three, five raters a task; None without price and budget."""
    if plan.budget is None or not (plan.price or plan.price_of_task):
        return None
    bought = stats.overlap_plan(
        accuracy,
        plan.budget,
        plan.price or 0.0,
        price_of_task=plan.price_of_task or 0.0,
        raters=OVERLAPS_COMPARED,
    )
    rows = [
        {
            "overlap": int(bought.raters[at]),
            "tasks": int(bought.tasks[at]),
            "accuracy": float(bought.accuracy[at]),
            "right": float(bought.right[at]),
            "cost_per_right": float(bought.cost_per_right[at]),
            "information": float(bought.information[at]),
        }
        for at in range(len(bought.raters))
    ]
    best = {by: bought.best(by) for by in ("information", "accuracy")}
    return {"rows": rows, "best": best, "convention": bought.convention}


def _so_far(known: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """How the interval of the agreement so far narrows with more pairs."""
    if known is None or known["low"] is None:
        return None
    pilot = stats.Figure(*(known[name] for name in ("value", "low", "high", "n", "convention")))
    curve = stats.width_curve(pilot, [times * pilot.n for times in _TIMES], "share")
    if curve.low is None or curve.high is None:
        return None
    ends = zip(curve.n.tolist(), curve.low.tolist(), curve.high.tolist(), strict=True)
    return {
        "agreement": pilot.as_dict(),
        "expected": [{"n": int(n), "low": low, "high": high} for n, low, high in ends],
        "convention": curve.convention,
    }
