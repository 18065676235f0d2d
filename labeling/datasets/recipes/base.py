"""What every recipe shares: who may vote, what it makes of a task, and how the books are kept."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar, NamedTuple, Protocol

from labeling.datasets.policies import (
    SHARED_POLICY,
    SIDES_LEFT_OUT,
    SIDES_TAKEN,
    PolicyText,
    in_words,
)
from labeling.datasets.reasons import purpose_reason, sentence, source_reason
from labeling.datasets.recipes.options import RecipeOptions
from labeling.datasets.recipes.orders import pairs_of_ranks, ranks_of
from labeling.datasets.recipes.outcome import RecipeOutcome, RowKind
from labeling.datasets.recipes.rated import agreement_of_ratings, values_of
from labeling.datasets.records import CriterionRecord, JudgmentRecord, TaskRecord
from labeling.vocabulary import ASKED_AS_REVIEW, Purpose, TaskKind
from projects.words import ENGLISH, Translation, gettext

_LIVE, _WORD = Purpose.LIVE.value, Purpose.ADJUDICATION.value
#: The kinds of tasks on which a criterion is asked, by what it does, where it does not say.
_ASKED_ON = {
    "compare": frozenset({TaskKind.COMPARE}),
    "rank": frozenset({TaskKind.RANK}),
    "rate": frozenset({TaskKind.COMPARE, TaskKind.RANK, TaskKind.RATE, ASKED_AS_REVIEW}),
}


class Sifted(NamedTuple):
    """A task's judgments divided before a recipe sees them.

    `votes` may become data; `excluded` has a reason for each judgment that may not. `refused` says
    why the user's filters leave out the task as a whole, None if they do not. `stopped` are those
    that a gate ended, which are among the excluded too.
    """

    votes: list[JudgmentRecord]
    excluded: list[str]
    refused: str | None = None
    stopped: Sequence[JudgmentRecord] = ()


@dataclass(slots=True)
class Ledger:
    """Rows in, rows out and the reason for each difference, in a recipe's own unit."""

    unit: str
    rows_in: int = 0
    rows_out: int = 0
    drops: Counter[str] = field(default_factory=Counter)

    def balanced(self) -> bool:
        """Whether rows in equal rows out and drops together."""
        return self.rows_in == self.rows_out + self.drops.total()

    def add(self, other: Ledger) -> None:
        """Takes over the counts of another ledger."""
        self.rows_in += other.rows_in
        self.rows_out += other.rows_out
        self.drops.update(other.drops)

    def describe(self) -> dict[str, object]:
        """Plain data for the manifest, reasons sorted and in words."""
        return {
            "unit": self.unit,
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "dropped": {
                reason: {"rows": count, "because": sentence(reason)}
                for reason, count in sorted(self.drops.items())
            },
        }


class Learner(Protocol):
    """Something that a recipe learns from all tasks before it judges the first."""

    def learn(self, task: TaskRecord) -> None:
        """Takes note of a task, in any order, once each."""

    def settle(self) -> None:
        """Called once after the last task."""


