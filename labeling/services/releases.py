"""Releases: a request frozen as a row, and the work that turns it into a folder of files.

The folder appears by one rename, so a worker that is killed anywhere leaves either nothing or a
whole release; the sweep sends the row again, and a run that finds the folder only closes the books.
"""

from __future__ import annotations

import gc
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone

from labeling.datasets.build import ReleaseError, build_release, nothing_left
from labeling.datasets.files import describe_file
from labeling.datasets.formats import FORMATS
from labeling.datasets.judging import preview
from labeling.datasets.reasons import sentence
from labeling.datasets.recipes import RECIPES, Recipe
from labeling.datasets.splits import SALT, plan_splits
from labeling.models import Release
from labeling.selectors.releases import (
    judged_tasks,
    newest_judgment,
    split_prompts,
    task_records,
)
from labeling.services.joblock import job_lock
from labeling.services.release_facts import (
    make_recipe,
    pseudonyms,
    release_context,
    release_salt,
)
from labeling.vocabulary import JobState
from projects.exceptions import Conflict, InvalidInput
from projects.models import Criterion, Project, User
from projects.services.audit import record

#: A release that was begun this often without reaching its end is given up.
MAX_ATTEMPTS = 25
_PREVIEW_SECONDS = 600
_LICENCE = 80


@dataclass(frozen=True, slots=True)
class ReleaseOptions:
    """What the user decides beside recipe and format.

    `criterion` is a key ("" for the primary one), `shares` those of train, validation and test,
    `licence` what the card says ("" for not stated).
    """

    criterion: str = ""
    shares: tuple[float, float, float] = (0.8, 0.1, 0.1)
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """Rows in, rows out and why, before anything is written.

    `dropped` are (reason in words, rows); `left_out` are judgments that are no data at all.
    """

    unit: str
    rows_in: int
    rows_out: int
    dropped: tuple[tuple[str, int], ...]
    left_out: tuple[tuple[str, int], ...]
    problem: str = ""


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

    The cut-off is the newest judgment of this moment. Raises InvalidInput, naming the field, for an
    unknown recipe, format, file type or criterion, or shares that do not add up.
    """
    options = options or ReleaseOptions()
    shape = _checked_format(format, file_type)
    criterion = _checked(project, recipe, options)
    frozen = {
        "criterion": criterion.key,
        "shares": list(options.shares),
        "licence": options.licence.strip(),
    }
    with transaction.atomic():
        # Two requests at once must not get one number.
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        newest = Release.objects.filter(project=project).aggregate(n=Max("number"))["n"] or 0
        release = Release(
            project=project,
            created_by=created_by,
            number=newest + 1,
            recipe=recipe,
            format=format,
            file_type=shape,
            options=frozen,
            cutoff=newest_judgment(project),
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


def retry_release(*, release: Release, actor: User | None) -> None:
    """Puts a failed release back in the queue, with the request and cut-off it has.

    Raises Conflict where it did not fail.
    """
    with transaction.atomic():
        failed = Release.objects.filter(pk=release.pk, state=JobState.FAILED)
        if not failed.update(
            state=JobState.PENDING, error="", attempts=0, progress_done=0, finished_at=None
        ):
            raise Conflict("Only a release that failed can be tried again.")
        record(project=release.project, actor=actor, verb="release retried", number=release.number)


def run_release(release_id: int) -> None:
    """Builds the release; does nothing where it is over or another process is at it."""
    with job_lock(Release, release_id) as owned:
        if owned and (release := _begin(release_id)):
            try:
                _work(release)
            except ReleaseError as error:
                _fail(release, str(error))


def preview_release(*, project: Project, recipe: str, format: str, criterion: str = "") -> Preview:
    """What a release of this moment would hold, by the very code that builds it.

    Reads every judged task, so the answer is kept until a judgment comes in. Raises InvalidInput
    like `request_release`.
    """
    file_type = _checked_format(format, "")
    found = _checked(project, recipe, ReleaseOptions(criterion=criterion))
    cutoff = newest_judgment(project)
    key = f"release-preview:{project.pk}:{cutoff}:{recipe}:{format}:{file_type}:{found.pk}"
    kept: Preview | None = cache.get(key)
    if kept is None:
        kept = _preview(project, cutoff, make_recipe(recipe, found, project), format)
        cache.set(key, kept, _PREVIEW_SECONDS)
    return kept


def folder_of(release: Release) -> Path:
    """Where the files of a finished release are.

    The name holds a trace of the release's own salt: a new database beside old files must not take
    a stranger's folder for its own.
    """
    trace = hashlib.sha256(release.salt.encode()).hexdigest()[:12]
    return Path(settings.RELEASES_DIR) / f"release-{release.pk}-{trace}"


def file_of(release: Release, name: str) -> tuple[Path, dict[str, Any]] | None:
    """A file of a finished release and its entry (name, size, sha256); None for any other name.

    Only names that the release itself lists are ever opened.
    """
    if release.state != JobState.DONE:
        return None
    entry = next((file for file in release.files if file["name"] == name), None)
    path = folder_of(release) / name
    return (path, entry) if entry and path.is_file() else None


def _checked_format(format: str, file_type: str) -> str:
    """The file type to write, the format's usual one where none was named."""
    shape = FORMATS.get(format)
    if shape is None:
        known = ", ".join(FORMATS)
        raise InvalidInput("There is no such format.", fields={"format": f"Choose one of {known}."})
    if file_type and file_type not in shape.file_types:
        known = " or ".join(shape.file_types)
        raise InvalidInput("The file type does not fit.", fields={"file_type": f"Choose {known}."})
    return file_type or shape.file_types[0]


