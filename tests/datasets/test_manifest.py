"""The manifest: every parameter, count, reason, figure, hash and version, and nobody's name."""

from __future__ import annotations

import hashlib
import json
import random

import pytest

from labeling.datasets.recipes import RecipeOptions
from labeling.datasets.records import CriterionRecord
from tests.datasets.card_rows import card, context
from tests.datasets.release_rows import (
    ORDER,
    OVERALL,
    edited,
    judgment,
    project,
    ranked,
    release,
    task,
    tree,
    votes,
)

CLARITY = CriterionRecord("clarity", "Which one is clearer?", "helpsteer7", 3, primary=False)
RELEASES = [
    ("majority", "native", "parquet", OVERALL),
    ("consensus", "trl", "jsonl.gz", OVERALL),
    ("raw", "judgments", "csv", OVERALL),
    ("hh", "hh", "jsonl", OVERALL),
    ("llama3", "trl-implicit", "jsonl.zst", OVERALL),
    ("kto", "trl-unpaired", "parquet", OVERALL),
    ("sft", "messages", "jsonl", OVERALL),
    ("instructgpt", "trl", "parquet", ORDER),
    ("raw", "listwise", "jsonl", ORDER),
]


def rows_for(criterion: CriterionRecord):
    """Tasks with agreement, splits, ties, gold, an edit: something of everything."""
    if criterion is ORDER:
        orders = {"a": [1, 2, 3], "b": [2, 1, 3], "c": [1, 1, 2]}
        return [ranked(f"order{i}", orders) for i in range(12)]
    gold = task("gold", judgment(1, purpose="gold"))
    bad = task("bad", judgment(None, "a", tie_kind="equal_bad"), judgment(0, "b"))
    better = edited(task("edit", *votes(-3, -3, -2)), "All about edits, and better.")
    return [*project(20), gold, bad, better, task("even", *votes(1, -1))]


@pytest.mark.parametrize(("recipe", "shape", "file_type", "criterion"), RELEASES)
def test_counts_add_up_and_nothing_hangs_on_order(tmp_path, recipe, shape, file_type, criterion):
    rows = rows_for(criterion)
    shuffled = random.Random(2).sample(rows, len(rows))
    settings = {"recipe": recipe, "shape": shape, "file_type": file_type, "criteria": (criterion,)}
    result = release(rows, tmp_path / "a", **settings)
    release(shuffled, tmp_path / "b", **settings)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")

    manifest = json.loads((result.path / "manifest.json").read_bytes())
    counts = manifest["counts"]
    dropped = sum(drop["rows"] for drop in counts["dropped"].values())
    assert counts["rows_in"] == counts["rows_out"] + dropped
    assert all(drop["because"] for drop in counts["dropped"].values())
    own = manifest["criteria"][criterion.key]["counts"]
    assert (own["rows_in"], own["rows_out"]) == (counts["rows_in"], counts["rows_out"])
    _, body = card(result.path)
    assert f"| **{counts['rows_out']:,}** |" in body
    for drop in counts["dropped"].values():
        assert f"| left out: {drop['because']} | {drop['rows']:,} |" in body
    for file in manifest["files"]:
        data = (result.path / file["name"]).read_bytes()
        assert file["sha256"] == hashlib.sha256(data).hexdigest()
    assert {file["name"] for file in manifest["files"]} >= {"README.md", "croissant.json"}


def test_every_option_is_written_those_at_their_default_too(tmp_path):
    options = RecipeOptions(min_votes=2, categories=frozenset({"coding", "art"}))
    result = release(project(3), tmp_path / "r", options=options)
    recipe = result.manifest["recipe"]
    assert recipe["options"] == {
        "min_strength": 0,
        "min_votes": 2,
        "min_agreement": 0.0,
        "guideline_versions": [],
        "categories": ["art", "coding"],
        "adjudicated_only": False,
        "ties": "",
        "wins_by": "majority",
        "soft": "share",
        "side_only": "leave_out",
        "edits": True,
        "sources": ["human"],
    }
    assert "Votes floor" in recipe["options_in_words"]


def test_each_criterion_has_its_counts_figures_and_warnings(tmp_path):
    said = [judgment(None, name, id=f"{name}{i}") for i in range(4) for name in ("rui", "tao")]
    both = [
        task(f"t{i}", *(_both(record, -1, 1) for record in said[2 * i : 2 * i + 2]))
        for i in range(4)
    ]
    result = release(both, tmp_path / "r", criteria=(OVERALL, CLARITY), context=context())
    manifest = result.manifest
    assert list(manifest["criteria"]) == ["overall", "clarity"]
    assert manifest["counts"]["rows_out"] == 8
    for criterion in manifest["criteria"].values():
        assert criterion["counts"]["rows_out"] == 4
        assert criterion["figures"]["agreement"]["raw"]["same_side"]["value"] == 1
    assert manifest["criteria"]["clarity"]["figures"]["values"] == {"1": 8}
    assert "On `clarity`:" in card(result.path)[1]


def _both(record, overall, clarity):
    record.values.update({"overall": overall, "clarity": clarity})
    return record


def test_rater_folds_name_every_rater_of_the_release_once(tmp_path):
    folds = release(project(3), tmp_path / "r").manifest["rater_folds"]
    assert folds["folds"] == 5
    assert sorted(folds["of"]) == ["rater-0", "rater-1", "rater-2"]


def test_versions_and_the_reason_of_every_warning_are_told(tmp_path):
    manifest = release(project(4), tmp_path / "r", context=context()).manifest
    assert manifest["versions"] == {"Concord": "1.0", "pyarrow": "26.0"}
    assert all(
        warning.keys() == {"code", "criterion", "text"} and warning["text"].endswith(".")
        for warning in manifest["warnings"]
    )
