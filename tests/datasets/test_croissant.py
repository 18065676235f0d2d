"""croissant.json has what mlcroissant needs to load every split: ids, files, types, hashes.

That it does load, in every format and file type, is proved in an optional job.
"""

from __future__ import annotations

import json

import pytest

from labeling.datasets.fitting import misfit, row_kind_of
from labeling.datasets.formats import FORMATS
from labeling.datasets.recipes import RECIPES, RecipeOptions
from tests.datasets.card_rows import context
from tests.datasets.release_rows import OVERALL, project, release

TYPES = {"sc:Text", "sc:Boolean", "sc:Integer", "sc:Float"}


def croissant(result):
    return json.loads((result.path / "croissant.json").read_bytes())


def recipe_for(shape):
    return next(
        (
            recipe.key
            for recipe in RECIPES.values()
            if row_kind_of(recipe, shape)
            and not misfit(recipe, shape, options=RecipeOptions(), criteria=[OVERALL])
        ),
        None,
    )


@pytest.mark.parametrize("key", [key for key in FORMATS if recipe_for(FORMATS[key])])
def test_every_split_of_every_table_can_be_found_and_read(tmp_path, key):
    shape = FORMATS[key]
    result = release(project(20), tmp_path / "r", recipe=recipe_for(shape), shape=key,
                     file_type=shape.file_types[0])  # fmt: skip
    document = croissant(result)
    assert document["conformsTo"][0] == "http://mlcommons.org/croissant/1.0"
    known = {entry["@id"]: entry for entry in document["distribution"]}
    wanted = {f"{table}_{split}" for table, rows in result.rows.items() for split in rows}
    assert {entry["@id"] for entry in document["recordSet"]} == wanted
    ids = [*known, *(entry["@id"] for entry in document["recordSet"])]
    for records in document["recordSet"]:
        for field in records["field"]:
            for leaf in field.get("subField", [field]):
                ids.append(leaf["@id"])
                assert leaf["dataType"] in TYPES
                assert known[leaf["source"]["fileSet"]["@id"]]["includes"]
    assert len(set(ids)) == len(ids)


def test_every_data_file_stands_there_with_its_hash(tmp_path):
    result = release(project(20), tmp_path / "r")
    document = croissant(result)
    listed = {
        entry["contentUrl"]: entry["sha256"]
        for entry in document["distribution"]
        if entry["@type"] == "cr:FileObject"
    }
    assert listed == {file.name: file.sha256 for file in result.files if file.rows is not None}
    included = [
        name
        for entry in document["distribution"]
        if entry["@type"] == "cr:FileSet"
        for name in entry["includes"]
    ]
    assert sorted(included) == sorted(listed)


def test_messages_are_repeated_objects_and_parquet_has_its_old_name(tmp_path):
    document = croissant(release(project(20), tmp_path / "r", shape="trl"))
    (train,) = [entry for entry in document["recordSet"] if entry["@id"] == "default_train"]
    prompt = train["field"][0]
    assert prompt["@id"] == "default_train/prompt"
    assert prompt["repeated"] is True
    assert [part["source"]["transform"]["jsonPath"] for part in prompt["subField"]] == [
        "role",
        "content",
    ]
    assert {entry["encodingFormat"] for entry in document["distribution"]} == {
        "application/x-parquet"
    }


def test_what_loaders_cannot_read_is_left_out_and_named(tmp_path):
    packed = croissant(release(project(4), tmp_path / "a", shape="trl", file_type="jsonl.zst"))
    assert "recordSet" not in packed
    assert "packed with zstd" in packed["description"]
    nested = croissant(release(project(4), tmp_path / "b", shape="openai", file_type="jsonl"))
    assert "lists inside other values: input.messages" in nested["description"]


def test_cells_of_csv_are_text_where_they_hold_json(tmp_path):
    document = croissant(release(project(4), tmp_path / "r", shape="judgments", recipe="raw",
                             file_type="csv"))  # fmt: skip
    fields = {entry["@id"].split("/")[1]: entry for entry in document["recordSet"][0]["field"]}
    assert "repeated" not in fields["flags"]
    assert fields["flags"]["dataType"] == "sc:Text"
    assert fields["guideline_version"]["dataType"] == "sc:Integer"


def test_what_is_known_about_people_and_biases_is_said(tmp_path):
    document = croissant(release(project(60), tmp_path / "r", context=context(licence="unknown")))
    assert "license" not in document
    assert document["rai:annotationsPerItem"] == "3.00 on average"
    assert document["rai:dataCollection"].endswith("Each task is judged by 3 different raters.")
    assert any("shown first" in bias for bias in document["rai:dataBiases"])
    assert "datePublished" not in document
