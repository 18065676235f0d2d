"""What a template brings, read without a browser; `tests/browser/test_templates.py` walks each."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from labeling.imports.services import run_import
from labeling.models import Import
from labeling.teaching.examples.services import write_example
from projects.exceptions import InvalidInput
from projects.guidelines.examples import example_spec, examples_in_force
from projects.guidelines.services import publish_guideline, restore_version
from projects.guidelines.versions import compare
from projects.models import Project, User
from projects.project_templates import (
    EXAMPLE_KINDS,
    PROJECT_TEMPLATES,
    ExampleSpec,
    GuidelineSpec,
    load_template,
)
from projects.services.projects import create_project
from tests.api.client import CallAs

pytestmark = pytest.mark.django_db
EXAMPLE = ExampleSpec("clear", "A", "It is right.", "Two and two?", ["4", "5"], "overall")


@pytest.mark.parametrize("key", PROJECT_TEMPLATES)
def test_a_template_has_a_guideline_in_full_examples_of_each_kind_and_questions_that_stand(
    key: str, lena: User
):
    template = load_template(key)
    assert 400 <= len(template.guideline.text.split()) <= 900
    assert [example.kind for example in template.guideline.examples or ()] == list(EXAMPLE_KINDS)
    asked = {question.key for question in template.criteria}
    assert {example.criterion for example in template.guideline.examples or ()} <= asked
    guidance = template.guideline.guidance or ()
    assert {entry.criterion for entry in guidance} == asked
    assert all(e.definition and e.good and e.bad and e.ties and e.unverifiable for e in guidance)
    ranks = sorted(entry.rank for entry in guidance if entry.rank)
    assert ranks == list(range(1, len(ranks) + 1))
    assert any(entry.flips for entry in guidance)
    begun = time.perf_counter()
    project = create_project(name=key, created_by=lena, template=key)
    assert time.perf_counter() - begun < 1
    assert project.guidelines.get().examples == []
    # One task in twenty is gold, and one comes a second time, whatever the practice.
    assert (project.gold_rate, project.repeat_rate) == (0.05, 0.05)
    assert {name: getattr(project, name) for name in template.settings} == template.settings
    for example in examples_in_force(project):
        said = example_spec(example)
        kept = write_example(project=project, author=lena, spec=said, number=example.number)
        assert kept == example  # each right answer fits its question


def test_the_rows_of_a_template_are_tasks_at_once_by_program(
    lena: User, api: CallAs, project: Project, settings, tmp_path
):
    settings.IMPORTS_DIR = tmp_path
    refused = api(lena).post(f"projects/{project.slug}/imports/samples/")
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    made = api(lena).post("projects/", {"name": "Summaries", "template": "summaries"}).json()
    examples = api(lena).get(f"projects/{made['slug']}/examples/").json()
    assert [example["kind"] for example in examples] == list(EXAMPLE_KINDS)
    reply = api(lena).post(f"projects/{made['slug']}/imports/samples/")
    assert reply.status_code == 202
    run_import(reply.json()["id"])
    assert Import.objects.get().counts["created"] == 10


def test_the_desk_is_shown_for_a_template_and_for_questions_that_nobody_has_stored(
    lena: User, project: Project, client_for
):
    client = client_for(lena)
    page = client.get("/projects/preview/?template=safety-policy")
    assert "No refusal without need" in page.content.decode()
    assert "frame-ancestors 'self'" in page["Content-Security-Policy"]
    assert "frame-src 'self'" in client.get("/projects/new/")["Content-Security-Policy"]
    pictures = client.get("/projects/preview/?template=pictures").content.decode()
    assert 'src="data:image/png;base64,' in pictures
    assert "The model answered nothing" not in pictures
    adapted = client.post("/projects/new/", {"template": "ranking", "adapt": "1"}).content.decode()
    assert 'value="made_up"' in adapted
    assert "These are the questions of “Rating, flags and ranking”" in adapted
    typed = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "0",
        "form-0-wording": "Which is <i>kinder</i>?",
        "form-0-scale_key": "summ9",
        "template": "blank",
    }
    page = client.post("/projects/preview/", typed).content.decode()
    assert "Which is &lt;i&gt;kinder&lt;/i&gt;?" in page
    assert "A is better, almost certain" in page
    assert "Both are bad" in page
    based = client.post("/projects/preview/", {**typed, "based_on": "strength"}).content.decode()
    assert "Both are bad" not in based
    assert "Not your own words back" in based
    empty = client.post("/projects/preview/", {**typed, "form-0-wording": ""}).content.decode()
    assert "Write the question" in empty


def test_questions_are_moved_and_taken_out_before_there_is_a_project(lena, project, client_for):
    sent = {
        "template": "blank",
        "based_on": "helpful-harmless",
        "form-TOTAL_FORMS": "3",
        "form-INITIAL_FORMS": "0",
        "primary": "form-0",
    }
    for place, key in enumerate(("first", "second", "third")):
        sent |= {f"form-{place}-wording": f"{key}?", f"form-{place}-key": key}
        sent |= {f"form-{place}-scale_key": "webgpt5"}

    def order(**act: str) -> tuple[list[str], list[str]]:
        context = client_for(lena).post("/projects/new/", {**sent, **act}).context
        return [form["key"].value() for form in context["rubric"]], context["primary"]

    assert order(down="form-0") == (["second", "first", "third"], ["form-1"])
    assert order(up="form-0") == (["first", "second", "third"], ["form-0"])
    assert order(drop="form-1") == (["first", "third"], ["form-0"])
    assert order(drop="form-0") == (["second", "third"], ["form-0"])
    sent["primary"] = "form-1"
    assert order(drop="form-1") == (["first", "third"], ["form-0"])
    sent["primary"] = "form-0"
    assert order(up="nonsense") == (["first", "second", "third"], ["form-0"])


def test_examples_have_one_place_to_which_those_in_a_text_move_with_the_next_version(
    project: Project, lena: User, client_for
):
    first = project.guidelines.get()
    said = {"kind": "clear", "criterion": "overall", "prompt": "2+2?", "responses": ["4", "5"]}
    first.examples = [{**said, "answer": "A", "rationale": "It is four."}]
    first.save()
    page = client_for(lena).get(f"/p/{project.slug}/guideline/edit/").content.decode()
    assert "The example in the text of v1 moves there with the next version." in page
    spec = GuidelineSpec("Truth first.", change_note="New.", examples=[EXAMPLE, EXAMPLE])
    second = publish_guideline(project=project, published_by=lena, spec=spec)
    assert second.examples == []
    assert [row.prompt for row in examples_in_force(project)] == ["2+2?", "Two and two?"]
    assert "Worked examples" not in [section.title for section in compare(first, second)]
    restore_version(version=first, restored_by=lena)
    assert examples_in_force(project).count() == 2
    page = client_for(lena).get(f"/p/{project.slug}/guideline/").content.decode()
    assert page.count("It is four.") == 1


def test_versions_bring_no_more_examples_than_a_project_may_have(project: Project, lena: User):
    def publish(first: int, count: int) -> None:
        examples = [replace(EXAMPLE, prompt=f"{n}?") for n in range(first, first + count)]
        spec = GuidelineSpec(f"From {first}.", change_note="New.", examples=examples)
        publish_guideline(project=project, published_by=lena, spec=spec)

    publish(0, 58)
    publish(57, 3)
    assert examples_in_force(project).count() == 60
    with pytest.raises(InvalidInput) as refusal:
        publish(60, 1)
    assert "at most 60 examples" in refusal.value.fields["examples"]
    assert project.guidelines.count() == 3


@pytest.mark.parametrize(
    ("example", "sentence"),
    [
        (replace(EXAMPLE, kind="odd"), "Example 1 is none of: clear, borderline, tie."),
        (replace(EXAMPLE, rationale=" "), "Example 1 needs its answer, and why."),
        (replace(EXAMPLE, prompt="x" * 4001), "Example 1 is too long"),
        (replace(EXAMPLE, responses=["x"] * 10), "Example 1 is too long"),
    ],
)
def test_an_example_that_is_incomplete_or_too_long_is_refused(
    project: Project, lena: User, example: ExampleSpec, sentence: str
):
    spec = GuidelineSpec("Truth first.", change_note="New.", examples=[example])
    with pytest.raises(InvalidInput) as refusal:
        publish_guideline(project=project, published_by=lena, spec=spec)
    assert sentence in refusal.value.fields["examples"]


def test_a_clause_on_which_raters_are_apart_gets_five_votes(lena: User):
    project = create_project(name="Policy", created_by=lena, template="safety-policy")
    votes = (project.overlap, project.overlap_where_split, project.split_beyond)
    assert votes == (3, 5, 1)
