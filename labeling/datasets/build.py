"""Builds a release: streams tasks through a recipe into files, and moves the folder into place.

Everything is written next to the target under a name of its own and becomes visible by one rename,
so that a build that is killed, or that fills the disk, leaves nothing that looks like a release.
Tasks may come in any order and any number: they are sorted on disk by a hash of their content, and
memory does not grow with rows. The same tasks, plan, recipe, format, context and versions give the
same bytes.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from labeling.datasets.card import make_card
from labeling.datasets.files import SHARD_BYTES, SINKS, FileInfo, Sink, describe_file, sync_tree
from labeling.datasets.formats.base import Format, TaskRows, text_refusal
from labeling.datasets.manifest import make_manifest, manifest_bytes
from labeling.datasets.reasons import sentence
from labeling.datasets.recipes.base import Ledger, Recipe
from labeling.datasets.records import ReleaseContext, TaskRecord, canonical_json
from labeling.datasets.splits import SPLITS, SplitPlan
from labeling.datasets.spool import Spool
from labeling.datasets.tally import Interval, Tally

#: Told how many tasks have been read, then how many have been written.
Progress = Callable[[int, int], None]
_PROGRESS_EVERY = 500
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
    recipe: Recipe,
    shape: Format,
    file_type: str,
    out: Path,
    context: ReleaseContext,
    interval: Interval,
    progress: Progress | None = None,
    shard_bytes: int = SHARD_BYTES,
) -> BuildResult:
    """Writes the release to `out`, which must not exist yet, and returns what was written.

    `plan` must know every prompt. Only one build per target may run at a time: what an earlier one
    left behind is removed first. Raises NothingToRelease when no pair is left, DiskFull when the
    disk is, ReleaseError for anything else that can be said in a sentence.
    """
    if file_type not in shape.file_types:
        known = " or ".join(shape.file_types)
        raise ReleaseError(f"{shape.title} is written as {known}, not as {file_type}.")
    if out.exists():
        raise ReleaseError(f"{out} exists already. Choose another place or remove it first.")
    staging = staging_of(out)
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir(parents=True)
        writer = _Builder(staging, plan, recipe, shape, file_type, shard_bytes, progress)
        writer.read(tasks)
        writer.write()
        result = writer.finish(context, interval)
        sync_tree(staging)
        staging.replace(out)
    except BaseException as error:
        shutil.rmtree(staging, ignore_errors=True)
        if isinstance(error, OSError) and _is_full(error):
            raise DiskFull(
                "The disk filled up while the release was written. Nothing was kept: free some "
                "space and start it again."
            ) from error
        raise
    return replace(result, path=out)


def staging_of(out: Path) -> Path:
    """Where a release is written before it is whole."""
    return out.with_name(f".{out.name}.partial")


def nothing_left(ledger: Ledger) -> str:
    """A sentence for a release without rows, with every count."""
    if not ledger.rows_in:
        return "There is nothing to release yet: no task has a judgment that counts."
    reasons = "; ".join(f"{count:,} {sentence(name)}" for name, count in ledger.drops.most_common())
    return (
        f"No pair is left of {ledger.rows_in:,} {ledger.unit}{'s' * (ledger.rows_in != 1)}: "
        f"{reasons}. Choose another recipe, criterion or format."
    )


def preview(
    tasks: Iterable[TaskRecord], *, recipe: Recipe, shape: Format
) -> tuple[Ledger, dict[str, int]]:
    """Rows in, rows out and why, by the very code that builds, without writing anything.

    Also returns what was left out judgment by judgment (purposes and sources).
    """
    ledger, excluded = Ledger(recipe.unit), Tally()
    for task in tasks:
        judge_task(task, recipe, shape, ledger, excluded)
    return ledger, dict(excluded.excluded)


def judge_task(
    task: TaskRecord, recipe: Recipe, shape: Format, ledger: Ledger, tally: Tally
) -> TaskRows:
    """Applies recipe and format to one task and keeps the books. The split group is left empty."""
    outcome = recipe.apply(task)
    kept = []
    for judgment in task.judgments:
        reason = recipe.ineligible(judgment)
        if reason:
            tally.excluded[reason] += 1
        else:
            kept.append(judgment)
            tally.judgment(judgment, recipe.value(judgment), recipe.tie(judgment))
    if kept:
        tally.task(task)
    ledger.rows_in += outcome.rows_in
    ledger.drops.update(outcome.drops)
    pairs, labels = outcome.pairs, outcome.labels
    refused = text_refusal(task) or shape.refusal(task) if pairs or labels else None
    if refused:
        if pairs:
            ledger.drops[refused] += len(pairs)
        pairs, labels = (), ()
    ledger.rows_out += len(pairs)
    return TaskRows(task, recipe.criterion, "", pairs, labels, kept)


class _Builder:
    """One build in its staging folder."""

    def __init__(
        self,
        root: Path,
        plan: SplitPlan,
        recipe: Recipe,
        shape: Format,
        file_type: str,
        shard_bytes: int,
        progress: Progress | None,
    ) -> None:
        self.root, self.plan, self.recipe, self.shape = root, plan, recipe, shape
        self.file_type, self.shard_bytes = file_type, shard_bytes
        self.progress = progress or (lambda read, written: None)
        self.ledger, self.tally = Ledger(recipe.unit), Tally()
        self.spool = Spool(root / ".tasks")
        self.sinks: dict[tuple[str, str], Sink] = {}
        self.tasks = 0

    def read(self, tasks: Iterable[TaskRecord]) -> None:
        """Puts every task on disk, by its key."""
        for task in tasks:
            self.spool.add(task.content_key(), task.pack())
            self.tasks += 1
            if self.tasks % _PROGRESS_EVERY == 0:
                self.progress(self.tasks, 0)

    def write(self) -> None:
        """Turns tasks into rows, in order. Raises NothingToRelease."""
        for written, packed in enumerate(self.spool, start=1):
            task = TaskRecord.unpack(packed)
            item = judge_task(task, self.recipe, self.shape, self.ledger, self.tally)
            if item.judgments:
                split = self.plan.split_of(task.prompt_id)
                self._write_task(replace(item, group=self.plan.group_of(task.prompt_id)), split)
            if written % _PROGRESS_EVERY == 0:
                self.progress(self.tasks, written)
        if not self.ledger.rows_out:
            raise NothingToRelease(self.ledger)

    def finish(self, context: ReleaseContext, interval: Interval) -> BuildResult:
        """Closes the files, hashes them, writes card, guideline and manifest."""
        rows: dict[str, dict[str, int]] = {table.name: {} for table in self.shape.tables}
        files: list[FileInfo] = []
        for (table, split), sink in sorted(
            self.sinks.items(), key=lambda entry: (entry[0][0], SPLITS.index(entry[0][1]))
        ):
            shards = sink.close()
            rows[table][split] = sum(count for _, count in shards)
            files += [describe_file(self.root, path, count) for path, count in shards]
        shutil.rmtree(self.root / ".tasks")
        files += self._write_guideline(context)
        parts: dict[str, Any] = {
            "context": context,
            "recipe": self.recipe,
            "shape": self.shape,
            "file_type": self.file_type,
        }
        books: dict[str, Any] = {
            "ledger": self.ledger,
            "figures": self.tally.describe(interval),
            "splits": self.plan.describe(),
            "rows": rows,
            "notes": _notes(rows[self.shape.pairs_table.name]),
        }
        manifest = make_manifest(**parts, **books, files=files)
        card = make_card(**parts, manifest=manifest, files=files)
        files.append(self._write_text("README.md", card))
        manifest = make_manifest(**parts, **books, files=files)
        path = self.root / "manifest.json"
        path.write_bytes(manifest_bytes(manifest))
        info = describe_file(self.root, path)
        return BuildResult(self.root, self.ledger, rows, (*files, info), manifest, info.sha256)

    def _write_task(self, item: TaskRows, split: str) -> None:
        for pair in item.pairs:
            self.tally.pair(item.task, pair)
        chars = _chars(item.task)
        for row in self.shape.rows(item):
            self._sink(row.table, split).write(row, chars)

    def _sink(self, table: str, split: str) -> Sink:
        sink = self.sinks.get((table, split))
        if sink is None:
            declared = next(entry for entry in self.shape.tables if entry.name == table)
            sink = SINKS[self.file_type](self.root, declared, split, self.shard_bytes)
            self.sinks[table, split] = sink
        return sink

    def _write_guideline(self, context: ReleaseContext) -> list[FileInfo]:
        files = []
        for guideline in context.guidelines:
            head = f"<!-- version {guideline.number} -->\n\n"
            name = f"guideline/version-{guideline.number:03d}.md"
            files.append(self._write_text(name, head + guideline.text.rstrip() + "\n"))
        principles = canonical_json([dict(principle) for principle in context.principles])
        files.append(self._write_text("principles.json", principles + "\n"))
        return files

    def _write_text(self, name: str, text: str) -> FileInfo:
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("utf-8", "replace"))
        return describe_file(self.root, path)


def _chars(task: TaskRecord) -> int:
    """About how much text a row of this task holds, at most."""
    texts = sum(len(message.content) for message in task.messages)
    return texts + sum(len(response.content) for response in task.responses)


def _notes(per_split: Mapping[str, int]) -> list[str]:
    """What a reader must know about missing splits."""
    missing = [split for split in SPLITS if not per_split.get(split)]
    return [
        f"The {split} split is empty: no prompt with a pair falls into it. It has no file. "
        "Splits fill as prompts are added; no prompt is moved to fill one."
        for split in missing
    ]


def _is_full(error: OSError) -> bool:
    """Whether the disk, a quota or a file-size limit was reached (Arrow hides the number)."""
    return error.errno in _FULL or any(f"[errno {number}]" in str(error) for number in _FULL)
