"""The cast and their project, made once a process by the services and put back by one statement.

Making them takes some forty statements, which is more than many a test does. So they are made
once, outside of any test, taken down as rows and rolled back; a test that asks for them gets the
same rows again, with the same keys.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from django.apps import apps
from django.db import connection, models, transaction

from labeling.models import Task
from projects.guidelines.services import acknowledge
from projects.models import Project, Role, User
from projects.project_templates import CriterionSpec, GuidelineSpec
from projects.services.members import create_user, set_member
from projects.services.projects import create_project

PASSWORD = "correct horse battery"
NAMES = ("lena", "rui", "sam", "tao", "vera", "mia", "otto")
ROLES = {
    "rui": Role.RATER,
    "sam": Role.RATER,
    "tao": Role.RATER,
    "vera": Role.REVIEWER,
    "mia": Role.ENGINEER,
}


Shown = TypeVar("Shown", bound=models.Model)


@dataclass(frozen=True)
class Scene(Generic[Shown]):
    """An object as a service returned it, and the statement that puts back its rows."""

    shown: Shown
    statement: str

    def put_back(self) -> Shown:
        """Write the rows again; return an object of the caller's own."""
        with connection.cursor() as cursor:
            cursor.execute(self.statement)
        return copy.deepcopy(self.shown)


@dataclass(frozen=True)
class Cast:
    """Everybody, and the project that all but otto work in."""

    people: dict[str, Scene[User]]
    project: Scene[Project]


def record_cast() -> Cast:
    """Make people and project, take down their rows, and leave nothing behind."""
    with _rolled_back():
        people = {name: recorded(partial(_person, name)) for name in NAMES}
        shown = {name: scene.shown for name, scene in people.items()}
        return Cast(people, recorded(partial(_project, shown)))


def _person(name: str) -> User:
    return create_user(
        email=f"{name}@example.com", password=PASSWORD, name=name.capitalize(), check_password=False
    )


def _project(people: dict[str, User]) -> Project:
    """A seven-point project with everybody but otto in it; the guideline is acknowledged."""
    project = create_project(
        name="Support answers",
        created_by=people["lena"],
        criteria=[
            CriterionSpec("overall", "Which is better?", "llama_eval7", is_primary=True),
            CriterionSpec("correct", "Which is more correct?", "webgpt5", is_required=False),
        ],
        guideline=GuidelineSpec(text="Prefer what helps.", principles=()),
        settings={"overlap": 2},
    )
    guideline = project.guidelines.get()
    for name, role in ROLES.items():
        set_member(project=project, user=people[name], role=role)
        acknowledge(user=people[name], guideline=guideline)
    return project


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def recorded(make: Callable[[], Shown]) -> Scene[Shown]:
    """Make something and take down the rows it adds; those that were there must stay as they are.

    In other tests it can be put back on top of what it was made on.
    """
    before = _rows()
    shown = make()
    return Scene(copy.deepcopy(shown), _statement(before))


def _models() -> list[type[models.Model]]:
    """The tables of our two apps, those between them included."""
    return [
        model
        for app in ("projects", "labeling")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def _rows() -> dict[type[models.Model], set[object]]:
    return {model: set(model._base_manager.values_list("pk", flat=True)) for model in _models()}


def _statement(before: dict[type[models.Model], set[object]]) -> str:
    """One statement that inserts every row that was not there before, as the server wrote it.

    Tasks come last: they are as assignments have left them, and new ones would be counted again.
    """
    parts = []
    with connection.cursor() as cursor:
        for model in sorted(before, key=lambda model: model is Task):
            table, key = model._meta.db_table, model._meta.pk.column
            cursor.execute(
                f'SELECT json_agg(t)::text FROM "{table}" t WHERE NOT "{key}" = ANY(%s)',
                [list(before[model])],
            )
            (rows,) = cursor.fetchone() or (None,)
            if rows is None:
                continue
            columns = ", ".join(f'"{field.column}"' for field in model._meta.local_concrete_fields)
            source = f'json_populate_recordset(NULL::"{table}", %s::json)'
            insertion = f'INSERT INTO "{table}" ({columns}) SELECT {columns} FROM {source}'
            parts.append(cursor.mogrify(insertion, [rows]).decode())
    return ";".join(parts)
