"""Applies a recipe and a format to tasks and keeps the books: the code behind build and preview."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from labeling.datasets.formats.base import Format, TaskRows, pair_refusal, task_refusal
from labeling.datasets.recipes.base import Kind, Ledger, Outcome, Pair, Recipe
from labeling.datasets.records import JudgmentRecord, TaskRecord
from labeling.datasets.tally import Tally


@dataclass(slots=True)
class Books:
    """One criterion's recipe, ledger and counts."""

    recipe: Recipe
    tally: Tally = field(default_factory=Tally)
    ledger: Ledger = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.recipe.unit)


def total_of(books: Sequence[Books]) -> Ledger:
    """The ledgers of all criteria added up."""
    total = Ledger(books[0].ledger.unit)
    for book in books:
        total.add(book.ledger)
    return total


def preview(
    tasks: Callable[[], Iterable[TaskRecord]], *, recipe: Recipe, shape: Format
) -> tuple[Ledger, dict[str, int]]:
    """Rows in, rows out and why, by the very code that builds, without writing anything.

    `tasks` is called once for each time the tasks must be read: twice for recipes that learn.
    Also returns what was left out judgment by judgment (purposes and sources).
    """
    books = Books(recipe)
    learner = recipe.learner
    if learner:
        for task in tasks():
            learner.learn(task)
        learner.settle()
    for task in tasks():
        judge_task(task, books, shape)
    return books.ledger, dict(books.tally.excluded)


def judge_task(task: TaskRecord, books: Books, shape: Format, *, first: bool = True) -> TaskRows:
    """Applies recipe and format to one task and keeps the books. The split group is left empty."""
    recipe, ledger, tally = books.recipe, books.ledger, books.tally
    outcome = recipe.apply(task)
    kept = []
    for judgment in task.judgments:
        reason = recipe.ineligible(judgment)
        if reason:
            tally.excluded[reason] += 1
        else:
            kept.append(judgment)
            tally.judgment(judgment, recipe.value(judgment), recipe.tie(judgment))
    if kept:
        tally.task(task)
    ledger.rows_in += outcome.rows_in
    ledger.drops.update(outcome.drops)
    refused = task_refusal(task) or shape.refusal(task)
    if refused:
        lost = _count(outcome, recipe.kind)
        if lost:
            ledger.drops[refused] += lost
        return TaskRows(task, recipe.criterion, "", (), (), kept, first=first)
    item = _carried(task, outcome, recipe, shape, ledger, first, kept)
    ledger.rows_out += _count(item, recipe.kind)
    return item


def _carried(
    task: TaskRecord,
    outcome: Outcome,
    recipe: Recipe,
    shape: Format,
    ledger: Ledger,
    first: bool,
    kept: Sequence[JudgmentRecord],
) -> TaskRows:
    """What of the outcome the format can carry; what it cannot goes to the ledger."""
    pairs: list[Pair] = []
    for pair in outcome.pairs:
        reason = _pair_reason(task, pair, shape)
        if reason is None:
            pairs.append(pair)
        elif recipe.kind == Kind.PAIRS:
            ledger.drops[reason] += 1
    filled = [bool(response.content.strip()) for response in task.candidates]
    labels = [label for label in outcome.labels if filled[label.response]]
    shown = [one for one in outcome.demonstrations if filled[one.response]]
    if recipe.kind in (Kind.LABELS, Kind.DEMONSTRATIONS):
        empty = _count(outcome, recipe.kind) - len(labels if recipe.kind == Kind.LABELS else shown)
        if empty:
            ledger.drops["empty_response"] += empty
    rankings = outcome.rankings
    return TaskRows(task, recipe.criterion, "", pairs, labels, kept, rankings, shown, first)


def _pair_reason(task: TaskRecord, pair: Pair, shape: Format) -> str | None:
    if pair.tie and not shape.carries_ties:
        return f"tie_{pair.tie}"
    texts = task.candidates
    return pair_refusal(
        texts[pair.chosen].content, texts[pair.rejected].content
    ) or shape.pair_refusal(task, pair)


def _count(made: Outcome | TaskRows, kind: Kind) -> int:
    """The rows of the kind that the books count."""
    if kind == Kind.PAIRS:
        return len(made.pairs)
    if kind == Kind.LABELS:
        return len(made.labels)
    return len(made.rankings if kind == Kind.RANKINGS else made.demonstrations)
