"""How often each rater gave the answer that the model believes in, with an interval."""

from __future__ import annotations

from typing import Any

import numpy as np

from labeling.stats.consensus.answers import Consensus, consensus_of
from labeling.stats.consensus.incidence import Incidence
from labeling.stats.intervals.proportions import wilson_interval
from labeling.stats.ratings import NO_JUDGMENTS, Figure, Floats, Ints

ENOUGH_SHARED = 30  # Shared tasks from which on a rater's confusion matrix is worth reading.
ONE_CATEGORY = "The scale has a single category, so that no answer can be wrong."
_STILL = 1e-12  # A variance below this is none at all.

CONVENTION = (
    "expected share of the rater's judgments that give the true category, under the posterior of "
    "{model}; n counts the rater's judgments on tasks that others judged too; {level:g}% Wilson "
    "interval at the effective number of judgments, which falls with the doubt about the true "
    "categories (Louis 1982); other parameters held fixed"
)


def reliabilities(
    incidence: Incidence, posterior: Floats, model: str, confidence: float
) -> tuple[Figure, ...]:
    """Return every rater's expected accuracy, in the order of the raters.

    A judgment is right with the posterior probability w of what it says. The accuracy p is the
    mean of w, over tasks that somebody else judged too: on the others a rater is the only witness
    of their own accuracy.
    """
    kept = incidence.shared
    rater = incidence.rater[kept]
    right = posterior[incidence.task[kept], incidence.value[kept]]
    share, effective, n = effective_trials(rater, right, len(incidence.raters))
    convention = CONVENTION.format(model=model, level=100 * confidence)
    if len(incidence.categories) < 2:
        return tuple(Figure(None, None, None, int(size), convention, ONE_CATEGORY) for size in n)
    alone = np.bincount(incidence.rater, minlength=len(incidence.raters))
    return tuple(
        _figure(float(p), float(size), int(count), int(total), convention, confidence)
        for p, size, count, total in zip(share, effective, n, alone, strict=True)
    )


def effective_trials(rater: Ints, weight: Floats, raters: int) -> tuple[Floats, Floats, Ints]:
    """Return each rater's mean weight p, the effective number of trials behind it, and n.

    Each of n trials is a success with probability w, unseen. Not seeing costs information: of n
    trials n var(w) / (p (1 - p)) remain, all n where every w is 0 or 1 and none where all are
    alike. Source: Louis (1982), Journal of the Royal Statistical Society B 44, for one parameter.
    """
    n = np.bincount(rater, minlength=raters)
    under = np.maximum(n, 1)
    share = np.clip(np.bincount(rater, weight, minlength=raters) / under, 0, 1)
    square = np.bincount(rater, weight * weight, minlength=raters) / under
    room = share * (1 - share)
    # Louis: I_Y = E[I_X] - var(S), here n / (p q) - sum w (1 - w) / (p q)^2 with q = 1 - p;
    # times p q, the information of one trial turned round, that is n var(w) / (p q) trials.
    known = np.clip((square - share**2) / np.where(room > _STILL, room, 1), 0, 1)
    effective = np.asarray(n * np.where(room > _STILL, known, 1.0), dtype=np.float64)
    return share, effective, n


def caution(raters: tuple[Any, ...], shared: Ints) -> str | None:
    """Return a sentence where raters share too few tasks to be told apart, else None."""
    few = int((shared < ENOUGH_SHARED).sum())
    if not few:
        return None
    who = (
        f"rater {raters[int(np.argmax(shared < ENOUGH_SHARED))]} shares"
        if few == 1
        else f"{few if few < len(raters) else 'all'} of {len(raters)} raters share"
    )
    return (
        f"Read with care: {who} fewer than {ENOUGH_SHARED} judgments with others, "
        "too few to know how reliable a rater is."
    )


def unidentified(incidence: Incidence) -> str:
    """Return the reason why no rater can be told from another: no task is shared."""
    if not len(incidence.value):
        return NO_JUDGMENTS
    return "No task was judged by two raters, so nothing can be learned of any of them."


def posteriors(incidence: Incidence, posterior: Floats, method: str) -> Consensus:
    """Return the posteriors of a fitted model as the consensus."""
    convention = f"posterior probability of each category; n counts judgments; {method}"
    return consensus_of(incidence.tasks, incidence.categories, incidence.n, posterior, convention)


def votes_only(incidence: Incidence, method: str) -> Consensus:
    """Return the shares of votes, for where nothing was fitted."""
    convention = f"share of the votes, not fitted; n counts votes; {method}"
    return consensus_of(
        incidence.tasks, incidence.categories, incidence.n, incidence.shares, convention
    )


def unknown_raters(incidence: Incidence, convention: str) -> tuple[Figure, ...]:
    """Return a figure for every rater that says why there is none."""
    totals = np.bincount(incidence.rater, minlength=len(incidence.raters))
    return tuple(
        Figure(None, None, None, 0, convention, nothing_shared(total)) for total in totals.tolist()
    )


def nothing_shared(total: int) -> str:
    """Return the reason why a rater without shared tasks has no figure."""
    tasks = "The 1 task" if total == 1 else f"None of the {total} tasks"
    verb = "was judged by nobody else" if total == 1 else "was judged by anybody else"
    return f"{tasks} this rater judged {verb}, so nothing speaks for or against the answers."


def _figure(
    share: float, effective: float, n: int, total: int, convention: str, confidence: float
) -> Figure:
    if not n:
        return Figure(None, None, None, 0, convention, nothing_shared(total))
    low, high = wilson_interval(share * effective, effective, confidence)
    return Figure(share, min(low, share), max(high, share), n, convention)