def _checked(project: Project, recipe: str, options: ReleaseOptions) -> Criterion:
    """The criterion to release on. Raises InvalidInput for anything that does not fit."""
    if recipe not in RECIPES:
        known = ", ".join(RECIPES)
        raise InvalidInput("There is no such recipe.", fields={"recipe": f"Choose one of {known}."})
    shares = options.shares
    if (
        len(shares) != 3
        or not all(0 <= share <= 1 for share in shares)
        or abs(sum(shares) - 1) > 1e-6
    ):
        raise InvalidInput(
            "The shares of the splits do not fit.",
            fields={"shares": "Train, validation and test must add up to 100%."},
        )
    if len(options.licence) > _LICENCE or not options.licence.isprintable():
        raise InvalidInput(
            "The licence does not fit.",
            fields={"licence": f"Use one line of at most {_LICENCE} characters."},
        )
    criteria = list(project.criteria.all())
    wanted = options.criterion
    found = next((c for c in criteria if c.key == wanted or (not wanted and c.is_primary)), None)
    if found is None and not wanted and criteria:
        found = criteria[0]
    if found is None:
        known = ", ".join(criterion.key for criterion in criteria) or "none yet"
        raise InvalidInput(
            "There is no such criterion.",
            fields={"criterion": f"The project's criteria: {known}."},
        )
    return found


def _preview(project: Project, cutoff: int, recipe: Recipe, format: str) -> Preview:
    ledger, left_out = preview(
        lambda: task_records(project, cutoff, pseudonyms("preview")),
        recipe=recipe,
        shape=FORMATS[format],
    )
    return Preview(
        unit=ledger.unit,
        rows_in=ledger.rows_in,
        rows_out=ledger.rows_out,
        dropped=tuple((sentence(name), count) for name, count in ledger.drops.most_common()),
        left_out=tuple((sentence(name), count) for name, count in sorted(left_out.items())),
        problem="" if ledger.rows_out else nothing_left(ledger),
    )


def _begin(release_id: int) -> Release | None:
    now = timezone.now()
    mine = Release.objects.filter(pk=release_id, state__in=[JobState.PENDING, JobState.RUNNING])
    mine.filter(started_at__isnull=True).update(started_at=now)
    if not mine.update(state=JobState.RUNNING, attempts=F("attempts") + 1):
        return None
    return Release.objects.select_related("project").get(pk=release_id)


def _work(release: Release) -> None:
    """Builds the folder unless it is there already, and closes the books."""
    if release.attempts > MAX_ATTEMPTS:
        raise ReleaseError(
            f"The release was begun {MAX_ATTEMPTS} times without reaching its end. Ask the "
            "operator to look into the log, then try again."
        )
    out = folder_of(release)
    # The rename that made the folder visible was the last step: where it is, it is whole.
    if not out.exists():
        with _fewer_collections():
            _build(release, out)
    _close_books(release, out)


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Millions of short-lived rows, no cycles: searching for those costs a sixth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _build(release: Release, out: Path) -> None:
    project, cutoff = release.project, release.cutoff
    criterion = project.criteria.get(key=release.options["criterion"])
    Release.objects.filter(pk=release.pk).update(
        progress_total=2 * judged_tasks(project, cutoff).count(), progress_done=0
    )
    prompts = split_prompts(project, cutoff, asked_at=release.created_at)
    shares = tuple(release.options["shares"])
    build_release(
        task_records(project, cutoff, pseudonyms(release.salt)),
        plan=plan_splits(prompts, shares=shares, salt=SALT),
        recipes=[make_recipe(release.recipe, criterion, project)],
        shape=FORMATS[release.format],
        file_type=release.file_type,
        out=out,
        context=release_context(release, criterion),
        progress=_progress(release),
    )


def _progress(release: Release) -> Callable[[int, int], None]:
    def report(read: int, written: int) -> None:
        Release.objects.filter(pk=release.pk).update(progress_done=read + written)

    return report


def _close_books(release: Release, out: Path) -> None:
    path = out / "manifest.json"
    manifest: Mapping[str, Any] = json.loads(path.read_bytes())
    info = describe_file(out, path)
    own = {"name": info.name, "size": info.size, "sha256": info.sha256}
    counts = manifest["counts"]
    Release.objects.filter(pk=release.pk).update(
        state=JobState.DONE,
        error="",
        finished_at=timezone.now(),
        progress_done=F("progress_total"),
        rows_in=counts["rows_in"],
        rows_out=counts["rows_out"],
        counts={
            **counts,
            "rows": manifest["rows"],
            "splits": manifest["splits"],
            "figures": manifest["figures"],
            "agreement": manifest["agreement"],
            "notes": manifest["notes"],
        },
        files=[*manifest["files"], own],
        sha256=info.sha256,
    )


def _fail(release: Release, error: str) -> None:
    Release.objects.filter(pk=release.pk).update(
        state=JobState.FAILED, error=error, finished_at=timezone.now()
    )
