"""Two public data sets, imported as they are published; skipped where they are not at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from labeling.imports.services import ImportOptions, create_import, run_import
from labeling.models import Import, Judgment, Response, Task
from projects.models import Project

DATA = Path(os.environ.get("CONCORD_TEST_DATA", Path(__file__).parents[3] / "shared" / "data"))
HH = DATA / "hh_harmless_test" / "test.jsonl.gz"
LLMBAR = DATA / "llmbar" / "items_for_developers.jsonl.gz"


def take(project: Project, path: Path, **options: str) -> Import:
    import_ = create_import(
        project=project,
        created_by=None,
        filename=path.name,
        content=path.read_bytes(),
        options=ImportOptions(**options),  # type: ignore[arg-type]
    )
    run_import(import_.pk)
    import_.refresh_from_db()
    return import_


@pytest.mark.slow
@pytest.mark.skipif(not HH.exists(), reason=f"no hh-rlhf test set at {HH}")
def test_hh_rlhf_becomes_2312_tasks_and_then_labels(project):
    first = take(project, HH)
    assert (first.state, first.counts["created"], first.counts["refused"]) == ("done", 2312, 0)
    assert (Task.objects.count(), Response.objects.count()) == (2312, 4624)
    again = take(project, HH, label_rater="Bai et al.")
    assert (again.counts["updated"], again.counts["labels"]) == (2312, 2312)
    assert Judgment.objects.count() == 2312
    assert Task.objects.count() == 2312


@pytest.mark.skipif(not LLMBAR.exists(), reason=f"no LLMBar items at {LLMBAR}")
def test_llmbar_becomes_419_tasks(project):
    import_ = take(project, LLMBAR)
    assert (import_.state, import_.counts["created"], import_.counts["refused"]) == ("done", 419, 0)
    assert Task.objects.filter(prompt__category="LLMBar/Natural").exists()
