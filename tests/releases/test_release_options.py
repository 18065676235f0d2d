"""Criteria, filters, adjudications, edits: asked for, frozen, counted before and after alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from labeling.datasets.fitting import fits
from labeling.datasets.formats import FORMATS
from labeling.datasets.recipes import RECIPES, RecipeOptions
from labeling.models import Prompt, Release, Response, Task
from labeling.releases.previews import preview_release
from labeling.releases.requests import ReleaseOptions, request_of
from labeling.releases.services import folder_of, request_release, run_release
from projects.exceptions import InvalidInput
from projects.models import Project, User
from tests.conftest import MakeTasks, judge, lease

Built = Callable[..., Release]


def rows(release: Release, table: str) -> list[dict[str, Any]]:
    """The rows of one table, written as JSON Lines."""
    files = sorted((folder_of(release) / table).glob("*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_text().splitlines()]


@pytest.mark.parametrize(
    "recipe", [key for key, recipe in RECIPES.items() if "compare" in recipe.answers]
)
def test_a_preview_counts_what_the_build_writes(built: Built, judged: Project, recipe: str) -> None:
    shape = next(key for key, shape in FORMATS.items() if fits(RECIPES[recipe], shape))
    scale = "llama2_4" if recipe == "llama2" else "helpsteer7"
    judged.criteria.filter(key="overall").update(scale_key=scale)
    shown = preview_release(project=judged, recipe=recipe, format=shape)
    release = built(judged, recipe=recipe, format=shape)
    if shown.problem:
        assert (release.state, release.error) == ("failed", shown.problem)
        return
    assert (release.rows_in, release.rows_out) == (shown.rows_in, shown.rows_out)
    drops = [(drop["because"], drop["rows"]) for drop in release.counts["dropped"].values()]
    assert sorted(drops) == sorted(shown.dropped)


def test_filters_leave_rows_out_and_say_so(built: Built, judged: Project) -> None:
    Prompt.objects.filter(project=judged, external_id__in=["t1", "t2"]).update(category="maths")
    options = ReleaseOptions(
        choices=RecipeOptions(categories=frozenset({"maths"}), min_votes=2, min_strength=2)
    )
    release = built(judged, options=options)
    assert (release.rows_in, release.rows_out) == (6, 2)
    assert release.counts["dropped"]["other_category"]["rows"] == 4
    assert request_of(release).options == ReleaseOptions(
        criteria=("overall",), choices=options.choices
    )


def test_what_a_reviewer_judged_before_words_were_kept_apart_is_the_final_word(
    built: Built, judged: Project, vera: User, make_tasks: MakeTasks
) -> None:
    make_tasks(judged, 1, prefix="hard", contents=("One way.", "Another way."))
    assignment = lease(vera, judged)
    judged.reviewed_upto = judge(vera, assignment, -2).judgment.pk
    judged.save()
    options = ReleaseOptions(choices=RecipeOptions(adjudicated_only=True))
    release = built(judged, recipe="raw", format="trl", file_type="jsonl", options=options)
    (row,) = rows(release, "data")
    assert row["prompt_id"] == "hard1"
    assert release.counts["dropped"] == {
        "not_adjudicated": {"rows": 12, "because": "no reviewer's final word"}
    }
    manifest = (folder_of(release) / "manifest.json").read_text()
    assert '"reviewers"' not in manifest


def test_who_was_reviewer_is_frozen_with_the_request(
    judged: Project, vera: User, built: Built
) -> None:
    release = request_release(project=judged, created_by=None, recipe="raw", format="trl")
    assert release.options["reviewers"] == [vera.pk]


def test_edited_responses_make_the_published_triple(
    built: Built, project: Project, rui: User, make_tasks: MakeTasks
) -> None:
    project.criteria.filter(key="overall").update(scale_key="llama2_4")
    (task,) = make_tasks(project, 1)
    assignment = lease(rui, project)
    judge(rui, assignment, -4)
    first = Response.objects.get(pk=_shown_first(task, assignment.shown_order))
    Response.objects.create(
        prompt=first.prompt, external_id="better", content="Improved.", edited_from=first
    )
    release = built(project, recipe="llama3", format="trl", file_type="jsonl")
    pairs = {
        (row["chosen"][0]["content"], row["rejected"][0]["content"])
        for row in rows(release, "data")
    }
    other = Response.objects.exclude(pk=first.pk).get(external_id__startswith="t1")
    assert pairs == {
        ("Improved.", first.content),
        ("Improved.", other.content),
        (first.content, other.content),
    }


def _shown_first(task: Task, shown_order: list[int]) -> int:
    return task.response_ids[shown_order[0]]


def test_several_criteria_share_a_table_or_get_files_of_their_own(
    built: Built, project: Project, rui: User, make_tasks: MakeTasks
) -> None:
    make_tasks(project, 3)
    for _ in range(3):
        judge(rui, lease(rui, project), -1, answers={"correct": 2})
    both = ("overall", "correct")
    together = built(
        project, recipe="raw", file_type="jsonl", options=ReleaseOptions(criteria=both)
    )
    assert {row["criterion"] for row in rows(together, "preference")} == set(both)
    assert (together.rows_in, together.rows_out) == (6, 6)
    apart = built(
        project,
        recipe="raw",
        format="trl",
        file_type="jsonl",
        options=ReleaseOptions(criteria=both, file_per_criterion=True),
    )
    assert set(apart.counts["rows"]) == {"default-overall", "default-correct"}
    assert [len(rows(apart, f"data-{key}")) for key in both] == [3, 3]
    with pytest.raises(InvalidInput) as refused:
        request_release(
            project=project,
            created_by=None,
            recipe="raw",
            format="trl",
            options=ReleaseOptions(criteria=both),
        )
    assert "criteria" in refused.value.fields


def test_ties_asked_of_a_format_without_them_are_refused_before_anything_is_frozen(
    judged: Project,
) -> None:
    with pytest.raises(InvalidInput) as refused:
        request_release(
            project=judged,
            created_by=None,
            recipe="majority",
            format="trl",
            options=ReleaseOptions(choices=RecipeOptions(ties="keep")),
        )
    assert "no place for ties" in refused.value.fields["ties"]
    assert not Release.objects.exists()


def test_a_release_from_before_there_were_options_is_still_read(
    built: Built, judged: Project
) -> None:
    release = built(judged)
    release.options = {"criterion": "overall", "shares": [0.8, 0.1, 0.1], "licence": ""}
    assert request_of(release).options == ReleaseOptions(criteria=("overall",))


def test_edits_made_after_the_request_are_no_part_of_the_release(
    built: Built, judged: Project
) -> None:
    before = built(judged, recipe="sft", format="messages")
    waiting = request_release(project=judged, recipe="sft", format="messages", created_by=None)
    edit_every_response(judged)
    run_release(waiting.pk)
    waiting.refresh_from_db()
    assert waiting.sha256 == before.sha256
    assert built(judged, recipe="sft", format="messages").sha256 != before.sha256


def test_a_preview_counts_an_edit_that_has_just_been_made(judged: Project) -> None:
    asked: dict[str, Any] = {"project": judged, "recipe": "sft", "format": "messages"}
    assert preview_release(**asked).rows_in == 6
    edit_every_response(judged)
    # An edit of each of twelve responses, and no response by itself.
    assert preview_release(**asked).rows_in == 12


def edit_every_response(project: Project) -> None:
    """A person improves each of them."""
    for response in Response.objects.filter(prompt__project=project):
        Response.objects.create(
            prompt=response.prompt,
            external_id=f"{response.external_id}-edited",
            content=f"{response.content} Improved.",
            edited_from=response,
        )
