"""Builds a release: streams tasks through recipes into files, and moves the folder into place.

Everything is written next to the target under a name of its own and becomes visible by one rename,
so that a build that is killed, or that fills the disk, leaves nothing that looks like a release.
Tasks may come in any order and any number: they are sorted on disk by a hash of their content, and
memory does not grow with rows. The same tasks, plan, recipes, format, context and versions give the
same bytes.
"""

from __future__ import annotations

import errno
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from msgspec.structs import replace as changed

from labeling.datasets.card import make_card
from labeling.datasets.card.people import file_name
from labeling.datasets.context import ReleaseContext
from labeling.datasets.croissant import CROISSANT_FILE, make_croissant
from labeling.datasets.files import (
    SHARD_BYTES,
    DataFiles,
    FileInfo,
    describe_file,
    safe_name,
    sync,
    sync_tree,
)
from labeling.datasets.folds import FOLD_SALT, rater_folds
from labeling.datasets.formats.base import Format
from labeling.datasets.formats.carrying import pictures_of_task
from labeling.datasets.judging import Books, judge_task, total_of
from labeling.datasets.layout import Layout, needs_of_rows
from labeling.datasets.manifest import make_manifest, manifest_bytes
from labeling.datasets.memory import tuned_memory
from labeling.datasets.readiness import readiness
from labeling.datasets.reasons import rows_in_words, sentence
from labeling.datasets.recipes.base import Ledger, Recipe
from labeling.datasets.records import ResponseRecord, TaskRecord, canonical_json
from labeling.datasets.shown import PictureSource, write_pictures
from labeling.datasets.splits import SPLITS, SplitPlan
from labeling.datasets.spool import Spool
from projects.words import ENGLISH, Translation

#: Told how many tasks have been read, then how many have been written.
BuildProgress = Callable[[int, int], None]
_PROGRESS_EVERY = 500
_HANDFUL = 64
_HANDFUL_CHARS = 1_000_000
_id = attrgetter("id")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class ReleaseError(Exception):
    """A release could not be made; the message says why and what to do next."""


