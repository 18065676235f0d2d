"""Two public data sets, read as they are published; skipped where they are not at hand."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from labeling.datasets.readers import detect, read
from labeling.datasets.rows import ImportRow

DATA = Path(os.environ.get("CONCORD_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
HH = DATA / "hh_harmless_test" / "test.jsonl.gz"
LLMBAR = DATA / "llmbar" / "items_for_developers.jsonl.gz"

needs_hh = pytest.mark.skipif(not HH.exists(), reason=f"no hh-rlhf test set at {HH}")
needs_llmbar = pytest.mark.skipif(not LLMBAR.exists(), reason=f"no LLMBar items at {LLMBAR}")


def rows_of(path: Path, **how: Any) -> list[Any]:
    """Every row of a file, whatever became of it."""
    return list(read(path, **how))


@needs_hh
def test_hh_rlhf_gives_all_rows_with_the_empty_answers_among_them():
    rows = rows_of(HH)
    assert len({row.external_id for row in rows if isinstance(row, ImportRow)}) == 2312
    assert max(len(row.messages) for row in rows) > 20
    empty = [row.line for row in rows if "" in [r.content.strip() for r in row.responses]]
    assert empty == [87, 517, 926, 1104]


@needs_hh
def test_in_hh_rlhf_speakers_alternate_once_doubled_tags_are_joined():
    joined = [row for row in rows_of(HH) if isinstance(row, ImportRow) and row.metadata]
    in_prompts, in_replies = (668, 764, 1320, 1850), (1255, 1689, 1951, 1953, 2037)
    assert {row.line for row in joined} == {*in_prompts, *in_replies}
    for row in joined:
        roles = [message.role for message in row.messages]
        assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"]


@needs_llmbar
def test_llmbar_gives_every_row():
    detection = detect(LLMBAR)
    assert (detection.format, detection.unmapped) == ("pairs", ("gold",))
    rows = rows_of(LLMBAR)
    assert all(isinstance(row, ImportRow) for row in rows)
    assert Counter(row.metadata["gold"] for row in rows).total() == 419
    assert rows[0].external_id == "LLMBar/Natural/000"
    assert rows[0].category == "LLMBar/Natural"
