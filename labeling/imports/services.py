"""Imports: a request kept as a row, and the work itself, batch by batch.

A batch's rows, their refusals, the counts and the place reached in the file are one transaction,
so an import that was killed anywhere goes on where its last batch ended.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import islice
from math import inf

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from msgspec import structs, to_builtins

from labeling.datasets.memory import rare_collection
from labeling.datasets.readers import (
    ColumnQuestion,
    Detection,
    ReadOptions,
    limits,
    looking,
    read,
)
from labeling.datasets.readers.fields import visible
from labeling.datasets.readers.taskkinds import KIND_WORD
from labeling.datasets.readers.weights import up_to
from labeling.datasets.rows import FileCode, MappingError, UnreadableFile
from labeling.imports import files
from labeling.imports.batches import BatchWriter, RowOutcome
from labeling.imports.counts import Counts, left_out_by_field
from labeling.imports.endings import IMPORT_JOB
from labeling.imports.looks import FileRefused, accept_guesses, preview_for_project
from labeling.imports.pictures import PictureIntake
from labeling.imports.requests import keep_request, require_no_undoing
from labeling.imports.reviewed import ask_for_reviews
from labeling.models import Import, ImportRefusal, Task
from labeling.vocabulary import TaskKind
from labeling.work.lifecycle import JobFailed, give_way, note_progress, run
from projects.exceptions import InvalidInput
from projects.models import Project, User
from projects.services.quotas import count_upload
from projects.sql import database_now

#: Rows of one transaction: large enough for bulk statements, small enough to hold no lock long.
BATCH = 500
#: Rows of the first one, and of all where rows have pictures: each takes a part of a second.
PICTURE_BATCH = 25


class FileUnclear(FileRefused):
    """The file may be meant in several ways; `questions` say which, and how to say so."""

    def __init__(self, questions: tuple[ColumnQuestion, ...]) -> None:
        message = " ".join(question.text for question in questions)
        super().__init__(message, field="mapping", code=FileCode.AMBIGUOUS)
        self.questions = questions
        self.fields["mapping"] = " ".join(map(_spelled, questions))


def _spelled(question: ColumnQuestion) -> str:
    """The question with the mappings that answer it, as a program sends them."""
    answers = [f"{question.text} To answer, send one of these as the mapping, or merge it in:"]
    for place, option in enumerate(question.options):
        sent = json.dumps(dict(option.mapping), ensure_ascii=False)
        format = f" with format={option.format}" if option.format else ""
        guess = "; yes=true accepts this" if place == question.guess else ""
        answers.append(f"{sent}{format} ({option.text}{guess}).")
    return " ".join(answers)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the user decides: overlap of new tasks (the project's if None), the name for labels
    of chosen/rejected rows that name no rater (no label if empty), and whether the reader's
    guesses are accepted (`yes`) where it is unsure."""

    overlap: int | None = None
    label_rater: str = ""
    yes: bool = False

    def checked(self) -> ImportOptions:
        """Itself. Raises InvalidInput naming the option at fault."""
        if self.overlap is not None and not 1 <= self.overlap <= 100:
            raise InvalidInput(
                _("The overlap does not fit."),
                fields={"overlap": _("Choose from 1 to 100 raters.")},
            )
        name = self.label_rater.strip()
        if len(name) > limits.MAX_RATER or "\x00" in name:
            raise InvalidInput(
                _("The rater's name does not fit."),
                fields={
                    "label_rater": _("Use at most %(count)s characters.")
                    % {"count": limits.MAX_RATER}
                },
            )
        return ImportOptions(self.overlap, name, self.yes)


def keep_upload(
    *, project: Project, content: Iterable[bytes] | files.StoredFile
) -> files.StoredFile:
    """Keeps a file for its preview, if it is not in the folder yet; nothing of it is imported.

    Raises InvalidInput where it is too large, the project's day is full or it cannot be kept.
    """
    stored = content if isinstance(content, files.StoredFile) else files.store(content)
    try:
        count_upload(project=project, size=stored.size)
    except InvalidInput:
        files.discard(stored.token)
        raise
    return stored


