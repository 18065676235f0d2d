"""Rater folds: groups of raters to hold out, so that a model is tested on people it never saw.

InstructGPT (Ouyang et al. 2022, section 4.1) trained reward models on four of five groups of
labelers: 72.4% accuracy on comparisons by the groups trained on, 69.6% by the group held out. A
fold is a group of whole raters, so that the test can be repeated from the columns.

Folds belong to one release, as its pseudonyms do. Folds that stayed with a person from release to
release would let two releases be compared rater by rater more closely than the pseudonyms promise
(each tells 2.3 bits about who is who), and could not stay even while raters come and go. What it
costs: fold 3 of one release is not fold 3 of the next. Compare models on the folds of one release,
or apply one release's folds to the rows of its raters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from labeling import stats
from labeling.datasets.records import digest

if TYPE_CHECKING:
    import numpy.typing as npt

    from labeling.stats.ratings import Figure, Ints

#: Pseudonyms are made for one release alone, and so are its folds: this need not be secret.
FOLD_SALT = "rater fold"
#: Five, as in the InstructGPT paper.
FOLDS = 5


@dataclass(frozen=True, slots=True)
class FoldAgreement:
    """How well the raters of one fold agree with each other, and with those of all other folds.

    Where the first is clearly higher than the second, the fold's raters judge by a habit of their
    own, and a model trained on them learns it.
    """

    fold: int
    raters: int
    within: Figure
    others: Figure


def rater_folds(judgments: Mapping[str, int], *, salt: str, folds: int = FOLDS) -> dict[str, int]:
    """The fold of each rater, 0 to `folds` - 1, from how many judgments each rater gave.

    The busiest raters are placed first, each into the fold with the fewest judgments so far, then
    the fewest raters: folds are as even as raters allow, and none is empty while there are at least
    as many raters as folds. The salted hash of the name decides between equals. The same counts
    and salt give the same folds, in any order. Raises ValueError for less than one fold or a
    negative count.
    """
    _check(folds)
    if any(count < 0 for count in judgments.values()):
        raise ValueError("A rater cannot have fewer than 0 judgments.")
    counts, raters = [0] * folds, [0] * folds
    placed = {}
    for name in sorted(judgments, key=lambda name: (-judgments[name], digest(salt, name), name)):
        fold = min(range(folds), key=lambda place: (counts[place], raters[place], place))
        placed[name] = fold
        counts[fold] += judgments[name]
        raters[fold] += 1
    return placed


def voter_folds(raters: Iterable[str], fold_of: Mapping[str, int]) -> list[int]:
    """The folds that had a say in a row, sorted, each once.

    A row is free of a held-out fold when the fold is not in its list; it tests the fold when the
    list is that fold alone. Raises KeyError for a rater without a fold.
    """
    return sorted({fold_of[rater] for rater in raters})


def fold_agreement(
    task: npt.ArrayLike,
    rater: npt.ArrayLike,
    value: npt.ArrayLike,
    fold_of: Mapping[Any, int],
    *,
    prompt: npt.ArrayLike | None = None,
) -> list[FoldAgreement]:
    """Agreement inside each fold and against the others, by fold; a tie agrees with a tie only.

    Args:
        task, rater, value: equally long, a row an answer; one answer of a rater on a task.
        fold_of: the fold of every rater.
        prompt: what the rows were drawn with; intervals are over prompts, or tasks without it.

    Raises:
        RatingsError: columns of unequal length or with holes.
        KeyError: a rater without a fold.
    """
    columns = {"task": task, "rater": rater, "value": value}
    tasks, people, values = (stats.column(name, rows) for name, rows in columns.items())
    drawn = tasks if prompt is None else stats.column("prompt", prompt)
    stats.same_length(task=tasks, rater=people, value=values, prompt=drawn)
    (unit, units), (who, names), (answer, answers) = (
        stats.codes(tasks),
        stats.codes(people),
        stats.codes(values),
    )
    folds = np.array([fold_of[name] for name in names.tolist()], dtype=np.int64)
    _, first = np.unique(unit, return_index=True)
    table = _Votes(unit, answer, len(units), len(answers), drawn[first])
    return [
        FoldAgreement(int(fold), int((folds == fold).sum()), *table.figures(folds[who] == fold))
        for fold in np.unique(folds)
    ]


class _Votes:
    """Coded answers, counted by task and value."""

    def __init__(
        self, unit: Ints, answer: Ints, units: int, answers: int, drawn: npt.NDArray[Any]
    ) -> None:
        self.unit, self.answer, self.units, self.answers = unit, answer, units, answers
        self.drawn = drawn
        self.all = stats.crossed(unit, answer, units, answers)

    def figures(self, mine: npt.NDArray[np.bool_]) -> tuple[Figure, Figure]:
        """Agreement among the chosen rows, and between them and all others."""
        some = stats.crossed(self.unit[mine], self.answer[mine], self.units, self.answers)
        rest = self.all - some
        own, other = some.sum(axis=1), rest.sum(axis=1)
        convention = "share of pairs of answers on one task that are equal; a tie equals a tie only"
        within = stats.clustered_share(
            (some * (some - 1)).sum(axis=1) // 2,
            own * (own - 1) // 2,
            self.drawn,
            f"{convention}; both raters are in the fold",
            nothing="No task has answers of two raters of this fold.",
            counted="pairs",
        )
        others = stats.clustered_share(
            (some * rest).sum(axis=1),
            own * other,
            self.drawn,
            f"{convention}; one rater is in the fold, the other is not",
            nothing="No task has answers of this fold and of another.",
            counted="pairs",
        )
        return within, others


def _check(folds: int) -> None:
    if folds < 1:
        raise ValueError("There must be at least 1 fold.")
