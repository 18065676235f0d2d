"""Which judgments count, whoever asks: one query set for pages, figures and releases."""

from __future__ import annotations

import ast

import pytest
from django.utils import timezone

from labeling.models import Answer, Assignment, Judgment
from labeling.rating.judgments import undo_last
from labeling.vocabulary import Source
from projects.models import Project, User
from tests.architecture.sources import python_files
from tests.conftest import MakeTasks, judge, lease

History = dict[str, Judgment]


@pytest.fixture
def history(project: Project, rui: User, sam: User, make_tasks: MakeTasks) -> History:
    """One row that counts, and every reason why a row does not."""
    make_tasks(project, 3, overlap=2)
    assignment = lease(rui, project)
    replaced = judge(rui, assignment, -1).judgment
    undo_last(rater=rui, project=project)
    counts = judge(rui, assignment, 2).judgment
    taken_back = judge(sam, lease(sam, project), 1).judgment
    undo_last(rater=sam, project=project)
    repeat = lease(rui, project)
    Assignment.objects.filter(pk=repeat.pk).update(purpose="repeat")
    again = judge(rui, repeat, 1).judgment
    helped = judge(rui, lease(rui, project), 1, source=Source.HUMAN_AFTER_AI.value).judgment
    return {
        "replaced": replaced,
        "counts": counts,
        "taken back": taken_back,
        "repeat": again,
        "helped": helped,
    }


def names(history: History, judgments: object) -> set[str]:
    """The rows of the history that a query returns, by name."""
    keys = set(judgments.values_list("pk", flat=True))  # type: ignore[attr-defined]
    return {name for name, judgment in history.items() if judgment.pk in keys}


def test_what_counts_is_current_and_a_person_s_own(history: History):
    judgments = Judgment.objects.all()
    assert names(history, judgments.counting()) == {"counts", "repeat"}
    assert names(history, judgments.counting().live()) == {"counts"}
    assert names(history, judgments.standing()) == {"counts", "repeat", "helped"}
    assert names(history, judgments.submitted()) == set(history)


def test_what_counted_at_a_cutoff_stays_whatever_came_later(history: History):
    judgments, now = Judgment.objects.all(), timezone.now()
    first = history["replaced"].pk
    assert names(history, judgments.counting_at(first, asked_at=now)) == {"replaced"}
    assert names(history, judgments.counting_at(history["taken back"].pk, asked_at=now)) == {
        "counts",
        "taken back",
    }
    newest = max(judgment.pk for judgment in history.values())
    assert names(history, judgments.counting_at(newest, asked_at=now)) == {"counts", "repeat"}
    assert names(history, judgments.standing_at(newest, asked_at=now)) == {
        "counts",
        "repeat",
        "helped",
    }


def test_answers_count_as_their_judgments_do(history: History):
    answers = Answer.objects.all()
    counting = answers.counting().values_list("judgment", flat=True)
    assert set(counting) == {history["counts"].pk, history["repeat"].pk}
    assert answers.counting().live().primary().get().judgment == history["counts"]


#: Who may name the columns: the query set, who writes them, and who asks for what does not count.
KNOWS = {
    "labeling/models/judgments.py": "the query set",
    "labeling/models/play.py": "lets the review of a text rest that is not current any more",
    "labeling/rating/judgments.py": "writes them",
    "labeling/rating/records.py": "takes them back",
    "labeling/releases/selectors.py": "counts what was replaced or taken back",
}


def test_no_other_module_says_again_what_counts():
    columns = {"is_current", "withdrawn", "revised_by"}
    knows = {
        path
        for path, tree in python_files("labeling").items()
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword)
        and columns & set((node.arg or "").removeprefix("judgment__").split("__"))
    }
    assert knows == set(KNOWS)
