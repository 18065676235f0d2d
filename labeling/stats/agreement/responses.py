"""The agreement on responses judged one by one, as plain data: ratings, yes or no, rules.

A unit is a response on a task (of a rule, with the principle). "Unsure" and "not applicable" are
no values: they leave every coefficient and stand as rates of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from labeling.stats.agreement.coefficients import Level
from labeling.stats.agreement.cohen import RaterPairs, cohen_kappa_pairs
from labeling.stats.agreement.figures import gwet_ac, krippendorff_alpha, percent_agreement
from labeling.stats.agreement.icc import icc_forms
from labeling.stats.agreement.report import counts_of_pairs, value_counts, with_pairs_apart
from labeling.stats.agreement.wording import of_units
from labeling.stats.coding import Coded, code
from labeling.stats.intervals.clustered import clustered_wilson
from labeling.stats.ratings import Figure, Ratings, column, number_column, same_length
from labeling.stats.table import Table, tabulate

UNSURE_CODE, NOT_APPLICABLE_CODE = 1, 2
_UNSAID = {"unsure": UNSURE_CODE, "not_applicable": NOT_APPLICABLE_CODE}
_LEVELS: tuple[Level, ...] = ("nominal", "ordinal", "interval")
_RESPONSE = ("response", "responses")
_NONE_YET = "There are no judgments yet."


class ResponseAnswers:
    """Answers on responses in long form, one row each, those without a value too.

    Attributes:
        unit: the response on its task, shape (n,); a rater answers a unit at most once.
        rater, value, prompt: who, what (anything where `unsaid`), what the unit was drawn with.
        unsaid: 0 for a value, `UNSURE_CODE` or `NOT_APPLICABLE_CODE`, shape (n,).
    """

    __slots__ = ("prompt", "rater", "unit", "unsaid", "value")

    def __init__(
        self,
        unit: npt.ArrayLike,
        rater: npt.ArrayLike,
        value: npt.ArrayLike,
        prompt: npt.ArrayLike,
        unsaid: npt.ArrayLike | None = None,
    ) -> None:
        """Take the columns as arrays or sequences and refuse what cannot be read.

        Raises:
            RatingsError: unequal lengths, or a hole; the column and position are named.
        """
        self.unit = column("unit", unit)
        self.rater = column("rater", rater)
        self.value = number_column("value", value)
        self.prompt = column("prompt", prompt)
        none = np.zeros(len(self.unit), dtype=np.int64)
        self.unsaid = none if unsaid is None else number_column("unsaid", unsaid)
        same_length(
            unit=self.unit,
            rater=self.rater,
            value=self.value,
            prompt=self.prompt,
            unsaid=self.unsaid,
        )

    def __len__(self) -> int:
        """Return the number of answers, those without a value too."""
        return len(self.unit)

    @property
    def ratings(self) -> Ratings:
        """The answers that are a value."""
        kept = self.unsaid == 0
        return Ratings(self.unit[kept], self.rater[kept], self.value[kept], self.prompt[kept])


def rating_report(
    answers: ResponseAnswers,
    categories: Sequence[int],
    *,
    is_yes_no: bool,
    unsaid: Collection[str] = tuple(_UNSAID),
) -> tuple[dict[str, Any], RaterPairs]:
    """Return every agreement figure of ratings as JSON-ready data, and its pairs of raters.

    Args:
        categories: the declared scale in its declared order; of yes or no, 0 and 1.
        is_yes_no: whether the scale has no order to speak of, and one answer is often rare.
        unsaid: what raters may say in place of a value, of "unsure" and "not_applicable".

    Returns:
        "percent_agreement", "krippendorff_alpha" (nominal, ordinal, interval), "gwet_ac1", "icc"
        (the six forms; None of yes or no), "yes" (how often; None of an ordered scale), "unsure"
        and "not_applicable", shares of all answers; "counts" and "values" (the histogram).
    """
    coded = code(answers.ratings, categories)
    table = tabulate(coded)
    weights = "identity" if is_yes_no else "quadratic"
    pairs = with_pairs_apart(cohen_kappa_pairs(coded, weights=weights))
    content = {
        "percent_agreement": _named(percent_agreement(table)),
        "krippendorff_alpha": {
            level: _named(krippendorff_alpha(table, level)) for level in _LEVELS
        },
        "gwet_ac1": _named(gwet_ac(table)),
        "icc": None if is_yes_no else _correlations(coded),
        "yes": _share_of(answers, 1).as_dict() if is_yes_no else None,
        **_unsaid(answers, unsaid),
        "counts": _counts(answers, table, pairs),
        "values": value_counts(table),
    }
    return content, pairs


def rule_report(
    answers: ResponseAnswers,
    categories: Sequence[int],
    *,
    breaks: Sequence[int],
    unsaid: Collection[str] = tuple(_UNSAID),
) -> tuple[dict[str, Any], RaterPairs]:
    """Return every agreement figure of judgments by rule, and its pairs of raters.

    A unit is a response with a principle. The levels of a scale count as two, broken or followed.

    Args:
        categories: the declared scale, without the level that says unsure: it is `UNSURE_CODE`.
        breaks: the values that say that the rule is broken.
        unsaid: what raters may say in place of a value, of "unsure" and "not_applicable".

    Returns:
        "percent_agreement" and "gwet_ac1" of broken or followed, "krippendorff_alpha" (ordinal,
        on the levels), "violation" (how often broken, of answers that tell), "unsure" and
        "not_applicable"; "counts" and "values".
    """
    table = tabulate(code(answers.ratings, categories))
    broken = np.isin(answers.value, np.array(breaks)).astype(np.int64)
    either_way = ResponseAnswers(
        answers.unit, answers.rater, broken, answers.prompt, answers.unsaid
    )
    coded = code(either_way.ratings, (0, 1))
    either = tabulate(coded)
    pairs = with_pairs_apart(cohen_kappa_pairs(coded))
    content = {
        "percent_agreement": _named(percent_agreement(either)),
        "gwet_ac1": _named(gwet_ac(either)),
        "krippendorff_alpha": {"ordinal": _named(krippendorff_alpha(table, "ordinal"))},
        "violation": violation_rate(either_way).as_dict(),
        **_unsaid(answers, unsaid),
        "counts": _counts(answers, either, pairs),
        "values": value_counts(table),
    }
    return content, pairs


def violation_rate(answers: ResponseAnswers) -> Figure:
    """Return how often a rule is broken (value 1), of answers that say whether it is.

    Without a violation the upper end is what the rate may be at most.
    """
    return _share_of(answers, 1, "answers that a rule is broken, of those that say whether it is")


def _share_of(
    answers: ResponseAnswers, value: int, convention: str = "answers that say yes, of yes and no"
) -> Figure:
    kept = answers.unsaid == 0
    return clustered_wilson(
        answers.value[kept] == value,
        np.ones(int(kept.sum())),
        answers.prompt[kept],
        convention,
        nothing=_NONE_YET if not len(answers) else "Nobody has answered with yes or no.",
        counted="answers",
    )


def _unsaid(answers: ResponseAnswers, offered: Collection[str]) -> dict[str, Any]:
    """Return how often there is no value, and why; a scale that offers neither has no such rate."""
    return {
        name: _rate_unsaid(answers, name, is_offered=name in offered).as_dict() for name in _UNSAID
    }


def _rate_unsaid(answers: ResponseAnswers, name: str, *, is_offered: bool) -> Figure:
    words = name.replace("_", " ")
    convention = f"answers that are “{words}”, of all answers"
    is_so = answers.unsaid == _UNSAID[name]
    if not is_offered and not is_so.any():
        reason = f"The scale does not offer “{words}”."
        return Figure(None, None, None, len(answers), convention, reason)
    return clustered_wilson(
        is_so,
        np.ones(len(answers)),
        answers.prompt,
        convention,
        nothing=_NONE_YET,
        counted="answers",
    )


def _named(figure: Figure) -> dict[str, Any]:
    return of_units(figure, *_RESPONSE).as_dict()


def _correlations(coded: Coded) -> dict[str, Any]:
    forms = icc_forms(coded).figures
    return {form: _named(figure) for form, figure in forms.items()}


def _counts(answers: ResponseAnswers, table: Table, pairs: RaterPairs) -> dict[str, int]:
    """Return what the figures rest on."""
    return {
        "responses": len(np.unique(answers.unit)),
        "answers": len(answers),
        "raters": len(np.unique(answers.rater)),
        **counts_of_pairs(table, len(pairs.raters), pairs, units="responses"),
        "unsure": int((answers.unsaid == UNSURE_CODE).sum()),
        "not_applicable": int((answers.unsaid == NOT_APPLICABLE_CODE).sum()),
    }