def create_import(
    *,
    project: Project,
    created_by: User | None,
    filename: str,
    content: bytes | Iterable[bytes] | files.StoredFile = b"",
    upload: files.StoredFile | None = None,
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    options: ImportOptions | None = None,
) -> Import:
    """Keeps the request: a PENDING row and the file, from `content` or kept as `upload` before.

    Nothing of the file is in the project yet; the door sends the job. Raises InvalidInput for a
    file that cannot be read at all, a mapping that does not fit it, an option out of range.
    """
    options = (options or ImportOptions()).checked()
    require_no_undoing(project)
    stored = upload or keep_upload(
        project=project, content=[content] if isinstance(content, bytes) else content
    )
    try:
        format, decided, shown = _decided(project, stored.token, format, mapping, options)
        guesses = {name: column for name, column in decided.items() if name not in (mapping or {})}
        return keep_request(
            Import(
                project=project,
                created_by=created_by,
                filename=files.shown_name(filename),
                path=stored.token,
                size=stored.size,
                sha256=stored.sha256,
                format=format,
                mapping=decided,
                options={**asdict(options), **_said_of(shown), "guesses": guesses, "kinds": {}},
            )
        )
    except InvalidInput:
        if upload is None:
            files.discard(stored.token)
        raise


def _decided(
    project: Project,
    token: str,
    format: str,
    mapping: Mapping[str, str] | None,
    options: ImportOptions,
) -> tuple[str, dict[str, str], Detection]:
    """The kind of rows and the mapping to read with, the kind of task in it where it is not the
    rows' own, and what the file is then; with `yes` the reader's guesses are in it.

    Raises FileRefused for a file that no kind of row fits, or that leaves a question open.
    """
    decided, rater = dict(mapping or {}), options.label_rater
    if options.yes:
        format, decided = accept_guesses(
            token=token, format=format, mapping=decided, label_rater=rater
        )
    preview, decided = preview_for_project(
        project=project, token=token, format=format, mapping=decided, label_rater=rater, limit=1
    )
    shown = preview.detection
    if shown.problem:
        raise FileRefused(shown.problem, field="mapping", code=shown.code)
    if shown.questions:
        raise FileUnclear(shown.questions)
    return format, decided, shown


def _said_of(shown: Detection) -> dict[str, object]:
    """Where each column goes, and which might be labels with which mapping, for the report."""
    return {
        "columns": [(column, role.value) for column, role in shown.roles.items()],
        "notices": [
            {"text": notice.text, "mappings": [dict(option.mapping) for option in notice.options]}
            for notice in shown.notices
        ],
    }


def run_import(import_id: int) -> None:
    """Reads the file in; does nothing where it is over or another process is at it."""
    import_ = run(IMPORT_JOB, import_id, _read_file, at_end={"path": ""})
    if import_ is not None:
        files.discard(import_.path)


def _read_file(import_: Import) -> None:
    began, was_long = time.monotonic(), IMPORT_JOB.is_long(import_)
    try:
        if not import_.progress_total:
            _examine(import_)
        with rare_collection():
            for _batch in _batches(import_):
                give_way(IMPORT_JOB, import_, since=began, was_long=was_long)
    except (UnreadableFile, MappingError) as error:
        raise JobFailed(visible(str(error), limits.MAX_REASON)) from error
    except FileNotFoundError as error:
        raise JobFailed(
            "The uploaded file is gone. Upload it again; rows that are in stay as they are."
        ) from error


def _examine(import_: Import) -> None:
    """A first pass over the whole file: what cannot be read to its end is not begun."""
    path = files.located(import_.path)
    detection, import_.progress_total = looking.look_through(
        path, format=import_.format, mapping=_mapping(import_)
    )
    import_.format = detection.format or import_.format
    # What the user left out on purpose stays out when an interrupted import goes on.
    import_.mapping = {**import_.mapping, **detection.mapping}
    note_progress(
        IMPORT_JOB,
        import_,
        progress_total=import_.progress_total,
        format=import_.format,
        mapping=import_.mapping,
    )


def _mapping(import_: Import) -> dict[str, str]:
    """The mapping of an import; one that began before rows were of several kinds goes on with
    comparisons, so that none of its rows counts twice."""
    earlier = {} if "kinds" in import_.options else {KIND_WORD: TaskKind.COMPARE.value}
    return {**earlier, **import_.mapping}


