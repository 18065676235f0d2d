"""Applies a recipe and a format to tasks and keeps the books: the code behind build and preview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from labeling.datasets.formats.base import (
    NO_FOLDS,
    Format,
    TaskRows,
    task_refusal,
)
from labeling.datasets.formats.carrying import (
    NO_NEEDS,
    ChatPart,
    Needs,
    has_reasoning,
    is_empty,
    pair_not_carried,
    prompt_not_carried,
    response_not_carried,
    said_by,
)
from labeling.datasets.recipes.base import Ledger, Recipe
from labeling.datasets.recipes.outcome import (
    Demonstration,
    Pair,
    RecipeOutcome,
    ResponseLabel,
    RowKind,
)
from labeling.datasets.records import TaskRecord
from labeling.datasets.tally import Tally
from labeling.datasets.texts import sound

_TWO = 2
_Row = TypeVar("_Row")
#: What of an outcome holds the rows of each kind; a task's rows have the same names.
_HELD = {
    RowKind.PAIRS: "pairs",
    RowKind.RANKINGS: "rankings",
    RowKind.LABELS: "labels",
    RowKind.DEMONSTRATIONS: "demonstrations",
    RowKind.RATINGS: "ratings",
    RowKind.RULES: "rules",
}


@dataclass(slots=True)
class Books:
    """A recipe's ledger, and the counts of each of its criteria: of one, unless it joins several.

    `tally` is that of the first criterion; `parts` pairs every tally with the recipe on its
    criterion alone.
    """

    recipe: Recipe
    tally: Tally = field(default_factory=Tally)
    ledger: Ledger = field(init=False)
    parts: tuple[tuple[Recipe, Tally], ...] = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.recipe.unit)
        self.parts = (
            (self.recipe, self.tally),
            *((self.recipe.on(other), Tally()) for other in self.recipe.criteria[1:]),
        )

    def take(self, item: TaskRows) -> None:
        """Counts a task on every criterion."""
        for recipe, tally in self.parts:
            tally.take(item, recipe)
        for _, tally in self.parts[1:]:
            tally.excluded = self.tally.excluded


def total_of(books: Sequence[Books]) -> Ledger:
    """The ledgers of all criteria added up; where they count different things, those are rows."""
    return added_up([book.ledger for book in books])


def added_up(ledgers: Sequence[Ledger]) -> Ledger:
    """Some ledgers as one."""
    units = {ledger.unit for ledger in ledgers}
    total = Ledger(units.pop() if len(units) == 1 else "row")
    for ledger in ledgers:
        total.add(ledger)
    return total


def preview(
    tasks: Callable[[], Iterable[TaskRecord]], *, recipe: Recipe, shape: Format
) -> tuple[Ledger, dict[str, int]]:
    """Rows in, rows out and why, by the very code that builds, without writing anything.

    `tasks` is called once for each time the tasks must be read: twice for recipes that learn.
    Also returns what else was left out: judgments by purpose and source, and the reasoning of
    rows whose format has no place for it.
    """
    books = Books(recipe)
    learner = recipe.learner
    if learner:
        for task in map(sound, tasks()):
            if recipe.reads(task):
                learner.learn(task)
        learner.settle()
    for task in map(sound, tasks()):
        judge_task(task, books, shape)
    left = dict(books.tally.excluded)
    if books.tally.reasoning_left_out:
        left["reasoning_left_out"] = books.tally.reasoning_left_out
    return books.ledger, left


def judge_task(
    task: TaskRecord,
    books: Books,
    shape: Format,
    *,
    group: str = "",
    folds: Mapping[str, int] = NO_FOLDS,
    first: bool = True,
    needs: Needs = NO_NEEDS,
    pictures: Path | None = None,
) -> TaskRows:
    """Applies recipe and format to one task and keeps the books.

    `group`, `folds`, `first`, `needs` and `pictures` are handed on to the format.
    """
    recipe, ledger, tally = books.recipe, books.ledger, books.tally
    about: dict[str, Any] = {"first": first, "folds": folds, "needs": needs}
    about["pictures"] = pictures
    if task.kind and not recipe.reads(task):
        tally.excluded["other_kind"] += len(task.judgments)
        written = recipe.written(task)
        return TaskRows(task, recipe.criterion, group, (), (), (), written=written, **about)
    sifted = recipe.sift(task)
    outcome, kept = recipe.make(task, sifted), sifted.votes
    if sifted.excluded:
        tally.excluded.update(sifted.excluded)
    ledger.rows_in += outcome.rows_in
    if outcome.drops:
        ledger.drops.update(outcome.drops)
    refused = (
        ("follows_lost_reply" if task.off_path and not recipe.per_vote else None)
        or task_refusal(task, shape)
        or prompt_not_carried(task, shape.carries)
        or shape.refusal(task)
    )
    if refused:
        lost = _count(outcome, recipe.kind)
        if lost:
            ledger.drops[refused] += lost
        carried: dict[str, Any] = {"pairs": (), "labels": ()}
    else:
        carried = _carried(task, outcome, recipe, shape, ledger)
    item = TaskRows(
        task, recipe.criterion, group, judgments=kept, stopped=sifted.stopped, **carried, **about
    )
    rows = _count(item, recipe.kind)
    ledger.rows_out += rows
    if rows and ChatPart.REASONING not in shape.carries.responses:
        tally.reasoning_left_out += _unreasoned(item, recipe.kind)
    return item


def _carried(
    task: TaskRecord, outcome: RecipeOutcome, recipe: Recipe, shape: Format, ledger: Ledger
) -> dict[str, Any]:
    """What of the outcome the format can carry; what it cannot goes to the ledger."""

    def drops(kind: RowKind) -> Counter[str] | None:
        return ledger.drops if kind == recipe.kind else None

    pairs = _sound(
        outcome.pairs, lambda pair: _pair_reason(task, pair, shape), drops(RowKind.PAIRS)
    )
    if pairs and len(pairs) < len(outcome.pairs) and pairs[0].group_size > _TWO:
        pairs = _weighed_anew(pairs)
    carried: dict[str, Any] = {
        "pairs": pairs,
        "labels": (),
        "rankings": outcome.rankings,
    }
    if outcome.labels:
        reason = _label_reason(task, outcome.labels, shape)
        carried["labels"] = _sound(outcome.labels, reason, drops(RowKind.LABELS))
    if outcome.demonstrations:
        carried["demonstrations"] = _sound(
            outcome.demonstrations,
            lambda demonstration: _demonstration_reason(task, demonstration, shape),
            drops(RowKind.DEMONSTRATIONS),
        )
    if outcome.ratings:
        carried["ratings"] = _sound(
            outcome.ratings,
            lambda rated: shape.ratings_refusal(rated) or _lone_reason(task, rated.response, shape),
            drops(RowKind.RATINGS),
        )
    if outcome.rules:
        carried["rules"] = _sound(
            outcome.rules,
            lambda label: _lone_reason(task, label.response, shape),
            drops(RowKind.RULES),
        )
    return carried


def _sound(
    rows: Sequence[_Row], reason_of: Callable[[_Row], str | None], drops: Counter[str] | None
) -> list[_Row]:
    """The rows that nothing speaks against; the reasons against the others are counted, if at all.

    Only rows of the kind that the books count have a place in them.
    """
    sound = []
    for row in rows:
        reason = reason_of(row)
        if reason is None:
            sound.append(row)
        elif drops is not None:
            drops[reason] += 1
    return sound


def _weighed_anew(pairs: list[Pair]) -> list[Pair]:
    """The pairs that are left of orders, those of one order sharing a weight of one again."""
    left = Counter(pair.judgment and pair.judgment.id for pair in pairs if not pair.tie)
    return [
        pair if pair.tie else pair._replace(weight=1 / left[pair.judgment and pair.judgment.id])
        for pair in pairs
    ]


def _pair_reason(task: TaskRecord, pair: Pair, shape: Format) -> str | None:
    if pair.tie and (not shape.carries_ties or (shape.ties_of_raters and pair.judgment is None)):
        return f"tie_{pair.tie}"
    if pair.judgment is None and shape.needs_votes:
        return "edit_without_vote"
    texts = task.candidates
    first, second = texts[pair.chosen], texts[pair.rejected]
    return (
        pair_not_carried(first, second, shape.carries)
        or shape.response_refusal(first)
        or shape.response_refusal(second)
        or shape.pair_refusal(task, pair)
    )


def _label_reason(
    task: TaskRecord, labels: Sequence[ResponseLabel], shape: Format
) -> Callable[[ResponseLabel], str | None]:
    """Tells of responses without a place in the format, and of those that two labels share."""
    candidates = task.candidates
    said = {label.response: said_by(candidates[label.response]) for label in labels}
    alone = len(set(said.values())) == len(said)

    def reason(label: ResponseLabel) -> str | None:
        response = candidates[label.response]
        # Silence may be bad. Nobody should imitate it, and LLaMA-Factory reads such a row as bad.
        if label.good and is_empty(response):
            return "empty_response"
        if why := response_not_carried(response, shape.carries) or shape.response_refusal(response):
            return why
        if alone:
            return None
        others = [place for place in said if place != label.response]
        same = [candidates[place] for place in others if said[place] == said[label.response]]
        reasons = (pair_not_carried(response, other, shape.carries) for other in same)
        return next(filter(None, reasons), None)

    return reason


def _demonstration_reason(task: TaskRecord, shown: Demonstration, shape: Format) -> str | None:
    response = task.candidates[shown.response]
    if is_empty(response):
        return "empty_response"
    return _lone_reason(task, shown.response, shape)


def _lone_reason(task: TaskRecord, place: int, shape: Format) -> str | None:
    """Why a response by itself has no place in the format, None if it has."""
    response = task.candidates[place]
    return response_not_carried(response, shape.carries) or shape.response_refusal(response)


def _unreasoned(item: TaskRows, kind: RowKind) -> int:
    """The rows of a format without reasoning that lost some."""
    task = item.task
    if has_reasoning(task.messages):
        return _count(item, kind)
    thought = {
        place
        for place, response in enumerate(task.candidates)
        if response.messages and has_reasoning(response.messages)
    }
    if not thought:
        return 0
    match kind:
        case RowKind.PAIRS:
            return sum(not thought.isdisjoint((p.chosen, p.rejected)) for p in item.pairs)
        case RowKind.LABELS:
            return sum(label.response in thought for label in item.labels)
        case RowKind.DEMONSTRATIONS:
            return sum(shown.response in thought for shown in item.demonstrations)
        case RowKind.RATINGS:
            return sum(rated.response in thought for rated in item.ratings)
        case RowKind.RULES:
            return sum(label.response in thought for label in item.rules)
    return len(item.rankings)


def _count(made: RecipeOutcome | TaskRows, kind: RowKind) -> int:
    """The rows of the kind that the books count."""
    return len(getattr(made, _HELD[kind]))
