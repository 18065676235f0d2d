"""Later turns of conversations: which response they follow, and whether most chose another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from labeling.models import Answer, Response, Task
from labeling.models.judgments import JudgmentQuerySet
from labeling.vocabulary import Purpose, Source, TaskKind
from projects.scales import PREFERENCES, RANKING


def later_turns(
    branches: Mapping[int, tuple[int, int]], standing: JudgmentQuerySet
) -> dict[int, tuple[str, bool]]:
    """By task the id of the response that its turn follows, and whether more raters of the turn
    before preferred another.

    `branches` say of each task which one it follows, and the canonical index of the response.
    """
    if not branches:
        return {}
    parents = Task.objects.in_bulk({follows for follows, _ in branches.values()})
    replies = [parents[follows].response_ids[reply] for follows, reply in branches.values()]
    names = dict(Response.objects.filter(pk__in=replies).values_list("pk", "external_id"))
    votes = _choices(parents, standing)
    return {
        task: (names[response], _is_behind(votes[follows], response))
        for (task, (follows, _)), response in zip(branches.items(), replies, strict=True)
    }


def _is_behind(votes: Counter[int], response: int) -> bool:
    return any(count > votes[response] for count in votes.values())


def _choices(
    tasks: Mapping[int, Task], standing: JudgmentQuerySet
) -> defaultdict[int, Counter[int]]:
    """By task how many raters chose each response: a preference, or the only first place."""
    judgments = standing.filter(task__in=tasks, purpose=Purpose.LIVE, source=Source.HUMAN)
    answers = Answer.objects.filter(judgment__in=judgments, criterion__is_primary=True)
    votes: defaultdict[int, Counter[int]] = defaultdict(Counter)
    compared = answers.primary(PREFERENCES).filter(response__isnull=True).with_value()
    for task, value in compared.values_list("judgment__task", "value"):
        if value and tasks[task].kind == TaskKind.COMPARE:
            votes[task][tasks[task].response_ids[value > 0]] += 1
    first: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    ranked = answers.primary(RANKING).filter(value=1, response__isnull=False)
    for judgment, task, response in ranked.values_list("judgment", "judgment__task", "response"):
        first[judgment].append((task, response))
    for places in first.values():
        if len(places) == 1:
            ((task, response),) = places
            votes[task][response] += 1
    return votes