class Recipe(ABC):
    """Turns the judgments of a task into rows of one `RowKind`.

    `policy` says how, a sentence or two under each heading, marked for translation as the title is.
    `kinds` lists what it can make, the usual one first; `per_vote` says that a pair is one
    rater's, `needs_strength` that a vote without one is none; `keeps_ties` and `labels_ties` (ties
    call their responses good or bad) are its own policy, before the user's word. `answers` are the
    kinds of criteria it reads, `refuses` the options that contradict it, each with a sentence.
    `unit` is what the books count as a row in. `rated` is what the policy says instead where the
    criterion rates each response by itself; one that `joins` takes several criteria at once, and
    its `others` are those after the first. One that `tells_decisions` makes demonstrations that
    somebody has read; one that `takes_texts` makes rows of what people wrote or edited; one that
    `reads_rules` takes criteria about principles, and no other. One that `takes_final_words` reads
    the final words of reviewers, which others leave beside the votes.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    policy: ClassVar[PolicyText]
    unit: str
    kinds: ClassVar[tuple[RowKind, ...]] = (RowKind.PAIRS,)
    per_vote: ClassVar[bool] = False
    keeps_ties: ClassVar[bool] = False
    labels_ties: ClassVar[bool] = True
    needs_strength: ClassVar[bool] = False
    answers: ClassVar[frozenset[str]] = frozenset({"compare", "rank"})
    refuses: ClassVar[Mapping[str, str]] = {}
    rated: ClassVar[PolicyText] = {}
    joins: ClassVar[bool] = False
    tells_decisions: ClassVar[bool] = False
    takes_texts: ClassVar[bool] = False
    reads_rules: ClassVar[bool] = False
    takes_final_words: ClassVar[bool] = False

    def __init__(
        self,
        criterion: CriterionRecord,
        *,
        options: RecipeOptions | None = None,
        kind: RowKind | None = None,
        others: Sequence[CriterionRecord] = (),
    ) -> None:
        self.criterion = criterion
        self.criteria = (criterion, *others)
        self.options = options or RecipeOptions()
        self.kind = kind or self.kinds[0]
        self.compares = criterion.answer == "compare"
        self.with_ties = self.options.ties == "keep" if self.options.ties else self.keeps_ties
        self.with_tie_labels = self.labels_ties and self.options.ties != "drop"
        if not self.compares and self.kind == RowKind.PAIRS:
            self.unit = "comparison"

    def apply(self, task: TaskRecord) -> RecipeOutcome:
        """The rows of one task, and why the rest of it is none."""
        return self.make(task, self.sift(task))

    @abstractmethod
    def make(self, task: TaskRecord, sifted: Sifted) -> RecipeOutcome:
        """The same for a task whose judgments are divided already."""

    def on(self, criterion: CriterionRecord) -> Recipe:
        """The same recipe on another criterion alone."""
        return type(self)(criterion, options=self.options, kind=self.kind)

    def reads(self, task: TaskRecord) -> bool:
        """Whether raters of such a task are asked the criterion."""
        criterion = self.criterion
        return not task.kind or task.kind in (criterion.asked_on or _ASKED_ON[criterion.answer])

    def written(self, task: TaskRecord) -> Sequence[JudgmentRecord]:
        """Of a task that is not read: the judgments in which texts were written, or reviewed, that
        the rows may hold."""
        is_other = self.options.categories and task.category not in self.options.categories
        if not self.takes_texts or is_other:
            return ()
        is_review = task.kind == ASKED_AS_REVIEW
        return [
            judgment
            for judgment in task.judgments
            if (is_review or judgment.text or judgment.edit_of) and not self.ineligible(judgment)
        ]

    @classmethod
    def explain(cls, language: Translation = ENGLISH, answer: str = "compare") -> dict[str, str]:
        """The policy in words on a criterion of such answers, and what holds for every recipe."""
        if answer == "rate" or "compare" not in cls.answers:
            return in_words({**cls.policy, **cls.rated, **SHARED_POLICY}, language)
        sides = SIDES_LEFT_OUT if cls.needs_strength else SIDES_TAKEN
        return in_words({**cls.policy, "Side only": sides, **SHARED_POLICY}, language)

    @classmethod
    def needs(cls, criterion: CriterionRecord) -> str | None:
        """Why this recipe cannot be made on the criterion, None if it can."""
        if criterion.by_rule != cls.reads_rules:
            return cls._rules_apart(criterion)
        if criterion.answer in cls.answers:
            return None
        if criterion.answer == "gate":
            reason = gettext(
                "“%(criterion)s” asks whether a task can be judged at all. Its answers stand in "
                "the rows of judgments; no recipe is made on it."
            )
            return reason % {"criterion": criterion.key}
        if criterion.answer == "conversation":
            reason = gettext(
                "“%(criterion)s” rates a conversation as a whole. Its answers stand in the rows of "
                "judgments; no recipe is made on it."
            )
            return reason % {"criterion": criterion.key}
        if "rate" in cls.answers:
            reason = gettext(
                "“%(criterion)s” compares responses or puts them in order; the recipe "
                "“%(recipe)s” needs a criterion that rates each by itself."
            )
        elif criterion.answer == "rate":
            reason = gettext(
                "“%(criterion)s” rates each response by itself; the recipe “%(recipe)s” needs a "
                "criterion that compares them."
            )
        else:
            reason = gettext(
                "“%(criterion)s” puts responses in order without saying how much better one is; "
                "the recipe “%(recipe)s” needs a criterion that compares two."
            )
        return reason % {"criterion": criterion.key, "recipe": gettext(cls.title)}

    @classmethod
    def _rules_apart(cls, criterion: CriterionRecord) -> str:
        """Why a criterion about rules, or another one, is not for this recipe."""
        reason = (
            gettext(
                "“%(criterion)s” is not asked about rules; the recipe “%(recipe)s” needs a "
                "criterion that is answered for each principle."
            )
            if cls.reads_rules
            else gettext(
                "“%(criterion)s” is answered for each principle; take the recipe “Rules kept and "
                "broken” for it."
            )
        )
        return reason % {"criterion": criterion.key, "recipe": gettext(cls.title)}

    @classmethod
    def contradicts(
        cls, criterion: CriterionRecord, options: RecipeOptions
    ) -> tuple[str, str] | None:
        """The option that has no sense on this criterion and a sentence, None if all have."""
        if not options.min_strength:
            return None
        if criterion.answer == "rate":
            sentence = gettext(
                "“%(criterion)s” rates each response by itself, and a rating has no strength. "
                "Leave the strength floor at 0."
            )
            return ("min_strength", sentence % {"criterion": criterion.key})
        if criterion.answer == "rank":
            sentence = gettext(
                "“%(criterion)s” puts responses in order, and an order has no strength. Leave the "
                "strength floor at 0."
            )
            return ("min_strength", sentence % {"criterion": criterion.key})
        return None

    @property
    def learner(self) -> Learner | None:
        """What must see every task before the first `apply`, None where nothing must."""
        return None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know beyond the policy; complete after the last `apply`."""
        return ()

    def sift(self, task: TaskRecord) -> Sifted:
        """Divides the task's judgments into votes and others, and applies the user's filters."""
        votes: list[JudgmentRecord] = []
        excluded: list[str] = []
        stopped: list[JudgmentRecord] = []
        ineligible = self.ineligible
        for judgment in task.judgments:
            reason = ineligible(judgment)
            if reason is None and judgment.stopped:
                stopped.append(judgment)
                excluded.append("stopped_at_gate")
            elif reason is None:
                votes.append(judgment)
            else:
                excluded.append(reason)
        if self.options.adjudicated_only and votes:
            holds = newest([*votes, *(word for word in stopped if word.is_apart)])
            excluded += ["older_word"] * (len(votes) - (holds in votes))
            votes = [holds] if holds in votes else []
        refused = self._filtered(task, votes)
        if refused:
            return Sifted([], excluded + [refused] * len(votes), refused)
        return Sifted(votes, excluded, None, stopped)

    def ineligible(self, judgment: JudgmentRecord) -> str | None:
        """Why a judgment may not become data at all, None if it may."""
        options = self.options
        takes_words = self.takes_final_words or options.adjudicated_only
        if judgment.purpose != _LIVE and not (takes_words and judgment.purpose == _WORD):
            return purpose_reason(judgment.purpose)
        if judgment.source not in options.sources:
            return source_reason(judgment.source, options.sources)
        versions = options.guideline_versions
        if versions and judgment.guideline_version not in versions:
            return "other_guideline_version"
        if options.adjudicated_only and not judgment.adjudicates:
            return "not_adjudicated"
        if self.needs_strength and self.is_without_strength(judgment):
            return "no_strength"
        return None

    def is_vote(self, judgment: JudgmentRecord) -> bool:
        """Whether it is counted: a final word is where such words alone are asked for."""
        return self.options.adjudicated_only or not judgment.is_apart

    def _filtered(self, task: TaskRecord, votes: list[JudgmentRecord]) -> str | None:
        """Why the user's filters leave out the whole task; one without any vote has no need to."""
        options = self.options
        if options.categories and task.category not in options.categories:
            return "other_category"
        if not votes or not (options.min_votes or options.min_agreement):
            return None
        votes = list(filter(self.is_vote, votes))
        answered = sum(self.answered(task, vote) for vote in votes)
        if answered < options.min_votes:
            return "too_few_votes"
        if options.min_agreement and self._agreement(task, votes) < options.min_agreement:
            return "below_agreement"
        return None

    def answered(self, task: TaskRecord, judgment: JudgmentRecord) -> bool:
        """Whether the judgment says anything on this recipe's criterion."""
        if self.criterion.answer == "rate":
            return any(values_of(judgment, criterion) for criterion in self.criteria)
        if self.tie(judgment) is not None:
            return True
        return ranks_of(judgment, self.criterion, len(task.responses)) is not None

    def _agreement(self, task: TaskRecord, votes: list[JudgmentRecord]) -> float:
        """The share of the votes on each two responses that say what most of them say."""
        if self.criterion.answer == "rate":
            return agreement_of_ratings(votes, self.criteria)
        said: Counter[tuple[int, int, int]] = Counter()
        size = len(task.responses)
        for vote in votes:
            ranks = ranks_of(vote, self.criterion, size)
            if ranks is None and self.tie(vote) is not None:
                ranks = (1,) * size
            said.update(pairs_of_ranks(ranks or ()))
        total = said.total()
        if not total:
            return 1.0
        places = {(first, second) for first, second, _ in said}
        return sum(max(said[*place, way] for way in (-1, 0, 1)) for place in places) / total

    def worth(self, task: TaskRecord) -> int:
        """How many rows one order of the task's responses is: pairs, where it orders several."""
        if self.compares or self.kind != RowKind.PAIRS:
            return 1
        count = len(task.responses)
        return count * (count - 1) // 2

    def tie(self, judgment: JudgmentRecord) -> str | None:
        """The kind of tie on this recipe's criterion, None if there is none."""
        return judgment.tie_on(self.criterion.key)

    def value(self, judgment: JudgmentRecord) -> int | None:
        """The signed value on this recipe's criterion, None if it was not answered.

        Of a judgment that tells the side only it is what the user has that count as, else -1 or 1.
        """
        value = judgment.values.get(self.criterion.key)
        if value and judgment.side_only and self.tells_side_only(judgment):
            strength = self._assumed or 1
            return strength if value > 0 else -strength
        return value

    def strength(self, judgment: JudgmentRecord) -> int | None:
        """How much better the one response is, None where that is not told."""
        value = self.value(judgment)
        if value is None or (judgment.side_only and self.is_without_strength(judgment)):
            return None
        return abs(value)

    def tells_side_only(self, judgment: JudgmentRecord) -> bool:
        """Whether the judgment says which response is better, on a scale that says how much."""
        return self.criterion.has_strengths and self.criterion.key in judgment.side_only

    def is_without_strength(self, judgment: JudgmentRecord) -> bool:
        """Whether the judgment tells the side only and the user does not have that count."""
        return not self._assumed and self.tells_side_only(judgment)

    @cached_property
    def _assumed(self) -> int:
        """The strength that the user has a side alone count as, 0 for none."""
        return self.options.strength_of_sides(self.criterion)


def newest(judgments: list[JudgmentRecord]) -> JudgmentRecord:
    """The judgment made last; of two at one time the one with the later id."""
    return max(judgments, key=lambda judgment: (judgment.created_at, judgment.id))
