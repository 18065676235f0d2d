"""What the card says about a release, counted while its rows stream past."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from labeling.datasets.recipes.base import Pair
from labeling.datasets.records import JudgmentRecord, TaskRecord
from labeling.stats import wilson_interval


@dataclass(slots=True)
class Tally:
    """Counts over tasks, judgments and pairs; memory grows with names, not with rows."""

    tasks: int = 0
    judgments: int = 0
    excluded: Counter[str] = field(default_factory=Counter)
    raters: Counter[str] = field(default_factory=Counter)
    prompts: set[str] = field(default_factory=set)
    guidelines: Counter[int] = field(default_factory=Counter)
    categories: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    models: Counter[str] = field(default_factory=Counter)
    wins: Counter[str] = field(default_factory=Counter)
    values: Counter[int] = field(default_factory=Counter)
    ties: Counter[str] = field(default_factory=Counter)
    longer_chosen: int = 0
    length_differs: int = 0
    first_shown_chosen: int = 0
    decided_with_order: int = 0

    def task(self, task: TaskRecord) -> None:
        """Counts a task that some judgment of the release belongs to."""
        self.tasks += 1
        self.prompts.add(task.prompt_id)
        self.categories[task.category or "(none)"] += 1
        self.languages[task.language or "(not stated)"] += 1

    def judgment(self, judgment: JudgmentRecord, value: int | None, tie: str | None) -> None:
        """Counts a judgment that may become data."""
        self.judgments += 1
        self.raters[judgment.rater] += 1
        self.guidelines[judgment.guideline_version] += 1
        if tie:
            self.ties[tie] += 1
        elif value is not None:
            self.values[value] += 1
            if len(judgment.shown) == 2 and value:
                self.decided_with_order += 1
                self.first_shown_chosen += judgment.shown[0] == (0 if value < 0 else 1)

    def pair(self, task: TaskRecord, pair: Pair) -> None:
        """Counts a row that was written."""
        texts = task.candidates
        chosen, rejected = texts[pair.chosen], texts[pair.rejected]
        for response in (chosen, rejected):
            self.models[response.model or "(not stated)"] += 1
        self.wins[chosen.model or "(not stated)"] += 1
        if len(chosen.content) != len(rejected.content):
            self.length_differs += 1
            self.longer_chosen += len(chosen.content) > len(rejected.content)

    def describe(self) -> dict[str, object]:
        """Plain data for manifest and card; shares come with n and a 95% Wilson interval."""
        return {
            "tasks": self.tasks,
            "prompts": len(self.prompts),
            "judgments": self.judgments,
            "judgments_left_out": dict(sorted(self.excluded.items())),
            "raters": len(self.raters),
            "most_judgments_by_one_rater": share(
                max(self.raters.values(), default=0), self.judgments
            ),
            "judgments_per_guideline_version": _sorted(self.guidelines),
            "tasks_per_category": _sorted(self.categories),
            "tasks_per_language": _sorted(self.languages),
            "rows_per_model": _sorted(self.models),
            "rows_won_per_model": _sorted(self.wins),
            "values": _sorted(self.values),
            "ties": _sorted(self.ties),
            "longer_response_chosen": share(self.longer_chosen, self.length_differs),
            "first_shown_chosen": share(self.first_shown_chosen, self.decided_with_order),
        }


def share(part: int, whole: int) -> dict[str, object]:
    """A proportion as a figure; null with a reason where there is nothing to count."""
    if not whole:
        return {"value": None, "low": None, "high": None, "n": 0, "reason": "nothing to count"}
    low, high = wilson_interval(part, whole)
    return {
        "value": round(part / whole, 6),
        "low": round(low, 6),
        "high": round(high, 6),
        "n": whole,
        "convention": "share with 95% Wilson interval",
    }


def _sorted(counts: Counter[str] | Counter[int]) -> dict[str, int]:
    """Counts as plain data, by name."""
    return {str(key): counts[key] for key in sorted(counts)}  # type: ignore[index]
