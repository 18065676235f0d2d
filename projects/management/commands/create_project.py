"""`create_project NAME`: a project from a template, or one like another."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from projects.exceptions import ConcordError
from projects.models import Project, User
from projects.project_templates import PROJECT_TEMPLATES
from projects.services.members import create_user
from projects.services.projects import create_project

COMMAND_LINE = "command-line@localhost"


class Command(BaseCommand):
    """Creates a project from a template, or like another, and prints its slug."""

    help = "Create a project from a template, or like another, and print its slug."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The name, the template and who leads it."""
        parser.add_argument("name", metavar="NAME", help="what the project is called")
        start = parser.add_mutually_exclusive_group()
        start.add_argument(
            "--template",
            choices=list(PROJECT_TEMPLATES),
            help="rubric and guideline to start from (default: arena)",
        )
        start.add_argument(
            "--like",
            metavar="SLUG",
            help="project to begin as: its questions, reasons, guideline and settings, and no data",
        )
        parser.add_argument(
            "--lead",
            metavar="EMAIL",
            help="account that leads it; without it the first operator, else nobody yet",
        )
        parser.add_argument("--overlap", type=int, metavar="N", help="raters per task")

    def handle(self, *args: Any, **options: Any) -> None:
        """Prints the slug alone on one line, so that a script can read it."""
        settings = {} if options["overlap"] is None else {"overlap": options["overlap"]}
        like = self._like(options["like"])
        try:
            project = create_project(
                name=options["name"],
                created_by=self._lead(options["lead"]),
                template="" if like else options["template"] or "arena",
                like=like,
                settings=settings,
            )
        except ConcordError as error:
            raise CommandError(" ".join(error.fields.values()) or error.message) from None
        self.stdout.write(project.slug)

    def _like(self, slug: str | None) -> Project | None:
        if slug is None:
            return None
        project = Project.objects.filter(slug=slug).first()
        if project is None:
            known = ", ".join(Project.objects.order_by("slug").values_list("slug", flat=True)[:20])
            raise CommandError(f"There is no project “{slug}”. Projects: {known or 'none yet'}.")
        return project

    def _lead(self, email: str | None) -> User:
        if email is not None:
            user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
            if user is None:
                raise CommandError(
                    f"There is no active account with the address {email}; create_user makes one."
                )
            return user
        operator = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
        return operator or self._command_line()

    def _command_line(self) -> User:
        """An account that nobody can log in to, where there is no operator to own the project."""
        user = User.objects.filter(email=COMMAND_LINE).first()
        if user is None:
            with transaction.atomic():
                user = create_user(email=COMMAND_LINE, name="Command line")
                user.is_active = False
                user.save(update_fields=["is_active"])
        self.stderr.write("It has no lead yet: create_user EMAIL --member SLUG=lead")
        return user