class NothingToRelease(ReleaseError):
    """No row is left; `ledger` says why."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        super().__init__(nothing_left(ledger))


class DiskFull(ReleaseError):
    """The disk filled up while the release was written; nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A finished release: where it is, its books, its files and its manifest.

    `sha256` is that of manifest.json, which holds the hash of every other file.
    """

    path: Path
    ledger: Ledger
    rows: Mapping[str, Mapping[str, int]]
    files: tuple[FileInfo, ...]
    manifest: Mapping[str, Any]
    sha256: str


def build_release(
    tasks: Iterable[TaskRecord],
    *,
    plan: SplitPlan,
    recipes: Sequence[Recipe],
    shape: Format,
    file_type: str,
    out: Path,
    context: ReleaseContext,
    file_per_criterion: bool = False,
    progress: BuildProgress | None = None,
    shard_bytes: int = SHARD_BYTES,
    pictures: PictureSource | None = None,
) -> BuildResult:
    """Writes the release to `out`, which must not exist yet, and returns what was written.

    `recipes` are one recipe on each criterion, in order. `plan` must know every prompt. Only one
    build per target may run at a time: what an earlier one left behind is removed first. Raises
    NothingToRelease when no row is left, DiskFull when the disk is, ReleaseError for anything else
    that can be said in a sentence.
    """
    criteria = tuple(criterion for recipe in recipes for criterion in recipe.criteria)
    layout = Layout(shape, criteria, file_per_criterion, needs_of_rows(recipes[0]))
    _refuse(layout, file_type, out)
    staging = staging_of(out)
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir(parents=True)
        with tuned_memory():
            builder = _Builder(staging, plan, recipes, layout, progress, pictures)
            builder.read(tasks)
            with DataFiles(staging, builder.layout, file_type, shard_bytes) as data:
                builder.write(data)
                result = builder.finish(data, context)
        sync_tree(staging)
        staging.replace(out)
        sync(out.parent)
    except BaseException as error:
        shutil.rmtree(staging, ignore_errors=True)
        if isinstance(error, OSError) and _is_full(error):
            raise DiskFull(
                "The disk filled up while the release was written. Nothing was kept: free some "
                "space and start it again."
            ) from error
        raise
    return replace(result, path=out)


def _refuse(layout: Layout, file_type: str, out: Path) -> None:
    """Raises ReleaseError for what can be seen to be wrong before a row is read."""
    shape = layout.shape
    if file_type not in shape.file_types:
        known = " or ".join(shape.file_types)
        raise ReleaseError(f"{shape.title} is written as {known}, not as {file_type}.")
    if out.exists():
        raise ReleaseError(f"{out} exists already. Choose another place or remove it first.")
    for criterion in layout.criteria if layout.file_per_criterion else ():
        if not safe_name(criterion.key):
            raise ReleaseError(
                f"The criterion “{criterion.key}” cannot be part of a file name. Use letters, "
                "digits, dashes and underscores in its key."
            )


def staging_of(out: Path) -> Path:
    """Where a release is written before it is whole."""
    return out.with_name(f".{out.name}.partial")


def nothing_left(ledger: Ledger, language: Translation = ENGLISH) -> str:
    """A sentence for a release without rows, with every count."""
    gettext = language.gettext
    if not ledger.rows_in:
        return gettext("There is nothing to release yet: no task has a judgment that counts.")
    reasons = "; ".join(
        f"{count:,} {gettext(sentence(name))}" for name, count in ledger.drops.most_common()
    )
    return gettext(
        "No row is left of %(rows)s: %(reasons)s. Choose another recipe, criterion, filter or "
        "format."
    ) % {"rows": rows_in_words(ledger.unit, ledger.rows_in, language), "reasons": reasons}


class _Builder:
    """One build in its staging folder."""

    def __init__(
        self,
        root: Path,
        plan: SplitPlan,
        recipes: Sequence[Recipe],
        layout: Layout,
        progress: BuildProgress | None,
        pictures: PictureSource | None,
    ) -> None:
        self.root, self.plan, self.layout, self.shape = root, plan, layout, layout.shape
        self.progress = progress or (lambda read, written: None)
        self.pictures = pictures
        self.books = [Books(recipe) for recipe in recipes]
        self.spool = Spool(root / ".tasks", TaskRecord)
        self.tasks = 0
        self.judgments_by_rater: Counter[str] = Counter()
        self.folds: Mapping[str, int] = {}

    def read(self, tasks: Iterable[TaskRecord]) -> None:
        """Puts every task on disk, by its key, and lets recipes learn that must."""
        learners = [
            (book.recipe, learner) for book in self.books if (learner := book.recipe.learner)
        ]
        needs, recipes = self.layout.needs, [book.recipe for book in self.books]
        for handful in _handfuls(tasks):
            keys = [task.content_key() for task, _ in handful]
            for key, (record, _) in zip(keys, handful, strict=True):
                task = self.spool.add(key, _in_order(record))
                if any(recipe.reads(task) or recipe.written(task) for recipe in recipes):
                    needs = needs.and_of(task)
                for recipe, learner in learners:
                    if recipe.reads(task):
                        learner.learn(task)
                for judgment in task.judgments:
                    self.judgments_by_rater[judgment.rater] += 1
            self.tasks += len(handful)
            self._tell(self.tasks, len(handful), 0)
        for _, learner in learners:
            learner.settle()
        self.layout = replace(self.layout, needs=needs)
        # Pseudonyms are made for this release alone, and so are its folds.
        self.folds = rater_folds(self.judgments_by_rater, salt=FOLD_SALT)

    def write(self, data: DataFiles) -> None:
        """Turns tasks into rows, in order. Raises NothingToRelease."""
        written = 0
        for handful in _handfuls(self.spool):
            self._write(data, handful)
            written += len(handful)
            self._tell(self.tasks, len(handful), written)
        total = total_of(self.books)
        if not total.rows_out:
            raise NothingToRelease(total)

    def _write(self, data: DataFiles, handful: Sequence[tuple[TaskRecord, int]]) -> None:
        """Takes some tasks through one step after the other."""
        plan, shape = self.plan, self.shape
        known: dict[str, Any] = {"folds": self.folds, "needs": self.layout.needs}
        if self.layout.needs.images:
            known["pictures"] = self.root
        places = [(plan.split_of(t.prompt_id), plan.group_of(t.prompt_id)) for t, _ in handful]
        first = [True] * len(handful)
        made = []
        for book in self.books:
            items = [
                judge_task(task, book, shape, group=group, first=new, **known)
                for (task, _), (_, group), new in zip(handful, places, first, strict=True)
            ]
            for item in items:
                book.take(item)
            rows = [list(shape.rows(item)) if item.is_judged else [] for item in items]
            made.append((book.recipe.criterion.key, rows))
            if self.layout.needs.images:
                self._write_pictures(
                    item.task for item, of_task in zip(items, rows, strict=True) if of_task
                )
            first = [new and not item.is_judged for new, item in zip(first, items, strict=True)]
        for place, ((_, chars), (split, _)) in enumerate(zip(handful, places, strict=True)):
            for criterion, of_tasks in made:
                data.write(of_tasks[place], criterion, split, chars)

    def _write_pictures(self, tasks: Iterable[TaskRecord]) -> None:
        """The files of what these tasks show. Raises ReleaseError where one is gone."""
        if gone := write_pictures(self.root, tasks, self.pictures):
            raise ReleaseError(gone)

    def _tell(self, read: int, more: int, written: int) -> None:
        """Reports progress, where so many more tasks have passed another of its marks."""
        done = written or read
        if done // _PROGRESS_EVERY > (done - more) // _PROGRESS_EVERY:
            self.progress(read, written)

    def finish(self, data: DataFiles, context: ReleaseContext) -> BuildResult:
        """Closes the files, hashes them, writes card, guideline and manifest."""
        rows, files = data.close()
        shutil.rmtree(self.root / ".tasks")
        tables = self.layout.filled(rows)
        names = [file.name for file in files]
        for name, text in self.shape.extra_files(tables, names).items():
            files.append(self._write_text(name, text))
        files += self._write_guideline(context)
        shown = self.root / "images"
        files += [describe_file(self.root, path) for path in sorted(shown.glob("*"))]
        main = self.layout.main(self.books[0].recipe.kind)
        splits = self.plan.describe()
        parts: dict[str, Any] = {
            "readiness": [
                readiness(tally, recipe.criterion, splits, context.rubrics)
                for book in self.books
                for recipe, tally in book.parts
            ],
            "context": context,
            "books": self.books,
            "layout": self.layout,
            "file_type": data.file_type,
            "splits": splits,
            "folds": self.folds,
            "rows": rows,
            "notes": [
                *self.plan.notes(),
                *_notes({split for name in main for split in rows[name]}),
                *(note for book in self.books for note in book.recipe.notes),
            ],
        }
        manifest = make_manifest(**parts, files=files)
        card = make_card(
            context=context,
            books=self.books,
            layout=self.layout,
            file_type=data.file_type,
            manifest=manifest,
            files=files,
        )
        croissant = make_croissant(context=context, manifest=manifest, tables=tables, files=files)
        files.append(self._write_text("README.md", card))
        files.append(self._write_text(CROISSANT_FILE, croissant))
        manifest = make_manifest(**parts, files=files)
        path = self.root / "manifest.json"
        path.write_bytes(manifest_bytes(manifest))
        info = describe_file(self.root, path)
        ledger = total_of(self.books)
        return BuildResult(self.root, ledger, rows, (*files, info), manifest, info.sha256)

    def _write_guideline(self, context: ReleaseContext) -> list[FileInfo]:
        files = []
        for guideline in context.guidelines:
            head = f"<!-- version {guideline.number} -->\n\n"
            name = f"guideline/{file_name(guideline.number)}"
            files.append(self._write_text(name, head + guideline.whole.rstrip() + "\n"))
        principles = canonical_json([dict(principle) for principle in context.principles])
        files.append(self._write_text("principles.json", principles + "\n"))
        if (constitution := context.constitution) is not None:
            body = {"guideline_version": constitution.guideline}
            text = canonical_json({**body, "principles": list(constitution.principles)})
            files.append(self._write_text("constitution.json", text + "\n"))
            files.append(self._write_text("constitution.md", constitution.markdown))
            files.append(self._write_text("constitution_health.csv", constitution.health))
        for name, lines in {**context.checks, **context.beside}.items():
            files.append(self._write_text(name, "\n".join(lines) + "\n"))
        return files

    def _write_text(self, name: str, text: str) -> FileInfo:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("utf-8", "replace"))
        return describe_file(self.root, path)


def _handfuls(tasks: Iterable[TaskRecord]) -> Iterator[list[tuple[TaskRecord, int]]]:
    """Some tasks at a time, each with about how much text a row of it holds at most.

    A step that is done for some dozen tasks before the next finds its code and its tables in the
    caches of the processor: a fifth of the time. Long texts go fewer at a time.
    """
    handful: list[tuple[TaskRecord, int]] = []
    held = 0
    for task in tasks:
        chars = _chars(task)
        handful.append((task, chars))
        held += chars
        if len(handful) >= _HANDFUL or held >= _HANDFUL_CHARS:
            yield handful
            handful, held = [], 0
    if handful:
        yield handful


def _chars(task: TaskRecord) -> int:
    """About how much text a row of this task holds, at most."""
    turns = [len(message.text) + len(message.reasoning_content) for message in task.messages]
    texts = sum(turns) + sum(map(_response_chars, task.responses)) + len(task.metadata)
    return texts + sum(picture.size for picture in pictures_of_task(task))


def _response_chars(response: ResponseRecord) -> int:
    if not response.messages:
        return len(response.content)
    return sum(len(turn.text) + len(turn.reasoning_content) for turn in response.messages)


def _in_order(task: TaskRecord) -> TaskRecord:
    """The task with its judgments and edits in the order of their ids, whatever they came in."""
    judgments = tuple(sorted(task.judgments, key=_id))
    edits = tuple(sorted(task.edits, key=_id))
    if judgments == task.judgments and edits == task.edits:
        return task
    return changed(task, judgments=judgments, edits=edits)


def _notes(filled: set[str]) -> list[str]:
    """What a reader must know about missing splits."""
    return [
        f"The {split} split is empty: no prompt with a row falls into it. It has no file. "
        "Splits fill as prompts are added; no prompt is moved to fill one."
        for split in SPLITS
        if split not in filled
    ]


def _is_full(error: OSError) -> bool:
    """Whether the disk, a quota or a file-size limit was reached (Arrow hides the number)."""
    return error.errno in _FULL or any(f"[errno {number}]" in str(error) for number in _FULL)
