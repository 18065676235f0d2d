"""What an import is among the jobs: whether it is long, what it leaves, how it is cancelled."""

from __future__ import annotations

from labeling.imports import files
from labeling.models import Import
from labeling.work.endings import cancel_by
from labeling.work.registry import JobKind, register
from projects.models import User

#: What is larger waits for a place among the long jobs: bytes as uploaded, and rows once counted.
_SHORT_BYTES, _SHORT_ROWS = 2 * 2**20, 20_000


def _is_long(import_: Import) -> bool:
    return import_.size > _SHORT_BYTES or import_.progress_total > _SHORT_ROWS


def _tidy(import_: Import) -> None:
    """Deletes the file of an import that is over."""
    files.discard(import_.path)
    Import.objects.filter(pk=import_.pk).update(path="")


IMPORT_JOB = register(
    JobKind(
        model=Import,
        space=41001,
        task="labeling.jobs.run_import",
        noun="import",
        advice="What was imported stays. Split the file and import the parts, or ask the operator "
        "to look into the log.",
        is_long=_is_long,
        resumes=True,
        tidy=_tidy,
    )
)


def cancel_import(*, import_: Import, actor: User | None) -> None:
    """Stops an import for good; what is in stays. Raises Conflict where it is over already."""
    cancel_by(import_, actor=actor, file=import_.filename)
