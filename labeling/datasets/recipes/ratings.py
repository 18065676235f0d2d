"""`ratings`: one row per response, with what raters say of it on each criterion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from labeling.datasets.recipes.base import Recipe, Sifted
from labeling.datasets.recipes.outcome import RecipeOutcome, ResponseRatings, RowKind
from labeling.datasets.recipes.rated import RatedValues, count_values
from labeling.datasets.recipes.votes import nobody
from labeling.datasets.records import TaskRecord
from projects.words import gettext_noop

ONE_EACH = gettext_noop("Each response is judged by itself: there are none.")
NO_TIE_OF_RATINGS = gettext_noop(
    "Ratings are of one response each and have no ties. Leave them to the recipe."
)
NO_POSTERIOR_OF_RATINGS = gettext_noop(
    "This recipe has no probability of a preference. Take the share of the votes."
)
NO_MAJORITY_OF_RATINGS = gettext_noop(
    "This recipe takes the mean of ratings: nothing wins. Take the majority of all votes."
)


class RatingTable(Recipe):
    """The mean rating of every response, a column a criterion, as HelpSteer2 was made."""

    key = "ratings"
    title = gettext_noop("Ratings, a column a criterion")
    unit = "response"
    kinds = (RowKind.RATINGS,)
    answers = frozenset({"rate"})
    joins = True
    refuses: ClassVar[Mapping[str, str]] = {
        "ties": NO_TIE_OF_RATINGS,
        "soft": NO_POSTERIOR_OF_RATINGS,
        "wins_by": NO_MAJORITY_OF_RATINGS,
    }
    policy = {
        "Rows": gettext_noop(
            "One row per response, with a column for each of the criteria that are released."
        ),
        "Ties": ONE_EACH,
        "Both bad": ONE_EACH,
        "Aggregation": gettext_noop(
            "The mean of the raters' values. Unsure and not applicable are no values; where nobody "
            "gave one, the column is empty, and a response without any is left out and counted."
        ),
        "Strength": gettext_noop(
            "None: values are those of the scale, and whether high is good is for you to say."
        ),
        "Source": gettext_noop(
            "Wang et al. 2024, HelpSteer2: Open-source dataset for training top-performing reward "
            "models (arXiv:2406.08673)."
        ),
    }

    def make(self, task: TaskRecord, sifted: Sifted) -> RecipeOutcome:
        """The ratings of each response, or why it has none."""
        size = len(task.responses)
        if reason := sifted.refused or (None if sifted.votes else nobody(sifted.excluded)):
            return RecipeOutcome(size, drops=(reason,) * size)
        counted = [count_values(sifted.votes, criterion) for criterion in self.criteria]
        made: list[ResponseRatings] = []
        drops: list[str] = []
        for place in range(size):
            said = [by_judged.get((place, ""), RatedValues()) for by_judged in counted]
            means = tuple(values.mean for values in said)
            if any(mean is not None for mean in means):
                raters = tuple(len(values.values) for values in said)
                made.append(ResponseRatings(place, means, raters))
            else:
                drops.append("raters_unsure" if any(v.unsure for v in said) else "not_answered")
        return RecipeOutcome(size, ratings=tuple(made), drops=tuple(drops))
