"""`raw`: every decided judgment is a row."""

from __future__ import annotations

from labeling.datasets.recipes.base import (
    SHARED_POLICY,
    Label,
    Outcome,
    Pair,
    Recipe,
    tie_labels,
)
from labeling.datasets.records import JudgmentRecord, TaskRecord


class Raw(Recipe):
    """One row per decided judgment; ties are kept apart and counted by kind."""

    key = "raw"
    title = "Every vote"
    unit = "judgment"

    @classmethod
    def explain(cls) -> dict[str, str]:
        """The policy in words."""
        return {
            "Rows": (
                "One row per judgment that prefers one of the two responses. Raters who disagree "
                "give contradicting rows; averaged over rows, the loss is that of soft labels."
            ),
            "Ties": (
                "Equally good, equally bad and cannot tell are no pairs; they are counted by kind. "
                "They stay in the judgments, and in the unpaired rows equally good gives two good "
                "responses, equally bad two bad ones, cannot tell none."
            ),
            "Strength": "The magnitude of the rater's own answer.",
            **SHARED_POLICY,
        }

    def apply(self, task: TaskRecord) -> Outcome:
        """A pair for each decided judgment."""
        pairs: list[Pair] = []
        labels: list[Label] = []
        drops: list[str] = []
        for judgment in task.judgments:
            reason = self.ineligible(judgment)
            tie = None if reason else self.tie(judgment)
            if tie:
                labels += tie_labels(tie)
                reason = f"tie_{tie}"
            pair = None if reason else self._pair(judgment)
            if pair is None:
                drops.append(reason or "not_answered")
            else:
                pairs.append(pair)
                labels += (Label(pair.chosen, True), Label(pair.rejected, False))
        return Outcome(len(task.judgments), tuple(pairs), tuple(labels), tuple(drops))

    def _pair(self, judgment: JudgmentRecord) -> Pair | None:
        """The pair of one judgment, None where the criterion was not answered."""
        value = self.value(judgment)
        if not value:
            return None
        chosen = 0 if value < 0 else 1
        strength = abs(value)
        margin = self.criterion.margin(strength)
        return Pair(chosen, 1 - chosen, strength, margin, 1, 0, 0, judgment)
