"""What a release of this moment would hold, counted by the code that builds it."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass

from django.core.cache import cache
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from labeling.datasets.build import nothing_left
from labeling.datasets.judging import added_up, preview
from labeling.datasets.reasons import sentence
from labeling.datasets.recipes import Ledger
from labeling.datasets.records import canonical_json
from labeling.releases.facts import pseudonyms
from labeling.releases.requests import (
    ReleaseOptions,
    Request,
    check_request,
)
from labeling.releases.selectors import adjudicators, newest_edit, newest_judgment, task_records
from projects.models import Project

_SECONDS = 600
_REASONING = "reasoning_left_out"


@dataclass(frozen=True, slots=True)
class Preview:
    """Rows in, rows out and why, before anything is written.

    `rows_are` says what a row out is (pairs, labels …). `dropped` are (reason in words, rows);
    `left_out` are judgments that are no data at all, `shortened` rows that are written without a
    part.
    """

    unit: str
    rows_are: str
    rows_in: int
    rows_out: int
    dropped: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[str, int], ...]
    problem: str = ""
    shortened: tuple[tuple[str, int], ...] = ()


def preview_release(
    *,
    project: Project,
    recipe: str,
    format: str,
    file_type: str = "",
    options: ReleaseOptions | None = None,
) -> Preview:
    """What a release of this moment would hold, by the very code that builds it.

    Reads every judged task, so the answer is kept until a judgment comes in. Raises InvalidInput
    like `request_release`.
    """
    request = check_request(
        project=project, recipe=recipe, format=format, file_type=file_type, options=options
    )
    cutoff = newest_judgment(project)
    reviewers = adjudicators(project)
    asked = [recipe, format, request.frozen()["choices"], reviewers, newest_edit(project)]
    # What is kept is in words: each language has its own.
    asked.append(get_language())
    asked += [criterion.pk for criterion in request.criteria]
    mark = hashlib.sha256(canonical_json(asked).encode()).hexdigest()[:24]
    key = f"release-preview-2:{project.pk}:{cutoff}:{mark}"
    kept: Preview | None = cache.get(key)
    if kept is None:
        kept = _preview(project, cutoff, request, reviewers)
        cache.set(key, kept, _SECONDS)
    return kept


def _preview(project: Project, cutoff: int, request: Request, reviewers: list[int]) -> Preview:
    ledgers: list[Ledger] = []
    left_out: Counter[str] = Counter()
    without_reasoning = 0
    recipes = request.recipes()
    for recipe in recipes:
        ledger, left = preview(
            lambda: task_records(project, cutoff, pseudonyms("preview"), reviewers),
            recipe=recipe,
            shape=request.shape,
        )
        without_reasoning += left.pop(_REASONING, 0)
        # Who may vote does not hang on the criterion: one count is that of all.
        left_out = left_out or Counter(left)
        ledgers.append(ledger)
    ledger = added_up(ledgers)
    return Preview(
        unit=ledger.unit,
        rows_are=recipes[0].kind.value,
        rows_in=ledger.rows_in,
        rows_out=ledger.rows_out,
        dropped=tuple((_(sentence(name)), count) for name, count in ledger.drops.most_common()),
        left_out=tuple(
            (_(sentence(name)), count)
            for name, count in sorted(left_out.items())
            if name not in ledger.drops
        ),
        problem="" if ledger.rows_out else nothing_left(ledger, translation),
        shortened=((_(sentence(_REASONING)), without_reasoning),) if without_reasoning else (),
    )
