"""When to stop asking: rules that look at a task's judgments so far and ask for more, or close it.

Every rule is pure and takes microseconds, so that it can be asked after every judgment. A rule
only says how many; who is asked, and that nobody is asked twice, is the business of allocation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np

from labeling.stats.consensus.rater_model import RaterModel
from labeling.stats.consensus.similar import most_similar
from labeling.stats.ratings import RatingsError, plural

_SAME = 1e-9


class Vote(NamedTuple):
    """One judgment of a task: who gave it, and its value on the scale."""

    rater: Any
    value: Any


@dataclass(frozen=True, slots=True)
class Decision:
    """What a rule says about a task.

    Attributes:
        more: how many further judgments to ask for now; 0 closes the task.
        reason: the decision in words, with the numbers it rests on.
        votes: judgments so far.
        answer: what the judgments so far amount to, or None where nothing leads.
        posterior: probability of each category, where the rule has a model of raters, else None.
    """

    more: int
    reason: str
    votes: int
    answer: Any | None
    posterior: dict[Any, float] | None = None

    @property
    def closed(self) -> bool:
        """Return whether the task needs no further judgment."""
        return self.more == 0


class StoppingRule(Protocol):
    """A rule that closes tasks."""

    def decide(self, votes: Sequence[Vote]) -> Decision:
        """Return what to do after these judgments of one task, in any order."""
        ...


@dataclass(frozen=True, slots=True)
class FixedOverlap:
    """Ask `overlap` raters, whatever they say. The answer is the category with most votes.

    Simple, and the only rule under which the votes of a task are a plain sample: use it where
    agreement is measured. An odd number avoids ties between two categories.

    Attributes:
        overlap: judgments a task gets.
    """

    overlap: int = 3

    def __post_init__(self) -> None:
        """Raise ValueError where no judgment is asked for."""
        if self.overlap < 1:
            raise ValueError(f"The overlap must be at least 1, not {self.overlap}.")

    def decide(self, votes: Sequence[Vote]) -> Decision:
        """Return how many of the fixed number are left."""
        _refuse_repeats(votes)
        n, answer = len(votes), _majority(votes)
        if n < self.overlap:
            reason = f"Open: it has {n} of {plural(self.overlap, 'judgment')}."
            return Decision(self.overlap - n, reason, n, answer)
        return Decision(0, f"Closed: it has its {plural(self.overlap, 'judgment')}.", n, answer)


@dataclass(frozen=True, slots=True)
class Spread:
    """Ask a few raters first, and more only where their values lie far apart.

    The rule of HelpSteer2: 3 judgments, and up to 5 where they differ by more than 2 on a numeric
    scale. It finds tasks that are controversial; that raters are wrong together it cannot see.
    On two values that differ by no more than `spread` it never asks for more. The answer is the
    rounded mean of the `first` most similar values (see `most_similar`).

    Attributes:
        first: judgments every task gets.
        most: judgments a task gets where they lie apart.
        spread: largest less smallest value from above which more are asked for.

    Source: Wang et al. (2024), arXiv:2406.08673.
    """

    first: int = 3
    most: int = 5
    spread: float = 2

    def __post_init__(self) -> None:
        """Raise ValueError where the numbers contradict each other."""
        if not 1 <= self.first <= self.most:
            raise ValueError(
                f"At least 1 judgment first and no fewer at most, not {self.first} and {self.most}."
            )
        if not self.spread >= 0:
            raise ValueError(f"The spread must be 0 or more, not {self.spread}.")

    def decide(self, votes: Sequence[Vote]) -> Decision:
        """Return the first judgments, then as many as are left where values lie apart."""
        _refuse_repeats(votes)
        n = len(votes)
        values = [_number(position, vote.value) for position, vote in enumerate(votes)]
        if n < self.first:
            answer = _majority(votes)
            reason = f"Open: it has {n} of the first {self.first} judgments."
            return Decision(self.first - n, reason, n, answer)
        judged = plural(n, "judgment")
        similar = most_similar(
            values, keep=self.first, spread=float("inf"), invalid=(), drop_ties=False
        )
        apart = max(values) - min(values)
        if apart <= self.spread:
            reason = f"Closed: {judged} lie {apart:g} apart, no more than {self.spread:g}."
            return Decision(0, reason, n, similar.value)
        if n >= self.most:
            reason = (
                f"Closed after {judged}, the most allowed; they lie {apart:g} apart, more "
                f"than {self.spread:g}."
            )
            return Decision(0, reason, n, similar.value)
        reason = f"Open: {judged} lie {apart:g} apart, more than {self.spread:g}."
        return Decision(self.most - n, reason, n, similar.value)


@dataclass(frozen=True, eq=False)
class Sequential:
    """Ask one rater at a time until one answer is probable enough, or too many were asked.

    Each judgment counts by what is known of its rater; with raters alike and two categories this
    is Wald's sequential test with an upper limit. Use it to spend judgments where they matter.
    `bound` is a promise only as far as the model of raters holds: copying raters, a shared bias,
    or tasks that are harder than those the raters were learned on make it too optimistic. The
    votes of such tasks are no plain sample: do not measure agreement on them alone.

    Attributes:
        model: what is known of the raters.
        bound: close the task when the posterior of one category reaches this.
        least: judgments a task gets in any case.
        most: judgments a task gets at most.

    Source: Wald (1945), Annals of Mathematical Statistics 16.
    """

    model: RaterModel
    bound: float = 0.95
    least: int = 1
    most: int = 5

    def __post_init__(self) -> None:
        """Raise ValueError where the bound or the numbers have no meaning."""
        if not 0 < self.bound <= 1:
            raise ValueError(f"The bound must lie above 0 and be at most 1, not {self.bound}.")
        if not 0 <= self.least <= self.most or self.most < 1:
            raise ValueError(
                f"At least {self.least} and at most {self.most} judgments contradict each other."
            )

    def decide(self, votes: Sequence[Vote]) -> Decision:
        """Return one more judgment, or none once the posterior is decided or the limit reached."""
        _refuse_repeats(votes)
        n = len(votes)
        posterior = self.model.posterior(votes)
        place, top = int(posterior.argmax()), float(posterior.max())
        tied = int((posterior >= top - _SAME).sum()) > 1
        answer = None if tied else self.model.categories[place]
        probabilities = dict(zip(self.model.categories, posterior.tolist(), strict=True))
        lead = "no category leads" if tied else f"{answer} has the posterior {_percent(top)}"
        limit, judged = _percent(self.bound), plural(n, "judgment")
        if n < self.least:
            reason = f"Open: it has {n} of the {self.least} judgments that every task gets."
            return Decision(1, reason, n, answer, probabilities)
        if top >= self.bound and not tied:
            reason = f"Closed after {judged}: {lead}, which reaches {limit}."
            return Decision(0, reason, n, answer, probabilities)
        if n >= self.most:
            reason = f"Closed after {judged}, the most allowed: {lead}, below {limit}."
            return Decision(0, reason, n, answer, probabilities)
        return Decision(1, f"Open: after {judged} {lead}, below {limit}.", n, answer, probabilities)


def _majority(votes: Sequence[Vote]) -> Any | None:
    """Return the value with most votes, or None where several have as many."""
    counted = Counter(vote.value for vote in votes).most_common(2)
    if not counted or (len(counted) == 2 and counted[0][1] == counted[1][1]):
        return None
    return counted[0][0]


def _refuse_repeats(votes: Sequence[Vote]) -> None:
    """Refuse a second judgment by a rater: rules count raters, not clicks."""
    seen = set()
    for position, vote in enumerate(votes):
        if vote.rater in seen:
            raise RatingsError(f"rater {vote.rater} votes a second time at position {position}.")
        seen.add(vote.rater)


def _number(position: int, value: Any) -> float:
    if not isinstance(value, int | float | np.number) or not np.isfinite(value):
        raise RatingsError(f"value {value} at position {position} is not a number.")
    return float(value)


def _percent(share: float) -> str:
    """Return a share in words that never round to certainty: 0.9999 is "99.99%"."""
    for digits in (1, 2, 4, 6):
        percent = f"{100 * share:.{digits}f}"
        if share == 1 or float(percent) < 100:
            return f"{percent.rstrip('0').rstrip('.')}%"
    return "almost 100%"
