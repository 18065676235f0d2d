"""What an import makes of rows: tasks, updates, labels, and a report that adds up."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeling.allocation import canonical_order
from labeling.datasets.readers.whose import EVERYBODY
from labeling.models import Answer, Assignment, Import, Judgment, Prompt, Response, Task
from labeling.vocabulary import JobState
from projects.exceptions import InvalidInput
from projects.models import User
from tests.conftest import judge, lease
from tests.imports.conftest import counts

PAIR: dict[str, Any] = {"id": "q1", "prompt": "Why?", "response_a": "Because.", "response_b": "No."}
SAID: dict[str, Any] = {
    "id": "q1",
    "prompt": "Why?",
    "responses": [
        {"id": "a", "model": "m1", "content": "Because."},
        {"id": "b", "model": "m2", "content": "No."},
    ],
    "judgments": [
        {"rater": "r1", "overall": -2, "rationale": "Clear.", "at": "2026-01-31T12:00:00Z"},
        {"rater": "r2", "overall": 0, "tie_kind": "equal_bad"},
    ],
}


def reasons(import_: Import) -> list[tuple[int, str, str]]:
    return list(import_.refusals.values_list("line", "field", "reason"))


def test_a_row_becomes_a_prompt_two_responses_and_a_task(project, take):
    import_ = take({**PAIR, "model_a": "m1", "model_b": "m2", "subset": "ethics", "note": 7})
    assert (import_.state, import_.error) == (JobState.DONE, "")
    assert counts(import_) == {"rows": 1, "created": 1}
    task = Task.objects.get()
    prompt = task.prompt
    assert (task.external_id, task.overlap, task.open_slots) == ("q1", 2, 2)
    assert prompt.messages == [{"role": "user", "content": "Why?"}]
    assert (prompt.category, prompt.metadata) == ("ethics", {"note": 7})
    models = dict(prompt.responses.values_list("model", "content"))
    assert models == {"m1": "Because.", "m2": "No."}


def test_responses_stand_in_the_projects_canonical_order(project, take):
    take(*({**PAIR, "id": f"q{i}", "model_a": "m1", "model_b": "m2"} for i in range(40)))
    firsts = set()
    for task in Task.objects.select_related("prompt"):
        stored = {r.pk: r for r in task.prompt.responses.all()}
        responses = sorted(stored.values(), key=lambda r: r.model)
        order = canonical_order(
            project.salt, [f"{task.external_id}/{r.external_id}" for r in responses]
        )
        assert task.response_ids == [responses[i].pk for i in order] == sorted(task.response_ids)
        firsts.add(stored[task.response_ids[0]].model)
    assert firsts == {"m1", "m2"}


def test_the_same_file_twice_creates_nothing_twice(take):
    rows = [{**PAIR, "id": f"q{i}"} for i in range(5)] + [{**PAIR, "id": None, "prompt": "How?"}]
    first, second = take(*rows), take(*rows)
    assert counts(first) == {"rows": 6, "created": 6}
    assert counts(second) == {"rows": 6, "unchanged": 6}
    assert (Prompt.objects.count(), Response.objects.count(), Task.objects.count()) == (6, 12, 6)


def test_the_same_file_with_labels_twice_labels_nothing_twice(take):
    assert counts(take(SAID)) == {"rows": 1, "created": 1, "labels": 2}
    assert counts(take(SAID)) == {"rows": 1, "unchanged": 1}
    assert Judgment.objects.count() == Assignment.objects.count() == 2


def test_prompts_that_differ_in_case_and_signs_share_a_group(take):
    take(PAIR, {**PAIR, "id": "q2", "prompt": "  why"}, {**PAIR, "id": "q3", "prompt": "Why not?"})
    first, second, third = Prompt.objects.order_by("external_id").values_list(
        "group_key", flat=True
    )
    assert first == second != third


def test_new_text_replaces_old_text_while_nobody_has_judged_it(take):
    take(PAIR)
    Prompt.objects.update(html="<p>Why?</p>", html_version=1)
    import_ = take({**PAIR, "prompt": "Why not?", "response_a": "Why indeed."})
    assert counts(import_) == {"rows": 1, "updated": 1}
    task = Task.objects.get()
    assert task.prompt.messages[0]["content"] == "Why not?"
    assert task.prompt.html_version == 0
    assert {r.content for r in Response.objects.all()} == {"Why indeed.", "No."}
    assert set(task.response_ids) == set(Response.objects.values_list("pk", flat=True))


def test_new_text_for_a_judged_task_is_refused_and_changes_nothing(project, take, rui):
    take(PAIR)
    judge(rui, lease(rui, project))
    import_ = take({**PAIR, "response_a": "Changed.", "category": "new"})
    assert counts(import_) == {"rows": 1, "refused": 1}
    ((line, field, reason),) = reasons(import_)
    assert (line, field) == (1, "id")
    assert reason.startswith(
        "This task is in the project with a different text and has been judged"
    )
    assert {r.content for r in Response.objects.all()} == {"Because.", "No."}
    assert Prompt.objects.get().category == ""


def test_new_text_for_a_task_on_a_raters_screen_is_refused(project, take, rui):
    take(PAIR)
    lease(rui, project)
    ((_, _, reason),) = reasons(take({**PAIR, "response_a": "Changed."}))
    assert "a rater has it on the screen" in reason


def test_what_is_known_about_a_judged_task_may_still_change(project, take, rui):
    take({**PAIR, "model_a": "m1"})
    judge(rui, lease(rui, project))
    import_ = take({**PAIR, "model_a": "m9", "model_b": "m2", "category": "ethics", "note": 1})
    assert counts(import_) == {"rows": 1, "updated": 1}
    assert dict(Response.objects.values_list("content", "model")) == {"Because.": "m9", "No.": "m2"}
    assert Prompt.objects.get().metadata == {"note": 1}


def test_labels_become_judgments_of_placeholder_raters(project, take):
    take(SAID)
    judgment = Judgment.objects.select_related("rater", "assignment").get(rater__name="r1")
    assert (judgment.rater.is_placeholder, judgment.rater.email) == (True, None)
    assert judgment.rater.placeholder_project == project
    assert not judgment.rater.has_usable_password()
    assert (judgment.source, judgment.strategy, judgment.rationale) == (
        "human",
        "imported",
        "Clear.",
    )
    assert judgment.created_at.isoformat() == "2026-01-31T12:00:00+00:00"
    assert judgment.assignment.state == "submitted"
    assert judgment.assignment.submitted_at == judgment.created_at


@pytest.mark.parametrize("swap", [False, True])
def test_a_labels_sign_is_turned_to_the_canonical_order(take, swap):
    """-2 is for the row's first response, wherever the canonical order puts it."""
    for i in range(12):
        row = {**SAID, "id": f"q{i}", "judgments": [{"rater": "r1", "overall": -2}]}
        take({**row, "responses": row["responses"][::-1]} if swap else row)
    signs = set()
    for answer in Answer.objects.select_related("judgment__task"):
        first = Response.objects.get(pk=answer.judgment.task.response_ids[0])
        preferred_is_first = (first.content == "No.") == swap
        assert answer.value == (-2 if preferred_is_first else 2)
        signs.add(answer.value)
    assert signs == {-2, 2}