def _outcomes(import_: Import) -> Iterator[RowOutcome]:
    options = ReadOptions(label_rater=import_.options.get("label_rater", ""))
    return read(
        files.located(import_.path),
        format=import_.format,
        mapping=_mapping(import_),
        options=options,
    )


def _batches(import_: Import) -> Iterator[None]:
    """Reads the rest of the file in, and stops after each batch that is safe."""
    yield  # nothing is open yet: it may go on elsewhere
    with PictureIntake(import_.project_id, files.located(import_.path)) as pictures:
        yield from _written(import_, pictures)


def _written(import_: Import, pictures: PictureIntake) -> Iterator[None]:
    writer = BatchWriter(
        import_.project, import_id=import_.pk, overlap=import_.options.get("overlap")
    )
    counts = Counts(**import_.counts)
    most = _room(import_.project) + counts.created
    # Rows that earlier attempts dealt with are read again, because later rows may repeat them.
    rest = _outcomes(import_)
    for row in islice(rest, import_.progress_done):
        pictures.passes(row)
    for batch in _handfuls(rest, pictures):
        with transaction.atomic():
            pictures.keep()
            result = writer.write(batch, database_now())
            room = max(0, limits.MAX_REFUSALS_KEPT - counts.refused)
            ImportRefusal.objects.bulk_create(
                ImportRefusal(import_job=import_, **structs.asdict(refusal))
                for refusal in result.refusals[:room]
            )
            counts.add(result.counts)
            if counts.created > most:
                raise JobFailed(
                    f"A project may have {settings.TASKS_PER_PROJECT:,} tasks, and this file would "
                    "make it more. Rows that are in stay; import the rest into another project, "
                    "or ask an operator for more room."
                )
            import_.progress_done += len(batch)
            import_.counts = counts.as_dict()
            left_out = left_out_by_field(import_.options.get("left_out", {}), result.left_out)
            kinds = Counter(import_.options.get("kinds", {})) + result.kinds
            import_.options = {**import_.options, "left_out": left_out, "kinds": kinds}
            note_progress(
                IMPORT_JOB,
                import_,
                progress_done=import_.progress_done,
                counts=import_.counts,
                options=import_.options,
            )
        yield
    if unused := pictures.unused():
        import_.options = {**import_.options, "unused_files": to_builtins(unused)}
        note_progress(IMPORT_JOB, import_, options=import_.options)
    while True:
        with transaction.atomic():
            if not ask_for_reviews(import_.project, import_.pk, most=BATCH):
                return
        yield


def _handfuls(rows: Iterator[RowOutcome], pictures: PictureIntake) -> Iterator[list[RowOutcome]]:
    """The rows of each transaction with their pictures: what takes long is done before anything is
    locked. The pictures of the next rows are begun with, so that none waits for the database."""
    few = min(PICTURE_BATCH, BATCH)
    batch = list(up_to(rows, few, limits.MAX_HELD_BYTES))
    while batch:
        outcomes, following, broken = pictures.resolved(batch), [], None
        if pictures.has_seen_any:
            try:
                following = list(up_to(rows, few, limits.MAX_HELD_BYTES))
            except UnreadableFile as error:
                broken = error
            pictures.begin(following)
        yield outcomes
        if broken is not None:
            raise broken
        most = few if pictures.has_seen_any else BATCH
        batch = following or list(up_to(rows, most, limits.MAX_HELD_BYTES))


def _room(project: Project) -> float:
    """How many tasks may still be added."""
    if not (most := settings.TASKS_PER_PROJECT):
        return inf
    return most - Task.objects.filter(project=project).count()


def rehearse_import(
    *,
    project: Project,
    filename: str,
    content: Iterable[bytes],
    format: str = "auto",
    mapping: Mapping[str, str] | None = None,
    options: ImportOptions | None = None,
) -> tuple[Import, list[ImportRefusal]]:
    """The report that an import would end with, and its refusals; all that it wrote is undone.

    Raises InvalidInput like `create_import`.
    """
    with transaction.atomic():
        import_ = create_import(
            project=project,
            created_by=None,
            filename=filename,
            content=content,
            format=format,
            mapping=mapping,
            options=options,
        )
        run_import(import_.pk)
        import_.refresh_from_db()
        refusals = list(import_.refusals.all())
        transaction.set_rollback(True)
    return import_, refusals
