"""Accuracy of the consensus against judgments spent: `python -m bench.consensus`.

Simulated pairs with a known better response, judged on a scale of -3..3 by raters of several
kinds. What a rule knows of the raters is learned inside the simulation, never handed over: from
gold tasks, or by Dawid-Skene from earlier judgments with overlap 3. Every rule sees the same
judgments in the same order, so that differences are paired; standard errors are over replicates,
each with raters and tasks of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from labeling.stats import Ratings
from labeling.stats.consensus import (
    FixedOverlap,
    RaterModel,
    Sequential,
    Spread,
    StoppingRule,
    Vote,
    dawid_skene,
    rater_model_from_dawid_skene,
    rater_model_from_gold,
)

SEEDS = range(10)
TASKS = 250
EARLIER = 600
GOLD = 40
MOST = 9
PAIRS: dict[str, Any] = {"mirrored": True, "shrinkage": 20}
SIDES = (-1, 1)

#: How clear-cut tasks are: a rater of accuracy a is right with 1/2 + clarity * (a - 1/2).
DIFFICULTIES = {
    "clear": (1.0,),
    "mixed": (1.0, 0.7, 0.4),
    "hard": (0.5,),
}

#: Accuracies on a clear task; None tosses coins, "longer" picks the longer response 9 times of 10.
CROWDS: dict[str, tuple[Any, ...]] = {
    "alike (.80)": (0.8,) * 20,
    "from .55 to .95": tuple(np.linspace(0.55, 0.95, 20)),
    "with 4 spammers and 3 who love length": (
        *np.linspace(0.55, 0.95, 13),
        *(None,) * 4,
        *("longer",) * 3,
    ),
}


@dataclass(frozen=True, eq=False)
class Judged:
    """Tasks with MOST judgments each, in the order in which they would arrive."""

    truth: Any
    rater: Any
    value: Any


def judge(crowd: tuple[Any, ...], clarity: Any, tasks: int, each: int, seed: Any) -> Judged:
    """Draw tasks and let raters judge them; the longer response is the better one in 55 %."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(SIDES, tasks)
    longer = np.where(rng.random(tasks) < 0.55, truth, -truth)
    clear = rng.choice(np.asarray(clarity), tasks)[:, None]
    rater = np.argsort(rng.random((tasks, len(crowd))), axis=1)[:, :each]
    skill = np.array([0.5 if kind in (None, "longer") else kind for kind in crowd], dtype=float)
    right = rng.random(rater.shape) < 0.5 + clear * (skill[rater] - 0.5)
    side = np.where(right, truth[:, None], -truth[:, None])
    loves = np.array([kind == "longer" for kind in crowd])[rater]
    follows = rng.random(rater.shape) < 0.9
    by_length = np.where(follows, longer[:, None], -longer[:, None])
    side = np.where(loves, by_length, side)
    strength = 1 + rng.binomial(2, np.where(right, 0.2 + 0.4 * clear, 0.25))
    return Judged(truth, rater, side * strength)


def ratings_of(judged: Judged, first: int) -> Ratings:
    """The sides that the first raters of every task chose."""
    tasks = len(judged.truth)
    return Ratings(
        np.repeat(np.arange(tasks), first),
        judged.rater[:, :first].ravel(),
        np.sign(judged.value[:, :first]).ravel(),
    )


def run(rule: StoppingRule, judged: Judged, *, sides: bool) -> tuple[float, float]:
    """Return accuracy and judgments a task when `rule` decides; no answer is half right."""
    right, spent = 0.0, 0
    values = np.sign(judged.value) if sides else judged.value
    for truth, raters, said in zip(
        judged.truth.tolist(), judged.rater.tolist(), values.tolist(), strict=True
    ):
        votes: list[Vote] = []
        decision = rule.decide(votes)
        while decision.more:
            start = len(votes)
            arriving = range(start, start + decision.more)
            votes += [Vote(raters[place], said[place]) for place in arriving]
            decision = rule.decide(votes)
        spent += len(votes)
        right += 0.5 if not decision.answer else float((decision.answer > 0) == (truth > 0))
    tasks = len(judged.truth)
    return right / tasks, spent / tasks


