"""Releases: a request frozen as a row, and the work that turns it into a folder of files.

The folder appears by one rename, so a worker that is killed anywhere leaves either nothing or a
whole release; the sweep sends the row again, and a run that finds the folder only closes the books.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext as _

from labeling.datasets import build
from labeling.datasets.files import describe_file
from labeling.datasets.splits import SPLIT_SALT, plan_splits
from labeling.models import ImportUndo, Judgment, Release, Task
from labeling.models.openings import open_release
from labeling.models.tasks import tasks_out_of_play
from labeling.pictures.selectors import picture_bytes
from labeling.releases.checks import GOLD_FILE, REPEATS_FILE
from labeling.releases.facts import pseudonyms, release_context, release_salt
from labeling.releases.left_out import excluded_facts
from labeling.releases.records import task_records
from labeling.releases.requests import (
    ReleaseOptions,
    check_request,
    request_of,
)
from labeling.releases.selectors import (
    adjudicators,
    cutoff_of,
    erased_raters,
    judged_tasks,
    newest_edit,
    newest_judgment,
    split_prompts,
)
from labeling.vocabulary import JobState
from labeling.work.endings import cancel_by
from labeling.work.lifecycle import Columns, JobFailed, note_progress, retry, run
from labeling.work.registry import JobKind, register
from projects.audit import record
from projects.exceptions import Conflict, InvalidInput
from projects.models import Project, User
from projects.sql import database_now

#: Projects with more judgments wait for a place among the long jobs.
_SHORT_JUDGMENTS = 5_000


def _is_long(release: Release) -> bool:
    judgments = Judgment.objects.filter(project=release.project_id)
    return judgments[: _SHORT_JUDGMENTS + 1].count() > _SHORT_JUDGMENTS


def _tidy(release: Release) -> None:
    """Removes the files of a release that came to no end."""
    out = folder_of(release)
    for folder in (build.staging_of(out), out):
        shutil.rmtree(folder, ignore_errors=True)


RELEASE_JOB = register(
    JobKind(
        model=Release,
        space=41002,
        task="labeling.jobs.run_release",
        noun="release",
        advice="Ask the operator to look into the log, then try again.",
        is_long=_is_long,
        tidy=_tidy,
    )
)


def request_release(
    *,
    project: Project,
    created_by: User | None,
    recipe: str,
    format: str,
    file_type: str = "",
    options: ReleaseOptions | None = None,
) -> Release:
    """Freezes a request as a PENDING row with a number of its own; the door sends the job.

    The cut-off is the newest judgment of this moment. Raises InvalidInput, naming the field, like
    `check_request`, and while an import is being undone: its labels are about to go.
    """
    request = check_request(
        project=project, recipe=recipe, format=format, file_type=file_type, options=options
    )
    with transaction.atomic():
        # Two requests at once must not get one number.
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        _require_no_undoing(project)
        newest = Release.objects.filter(project=project).aggregate(n=Max("number"))["n"] or 0
        asked_at = database_now()
        release = Release(
            project=project,
            created_at=asked_at,
            created_by=created_by,
            number=newest + 1,
            recipe=recipe,
            format=format,
            file_type=request.file_type,
            options={**request.frozen(), **_facts(project, asked_at)},
            rubric=project.rubric_versions.first(),
            cutoff=newest_judgment(project),
            withdrawn_tasks=_withdrawn_tasks(project, asked_at),
            version=settings.VERSION,
        )
        release.salt = release_salt(release)
        release.save(force_insert=True)
        record(
            project=project,
            actor=created_by,
            verb="release requested",
            number=release.number,
            recipe=recipe,
            format=format,
        )
    return release


def _require_no_undoing(project: Project) -> None:
    """Who asks for an undoing holds the project's row too, and refuses where a release has them."""
    under_way = [JobState.PENDING, JobState.RUNNING]
    if ImportUndo.objects.filter(project=project, state__in=under_way).exists():
        sentence = _("An import is being undone. Ask for the release when that is over.")
        raise InvalidInput(sentence, fields={"recipe": sentence})


def _facts(project: Project, asked_at: datetime) -> dict[str, Any]:
    """What of the project's present a release must remember beside its cut-off."""
    facts: dict[str, Any] = {"edits_upto": newest_edit(project), "reviewers": adjudicators(project)}
    if withdrawn := _withdrawn(project, asked_at):
        facts["withdrawn"] = withdrawn
    if excluded := excluded_facts(project, asked_at):
        facts["excluded"] = excluded
    # Another request than one before: a release shares no pseudonym with those from before.
    if erased := erased_raters(project):
        facts["erased"] = erased
    return facts


def _withdrawn(project: Project, asked_at: datetime) -> dict[str, Any] | None:
    """Which tasks were withdrawn when a release was asked for: other ones, another release."""
    tasks, mark = tasks_out_of_play(project, asked_at)
    return {"tasks": tasks, "mark": mark} if tasks else None


def _withdrawn_tasks(project: Project, asked_at: datetime) -> list[int]:
    """The same by their ids: they may be put back before the release is built."""
    tasks = Task.objects.out_of_play().filter(project=project, withdrawn_at__lte=asked_at)
    return list(tasks.order_by("pk").values_list("pk", flat=True))


