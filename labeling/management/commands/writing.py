"""`writing PROJECT`: what raters write and edit, in figures, as a table or as JSON."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from labeling.lead.writing.selectors import writing_figures
from labeling.stats import Figure
from projects.models import Project


class Command(BaseCommand):
    """Door to `labeling.lead.writing.selectors`."""

    help = (
        "Print what raters of a project write: acceptance, scores and changes of demonstrations, "
        "how often and how far winners of comparisons are improved, and how texts came about. "
        "Each figure with n and a 95% interval. What is undefined is said in words."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The project, and whether programs read the output."""
        parser.add_argument("project", metavar="PROJECT", help="slug of the project")
        parser.add_argument("--json", action="store_true", help="print JSON instead of a table")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the figures."""
        project = Project.objects.filter(slug=options["project"]).first()
        if project is None:
            raise CommandError(f"There is no project “{options['project']}”.")
        figures = writing_figures(project)
        values = {field.name: getattr(figures, field.name) for field in fields(figures)}
        if options["json"]:
            plain = {
                name: value.as_dict() if isinstance(value, Figure) else value
                for name, value in values.items()
            }
            self.stdout.write(json.dumps(plain, indent=1, ensure_ascii=False, allow_nan=False))
            return
        for name, value in values.items():
            self.stdout.write(f"{name:<18} {_in_words(value)}")


def _in_words(value: Figure | int) -> str:
    """A figure in a line of the table, or why there is none."""
    if not isinstance(value, Figure):
        return str(value)
    if value.value is None:
        return f"-  {value.reason}"
    interval = "" if value.low is None else f" [{value.low:.3f}, {value.high:.3f}]"
    return f"{value.value:.3f}{interval}  n={value.n}  {value.convention}"
