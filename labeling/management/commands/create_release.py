"""`create_release PROJECT --recipe R --format F`: judgments become a dataset, here and now."""

from __future__ import annotations

import shutil
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from labeling.datasets.formats import FORMATS
from labeling.datasets.formats.base import FILE_TYPES
from labeling.datasets.reasons import sentence
from labeling.datasets.recipes import RECIPES
from labeling.datasets.splits import SPLITS
from labeling.models import Release
from labeling.releases.flags import add_choices, read_choices
from labeling.releases.previews import Preview, preview_release
from labeling.releases.requests import ReleaseOptions
from labeling.releases.services import folder_of, request_release, run_release
from labeling.vocabulary import JobState
from projects.exceptions import ConcordError
from projects.models import Project

_POLL_SECONDS = 0.5


class Command(BaseCommand):
    """Door to `labeling.releases.services`."""

    help = gettext_noop(
        "Freeze the project's judgments as a dataset and build it without a worker. Prints rows "
        "in, rows out and every reason; the exit code is 0 only if the release is whole."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project and the shape of the dataset."""
        parser.description = _(self.help)
        parser.add_argument("project", metavar="PROJECT", help=_("slug of the project"))
        parser.add_argument(
            "--recipe",
            required=True,
            choices=RECIPES,
            help=_("which judgments become which rows: ")
            + "; ".join(f"{key}: {_(recipe.title).lower()}" for key, recipe in RECIPES.items()),
        )
        parser.add_argument(
            "--format",
            default="native",
            choices=FORMATS,
            help=_("in which shape they are written (default: native)"),
        )
        parser.add_argument(
            "--file-type",
            default="",
            choices=FILE_TYPES,
            help=_("how the files are written (default: what the format usually is)"),
        )
        parser.add_argument(
            "--criterion",
            action="append",
            default=[],
            metavar="KEY",
            help=_("criterion (default: the primary one); may be given several times"),
        )
        parser.add_argument(
            "--file-per-criterion",
            action="store_true",
            help=_("several criteria: a configuration with files of its own for each"),
        )
        parser.add_argument(
            "--split",
            default="80,10,10",
            metavar="TRAIN,VALIDATION,TEST",
            help=_("per cent of prompt groups in each split (default: 80,10,10)"),
        )
        _add_outputs(parser)
        add_choices(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Requests, builds, and prints the books."""
        project = _project(options["project"])
        out: Path | None = options["out"]
        if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
            sentence = _("%(folder)s is not empty. Name a folder that does not exist yet.")
            raise CommandError(sentence % {"folder": out})
        asked: dict[str, Any] = {
            "project": project,
            "recipe": options["recipe"],
            "format": options["format"],
            "file_type": options["file_type"],
            "options": ReleaseOptions(
                criteria=tuple(options["criterion"]),
                file_per_criterion=options["file_per_criterion"],
                shares=_shares(options["split"]),
                licence=options["licence"],
                choices=read_choices(options),
            ),
        }
        try:
            if options["dry_run"]:
                self._print_preview(preview_release(**asked))
                return
            release = request_release(created_by=None, **asked)
        except ConcordError as error:
            raise CommandError(" ".join(error.fields.values()) or error.message) from None
        _run(release)
        if release.state == JobState.FAILED:
            raise CommandError(release.error)
        if release.state == JobState.CANCELLED:
            raise CommandError(_("The release was cancelled."))
        self._print(release)
        if out is not None:
            _copy(folder_of(release), out)
        self.stdout.write(_("in %(folder)s") % {"folder": out or folder_of(release)})

    def _print_preview(self, preview: Preview) -> None:
        self._print_books(
            preview.unit, preview.rows_in, preview.dropped, preview.rows_are, preview.rows_out
        )
        for reason, count in (*preview.left_out, *preview.shortened):
            besides = _("besides: %(reason)s: %(rows)s")
            self.stdout.write(f"  {besides % {'reason': reason, 'rows': f'{count:,}'}}")
        if preview.problem:
            raise CommandError(preview.problem)

    def _print_books(
        self,
        unit: str,
        rows_in: int,
        dropped: Iterable[tuple[str, int]],
        rows_are: str,
        rows_out: int,
    ) -> None:
        self.stdout.write(f"  {unit + 's in':<28}{rows_in:>10,}")
        for text, count in dropped:
            self.stdout.write(f"  - {text}: {count:,}")
        self.stdout.write(f"  {rows_are + ' out':<28}{rows_out:>10,}")

    def _print(self, release: Release) -> None:
        counts = release.counts
        title = _("Release %(number)d: %(recipe)s as %(format)s")
        names = {"number": release.number, "recipe": release.recipe, "format": release.format}
        self.stdout.write(title % names)
        dropped = [(_(drop["because"]), drop["rows"]) for drop in counts["dropped"].values()]
        self._print_books(
            counts["unit"], release.rows_in, dropped, counts["rows_are"], release.rows_out
        )
        if lost := counts["figures"]["reasoning_left_out"]:
            self.stdout.write(f"  {_(sentence('reasoning_left_out'))}: {lost:,}")
        for table, rows in counts["rows"].items():
            splits = ", ".join(f"{name} {rows[name]:,}" for name in SPLITS if name in rows)
            if splits:
                self.stdout.write(f"  {table}: {splits}")
        for note in counts["notes"]:
            self.stdout.write(f"  {note}")
        self.stdout.write(f"sha256 of manifest.json: {release.sha256}")


def _add_outputs(parser: ArgumentParser) -> None:
    """What is printed on the card, and where the release goes."""
    parser.add_argument("--licence", default="", help=_("licence printed on the dataset card"))
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help=_("also copy the release to this new folder")
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help=_("print rows in, rows out and every reason, and write nothing"),
    )


def _project(slug: str) -> Project:
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)[:20])
        sentence = _("There is no project “%(slug)s”. Projects: %(known)s.")
        raise CommandError(sentence % {"slug": slug, "known": known or _("none yet")})
    return project


def _shares(text: str) -> tuple[float, float, float]:
    try:
        train, validation, test = (float(part) / 100 for part in text.split(","))
    except ValueError:
        sentence = _("--split %(text)s: write three numbers, such as 80,10,10.")
        raise CommandError(sentence % {"text": text}) from None
    return train, validation, test


def _run(release: Release) -> None:
    """Does the work, or waits for a worker that was quicker to begin it."""
    while not release.is_over:
        run_release(release.pk)
        release.refresh_from_db()
        if not release.is_over:
            time.sleep(_POLL_SECONDS)


def _copy(source: Path, out: Path) -> None:
    """Copies into place; a copy that fails leaves nothing behind."""
    part = out.with_name(f".{out.name}.partial")
    try:
        shutil.rmtree(part, ignore_errors=True)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, part)
        part.replace(out)
    except OSError as error:
        shutil.rmtree(part, ignore_errors=True)
        sentence = _(
            "The release is whole in %(source)s, but could not be copied to %(out)s: %(reason)s."
        )
        names = {"source": source, "out": out, "reason": error.strerror or error}
        raise CommandError(sentence % names) from None