def test_two_raters_of_one_pair_in_chosen_and_rejected_rows_judge_one_task(take):
    row = {"prompt": "Why?", "chosen": "Because.", "rejected": "No."}
    other = {"prompt": "Why?", "chosen": "No.", "rejected": "Because."}
    import_ = take({**row, "rater": "r1"}, {**other, "rater": "r2"}, {**row, "rater": "r1"})
    assert counts(import_) == {"rows": 3, "created": 1, "updated": 1, "duplicates": 1, "labels": 2}
    assert list(Answer.objects.order_by("value").values_list("value", flat=True)) == [-1, 1]


def test_chosen_and_rejected_become_labels_only_under_a_name_the_user_gives(take):
    row = {"prompt": "Why?", "chosen": "Because.", "rejected": "No."}
    take(row)
    assert Judgment.objects.count() == 0
    import_ = take(row, rater="the paper")
    assert counts(import_) == {"rows": 1, "updated": 1, "labels": 1}
    assert Judgment.objects.get().rater.name == "the paper"


def test_which_tie_it_is_is_kept_and_a_plain_tie_is_equally_good(take):
    plain = {"rater": "r3", "overall": 0}
    unsure = {"rater": "r4", "overall": 0, "tie_kind": "cannot_tell"}
    take({**SAID, "judgments": [*SAID["judgments"], plain, unsure]})
    ties = dict(Answer.objects.values_list("judgment__rater__name", "tie_kind"))
    assert ties == {"r1": "", "r2": "equal_bad", "r3": "equal_good", "r4": "cannot_tell"}


def test_criteria_are_named_by_key(take):
    take({**SAID, "judgments": [{"rater": "r1", "overall": 1, "correct": 2}]})
    answers = dict(Answer.objects.values_list("criterion__key", "value"))
    assert {key: abs(value or 0) for key, value in answers.items()} == {"overall": 1, "correct": 2}


def test_the_overlap_grows_to_the_number_of_labels_and_takes_their_places(take):
    many = [{"rater": f"r{i}", "overall": 1} for i in range(5)]
    take({**SAID, "judgments": many}, {**SAID, "id": "q2", "judgments": many[:1]})
    places = {t.external_id: (t.overlap, t.open_slots) for t in Task.objects.all()}
    assert places == {"q1": (5, 0), "q2": (2, 1)}


def test_labels_that_come_later_make_room_beside_live_leases(project, take, rui, sam):
    take(PAIR)
    judge(rui, lease(rui, project))
    lease(sam, project)
    take({**PAIR, "rater": "r1", "overall": 1})
    task = Task.objects.get()
    assert (task.overlap, task.open_slots) == (3, 0)


