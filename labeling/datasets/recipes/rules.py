"""`rules`: one row per response and rule, kept or broken, as Sparrow's raters judged them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from labeling.datasets.recipes.base import Recipe, Sifted
from labeling.datasets.recipes.outcome import RecipeOutcome, RowKind, RuleLabel
from labeling.datasets.recipes.rated import Judged, RatedValues, count_values
from labeling.datasets.recipes.ratings import NO_POSTERIOR_OF_RATINGS, NO_TIE_OF_RATINGS, ONE_EACH
from labeling.datasets.recipes.votes import nobody
from labeling.datasets.records import TaskRecord
from projects.words import gettext_noop


class Rules(Recipe):
    """Each rule that a response was judged by: what most raters say of it."""

    key = "rules"
    title = gettext_noop("Rules kept and broken")
    unit = "verdict"
    kinds = (RowKind.RULES,)
    answers = frozenset({"rate"})
    reads_rules = True
    refuses: ClassVar[Mapping[str, str]] = {
        "ties": NO_TIE_OF_RATINGS,
        "soft": NO_POSTERIOR_OF_RATINGS,
    }
    policy = {
        "Rows": gettext_noop(
            "One row per response and rule, in the words that the rule had in the version of the "
            "guideline it was judged under. `label` is true where the response keeps the rule."
        ),
        "Ties": ONE_EACH,
        "Both bad": ONE_EACH,
        "Aggregation": gettext_noop(
            "More than half of all raters, those who are unsure among them, say kept or broken; "
            "else no row, counted as no majority, as a split, or as unsure. Each rater has one "
            "vote, whether the rule is probably or definitely broken; `level` is the mean."
        ),
        "Unsure": gettext_noop("A vote for neither. What does not apply is no vote."),
        "Strength": gettext_noop("A row has none."),
        "Source": gettext_noop(
            "Glaese et al. 2022, Improving alignment of dialogue agents via targeted human "
            "judgements (arXiv:2209.14375)."
        ),
    }

    def make(self, task: TaskRecord, sifted: Sifted) -> RecipeOutcome:
        """A label for each response and rule, or why there is none."""
        reason = sifted.refused or (None if sifted.votes else nobody(sifted.excluded))
        judged = _by_rule(count_values(task.judgments if reason else sifted.votes, self.criterion))
        if reason or not judged:
            lost = max(1, len(judged))
            return RecipeOutcome(lost, drops=(reason or "not_answered",) * lost)
        made: list[RuleLabel] = []
        drops: list[str] = []
        for (place, principle), said in judged.items():
            label = self._label(place, principle, said)
            if isinstance(label, RuleLabel):
                made.append(label)
            else:
                drops.append(label)
        return RecipeOutcome(len(judged), rules=tuple(made), drops=tuple(drops))

    def _label(self, place: int, principle: str, said: RatedValues) -> RuleLabel | str:
        """What most raters say of one response and rule, or why they say nothing together."""
        followed = sum(self._is_kept(value) for value in said.values)
        unsure = said.unsure + sum(self._is_unsure(value) for value in said.values)
        broken = len(said.values) + said.unsure - followed - unsure
        most, all_votes = max(followed, broken), followed + broken + unsure
        if not most:
            return "raters_unsure"
        if followed == broken:
            return "split"
        if self.options.wins_by != "plurality" and 2 * most <= all_votes:
            return "raters_unsure" if 2 * unsure > all_votes else "no_majority"
        level = said.mean or 0.0
        return RuleLabel(place, principle, followed > broken, level, followed, broken, unsure)

    def _is_kept(self, value: int) -> bool:
        if self.criterion.is_yes_no:
            return bool(value) != self.criterion.names_fault
        return value > 0

    def _is_unsure(self, value: int) -> bool:
        """0 is the middle of a scale that goes below it."""
        return value == 0 and not self.criterion.is_yes_no


def _by_rule(counted: Mapping[Judged, RatedValues]) -> dict[Judged, RatedValues]:
    """What is about a rule, in order."""
    return {judged: counted[judged] for judged in sorted(counted) if judged[1]}
