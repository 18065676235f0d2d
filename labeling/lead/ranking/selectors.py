"""The judged pairs of models of a project, read into arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from django.db.models import BigIntegerField, Exists, Max, OuterRef, QuerySet
from django.db.models.functions import Cast

from labeling import stats
from labeling.figures.columns import copied_columns
from labeling.models import Answer, Import, Judgment, Prompt, Response, Task
from labeling.vocabulary import TaskKind
from projects.models import Criterion, Project
from projects.scales import PREFERENCES, RANKING

if TYPE_CHECKING:
    from labeling.stats.ratings import Array, Floats, Ints

#: So many rows are asked for by their ids at a time.
_IDS = 10_000
#: So many of the newest judgments say whether a project compares models.
_NEWEST = 30


@dataclass(frozen=True, slots=True)
class ModelPairs:
    """Judged pairs of responses of two models, as arrays of one length.

    `models` and `categories` are what the codes of `first`, `second` and `category` stand for;
    `value` is below 0 where the first is better and 0 for a tie. `prompt` is the prompt, `upper`
    and `lower` are the ids of the two responses, and `weight` how much a pair of a ranking counts,
    None for comparisons. `unnamed` pairs are left out because the model of a response is not known,
    `own` because both are of one model.
    """

    models: tuple[str, ...]
    categories: tuple[str, ...]
    first: Ints
    second: Ints
    value: Ints
    prompt: Ints
    category: Ints
    upper: Ints
    lower: Ints
    weight: Floats | None
    unnamed: int = 0
    own: int = 0

    def __len__(self) -> int:
        """How many pairs."""
        return len(self.value)

    def keep(self, rows: Array) -> ModelPairs:
        """Some of the pairs, under the same codes."""
        names = ("first", "second", "value", "prompt", "category", "upper", "lower")
        columns = {name: getattr(self, name)[rows] for name in names}
        weight = None if self.weight is None else self.weight[rows]
        return replace(self, **columns, weight=weight)


def ranked_criteria(project: Project) -> list[Criterion]:
    """The questions whose answers compare responses, the primary ones first."""
    asked = project.criteria.filter(family__in=(PREFERENCES, RANKING)).select_related("project")
    rows = sorted(asked, key=lambda row: (not row.is_primary, row.family != PREFERENCES))
    return [row for row in rows if row.scale.family in (PREFERENCES, RANKING)]


def imports_mark(project: Project) -> str:
    """Changes with every import that ended: it may have named models or categories anew."""
    newest = Import.objects.filter(project=project).aggregate(at=Max("finished_at"))["at"]
    return f"{newest.timestamp():.0f}" if newest else ""


def compares_models() -> Exists:
    """Whether the newest judgments of a project are about responses of two models that are known.

    An expression over the row of the project, which costs the same in a project of any size.
    """
    newest = (
        Judgment.objects.filter(project=OuterRef(OuterRef("pk")))
        .standing()
        .order_by("-pk")
        .values("task")[:_NEWEST]
    )
    named = Response.objects.filter(prompt=OuterRef("prompt"), model__gt="")
    other = Response.objects.filter(prompt=OuterRef("prompt"), model__gt="")
    two = named.filter(Exists(other.exclude(model=OuterRef("model"))))
    kinds = (TaskKind.COMPARE, TaskKind.RANK)
    return Exists(Task.objects.filter(Exists(two), pk__in=newest, kind__in=kinds))


def model_pairs(criterion: Criterion) -> ModelPairs:
    """The pairs of the current, live, human answers on a criterion: of comparisons each is one,
    a ranking gives every two of its responses."""
    if criterion.scale.family == RANKING:
        prompt, value, upper, lower, weight = _ranked(criterion)
    else:
        prompt, value, upper, lower = _compared(criterion)
        weight = None
    responses = np.union1d(upper, lower)
    model, models = _models_of(responses)
    first, second = (model[np.searchsorted(responses, side)] for side in (upper, lower))
    is_named = (first >= 0) & (second >= 0)
    is_own = is_named & (first == second)
    prompts = np.unique(prompt)
    category, categories = _categories_of(prompts)
    pairs = ModelPairs(
        models=models,
        categories=categories,
        first=first,
        second=second,
        value=value,
        prompt=prompt,
        category=category[np.searchsorted(prompts, prompt)],
        upper=upper,
        lower=lower,
        weight=weight,
        unnamed=int((~is_named).sum()),
        own=int(is_own.sum()),
    )
    return pairs.keep(is_named & ~is_own)


def _answers(criterion: Criterion, *, per_response: bool) -> QuerySet[Answer]:
    rows = Answer.objects.filter(criterion=criterion, response__isnull=not per_response)
    return rows.counting().live().with_value().order_by()


def _compared(criterion: Criterion) -> tuple[Ints, Ints, Ints, Ints]:
    """Prompt, value and the two responses of each comparison."""
    number = BigIntegerField()
    rows = _answers(criterion, per_response=False).filter(judgment__task__response_ids__len=2)
    prompt, value, upper, lower = copied_columns(
        rows.values_list(
            "judgment__task__prompt_id",
            Cast("value", number),
            Cast("judgment__task__response_ids__0", number),
            Cast("judgment__task__response_ids__1", number),
        ),
        columns=4,
    )
    return prompt, value, upper, lower


def _ranked(criterion: Criterion) -> tuple[Ints, Ints, Ints, Ints, Floats]:
    """The same of every two responses of each ranking, and the weight of each."""
    rows = _answers(criterion, per_response=True).values_list(
        "judgment_id",
        "judgment__task__prompt_id",
        "response_id",
        Cast("value", BigIntegerField()),
    )
    judgment, prompt, response, place = copied_columns(rows, columns=4)
    ranked = stats.pairs_of(stats.Rankings(judgment, response, place, prompt))
    if not len(ranked):
        none = np.zeros(0, dtype=np.int64)
        return none, none, none, none, np.zeros(0)
    prompts = np.unique(prompt)
    return (
        prompts[np.asarray(ranked.cluster)],
        ranked.value.astype(np.int64),
        ranked.first.astype(np.int64),
        ranked.second.astype(np.int64),
        np.asarray(ranked.weight),
    )


def _models_of(responses: Ints) -> tuple[Ints, tuple[str, ...]]:
    """A code for the model of each response, -1 where it is not known, and the models by name."""
    rows = (
        row
        for ids in _parts(responses)
        for row in Response.objects.filter(pk__in=ids).values_list("pk", "model")
    )
    return _coded(responses, rows)


def _categories_of(prompts: Ints) -> tuple[Ints, tuple[str, ...]]:
    """The same of the category of each prompt."""
    rows = (
        row
        for ids in _parts(prompts)
        for row in Prompt.objects.filter(pk__in=ids).values_list("pk", "category")
    )
    return _coded(prompts, rows)


def _coded(ids: Ints, rows: Iterator[tuple[int, str]]) -> tuple[Ints, tuple[str, ...]]:
    """A code for what each id is called, in the order of the names; -1 where it is nothing."""
    numbers: dict[str, int] = {}
    known = [(pk, numbers.setdefault(name, len(numbers))) for pk, name in rows if name]
    pks, coded = np.array(known, dtype=np.int64).reshape(-1, 2).T
    code = np.full(len(ids), -1, dtype=np.int64)
    names = sorted(numbers)
    place = np.argsort([numbers[name] for name in names]) if names else coded
    code[np.searchsorted(ids, pks)] = place[coded]
    return code, tuple(names)


def _parts(ids: Ints, size: int = _IDS) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size].tolist()
