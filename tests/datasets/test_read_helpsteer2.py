"""HelpSteer2 rates one response a row: rows of one prompt that follow one another are compared."""

from __future__ import annotations

from json import dumps
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labeling.datasets.readers import check, detect, preview_file, read
from labeling.datasets.rows import ImportRow, Refusal
from tests.datasets.tool_kinds import Row


def rated(prompt: str, response: str, helpfulness: int = 3, **more: object) -> Row:
    ratings = {"correctness": 4, "coherence": 4, "complexity": 2, "verbosity": 1}
    return {"prompt": prompt, "response": response, "helpfulness": helpfulness, **ratings, **more}


PAIRED = {"task_kind": "compare"}
FISH, BIRD = "Name a fish.", "Name a bird."


def test_two_rows_of_one_prompt_are_a_pair_and_their_ratings_are_metadata(rows):
    made = rows(
        rated(FISH, "Cod.", 4),
        rated(FISH, "Cow.", 0),
        rated(BIRD, "Hen."),
        rated(BIRD, "Ox."),
        mapping=PAIRED,
    )
    assert [row.line for row in made] == [1, 3]
    assert [[r.content for r in row.responses] for row in made] == [
        ["Cod.", "Cow."],
        ["Hen.", "Ox."],
    ]
    ratings = [said["helpfulness"] for said in made[0].metadata["responses"]]
    assert (ratings, made[0].judgments) == ([4, 0], ())


def test_three_are_three_pairs_and_one_alone_is_refused(rows):
    three = [rated(FISH, text) for text in ("Cod.", "Cow.", "Carp.")]
    *pairs, alone = rows(*three, rated(BIRD, "Hen."), mapping=PAIRED)
    assert all(isinstance(pair, ImportRow) for pair in pairs)
    assert len(pairs) == 3
    assert isinstance(alone, Refusal)
    assert (alone.line, alone.field, alone.code) == (4, "response", "too_few")
    assert "Stands alone" in alone.reason


def test_turns_of_a_prompt_are_read_and_other_columns_kept(rows):
    asked = "Hi\n<extra_id_1>Assistant\nHello.\n<extra_id_1>User\nName a fish."
    two = rated(asked, "Cod.", source="a"), rated(asked, "Cow.", source="b")
    (row,) = rows(*two, mapping=PAIRED)
    assert [turn.role for turn in row.messages] == ["user", "assistant", "user"]
    assert [said["source"] for said in row.metadata["responses"]] == ["a", "b"]


def test_a_row_that_cannot_be_read_parts_its_neighbours(tmp_path: Path):
    file = tmp_path / "rows.jsonl"
    lines = [dumps(rated(FISH, text)) for text in ("Cod.", "Cow.")]
    file.write_text("\n".join([*lines, "{broken", dumps(rated(FISH, "Ox."))]))
    made = list(read(file, mapping=PAIRED))
    assert [type(row) for row in made] == [ImportRow, Refusal, Refusal]
    assert [row.line for row in made] == [1, 3, 4]


@pytest.mark.parametrize("count", [2, 5])
def test_the_check_and_the_preview_see_what_is_read(tmp_path: Path, count: int):
    path = tmp_path / "rows.parquet"
    listed = [rated(f"Question {i}?", text) for i in range(count) for text in ("Cod.", "Cow.")]
    pq.write_table(pa.Table.from_pylist(listed), path)
    assert detect(path).format == "helpsteer2"
    for mapping, rows in ({}, 2 * count), (PAIRED, count):
        assert check(path, format="helpsteer2", mapping=mapping).rows == rows
        made = list(read(path, mapping=mapping))
        assert list(preview_file(path, limit=20, mapping=mapping).rows) == made


def test_numbers_in_a_list_are_those_of_the_first_row(tmp_path: Path):
    path = tmp_path / "rows.json"
    path.write_text(dumps([rated(FISH, "Cod."), rated(FISH, "Cow."), rated(BIRD, "Hen.")]))
    pair, alone = read(path, mapping=PAIRED)
    assert (pair.number, alone.number) == (1, 3)


def test_each_row_is_rated_by_itself_and_its_ratings_are_somebodys_only_under_a_name(rows):
    two = rated(FISH, "Cod.", 4), rated(BIRD, "Hen.", 1)
    unnamed, named, model = (rows(*two, rater=name)[0] for name in ("", "HelpSteer2", "gpt-4"))
    assert [row.kind for row in (unnamed, named, model)] == ["rate"] * 3
    assert (unnamed.judgments, unnamed.metadata["helpfulness"]) == ((), 4)
    (judgment,) = named.judgments
    (own,) = (response.external_id for response in named.responses)
    assert (judgment.rater, judgment.values) == ("HelpSteer2", {})
    assert judgment.answers == {
        name: {own: value}
        for name, value in {
            **dict.fromkeys(("correctness", "coherence"), 4),
            **{"helpfulness": 4, "complexity": 2, "verbosity": 1},
        }.items()
    }
    assert (model.judgments, model.model_votes[0].answers) == ((), judgment.answers)
