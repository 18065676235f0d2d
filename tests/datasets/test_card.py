"""The card: front matter that loaders take, a datasheet, and no text of a stranger out of place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from labeling.datasets.card.front_matter import size_category
from labeling.datasets.card.text import code_span, inline, line, quote, yaml
from labeling.datasets.context import GuidelineRecord
from labeling.datasets.recipes import RecipeOptions
from labeling.datasets.texts import clean
from tests.datasets.card_rows import card, context, outline
from tests.datasets.release_rows import OVERALL, judgment, project, release, task, votes

HEADINGS = [
    "h2 Motivation",
    "h2 Composition",
    "h3 What the files hold",
    "h3 Rows in, rows out",
    "h3 Splits",
    "h3 Categories, languages and models",
    "h3 Personal and sensitive information",
    "h2 Collection process",
    "h3 Who judged, and how",
    "h3 Questions",
    "h3 Guideline",
    "h3 How well they agree",
    "h2 Preprocessing, cleaning and labeling",
    "h2 Uses",
    "h3 How to load it",
    "h3 Limits",
    "h3 Known biases",
    "h2 Distribution",
    "h2 Maintenance",
]
HOSTILE = [
    "a\n---\nlicense: mit\n---\n",
    "\n## Injected\n",
    "# Injected",
    "Injected\n======",
    "| a | b |\n| --- | --- |\n| x | y |",
    "x | y |\n| z | w",
    "```\n# x\n```",
    "~~~",
    "<script>alert(1)</script>",
    "<!-- ",
    "![](https://evil.example/x.png)",
    "[x](javascript:alert(1))",
    "[x]: https://evil.example\n[x]",
    "\\",
    "`",
    '"quoted": {yes}',
    "- - -",
    "1. one",
    "\u2028## Injected\u2029",
    "\x85# Injected",
    "\u202egnp.exe",
    "\ud83d\x00\ufeff\ufffe",
    "😀 ŝ 中文 & &lt; %s {0}",
    "${jndi:ldap://x}",
    "  ",
]


def hostile_release(out, text: str):
    """A release in which every text that is not ours is the given one."""
    rows = [
        changed(
            record,
            category=text,
            language=text,
            responses=tuple(changed(r, model=text) for r in record.responses),
            judgments=tuple(
                changed(j, flags=(text,), rationale=text, strategy=text) for j in record.judgments
            ),
        )
        for record in project(4)
    ]
    hostile = context(
        name=text,
        description=text,
        licence=text,
        limits=(text,),
        collection=(text,),
        guidelines=(GuidelineRecord(1, text, text),),
    )
    options = RecipeOptions(categories=frozenset({clean(text), "other"}))
    criterion = replace(OVERALL, wording=text, scale=text)
    return release(
        rows,
        out,
        shape="trl",
        file_type="jsonl",
        context=hostile,
        options=options,
        criteria=(criterion,),
    )


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """The card of the same release with nothing odd in it."""
    out = tmp_path_factory.mktemp("plain") / "r"
    hostile_release(out, "plain")
    return card(out)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_stranger_can_add_no_heading_row_html_or_key(tmp_path, plain, text):
    hostile_release(tmp_path / "bad", text)
    head, body = card(tmp_path / "bad")
    plain_head, plain_body = plain
    names, rows, html = outline(body)
    plain_names, plain_rows, plain_html = outline(plain_body)
    assert names[-len(HEADINGS) :] == plain_names[1:] == HEADINGS
    assert len(names) <= len(HEADINGS) + 1
    assert (rows, html) == (plain_rows, plain_html)
    # A text that is no language adds none; "other" has a name.
    assert head.keys() == plain_head.keys() | {"license_name"}
    assert head["pretty_name"] == head["license_name"] == clean(text)


@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=40))
def test_no_text_at_all_gets_out_of_its_place(tmp_path_factory, text):
    out = tmp_path_factory.mktemp("any") / "r"
    hostile_release(out, text)
    head, body = card(out)
    names, _, html = outline(body)
    assert names[-len(HEADINGS) :] == HEADINGS
    assert len(names) <= len(HEADINGS) + 1
    assert html == 0
    assert head["pretty_name"] == clean(text)


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_text_stays_one_line_and_one_cell(text):
    for made in (line(text), inline(text), code_span(text)):
        assert len(made.splitlines()) <= 1
        assert "|" not in made.replace("\\|", "")
    assert all(part.startswith(">") for part in quote(text).splitlines())
    assert len(yaml(text).splitlines()) == 1


def test_the_front_matter_describes_every_configuration(tmp_path):
    result = release(project(60), tmp_path / "r", context=context())
    head, _ = card(result.path)
    assert [config["config_name"] for config in head["configs"]] == [
        name for name, rows in result.rows.items() if rows
    ]
    assert [config.get("default", False) for config in head["configs"]].count(True) == 1
    listed = [path for c in head["configs"] for f in c["data_files"] for path in f["path"]]
    assert sorted(listed) == sorted(f.name for f in result.files if f.rows is not None)
    assert head["license"] == "cc-by-4.0"
    assert head["language"] == ["en"]
    assert head["size_categories"] == ["n<1K"]
    assert head["task_categories"] == ["text-generation", "reinforcement-learning"]
    features = {info["config_name"]: info["features"] for info in head["dataset_info"]}
    assert features["kto"][2] == {"name": "label", "dtype": "bool"}


def test_an_own_licence_is_other_with_its_name(tmp_path):
    head, body = card(release(project(2), tmp_path / "r", context=context(licence="Ours 2")).path)
    assert (head["license"], head["license_name"]) == ("other", "Ours 2")
    assert "as the owner of the project states it: Ours 2." in body


def test_regions_of_a_language_are_that_language(tmp_path):
    rows = [
        changed(record, language=tag)
        for record, tag in zip(project(3), ("pt-BR", "pt_PT", "Klingon"), strict=True)
    ]
    assert card(release(rows, tmp_path / "r").path)[0]["language"] == ["pt"]


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        (0, "n<1K"),
        (999, "n<1K"),
        (1_000, "1K<n<10K"),
        (10**6, "1M<n<10M"),
        (10**9 - 1, "100M<n<1B"),
        (10**12 - 1, "100B<n<1T"),
        (10**12, "n>1T"),
    ],
)
def test_sizes_have_the_hubs_names(rows, name):
    assert size_category(rows) == name


def test_lists_are_declared_as_the_text_that_csv_makes_of_them(tmp_path):
    result = release(project(2), tmp_path / "r", recipe="raw", shape="judgments", file_type="csv")
    (info,) = card(result.path)[0]["dataset_info"]
    assert {"name": "flags", "dtype": "string"} in info["features"]


def test_the_datasheet_is_filled_from_the_figures(tmp_path):
    rows = [*project(5), task("tie", *votes(0)), task("even", *votes(1, -1))]
    rows.append(task("said", judgment(-1, rationale="Mine.", flags=("unsafe",))))
    result = release(rows, tmp_path / "r", context=context())
    _, body = card(result.path)
    assert "6 pairs from 19 judgments by 4 raters on 8 tasks (8 prompts)." in body
    assert "| tasks in | 8 |" in body
    assert "| left out: without a majority of all votes | 1 |" in body
    assert "1 superseded judgment" in body
    assert "> To train a helpful model." in body
    assert "Each task is judged by 3 different raters." in body
    assert "1 judgment came with a rationale" in body
    assert "Raters flagged: unsafe: 1." in body
    assert "| 1 | First version | `guideline/version-001.md` |" in body
    whole = (result.path / "guideline/version-001.md").read_text()
    for text in ("True, then brief.", "Truth wins."):
        assert text in whole
        assert f"> {text}" in body
    assert "For KTO take a `desirable_weight` from" in body
    for warning in result.manifest["warnings"]:
        assert body.count(inline(warning["text"])) >= 2


def test_the_card_of_labels_alone_claims_no_version_and_denies_no_guideline(tmp_path):
    release(project(4), tmp_path / "r", context=context(guidelines=(), rubrics=()))
    _head, body = card(tmp_path / "r")
    assert "No judgment was given under a version of the guideline." in body
    assert "`rubrics`" not in body
