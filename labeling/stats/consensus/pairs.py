"""Bradley-Terry with raters who err: strengths, reliabilities, and the truth of every task.

With s_ij = expit(a_i - a_j), rater r says that i is better than j with probability
h_r s_ij + (1 - h_r)(1 - s_ij): right with probability h_r, else the opposite. Where judgments
have tasks, all judgments of a task are about one and the same truth, drawn once with probability
s_ij; that is what tells reliability from closeness. Without tasks a truth is drawn for every
judgment, which is Crowd-BT of Chen et al. exactly.

Likelihoods of this kind have mirror images (all strengths and raters turned round) and no maximum
for unbeaten responses: priors settle both, and are printed. The start is pinned: equal strengths,
raters as the prior has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, sparse, special

from labeling.stats.consensus.answers import Consensus, consensus_of
from labeling.stats.consensus.em import Limits
from labeling.stats.consensus.judged_pairs import CodedPairs, JudgedPairs, PairTies, code_pairs
from labeling.stats.consensus.pair_likelihood import PairLikelihood, Prior
from labeling.stats.intervals.proportions import CONFIDENCE, normal_quantile
from labeling.stats.ratings import NO_JUDGMENTS, ConvergenceError, Figure, Floats

_DENSE = 2500  # Up to this many parameters the information matrix is inverted for intervals.


@dataclass(frozen=True, eq=False)
class RaterBradleyTerry:
    """Strengths of responses and reliabilities of raters, estimated together.

    Attributes:
        responses: the responses or models, in sorted order; M of them.
        strength: of each in log odds, mean 0; expit of a difference is the chance to be better.
        raters: the raters, in sorted order; R of them.
        reliability: probability that the rater reports the truth, not its opposite.
        consensus: of every task the posterior on (-1, 1), -1 meaning that the first response is
            better: it weighs the judgments by reliability and adds what the strengths say.
        tie_share: share of each rater's judgments that are ties, shape (R,).
        components: groups of responses that no comparison connects.
        log_likelihood: of the judgments; n counts judgments.
        convention: model, priors, ties, start and stop.
        caution: a sentence about what only the prior decides, or None.
        reason: why there is no result, or None.
    """

    responses: tuple[Any, ...]
    strength: tuple[Figure, ...]
    raters: tuple[Any, ...]
    reliability: tuple[Figure, ...]
    consensus: Consensus
    tie_share: Floats
    components: int
    log_likelihood: Figure
    convention: str
    caution: str | None = None
    reason: str | None = None

    def better(self, first: Any, second: Any) -> float:
        """Return the probability that `first` is better than `second`, by their strengths.

        Raises:
            KeyError: a response that was never compared other than by ties left out.
        """
        known = dict(zip(self.responses, self.strength, strict=True))
        gap = [known[name].value for name in (first, second)]
        for name, value in zip((first, second), gap, strict=True):
            if value is None:
                raise KeyError(f"{name} has no strength: {known[name].reason}")
        return float(special.expit(np.subtract(*gap)))


def rater_bradley_terry(
    pairs: JudgedPairs,
    *,
    ties: PairTies = "drop",
    prior_games: float = 0.5,
    trust: tuple[float, float] = (4.0, 1.0),
    tolerance: float = 1e-8,
    max_iterations: int = 500,
    confidence: float = CONFIDENCE,
) -> RaterBradleyTerry:
    """Estimate how strong responses are and how reliable raters are, from comparisons.

    A rater near 1/2 tosses coins, one below it has the scale upside down. Use it where raters
    differ much and each response is compared several times; for a ranking of models by raters of
    one kind, plain Bradley-Terry says the same and has better intervals.

    Args:
        ties: "drop": a tie is no statement about the two and only counts for `tie_share`.
            "half": a tie is half a judgment for each side, each about a truth of its own, and
            draws the strengths together.
        prior_games: games each response has won, and as many lost, against strength 0; above 0.
        trust: judgments each rater has got right, and wrong, beforehand; above 0.
        tolerance: stop when no slope of the mean log likelihood is larger.

    Raises:
        ValueError: a setting without meaning.
        ConvergenceError: still climbing after `max_iterations`.

    Source: Chen, Bennett, Collins-Thompson and Horvitz (2013), WSDM; their virtual node is
    `prior_games`.
    """
    limits = Limits("Bradley-Terry with rater reliability", tolerance, max_iterations)
    normal_quantile(confidence)
    if ties not in ("drop", "half"):
        raise ValueError(f"Ties must be drop or half, not {ties}.")
    if not (prior_games > 0 and min(trust) > 0):
        raise ValueError(
            "The priors must be above 0: without them unbeaten responses have endless strengths."
        )
    coded = code_pairs(pairs, ties)
    truth = "judgment" if pairs.task is None else "task"
    settled = "left out" if ties == "drop" else "as half a judgment for each side"
    convention = (
        f"Bradley-Terry with rater reliability, one truth a {truth}, ties {settled}, prior of "
        f"{prior_games:g} games won and lost and of {trust[0]:g} right and {trust[1]:g} wrong "
        f"judgments, from equal strengths until no slope exceeds {tolerance:g}"
    )
    model = PairLikelihood(coded, Prior(prior_games, *trust))
    x = _fit(model, limits) if len(pairs) else model.start()
    return _result(model, x, confidence, convention)


def _fit(model: PairLikelihood, limits: Limits) -> Floats:
    """Return the highest parameters, on the side of the mirror that the prior prefers."""
    x = _climb(model, model.start(), limits)
    if model.height(-x) > model.height(x):
        x = _climb(model, -x, limits)
    return x


def _climb(model: PairLikelihood, start: Floats, limits: Limits) -> Floats:
    """Climb by Newton steps within a trust region, which need no line search and no start."""
    scale = model.scale
    at: dict[bytes, sparse.csr_matrix] = {}
    options = {"gtol": limits.tolerance / 10, "maxiter": limits.max_iterations}
    minimize: Any = optimize.minimize  # Its stubs do not know functions of arrays of any shape.

    def turned(x: Floats, direction: Floats) -> Floats:
        key = x.tobytes()
        if key not in at:
            at.clear()
            at[key] = model.information(x)
        return np.asarray(at[key] @ direction * scale, dtype=np.float64)

    optimum = minimize(
        lambda x: -model.height(x) * scale,
        start,
        jac=lambda x: -model.slope(x) * scale,
        hessp=turned,
        method="trust-ncg",
        options=options,
    )
    x = np.asarray(optimum.x, dtype=np.float64)
    steepest = float(np.abs(model.slope(x)).max()) * scale
    if steepest > limits.tolerance:
        raise ConvergenceError(
            f"{limits.name} did not settle within {limits.max_iterations} iterations: its "
            f"steepest slope is {steepest:.2g}, and the tolerance is {limits.tolerance:g}."
        )
    return x


def _result(
    model: PairLikelihood, x: Floats, confidence: float, convention: str
) -> RaterBradleyTerry:
    coded = model.coded
    n = int(coded.task_n.sum())
    errors, trouble = _errors(model, x)
    strength, reliability = _figures(model, x, errors, trouble, convention, confidence)
    posterior = model.posterior(x)[: len(coded.tasks)]
    components = _components(coded)
    nothing = None if n else NO_JUDGMENTS
    likelihood = model.likelihood(x) if n else None
    half = bool((coded.weight < 1).any())
    judged = coded.decided if half else coded.decided + coded.ties
    return RaterBradleyTerry(
        responses=coded.responses,
        strength=strength,
        raters=coded.raters,
        reliability=reliability,
        consensus=consensus_of(
            coded.tasks,
            (-1, 1),
            coded.task_n,
            np.stack([posterior, 1 - posterior], axis=1),
            f"posterior probability that each response is better; n counts judgments; {convention}",
        ),
        tie_share=coded.ties / np.maximum(judged, 1),
        components=components,
        log_likelihood=Figure(
            likelihood, None, None, n, f"log likelihood; n counts judgments; {convention}", nothing
        ),
        convention=convention,
        caution=_caution(components, coded),
        reason=nothing,
    )


def _errors(model: PairLikelihood, x: Floats) -> tuple[Floats, str | None]:
    """Return standard errors, of strengths less their mean and of logits, or why there are none."""
    if not model.size:
        return np.zeros(0), None
    if model.size > _DENSE:
        return np.zeros(model.size), (
            f"No interval: {model.size} responses and raters are more than the {_DENSE} for "
            "which it is computed."
        )
    information = model.information(x).toarray()
    try:
        root = np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        return np.zeros(model.size), (
            "No interval: the likelihood is flat here, so that other strengths and reliabilities "
            "explain the judgments as well."
        )
    # I = L L', so that the covariance is H' H with H = L^-1: variances cannot come out negative.
    half = np.linalg.inv(root)
    # The columns of strengths less their mean: errors of a_i less the mean of all a.
    half[:, : model.responses] -= half[:, : model.responses].mean(axis=1, keepdims=True)
    return np.sqrt((half**2).sum(axis=0)), None


def _figures(
    model: PairLikelihood,
    x: Floats,
    errors: Floats,
    trouble: str | None,
    convention: str,
    confidence: float,
) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """Return strengths and reliabilities as figures."""
    coded, size = model.coded, model.responses
    judged = np.bincount(coded.truth, minlength=len(coded.first))
    compared = np.bincount(coded.first, coded.weight * judged, minlength=size)
    compared += np.bincount(coded.second, coded.weight * judged, minlength=size)
    centre = float(x[:size].mean()) if size else 0.0
    reach = normal_quantile(confidence) * errors
    ends = f"{100 * confidence:g}% interval by the observed information (Louis 1982)"
    strong = f"strength in log odds, their mean being 0; n counts judgments; {convention}, {ends}"
    report = (
        f"probability that the rater reports the truth; n counts judgments; {convention}, {ends}"
    )
    return (
        tuple(
            _figure(float(value), float(end), round(n), strong, trouble, share=False)
            for value, end, n in zip(x[:size] - centre, reach[:size], compared, strict=True)
        ),
        tuple(
            _figure(float(value), float(end), round(n), report, trouble, share=True)
            for value, end, n in zip(x[size:], reach[size:], coded.decided, strict=True)
        ),
    )


def _figure(
    value: float, reach: float, n: int, convention: str, trouble: str | None, *, share: bool
) -> Figure:
    """Return a parameter as a figure; a share is taken back from its logit."""
    if not n:
        return Figure(
            None, None, None, 0, convention, "All of these judgments are ties, left out here."
        )
    back = (lambda logit: float(special.expit(logit))) if share else float
    if trouble is not None:
        return Figure(back(value), None, None, n, convention, trouble)
    return Figure(back(value), back(value - reach), back(value + reach), n, convention)


def _components(coded: CodedPairs) -> int:
    """Return into how many groups the responses fall, linked by what was judged."""
    size = len(coded.responses)
    if not size:
        return 0
    linked = np.bincount(coded.truth, minlength=len(coded.first)) > 0
    first, second = coded.first[linked], coded.second[linked]
    links = sparse.csr_matrix((np.ones(len(first)), (first, second)), shape=(size, size))
    groups, _ = sparse.csgraph.connected_components(links, directed=False)
    return int(groups)


def _caution(components: int, coded: CodedPairs) -> str | None:
    sentences = []
    if components > 1:
        sentences.append(
            f"The responses fall into {components} groups that were never compared with each "
            "other: strengths compare only within a group."
        )
    if len(coded.raters) == 1:
        sentences.append(
            "There is one rater: how reliable the rater is and how far the responses lie apart "
            "cannot be told apart, and the prior decides."
        )
    return " ".join(sentences) or None
