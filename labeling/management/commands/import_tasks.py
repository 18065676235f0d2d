"""`import_tasks PROJECT FILE`: the rows of a file become tasks."""

from __future__ import annotations

import shlex
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from labeling.datasets.readers import IMPORT_KINDS, ColumnQuestion, Meaning
from labeling.datasets.readers.fields import visible
from labeling.datasets.readers.reshaping import LEAVE_OUT
from labeling.datasets.readers.taskkinds import KIND_WORD, ROW_KINDS
from labeling.datasets.readers.whose import EVERYBODY, WHOSE_WORDS
from labeling.imports.samples import sample_file
from labeling.imports.selectors import (
    columns_of,
    left_out_of,
    refusals_of,
    report_of,
    unused_files_of,
)
from labeling.imports.services import (
    FileUnclear,
    ImportOptions,
    create_import,
    rehearse_import,
    run_import,
)
from labeling.imports.taskkinds import kinds_in_words
from labeling.models import Import, ImportRefusal
from labeling.rating.jobs import send_rendering
from labeling.vocabulary import JobState
from projects.exceptions import ConcordError
from projects.models import Project

_CHUNK = 1 << 20
_MAP = "--map"
#: Refused rows that are printed; the page and the API have all of them.
_PRINTED = 200
_POLL_SECONDS = 0.5
#: Characters of a column's name in a list, and of an argument that answers a question.
_NAME, _ARGUMENT = 80, 100_000


class _Parser(CommandParser):
    """Takes `--map a=b c=d` for `--map a=b --map c=d`: project and file have no equals sign."""

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: Any = None
    ) -> Any:
        """Parses them with the flag before each pair."""
        return super().parse_args(None if args is None else list(_one_a_flag(args)), namespace)


