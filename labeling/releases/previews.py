"""What a release of this moment would hold, counted by the code that builds it.

A small project is counted while somebody waits for the page. Counting a large one reads every
judged task, so a worker does it, and the counts are kept by what was asked for.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db.models import Sum
from django.utils import translation
from django.utils.translation import gettext as _

from labeling.datasets import build, judging
from labeling.datasets.reasons import sentence
from labeling.datasets.recipes import Ledger
from labeling.datasets.records import TaskRecord, canonical_json
from labeling.models import ImportUndo, Release, Report
from labeling.models.exclusions import excluded_now
from labeling.models.tasks import tasks_out_of_play
from labeling.releases.facts import pseudonyms
from labeling.releases.records import task_records
from labeling.releases.requests import (
    ReleaseOptions,
    Request,
    check_request,
    request_of,
)
from labeling.releases.selectors import (
    adjudicators,
    cutoff_now,
    is_quick_to_count,
    judged_tasks,
    newest_edit,
    newest_judgment,
)
from labeling.work.kept import Progress, figures_at_hand, report_progress
from projects.models import Project

_SECONDS = 600
_REASONING = "reasoning_left_out"
COUNT_TASK = "labeling.jobs.count_release"
#: Counts that are kept a project: what was asked for before is likely to be asked for again.
_KEPT = 30
#: A worker says so often, in tasks, how far it is, and whether it is still waited for.
_STEP = 2_000

_Counts = Mapping[str, Any]


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


@dataclass(frozen=True, slots=True)
class PreviewAtHand:
    """The newest counts of a request, None before the first; `progress` while they are counted.

    `counted_at` is empty for counts of this moment: then they are exact.
    """

    preview: Preview | None
    counted_at: datetime | None = None
    progress: Progress | None = None


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
    key = f"release-preview-3:{project.pk}:{_fingerprint(project)}:{_mark(request)}"
    counts: _Counts | None = cache.get(key)
    if counts is None:
        counts = _counted(project, request)
        cache.set(key, counts, _SECONDS)
    return _in_words(counts)


def preview_at_hand(
    *,
    project: Project,
    recipe: str,
    format: str,
    file_type: str = "",
    options: ReleaseOptions | None = None,
) -> PreviewAtHand:
    """The preview for a request, which never waits for a large project to be counted.

    Raises InvalidInput like `preview_release`.
    """
    asked: dict[str, Any] = {"recipe": recipe, "format": format, "file_type": file_type}
    if is_quick_to_count(project):
        return PreviewAtHand(preview_release(project=project, **asked, options=options))
    request = check_request(project=project, **asked, options=options)
    kind = f"release {_mark(request)}"
    frozen = {**asked, "file_type": request.file_type, "options": request.frozen()}
    kept = figures_at_hand(
        project, kind, fingerprint=_fingerprint(project), task=COUNT_TASK, request=frozen
    )
    counts = _in_words(kept.report.data) if kept.report else None
    return PreviewAtHand(counts, kept.computed_at, kept.progress)


def count_report(report: Report) -> tuple[str, _Counts]:
    """The fingerprint and the counts of a report that is to be counted.

    Raises Abandoned where nobody waits for it any more.
    """
    project = report.project
    fingerprint = _fingerprint(project)
    request = request_of(Release(project=project, **report.request))
    tasks = judged_tasks(project, cutoff_now(project)).count()
    readings = sum(1 + (recipe.learner is not None) for recipe in request.recipes())
    read = 0

    def note(n: int) -> None:
        nonlocal read
        read += n
        report_progress(report.pk, 100 * read // max(1, tasks * readings))

    counts = _counted(project, request, note)
    others = Report.objects.filter(project=project, kind__startswith="release ")
    newest = others.order_by("-wanted_at").values("pk")[:_KEPT]
    others.exclude(pk__in=list(newest.values_list("pk", flat=True))).delete()
    return fingerprint, counts


def _mark(request: Request) -> str:
    """Names what was asked for, whatever has been judged since."""
    asked = [request.recipe, request.shape.key, request.frozen()["choices"]]
    asked += [criterion.pk for criterion in request.criteria]
    return hashlib.sha256(canonical_json(asked).encode()).hexdigest()[:24]


def _fingerprint(project: Project) -> str:
    """What counts depend on beside what was asked for."""
    withdrawn = tasks_out_of_play(project)
    state = [
        *(newest_judgment(project), newest_edit(project), adjudicators(project), withdrawn),
        _taken_back(project),
        excluded_now(project).mark,
    ]
    return hashlib.sha256(canonical_json(state).encode()).hexdigest()[:24]


def _taken_back(project: Project) -> int:
    """How much of imports was undone: labels that went, and the newest judgment may have stayed."""
    undone = ImportUndo.objects.filter(project=project).aggregate(n=Sum("progress_done"))
    return undone["n"] or 0


def _counted(
    project: Project, request: Request, note: Callable[[int], None] | None = None
) -> dict[str, Any]:
    """Rows in, rows out and the reasons by name; `note` is told of every few tasks read."""
    cutoff, reviewers = cutoff_now(project), adjudicators(project)

    def tasks() -> Iterator[TaskRecord]:
        records = task_records(project, cutoff, pseudonyms("preview"), reviewers)
        for number, record in enumerate(records, start=1):
            if note is not None and number % _STEP == 0:
                note(_STEP)
            yield record

    ledgers: list[Ledger] = []
    left_out: Counter[str] = Counter()
    without_reasoning = 0
    recipes = request.recipes()
    for recipe in recipes:
        ledger, left = judging.preview(tasks, recipe=recipe, shape=request.shape)
        without_reasoning += left.pop(_REASONING, 0)
        # Who may vote does not hang on the criterion: one count is that of all.
        left_out = left_out or Counter(left)
        ledgers.append(ledger)
    ledger = judging.added_up(ledgers)
    return {
        "unit": ledger.unit,
        "rows_are": recipes[0].kind.value,
        "rows_in": ledger.rows_in,
        "rows_out": ledger.rows_out,
        "drops": dict(ledger.drops),
        "left_out": dict(left_out),
        "without_reasoning": without_reasoning,
    }


def _in_words(counts: _Counts) -> Preview:
    """The counts for whoever reads them, in their language."""
    drops: Counter[str] = Counter(counts["drops"])
    ledger = Ledger(counts["unit"], counts["rows_in"], counts["rows_out"], drops)
    shortened = counts["without_reasoning"]
    return Preview(
        unit=ledger.unit,
        rows_are=counts["rows_are"],
        rows_in=ledger.rows_in,
        rows_out=ledger.rows_out,
        dropped=tuple((_(sentence(name)), count) for name, count in drops.most_common()),
        left_out=tuple(
            (_(sentence(name)), count)
            for name, count in sorted(counts["left_out"].items())
            if name not in drops
        ),
        problem="" if ledger.rows_out else build.nothing_left(ledger, translation),
        shortened=((_(sentence(_REASONING)), shortened),) if shortened else (),
    )
