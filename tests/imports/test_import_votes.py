"""Votes of people as two published sets hold them go in whole, odd rows included."""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import Any

from labeling.models import Answer, Response, Task
from tests.imports.conftest import counts


def panda(idx: int, first: str, second: str, *votes: int, models: str = "m1_m2") -> dict[str, Any]:
    """A row of PandaLM's test set: three annotators, 0 for a tie."""
    return {
        "idx": idx,
        "motivation_app": "Gmail",
        "cmp_key": models,
        "instruction": "Name a tree.",
        "input": "",
        "response1": first,
        "response2": second,
        **{f"annotator{n}": vote for n, vote in enumerate(votes, 1)},
    }


PANDALM = [
    panda(0, "Oak", "Rock", 1, 1, 1),
    panda(1, "", "Elm", 2, 2, 0),
    panda(2, "Fir", "Fir", 0, 0, 1),
    panda(3, "", "", 0, 0, 0),
    panda(4, "Oak", "Rock", 2, 1, 1, models="m3_m4"),
    panda(4, "Yew", "Ivy", 1, 0, 2),
]


def by_text(task: Task) -> list[tuple[str, str]]:
    """(annotator, beginning of the preferred response or "tie"), by annotator."""
    texts = [Response.objects.get(pk=pk) for pk in task.response_ids]
    answers = Answer.objects.filter(judgment__task=task).order_by("judgment__rater__name")
    return [
        (
            answer.judgment.rater.name,
            texts[int(answer.value > 0)].content if answer.value else "tie",
        )
        for answer in answers.select_related("judgment__rater")
    ]


def test_three_annotators_and_odd_responses_go_in_whole(take, project):
    import_ = take(*PANDALM)
    assert counts(import_) == {"rows": 6, "created": 6, "labels": 18, "empty_responses": 3}
    tasks = list(Task.objects.filter(project=project).order_by("pk"))
    assert [by_text(task) for task in tasks[:2]] == [
        [("annotator1", "Oak"), ("annotator2", "Oak"), ("annotator3", "Oak")],
        [("annotator1", "Elm"), ("annotator2", "Elm"), ("annotator3", "tie")],
    ]
    assert by_text(tasks[4])[0] == ("annotator1", "Rock")
    assert by_text(tasks[5])[2] == ("annotator3", "Ivy")


def test_twin_responses_that_people_judged_keep_their_votes(take, project):
    take(*PANDALM)
    twins = Task.objects.get(project=project, external_id="2")
    names = [Response.objects.get(pk=pk).external_id for pk in twins.response_ids]
    answers = Answer.objects.filter(judgment__task=twins).order_by("judgment__rater__name")
    # The third annotator preferred the row's first: the one that is not marked as the second.
    preferred = [
        names[int(answer.value > 0)].endswith("-2") if answer.value else None for answer in answers
    ]
    assert preferred == [None, None, False]


def test_the_same_file_again_changes_nothing(take):
    take(*PANDALM)
    assert counts(take(*PANDALM)) == {"rows": 6, "unchanged": 6, "empty_responses": 3}


def test_twins_that_nobody_judged_are_nothing_to_compare(take):
    row = {"prompt": "Name a tree.", "response_a": "Fir", "response_b": "Fir "}
    import_ = take(row)
    assert import_.refusals.get().code == "same_text"


def test_votes_on_two_turns_go_in_whole(take, project):
    def chat(model: str, question: int) -> list[dict[str, str]]:
        said = (f"Question {question}?", f"{model} one.", "And shorter?", f"{model} two.")
        roles = ("user", "assistant") * 2
        return [{"role": r, "content": c} for r, c in zip(roles, said, strict=True)]

    pairs = [("m1", "m2"), ("m2", "m3"), ("m3", "m1")]
    rows = [
        {
            "question_id": question,
            "model_a": a,
            "model_b": b,
            "winner": winner,
            "judge": judge,
            "conversation_a": chat(a, question),
            "conversation_b": chat(b, question),
            "turn": turn,
        }
        for (question, (a, b), turn), (winner, judge) in product(
            product((81, 82), pairs, (1, 2)),
            (("model_a", "expert_0"), ("tie", "author_2"), ("model_b", "expert_1")),
        )
    ]
    import_ = take(*rows)
    # A batch counts what it made of all rows: the first vote on a pair makes its task.
    assert counts(import_) == {"rows": 36, "created": 12, "updated": 24, "labels": 36}
    turns = Counter(
        len(Response.objects.get(pk=task.response_ids[0]).messages)
        for task in Task.objects.filter(project=project)
    )
    assert turns == {0: 6, 3: 6}
    assert Answer.objects.filter(value=0, tie_kind="equal_good").count() == 12


def test_several_pairs_of_a_question_are_several_tasks(take):
    rows = [
        {"prompt_id": "p1", "prompt": "Q?", "chosen": f"good {n}", "rejected": f"bad {n}"}
        for n in range(3)
    ]
    assert counts(take(*rows, rows[1])) == {"rows": 4, "created": 3, "duplicates": 1}


def test_pairs_of_a_question_are_known_again_in_any_order_and_file(take, project):
    rows = [
        {"prompt_id": "p1", "prompt": "Q?", "chosen": f"good {n}", "rejected": f"bad {n}"}
        for n in range(3)
    ]
    assert counts(take(*rows[:2])) == {"rows": 2, "created": 2}
    assert counts(take(*rows[1::-1])) == {"rows": 2, "unchanged": 2}
    # The first pair of another file is not the text of the first one of this.
    assert counts(take(*rows[::-1])) == {"rows": 3, "created": 1, "unchanged": 2}
    assert counts(take(*rows)) == {"rows": 3, "unchanged": 3}
    texts = Response.objects.filter(prompt__project=project).values_list("content", flat=True)
    assert sorted(texts) == sorted(row[side] for row in rows for side in ("chosen", "rejected"))


def test_a_response_that_names_its_model_is_found_and_not_blind(take, project, lead):
    leaking = {"id": "t1", "prompt": "Hi?", "response_a": "I am ChatGPT.", "response_b": "Hello."}
    import_ = take(leaking, {**leaking, "id": "t2", "response_a": "Good day."})
    assert counts(import_) == {"rows": 2, "created": 2, "names_model": 1}
    page = lead.get(f"/p/{project.slug}/imports/{import_.pk}/").content.decode()
    assert "Identity leaked: 1 response says which model wrote it" in page
    (row,) = lead.get(f"/p/{project.slug}/tasks/?state=not_blind").context["rows"]
    assert row.task.external_id == "t1"
    assert "identity leaked" in lead.get(f"/p/{project.slug}/tasks/{row.task.pk}/").content.decode()
    responses = lead.get(f"/api/v1/projects/{project.slug}/tasks/{row.task.pk}/").json()[
        "responses"
    ]
    assert {r["content"]: r["names_model"] for r in responses} == {
        "I am ChatGPT.": True,
        "Hello.": False,
    }