class ImportRefused(CommandError):
    """The file as a whole is not taken; `code` says why, for programs."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


class Command(BaseCommand):
    """Door to `labeling.imports.services`."""

    help = (
        "Import prompts with their responses, and labels they carry, from JSON, JSON Lines, CSV or "
        "TSV, plain, gzip or zstd, from Parquet, or from a zip archive of one of them with the "
        "pictures that its rows name. The same file twice creates nothing twice. "
        "Prints a report; the exit code is 0 only if every row was taken, 1 if one was refused or "
        "the file cannot be read."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """One that takes several pairs after a flag."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.__class__ = _Parser
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project, the file and how to read it."""
        parser.add_argument("project", metavar="PROJECT", help="slug of the project")
        self._add_source(parser)
        parser.add_argument(
            "--format", default="auto", choices=IMPORT_KINDS, help="kind of rows (default: auto)"
        )
        parser.add_argument(
            _MAP,
            action="append",
            default=[],
            metavar="field=column",
            help="which column is which field, such as prompt=question; several may follow; "
            "data.prompt is a key within a column, model_a==GPT-4 the same text in every row; "
            "field= leaves a field out, column= leaves a column as metadata",
        )
        parser.add_argument(
            "--leave-out",
            action="append",
            default=[],
            metavar="COLUMN",
            help="import nothing of this column, or of this key within one; repeat for more",
        )
        unsure = parser.add_mutually_exclusive_group()
        unsure.add_argument(
            "--strict",
            action="store_true",
            help="where the file may be meant in several ways, import nothing and print the "
            "mappings that would tell (the default)",
        )
        unsure.add_argument(
            "--yes", action="store_true", help="accept the guesses instead, and print them"
        )
        parser.add_argument(
            "--overlap", type=int, metavar="N", help="raters per new task (default: the project's)"
        )
        parser.add_argument(
            "--label-rater",
            default="",
            metavar="NAME",
            help="import chosen/rejected rows that name no rater as labels given by NAME",
        )
        self._add_kind(parser)
        self._add_whose(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help="print the report and change nothing"
        )

    def _add_source(self, parser: ArgumentParser) -> None:
        """A file, or the rows that a template brings."""
        parser.add_argument("file", metavar="FILE", type=Path, nargs="?", help="the file to import")
        parser.add_argument(
            "--samples",
            action="store_true",
            help="import the rows that the project's template brings, instead of a file",
        )

    def _add_kind(self, parser: ArgumentParser) -> None:
        """What raters do with every row."""
        parser.add_argument(
            "--kind",
            default="",
            choices=("", *ROW_KINDS),
            help="the kind of task that every row makes (default: what the row says, else by its "
            "number of responses: one is rated, two are compared, three and more are ranked)",
        )

    def _add_whose(self, parser: ArgumentParser) -> None:
        """Whose labels are people's, and whose models'."""
        parser.add_argument(
            "--people",
            action="append",
            default=[],
            metavar="NAME",
            help="the labels under this name are a person's, even if it looks like a model's; "
            f"repeat for more; {EVERYBODY} for all names",
        )
        parser.add_argument(
            "--model-rater",
            action="append",
            default=[],
            metavar="NAME",
            help="the labels under this name are a model's votes and no judgments; repeat for "
            f"more; {EVERYBODY} for all names",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Imports here and now, without a worker, and prints what became of the rows."""
        project = self._project(options["project"])
        filename, content = _file(project, options)
        how: dict[str, Any] = {
            "project": project,
            "filename": filename,
            "content": content,
            "format": options["format"],
            "mapping": _mapping(options["map"]) | _words(options),
            "options": ImportOptions(options["overlap"], options["label_rater"], options["yes"]),
        }
        try:
            if options["dry_run"]:
                import_, refusals = rehearse_import(**how)
            else:
                import_ = create_import(created_by=None, **how)
                _run(import_)
                refusals = list(refusals_of(import_)[:_PRINTED])
        except FileUnclear as error:
            raise ImportRefused("\n".join(map(_spelled, error.questions)), error.code) from None
        except ConcordError as error:
            message = " ".join(error.fields.values()) or error.message
            raise ImportRefused(message, error.code) from None
        self._print(import_, refusals, dry=options["dry_run"])
        if import_.state == JobState.FAILED:
            raise CommandError(import_.error)
        if import_.state == JobState.CANCELLED:
            raise CommandError("The import was cancelled. What was imported stays.")
        if import_.counts.get("refused"):
            sys.exit(1)

    def _project(self, slug: str) -> Project:
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(f"There is no project “{slug}”. Projects: {known or 'none yet'}.")
        return project

    def _print_unused(self, import_: Import) -> None:
        """What came beside the rows and no row names."""
        unused = unused_files_of(import_)
        if unused.count:
            more = ", …" if unused.count > len(unused.names) else ""
            names = ", ".join(unused.names)
            files = "1 file is" if unused.count == 1 else f"{unused.count:,} files are"
            self.stdout.write(f"{files} named by no row: {names}{more}")
        if unused.system:
            files = "1 file" if unused.system == 1 else f"{unused.system:,} files"
            self.stdout.write(f"Left aside: {files} that systems add (__MACOSX, .DS_Store).")

    def _print(self, import_: Import, refusals: Iterable[ImportRefusal], *, dry: bool) -> None:
        report = report_of(import_)
        if dry:
            self.stdout.write("Dry run: nothing was changed.")
        rows = "1 row" if report.rows == 1 else f"{report.rows:,} rows"
        self.stdout.write(f"{import_.filename}: {rows} as {import_.format}")
        for name, column in import_.options.get("guesses", {}).items():
            self.stdout.write(f"  guessed: {_pair(name, column)}")
        for role, columns in columns_of(import_).items():
            names = ", ".join(visible(column, _NAME) for column in columns)
            self.stdout.write(f"  {role}: {names}")
        for kind in ("created", "updated", "unchanged", "duplicates", "refused"):
            self.stdout.write(f"  {kind:<11}{getattr(report, kind):>10,}")
        self.stdout.write(f"  {'labels':<11}{report.labels:>10,}")
        if kinds := kinds_in_words(import_.options.get("kinds", {})):
            self.stdout.write(f"  tasks: {', '.join(kinds)}")
        if report.right_answers:
            self.stdout.write(f"  {'right':<11}{report.right_answers:>10,} (for gold and anchors)")
        if report.model_votes:
            self.stdout.write(f"  {'model votes':<11}{report.model_votes:>10,} (no judgments)")
        if report.empty_responses:
            self.stdout.write(f"  {'empty':<11}{report.empty_responses:>10,} (responses)")
        if report.names_model:
            self.stdout.write(f"  {'not blind':<11}{report.names_model:>10,} (name their model)")
        for left in left_out_of(import_):
            self.stdout.write(
                f"left out of {left.rows:,} rows, first on line {left.line}: {left.field}: "
                f"{left.reason}"
            )
        self._print_unused(import_)
        for notice in import_.options.get("notices", []):
            self.stdout.write(notice["text"])
            for mapping in notice["mappings"]:
                pairs = " ".join(_pair(*pair) for pair in mapping.items())
                self.stdout.write(f"  {pairs}")
        printed = 0
        for printed, refusal in enumerate(refusals, 1):
            field = f", {refusal.field}" if refusal.field else ""
            place = visible(refusal.place, _NAME * 4)
            code = f" [{refusal.code}]" if refusal.code else ""
            shown = f" [{refusal.excerpt}]" if refusal.excerpt else ""
            self.stdout.write(f"{place}{field}{code}: {refusal.reason}{shown}")
            if printed == _PRINTED:
                break
        if report.refused > printed:
            self.stdout.write(f"… and {report.refused - printed:,} more refused rows.")