def retry_release(*, release: Release, actor: User | None) -> None:
    """Puts a release that failed or was cancelled in the queue, with the cut-off that it has.

    Raises Conflict where it is neither.
    """
    with transaction.atomic():
        if not retry(release):
            raise Conflict(_("Only a release that failed or was cancelled can be tried again."))
        record(project=release.project, actor=actor, verb="release retried", number=release.number)


def cancel_release(*, release: Release, actor: User | None) -> None:
    """Stops a release for good; it leaves no files. Raises Conflict where it is over already."""
    cancel_by(release, actor=actor, number=release.number)


def run_release(release_id: int) -> None:
    """Builds the release; does nothing where it is over or another process is at it."""
    run(RELEASE_JOB, release_id, _write_files)


def folder_of(release: Release) -> Path:
    """Where the files of a finished release are.

    The name holds a trace of the release's own salt: a new database beside old files must not take
    a stranger's folder for its own. The first version wrote no trace: such a folder is the
    release's where its manifest has the hash that the release remembers.
    """
    trace = hashlib.sha256(release.salt.encode()).hexdigest()[:12]
    traced = Path(settings.RELEASES_DIR) / f"release-{release.pk}-{trace}"
    traceless = traced.with_name(f"release-{release.pk}")
    manifest = traceless / "manifest.json"
    if traced.exists() or not release.sha256 or not manifest.is_file():
        return traced
    ours = hashlib.sha256(manifest.read_bytes()).hexdigest() == release.sha256
    return traceless if ours else traced


def file_of(release: Release, name: str) -> tuple[Path, dict[str, Any]] | None:
    """A file of a finished release and its entry (name, size, sha256); None for any other name.

    Only names that the release itself lists are ever opened.
    """
    if release.state != JobState.DONE:
        return None
    entry = next((file for file in release.files if file["name"] == name), None)
    path = folder_of(release) / name
    return (path, entry) if entry and path.is_file() else None


def open_file(release: Release, entry: Mapping[str, Any], person: User) -> None:
    """Records that a person sees the votes that a file holds: rows do, words about them do not."""
    if entry.get("rows") is not None or entry["name"] in {GOLD_FILE, REPEATS_FILE}:
        open_release(release=release, person=person)


def archived(release: Release) -> tuple[Path, list[str]] | None:
    """The folder of a finished release and the names of all its files; None where it has none."""
    if release.state != JobState.DONE or not folder_of(release).is_dir():
        return None
    return folder_of(release), [file["name"] for file in release.files]


def _write_files(release: Release) -> Columns:
    """Builds the folder unless it is there already, and says what the books are closed with."""
    out = folder_of(release)
    # The rename that made the folder visible was the last step: where it is, it is whole.
    if not out.exists():
        try:
            _build(release, out)
        except build.ReleaseError as error:
            raise JobFailed(str(error)) from error
    return _books(out)


def _build(release: Release, out: Path) -> None:
    project, cutoff, asked_at = release.project, cutoff_of(release), release.created_at
    request = request_of(release)
    is_kept = release.withdrawn_tasks is not None  # those from before 0.2.0 know a mark alone
    if not is_kept and _withdrawn(project, asked_at) != release.options.get("withdrawn"):
        raise JobFailed(
            "Which tasks are withdrawn has changed since this release was asked for. "
            "Ask for a new one."
        )
    tasks = judged_tasks(project, cutoff).count()
    note_progress(RELEASE_JOB, release, progress_total=2 * tasks, progress_done=0)
    prompts = split_prompts(project, cutoff)
    reviewers = release.options.get("reviewers", ())
    build.build_release(
        task_records(
            project,
            cutoff,
            pseudonyms(release.salt),
            reviewers,
            edits_upto=release.options.get("edits_upto"),
        ),
        plan=plan_splits(prompts, shares=request.options.shares, salt=SPLIT_SALT),
        recipes=request.recipes(),
        shape=request.shape,
        file_type=request.file_type,
        out=out,
        context=release_context(release, request.criteria),
        file_per_criterion=request.options.file_per_criterion,
        progress=_progress(release),
        pictures=partial(picture_bytes, project.pk),
    )


def _progress(release: Release) -> Callable[[int, int], None]:
    def report(read: int, written: int) -> None:
        note_progress(RELEASE_JOB, release, progress_done=read + written)

    return report


def _books(out: Path) -> Columns:
    """What the row remembers of a folder that is whole."""
    path = out / "manifest.json"
    manifest: Mapping[str, Any] = json.loads(path.read_bytes())
    info = describe_file(out, path)
    own = {"name": info.name, "size": info.size, "sha256": info.sha256}
    counts = manifest["counts"]
    return {
        "progress_done": F("progress_total"),
        "rows_in": counts["rows_in"],
        "rows_out": counts["rows_out"],
        "counts": {
            **counts,
            "rows": manifest["rows"],
            "splits": manifest["splits"],
            "figures": manifest["figures"],
            "agreement": manifest["agreement"],
            "rows_are": manifest["recipe"]["rows_are"],
            "notes": manifest["notes"],
            "warnings": manifest.get("warnings", []),
        },
        "files": [*manifest["files"], own],
        "sha256": info.sha256,
    }
