"""Texts that were approved, as a release: the author's, or what the reviewer made of it."""

from __future__ import annotations

from collections import Counter

from projects.models import Project, User
from tests.conftest import MakeTasks
from tests.rating.test_writing import Act, decided, desk, school
from tests.releases.test_release_service import Built, rows

__all__ = ["desk", "school"]


def test_five_texts_become_four_rows_and_the_edited_one_holds_the_reviewer_s_text(
    school: Project, rui: User, sam: User, make_tasks: MakeTasks, desk: Act, built: Built
):
    make_tasks(school, 5, kind="write", contents=(), overlap=1)
    for place in range(5):
        desk(rui, text=f"Answer {place} of five.")
    edit = {"slot": "A", "text": "Another answer of five."}
    reviews = [decided(2), decided(2), decided(2), decided(1, edit=edit), decided(0, rationale="?")]
    for review in reviews:
        desk(sam, **review)
    release = built(school, recipe="demonstrations")
    assert release.state == "done", release.error
    made = rows(release, "sft")
    assert Counter(row["edited"] for row in made) == {False: 3, True: 1}
    (edited,) = (row for row in made if row["edited"])
    assert edited["messages"][-1]["content"] == "Another answer of five."
    texts = {row["text"] for row in rows(release, "judgments")}
    assert texts == {"", "Another answer of five."} | {
        f"Answer {place} of five." for place in range(5)
    }
