"""Scales of a project's own: described, refused with a sentence, used by figures and files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from projects.models import Project, User
from projects.own_scales import own_scale
from projects.scales import SCALES
from tests.api.client import CallAs
from tests.conftest import MakeTasks, judge, lease

pytestmark = pytest.mark.django_db

KIND: dict[str, Any] = {
    "key": "kind5",
    "answer": "preference",
    "options": [
        {"value": -2, "label": "A is far kinder"},
        {"value": -1, "label": "A is kinder"},
        {"value": 0, "label": "As kind", "tie_kind": "equal_good"},
        {"value": 1, "label": "B is kinder"},
        {"value": 2, "label": "B is far kinder"},
    ],
}
TONE: dict[str, Any] = {
    "key": "tone3",
    "answer": "ordinal",
    "options": [{"value": n, "label": word} for n, word in enumerate(("cold", "plain", "warm"))],
}


def rubric(scale: object, **more: object) -> dict[str, object]:
    """A project that asks one question on this scale."""
    question = {"key": "kind", "wording": "Which is kinder?", "scale": scale, "primary": True}
    return {"name": "Kind", "criteria": [question], "guideline": {"text": "Be kind."}, **more}


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"key": "hh8"}, "key", "A published scale has this key"),
        ({"key": "No"}, "key", "Use lower-case letters"),
        ({"answer": "ranking"}, "answer", "An answer is one of: preference, ordinal, yes_no."),
        ({"colour": "red"}, "colour", "There is no such field here"),
        ({"ends": ["one"]}, "ends", "The ends are two captions"),
        ({"options": KIND["options"][:1]}, "options", "A scale has two options or more."),
        ({"options": KIND["options"][:3]}, "options", "the same strengths on both sides"),
        ({"options": KIND["options"] * 3}, "options", "A scale has at most 11 options."),
        (
            {
                "options": [
                    *KIND["options"],
                    {"value": 0, "label": "Alike", "tie_kind": "equal_good"},
                ]
            },
            "options",
            "Two options are the tie “equal_good”.",
        ),
        (
            {"options": [*KIND["options"], {"value": 0, "label": "Alike"}]},
            "options",
            "Say of a 0 which tie it is",
        ),
        (
            {"options": [*KIND["options"], {"value": 2, "label": "B by far"}]},
            "options",
            "The value 2 is there twice.",
        ),
        (
            {"options": [{"value": -1, "label": "x" * 81}, {"value": 1, "label": "B"}]},
            "options",
            "Option 1: “xxxxxxxxxxxxxxxxxxxx…” is too long: at most 80 characters.",
        ),
        (
            {"options": [{"value": -1, "label": "A\u202e"}, {"value": 1, "label": "B"}]},
            "options",
            "without characters that cannot be seen",
        ),
        (
            {"options": [{"value": -1, "label": "A | so"}, {"value": 1, "label": "B"}]},
            "options",
            "A label has no “|”",
        ),
        (
            {"options": [{"value": 1.5, "label": "A"}, {"value": 1, "label": "B"}]},
            "options",
            "Option 1: A value is a whole number",
        ),
        (
            {"options": [{"value": -1, "label": "A"}, {"value": 1, "label": "A"}]},
            "options",
            "Two options are called “A”",
        ),
        (
            {
                "answer": "yes_no",
                "options": [{"value": 1, "label": "Y"}, {"value": 2, "label": "N"}],
            },
            "options",
            "Yes is 1 and no is 0",
        ),
        (
            {"answer": "ordinal", "options": KIND["options"]},
            "options",
            "Only comparisons have ties.",
        ),
    ],
)
def test_a_scale_that_does_not_fit_is_refused_by_its_field(
    lena: User, project: Project, api: CallAs, changes: dict[str, Any], field: str, sentence: str
):
    reply = api(lena).post("projects/", rubric({**KIND, **changes}))
    assert reply.status_code == 400
    fields = reply.json()["fields"]
    assert sentence in fields[f"criteria.0.scale.{field}"], fields
    assert Project.objects.count() == 1


def test_an_own_scale_is_judged_counted_fixed_and_released_with_its_words(
    lena: User,
    rui: User,
    project: Project,
    api: CallAs,
    client_for,
    make_tasks: MakeTasks,
    tmp_path: Path,
):
    client = api(lena)
    made = client.post("projects/", rubric(KIND, overlap=1)).json()
    assert made["criteria"][0]["scale"] == "kind5"
    assert [option["label"] for option in made["criteria"][0]["options"]][1] == "A is kinder"
    kind = Project.objects.get(slug=made["slug"])
    make_tasks(kind, 2)
    for value in (-2, 0):
        judge(lena, lease(lena, kind), value)
    page = client_for(lena).get(f"/p/{kind.slug}/questions/").content.decode()
    assert "A is far kinder" in page

    changed = {**KIND, "options": [*KIND["options"][:2], *KIND["options"][3:]]}
    url = f"projects/{kind.slug}/rubric/"
    assert client.patch(f"{url}questions/kind/", {"scale": changed}).status_code == 409
    assert client.patch(f"{url}questions/kind/", {"scale": KIND}).status_code == 200
    other = {"key": "other", "wording": "And?", "scale": changed}
    refused = client.post(url, other)
    assert "Two scales have the key “kind5”" in refused.json()["fields"]["scale"]
    assert client.post(url, {**other, "scale": TONE}).status_code == 201
    version = client.get(f"{url}versions/").json()["results"][0]
    assert version["criteria"][1]["own_scale"]["options"][2]["label"] == "warm"

    agreement = client.get(f"projects/{kind.slug}/agreement/").json()
    assert agreement["judgments"] == 2
    words_are_released(kind, tmp_path)


def words_are_released(project: Project, out: Path) -> None:
    """Manifest and card say what the values are called."""
    options = ["--recipe", "raw", "--format", "native", "--file-type", "jsonl"]
    call_command("create_release", project.slug, *options, "--out", str(out))
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["criteria"]["kind"]["options"][0] == {
        "value": -2,
        "label": "A is far kinder",
        "tie_kind": "",
    }
    assert "A is far kinder" in (out / "README.md").read_text()


def test_a_lead_describes_a_scale_in_the_form_and_changes_it_until_something_is_judged(
    lena: User, project: Project, client_for
):
    client, address = client_for(lena), f"/p/{project.slug}/questions/"
    typed = {
        "question-wording": "How warm?",
        "question-key": "warm",
        "question-scale_key": "own",
        "question-own_key": "tone3",
        "question-own_answer": "ordinal",
        "question-own_options": "0 | cold\n1 | plain\n--2 | warm",
    }
    page = client.post(f"{address}new/", typed).content.decode()
    assert "Option 3: A value is a whole number" in page
    typed["question-own_options"] = "0 | cold\n1 | plain\n \n2 | warm"
    assert client.post(f"{address}new/", typed)["Location"] == address
    question = project.criteria.get(key="warm")
    assert own_scale(question.own_scale).values == (0, 1, 2)
    page = client.get(f"{address}warm/edit/").content.decode()
    assert "1 | plain" in page
    client.post(f"{address}warm/edit/", {**typed, "question-own_options": "0 | cold\n1 | warm"})
    question.refresh_from_db()
    assert question.scale.values == (0, 1)
    client.post(f"{address}warm/edit/", {**typed, "question-scale_key": "summ7"})
    question.refresh_from_db()
    assert (question.scale, question.own_scale) == (SCALES["summ7"], "")
    page = client.get(address).content.decode()
    assert "The scale of “warm”" in page
