"""How often the guideline does not say what to do: of all, by question and by category."""

from __future__ import annotations

from collections import Counter
from typing import Any

from labeling import stats
from labeling.models import Judgment, Query
from labeling.vocabulary import Purpose
from projects.models import Project

_CONVENTION = "assignments judged or asked about: those with a question"


def ambiguity(project: Project) -> dict[str, Any]:
    """The share of what was judged that somebody asked about, as plain data.

    An assignment counts once, judged or asked about or both; by question of the rubric the base
    is the same, since each could be asked about. Intervals are Wilson's.
    """
    category = "task__prompt__category"
    judgments = Judgment.objects.filter(project=project).counting().live()
    judged = dict(judgments.values_list("assignment", category))
    rows = Query.objects.filter(project=project, assignment__isnull=False)
    rows = rows.filter(task__withdrawn_at=None, task__purpose=Purpose.LIVE)
    asked: dict[int, str] = {}
    keys: dict[str, set[int]] = {}
    for assignment, key, name in rows.values_list("assignment", "criterion_key", category):
        asked[assignment] = name
        keys.setdefault(key, set()).add(assignment)
    base = judged | asked
    of_category, asked_in = Counter(base.values()), Counter(asked.values())
    return {
        "judgments": len(judged),
        "overall": _share(len(asked), len(base)),
        "criteria": {key: _share(len(ids), len(base)) for key, ids in sorted(keys.items())},
        "categories": {name: _share(asked_in[name], n) for name, n in sorted(of_category.items())},
    }


def _share(asked: int, base: int) -> dict[str, Any]:
    nothing = "Nothing is judged yet."
    return stats.share(asked, base, _CONVENTION, nothing=nothing).as_dict()
