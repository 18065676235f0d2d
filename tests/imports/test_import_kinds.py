"""Rows of other tools go through an import whole: tasks, labels, and a report that adds up."""

from __future__ import annotations

from labeling.models import Judgment, Task
from labeling.vocabulary import JobState
from tests.datasets.kinds import (
    HELPSTEER3,
    LABEL_STUDIO,
    LMARENA_100K,
    ULTRAFEEDBACK,
    annotation,
    completion,
    labelstudio,
    pairwise,
)
from tests.imports.conftest import counts


def test_completions_become_tasks_and_the_progress_counts_each_pair(take):
    twice = [completion("m1", "Cod.", 1), completion("m2", "Cod.", 2), completion("m3", "Ox.", 3)]
    import_ = take(ULTRAFEEDBACK, {**ULTRAFEEDBACK, "completions": twice}, {"completions": 7})
    assert (import_.state, import_.error) == (JobState.DONE, "")
    assert counts(import_) == {"rows": 6 + 3 + 1, "created": 8, "refused": 2}
    assert (import_.progress_done, import_.progress_total) == (10, 10)
    assert Task.objects.count() == 8
    assert list(import_.refusals.values_list("line", flat=True)) == [2, 3]


def test_the_same_completions_twice_create_nothing_twice(take):
    take(ULTRAFEEDBACK)
    assert counts(take(ULTRAFEEDBACK)) == {"rows": 6, "unchanged": 6}


def test_annotators_of_another_tool_become_placeholder_raters(take):
    other = labelstudio(annotation(9, pairwise("right")), annotation(7, pairwise("left")), id=42)
    import_ = take(LABEL_STUDIO, other)
    assert counts(import_) == {"rows": 2, "created": 2, "labels": 3}
    raters = Judgment.objects.values_list("rater__name", "rater__is_placeholder").distinct()
    assert set(raters) == {("annotator-7", True), ("annotator-9", True)}


def test_votes_and_judges_become_labels(take):
    assert counts(take(HELPSTEER3, rater="HelpSteer3"))["labels"] == 2
    assert counts(take(LMARENA_100K))["labels"] == 1
    names = set(Judgment.objects.values_list("rater__name", flat=True))
    assert names == {"HelpSteer3 vote 1", "HelpSteer3 vote 2", "f99812e1"}
