"""Two public data sets, imported as they are published; skipped where they are not at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labeling.models import Judgment, Response, Task

DATA = Path(os.environ.get("CONCORD_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
HH = DATA / "hh_harmless_test" / "test.jsonl.gz"
LLMBAR = DATA / "llmbar" / "items_for_developers.jsonl.gz"


@pytest.mark.walk
@pytest.mark.slow
@pytest.mark.skipif(not HH.exists(), reason=f"no hh-rlhf test set at {HH}")
def test_hh_rlhf_becomes_2312_tasks_and_then_labels(take):
    first = take(content=HH.read_bytes())
    assert (first.state, first.counts["created"], first.counts["refused"]) == ("done", 2312, 0)
    assert (Task.objects.count(), Response.objects.count()) == (2312, 4624)
    again = take(content=HH.read_bytes(), rater="Bai et al.")
    assert (again.counts["updated"], again.counts["labels"]) == (2312, 2312)
    assert Judgment.objects.count() == 2312
    assert Task.objects.count() == 2312


@pytest.mark.skipif(not LLMBAR.exists(), reason=f"no LLMBar items at {LLMBAR}")
def test_llmbar_becomes_419_tasks(take):
    import_ = take(content=LLMBAR.read_bytes())
    assert (import_.state, import_.counts["created"], import_.counts["refused"]) == ("done", 419, 0)
    assert Task.objects.filter(prompt__category="LLMBar/Natural").exists()