def afterwards(judged: Judged, first: int, **settings: Any) -> tuple[float, float]:
    """Return accuracy and judgments of Dawid-Skene over the first judgments of every task."""
    ratings = ratings_of(judged, first)
    consensus = dawid_skene(ratings, categories=SIDES, tolerance=1e-4, **settings).consensus
    answer = np.where(consensus.leader < 0, 0, np.where(consensus.leader == 0, -1, 1))
    right = np.where(answer == 0, 0.5, answer == judged.truth)
    return float(right.mean()), float(first)


def from_gold(crowd: tuple[Any, ...], clarity: Any, seed: int) -> RaterModel:
    """Learn raters from GOLD tasks that all of them judge, as hard as the others."""
    gold = judge(crowd, clarity, GOLD, len(crowd), (seed, 1))
    truth = dict(enumerate(gold.truth.tolist()))
    ratings = ratings_of(gold, len(crowd))
    return rater_model_from_gold(ratings, truth, categories=SIDES, mirrored=True)


def from_earlier(crowd: tuple[Any, ...], clarity: Any, seed: int) -> RaterModel:
    """Learn raters by Dawid-Skene from EARLIER tasks with three judgments each, without gold."""
    earlier = judge(crowd, clarity, EARLIER, 3, (seed, 2))
    fitted = dawid_skene(ratings_of(earlier, 3), categories=SIDES, tolerance=1e-4, **PAIRS)
    return rater_model_from_dawid_skene(fitted)


def replicate(crowd: tuple[Any, ...], clarity: Any, seed: int) -> dict[str, tuple[float, float]]:
    """Return accuracy and judgments a task of every rule on one set of tasks and raters."""
    judged = judge(crowd, clarity, TASKS, MOST, (seed, 0))
    results = {
        "majority of 3": run(FixedOverlap(3), judged, sides=True),
        "majority of 5": run(FixedOverlap(5), judged, sides=True),
        "spread, 3 to 5": run(Spread(), judged, sides=False),
        "Dawid-Skene on 3": afterwards(judged, 3),
        "Dawid-Skene on 3, shrunk": afterwards(judged, 3, **PAIRS),
    }
    gold, earlier = from_gold(crowd, clarity, seed), from_earlier(crowd, clarity, seed)
    for bound in (0.7, 0.8, 0.9):
        rule = Sequential(gold, bound=bound, most=MOST)
        results[f"sequential {bound:g}, gold"] = run(rule, judged, sides=True)
    for bound in (0.7, 0.8):
        rule = Sequential(earlier, bound=bound, most=MOST)
        results[f"sequential {bound:g}, earlier"] = run(rule, judged, sides=True)
    return results


def row_of(name: str, results: Any, five: Any) -> str:
    """One printed line: accuracy, its difference from the majority of 5, and judgments."""
    runs = len(results)
    gain = results[:, 0] - five[:, 0]
    error = results[:, 0].std(ddof=1) / np.sqrt(runs)
    apart = gain.std(ddof=1) / np.sqrt(runs)
    return (
        f"  {name:<26} {100 * results[:, 0].mean():6.1f} ± {100 * error:3.1f}"
        f"   {100 * gain.mean():+6.1f} ± {100 * apart:3.1f}   {results[:, 1].mean():6.2f}"
    )


def main() -> None:
    """Print one table for each crowd and difficulty."""
    began = perf_counter()
    print(
        f"{len(SEEDS)} replicates (seeds {SEEDS.start} to {SEEDS.stop - 1}) of {TASKS} tasks; "
        f"± is one standard error over replicates.\n"
        f"gold: raters learned from {GOLD} gold tasks each; earlier: by Dawid-Skene from {EARLIER} "
        f"earlier tasks\nwith 3 judgments, no gold. Sequential rules ask for {MOST} at most.\n"
        "Judgments spent on learning are not counted: they are spent once for all later tasks."
    )
    for crowd_name, crowd in CROWDS.items():
        for difficulty, clarity in DIFFICULTIES.items():
            runs = [replicate(crowd, clarity, seed) for seed in SEEDS]
            table = {name: np.array([results[name] for results in runs]) for name in runs[0]}
            print(f"\nRaters {crowd_name}, tasks {difficulty}")
            print(f"  {'':<26} accuracy %     against 5       judgments a task")
            for name, results in table.items():
                print(row_of(name, results, table["majority of 5"]))
    print(f"\n{perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
