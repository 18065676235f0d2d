"""What a user may choose beside the recipe: which judgments take part, how sure they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from labeling.datasets.reasons import HUMAN_ONLY

#: What becomes of ties: "" is the recipe's own policy.
Ties = Literal["", "keep", "drop"]
#: What stands in `chosen_prob`: the share of the votes, or the posterior of a model of the raters.
Soft = Literal["share", "posterior"]


@dataclass(frozen=True, slots=True)
class RecipeOptions:
    """Filters and choices that every recipe understands; the defaults leave nothing out.

    Attributes:
        min_strength: answers weaker than this are left out (mean magnitude where votes are
            aggregated); 0 keeps all.
        min_votes: tasks with fewer judgments that may become data are left out.
        min_agreement: tasks where a smaller share of the votes that prefer a response prefer the
            same one are left out, 0 to 1.
        guideline_versions: only judgments made under one of these; empty takes all.
        categories: only tasks of these categories; empty takes all.
        adjudicated_only: only tasks with a reviewer's final word, and of those only that word.
        ties: keep or drop ties, "" as the recipe does by itself.
        soft: which probability stands beside a pair.
        edits: whether edited responses make pairs of their own where the recipe has them.
        sources: whose judgments take part.
    """

    min_strength: int = 0
    min_votes: int = 0
    min_agreement: float = 0.0
    guideline_versions: frozenset[int] = frozenset()
    categories: frozenset[str] = frozenset()
    adjudicated_only: bool = False
    ties: Ties = ""
    soft: Soft = "share"
    edits: bool = True
    sources: frozenset[str] = HUMAN_ONLY

    def explain(self) -> dict[str, str]:
        """The choices that differ from the defaults, in words."""
        said: dict[str, str] = {}
        if self.min_strength:
            said["Strength floor"] = f"Answers weaker than {self.min_strength} are left out."
        if self.min_votes:
            said["Votes floor"] = f"Tasks with fewer than {self.min_votes} votes are left out."
        if self.min_agreement:
            said["Agreement floor"] = (
                f"Tasks where less than {self.min_agreement:.0%} of the votes that prefer a "
                "response prefer the same one are left out."
            )
        if self.guideline_versions:
            listed = ", ".join(map(str, sorted(self.guideline_versions)))
            said["Guideline versions"] = f"Only judgments made under version {listed}."
        if self.categories:
            listed = ", ".join(name or "(none)" for name in sorted(self.categories))
            said["Categories"] = f"Only tasks of the category {listed}."
        if self.adjudicated_only:
            said["Adjudicated"] = "Only tasks with a reviewer's final word, and only that word."
        if self.ties:
            said["Ties asked for"] = f"Ties are {'kept' if self.ties == 'keep' else 'left out'}."
        if self.soft == "posterior":
            said["Soft labels"] = (
                "`chosen_prob` is the posterior of a Dawid-Skene model of the raters, not the "
                "share of the votes."
            )
        return said