def test_the_overlap_of_new_tasks_can_be_chosen(take):
    take(PAIR, overlap=7)
    assert Task.objects.get().overlap == 7


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"overall": 4}, "judgments.overall", "4 is not on this project's scale (-3, -2, -1, 0"),
        ({"correct": -3}, "judgments.correct", "-3 is not on this project's scale (-2, -1, 0"),
        ({"beauty": 1}, "judgments.beauty", "no criterion “beauty”; it asks: overall, correct."),
    ],
)
def test_a_label_that_does_not_fit_the_rubric_refuses_its_row_whole(take, said, field, reason):
    good, bad = {"rater": "r1", "overall": 1}, {"rater": "r2", **said}
    import_ = take({**SAID, "judgments": [good, bad]}, {**SAID, "id": "q2", "judgments": []})
    assert counts(import_) == {"rows": 2, "created": 1, "refused": 1}
    ((line, at, why),) = reasons(import_)
    assert (line, at) == (1, field)
    assert reason in why
    assert Task.objects.get().external_id == "q2"
    assert Judgment.objects.count() == User.objects.filter(is_placeholder=True).count() == 0


@pytest.mark.parametrize("key", ["\x00", "\ud800", "x" * 500])
def test_a_criterion_of_any_name_is_refused_and_the_report_can_be_stored(take, key):
    import_ = take({**SAID, "judgments": [{"rater": "r1", key: 1}]}, {**SAID, "id": "q2"})
    assert counts(import_) == {"rows": 2, "created": 1, "refused": 1, "labels": 2}


def test_a_label_on_record_is_never_overwritten(take):
    take(SAID)
    other = {**SAID, "category": "x", "judgments": [{"rater": "r1", "overall": 3}]}
    import_ = take(other)
    ((_, field, reason),) = reasons(import_)
    assert (field, reason) == (
        "judgments",
        "“r1” is on record with another answer for this task; labels are never overwritten.",
    )
    assert Prompt.objects.get().category == ""


def test_placeholders_of_one_name_are_one_rater_a_project(take):
    take(SAID, {**SAID, "id": "q2"})
    assert User.objects.filter(is_placeholder=True).count() == 2


def test_an_id_that_names_something_else_is_refused(project, take):
    Prompt.objects.create(project=project, external_id="q1", messages=[], group_key="g")
    ((_, field, reason),) = reasons(take(PAIR))
    assert (field, reason[:36]) == ("id", "This id is used in the project by so")


def test_the_report_adds_up(take):
    rows = [PAIR, PAIR, {**PAIR, "id": "q2", "prompt": ""}, {**PAIR, "id": "q3"}, "no row"]
    take({**PAIR, "id": "q3"})
    import_ = take(*rows)
    assert counts(import_) == {
        "rows": 5,
        "created": 1,
        "unchanged": 1,
        "duplicates": 1,
        "refused": 2,
    }
    assert [line for line, _, _ in reasons(import_)] == [3, 5]
    assert (import_.progress_done, import_.progress_total) == (5, 5)


def test_an_option_out_of_range_is_refused_by_name(take):
    with pytest.raises(InvalidInput) as error:
        take(PAIR, overlap=0)
    assert error.value.fields == {"overlap": "Choose from 1 to 100 raters."}
    assert Import.objects.count() == 0


def test_the_file_is_gone_once_it_is_read(take):
    import_ = take(PAIR)
    assert import_.path == ""
    assert import_.sha256


any_text = st.text(st.characters(exclude_categories=()), max_size=6)
any_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(any_text, inner, max_size=3),
    max_leaves=5,
)
said = st.fixed_dictionaries(
    {"rater": any_text, "overall": st.integers(-4, 4)},
    optional={"correct": any_value, "rationale": any_text, "at": any_text},
)
any_row = st.fixed_dictionaries(
    {"prompt": any_text, "responses": st.lists(any_text, min_size=2, max_size=2)},
    optional={
        "id": any_text | st.integers(),
        "category": any_text,
        "judgments": st.lists(said, max_size=2),
        "metadata": st.dictionaries(any_text, any_value, max_size=2),
        "extra": any_value,
    },
)


@given(st.lists(any_row, min_size=1, max_size=4))
def test_whatever_the_rows_hold_the_import_ends_and_its_report_adds_up(take, given_rows):
    usable = {**SAID, "id": "usable", "judgments": []}
    # Any text may be a name that a model has too, and would be asked about.
    import_ = take(usable, *given_rows, people=EVERYBODY)
    kinds = ("created", "updated", "unchanged", "duplicates", "refused")
    assert (import_.state, import_.error) == (JobState.DONE, "")
    assert import_.counts["rows"] == len(given_rows) + 1
    assert sum(import_.counts[kind] for kind in kinds) == import_.counts["rows"]
    assert import_.refusals.count() == import_.counts["refused"]
