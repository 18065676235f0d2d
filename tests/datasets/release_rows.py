"""Real-looking rows for the tests of releases: one way to make a task and to build a folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from msgspec.structs import replace as changed

from labeling.datasets.build import BuildResult, build_release
from labeling.datasets.context import GuidelineRecord, ReleaseContext
from labeling.datasets.fitting import row_kind_of
from labeling.datasets.formats import FORMATS
from labeling.datasets.recipes import RECIPES, Recipe, RecipeOptions, RowKind
from labeling.datasets.records import (
    CriterionRecord,
    JudgmentRecord,
    Message,
    PrincipleRecord,
    Rating,
    ResponseRecord,
    TaskRecord,
    Unrated,
)
from labeling.datasets.splits import SplitPrompt, plan_splits

OVERALL = CriterionRecord("overall", "Which response is better?", "helpsteer7", 3)
#: Four strengths as published for Llama 2, but with ties.
FOUR_LEVELS = CriterionRecord("overall", "Which response is better?", "four", 4)
ORDER = CriterionRecord("order", "Put the responses in order.", "rank", 1, False, answer="rank")
HELPFUL = CriterionRecord(
    "helpful", "How helpful?", "helpsteer5", 4, False, levels=(0, 1, 2, 3, 4), answer="rate"
)
KIND_RULE = PrincipleRecord(1, 1, "v1p1", "Be kind", "Say nothing unkind.")
RULE = CriterionRecord(
    *("rule", "Did the response keep the rule?", "sparrow_rule5", 2, False),
    levels=(-2, -1, 0, 1, 2),
    answer="rate",
    by_rule=True,
    principles={KIND_RULE.name: KIND_RULE},
)
#: What rows of a kind are made on, where a comparison makes none.
CRITERION = {RowKind.RATINGS: HELPFUL, RowKind.RULES: RULE}


def judgment(value: int | None, rater: str = "rui", **more: Any) -> JudgmentRecord:
    """A live judgment of the overall criterion; None leaves it unanswered."""
    values = {} if value is None else {"overall": value}
    if tie := more.pop("tie_kind", ""):
        more["tie_kinds"] = {"overall": tie}
    name = more.pop("id", f"{rater}-{value}")
    return JudgmentRecord(id=name, rater=rater, values=values, shown=(0, 1), **more)


def task(
    name: str,
    *judgments: JudgmentRecord,
    messages: Sequence[tuple[str, str]] | None = None,
    responses: tuple[str, str] | None = None,
) -> TaskRecord:
    """A comparison whose texts mention its name, so that no two are near-duplicates."""
    said = messages or [("user", f"Tell me about {name} please, and mention {name}-ish things")]
    first, second = responses or (f"All about {name}.", f"Nothing on {name}.")
    return TaskRecord(
        id=name,
        prompt_id=f"prompt-{name}",
        messages=tuple(Message(*message) for message in said),
        responses=(
            ResponseRecord(f"{name}-a", first, "m1"),
            ResponseRecord(f"{name}-b", second, "m2"),
        ),
        judgments=judgments,
        category="coding",
        language="en",
    )


def ranked(name: str, ranks: Mapping[str, Sequence[int]], **more: Any) -> TaskRecord:
    """A task whose responses raters put in order: the ranks that each gave, 1 is best."""
    judgments = [
        JudgmentRecord(
            id=rater,
            rater=rater,
            values={},
            ratings=tuple(Rating("order", place, rank) for place, rank in enumerate(order)),
            **more,
        )
        for rater, order in ranks.items()
    ]
    size = max(map(len, ranks.values()), default=2)
    responses = tuple(
        ResponseRecord(f"{name}-{place}", f"Answer {place} on {name}.", f"m{place}")
        for place in range(size)
    )
    return changed(task(name, *judgments), responses=responses)


def rated(
    name: str,
    ratings: Mapping[str, Sequence[int | str]],
    *,
    criterion: CriterionRecord = HELPFUL,
    principle: str = "",
    **more: Any,
) -> TaskRecord:
    """A task whose responses raters rated: what each gave, or said instead, one a response."""
    judgments = [
        JudgmentRecord(
            id=f"{name}-{rater}",
            rater=rater,
            values={},
            ratings=tuple(
                Rating(criterion.key, place, value, principle)
                for place, value in enumerate(values)
                if isinstance(value, int)
            ),
            unrated=tuple(
                Unrated(criterion.key, place, value, principle)
                for place, value in enumerate(values)
                if isinstance(value, str)
            ),
            **more,
        )
        for rater, values in ratings.items()
    ]
    size = max(map(len, ratings.values()))
    responses = tuple(
        ResponseRecord(f"{name}-{place}", f"Answer {place} on {name}.", f"m{place}")
        for place in range(size)
    )
    return changed(task(name, *judgments), responses=responses)


def rated_too(record: TaskRecord) -> TaskRecord:
    """The same task with a rating and a rule for each response, good where it was preferred."""
    judgments = tuple(
        changed(
            said,
            ratings=tuple(
                rating
                for place, good in enumerate((said.values.get("overall", 0) <= 0, True))
                for rating in (
                    Rating(HELPFUL.key, place, 3 if good else 1),
                    Rating(RULE.key, place, 2 if good else -1, KIND_RULE.name),
                )
            ),
        )
        for said in record.judgments
    )
    return changed(record, judgments=judgments)


def edited(record: TaskRecord, content: str, *, original: int = 0) -> TaskRecord:
    """The same task with one more edit, of the response in that place."""
    source = record.responses[original]
    edit = ResponseRecord(f"{record.id}-e{len(record.edits)}", content, "", source.id)
    return changed(record, edits=(*record.edits, edit))


def votes(*values: int | None) -> list[JudgmentRecord]:
    """One judgment a value, by different raters."""
    return [judgment(value, f"rater-{i}") for i, value in enumerate(values)]


def project(count: int = 60) -> list[TaskRecord]:
    """Tasks with three votes each: two prefer the first response, one the second."""
    return [task(f"topic{i:03d}", *votes(-2, -1, 3)) for i in range(count)]


def release(
    tasks: Iterable[TaskRecord],
    out: Path,
    *,
    recipe: str = "majority",
    options: RecipeOptions | None = None,
    criteria: Sequence[CriterionRecord] = (),
    shape: str = "native",
    file_type: str = "parquet",
    **more: Any,
) -> BuildResult:
    """Builds a release of these tasks into `out`.

    Where the rows are none that comparisons make, the tasks are rated too.
    """
    kind = row_kind_of(RECIPES[recipe], FORMATS[shape])
    tasks = list(tasks)
    if not criteria:
        criteria = [CRITERION.get(kind, OVERALL)] if kind else [OVERALL]
        tasks = list(map(rated_too, tasks)) if kind in CRITERION else tasks
    plan = plan_splits(
        SplitPrompt(record.prompt_id, record.messages, age)
        for age, record in enumerate(sorted(tasks, key=lambda record: record.id))
    )
    context = ReleaseContext(
        project="helpful",
        name="Helpful, release 1",
        parameters={"recipe": recipe, "cutoff": 7},
        guidelines=(GuidelineRecord(1, "# Be fair\nRead both."),),
        principles=({"number": 1, "text": "Be kind."},),
        versions={"concord": "test"},
    )
    settings: dict[str, Any] = {
        "plan": plan,
        "recipes": recipes_on(criteria, recipe, options, kind),
        "shape": FORMATS[shape],
        "file_type": file_type,
        "context": context,
        **more,
    }
    return build_release(tasks, out=out, **settings)


def recipes_on(
    criteria: Sequence[CriterionRecord],
    recipe: str,
    options: RecipeOptions | None = None,
    kind: RowKind | None = None,
) -> list[Recipe]:
    """The recipe on each criterion, or on all of them where it joins them."""
    made = RECIPES[recipe]
    if made.joins:
        return [made(criteria[0], options=options, kind=kind, others=criteria[1:])]
    return [made(criterion, options=options, kind=kind) for criterion in criteria]


def read_table(folder: Path, table: str) -> list[dict[str, Any]]:
    """Every row of one table's files, whatever the split and the file type."""
    rows: list[dict[str, Any]] = []
    for path in sorted((folder / table).iterdir()):
        if path.suffix == ".parquet":
            rows += pq.read_table(path).to_pylist()
        else:
            rows += [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return rows


def tree(folder: Path) -> dict[str, bytes]:
    """The bytes of every file."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