def _one_a_flag(args: Sequence[str]) -> Iterator[str]:
    """The arguments with `--map` before every pair that follows one."""
    is_pair = False
    for place, argument in enumerate(args):
        follows = is_pair and "=" in argument and not argument.startswith("-")
        if follows and args[place - 1] != _MAP:
            yield _MAP
        yield argument
        is_pair = follows or argument == _MAP or argument.startswith(f"{_MAP}=")


def _words(options: dict[str, Any]) -> dict[str, str]:
    """Whose the labels of these names are, what is left out and which kind of task every row makes,
    as a mapping says it."""
    words = (*WHOSE_WORDS, LEAVE_OUT)
    kind = {KIND_WORD: options["kind"]} if options["kind"] else {}
    return {word: "|".join(options[word]) for word in words if options[word]} | kind


def _spelled(question: ColumnQuestion) -> str:
    """The question, and the arguments that answer it, one answer a line."""
    example = [f"  (first: {question.example})"] if question.example else []
    lines = [question.text, *example, "Say so with"]
    for place, option in enumerate(question.options):
        guess = "; --yes accepts this" if place == question.guess else ""
        lines.append(f"  {_arguments(option)}   ({option.text}{guess})")
    return "\n".join(lines if question.options else lines[:-1])


def _arguments(option: Meaning) -> str:
    pairs = [_pair(name, column) for name, column in option.mapping.items()]
    return " ".join([*([f"--format {option.format}"] if option.format else []), *pairs])


def _pair(name: str, column: str) -> str:
    if name == KIND_WORD:
        return f"--kind {column}"
    # A name may hold what a terminal would obey.
    return f"--map {visible(shlex.quote(f'{name}={column}'), _ARGUMENT)}"


def _file(project: Project, options: dict[str, Any]) -> tuple[str, Iterator[bytes]]:
    """What to import and what it is called: a file, or the rows that a template brings."""
    path: Path | None = options["file"]
    if (path is None) != options["samples"]:
        raise CommandError("Name the file to import, or say --samples, and not both.")
    if path is not None:
        return path.name, _content(path)
    try:
        filename, content = sample_file(project)
    except ConcordError as error:
        raise CommandError(error.message) from None
    return filename, iter([content])


def _content(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _mapping(pairs: Iterable[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not equals or not field.strip():
            raise CommandError(f"--map {pair}: write field=column, such as prompt=question.")
        mapping[field.strip()] = column.strip()
    return mapping


def _run(import_: Import) -> None:
    """Does the work, or waits for a worker that was quicker to begin it."""
    while not import_.is_over:
        run_import(import_.pk)
        import_.refresh_from_db()
        if not import_.is_over:
            time.sleep(_POLL_SECONDS)
    send_rendering(import_.project_id)
