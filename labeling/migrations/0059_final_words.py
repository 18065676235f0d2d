"""Room for final words: an assignment of their own, which takes no place of its task.

A rater may have a task once for each purpose; the index for it is built beside the work that goes
on, and takes the place of the old one in a moment. What reviewers judged before this stays the
final word in releases: each project keeps the newest judgment that it had.
"""

from __future__ import annotations

from importlib import import_module

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_NAME, _NEW = "never_the_same_task_twice", "task_once_a_purpose"
_STRATEGIES = [
    ("uniform", "Uniform"),
    ("queue", "Queue, chance not recorded"),
    ("imported", "Imported"),
    ("chosen", "Chosen by who judged it"),
]
_PURPOSES = [
    ("live", "Live"),
    ("gold", "Gold"),
    ("repeat", "Repeat"),
    ("anchor", "Anchor"),
    ("training", "Training"),
    ("qualification", "Qualification"),
    ("adjudication", "Final word"),
]
_BEFORE = import_module("labeling.migrations.0017_withdrawn_tasks").SLOTS
_BEGIN = "BEGIN\n    IF TG_OP <> 'DELETE' THEN"
_SKIP = """BEGIN
    -- A final word stands beside the votes of its task and takes no place.
    IF COALESCE(NEW.purpose, OLD.purpose) = 'adjudication' THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'DELETE' THEN"""
SLOTS = _BEFORE.replace(_BEGIN, _SKIP)
#: Votes of reviewers up to here are final words too, as they were.
KEEP = """
UPDATE projects_project p SET reviewed_upto = newest.id
FROM (SELECT q.id AS project, (
          SELECT j.id FROM labeling_judgment j WHERE j.project_id = q.id
          ORDER BY j.id DESC LIMIT 1) AS id
      FROM projects_project q) newest
WHERE newest.project = p.id AND newest.id IS NOT NULL
"""


def _swap(schema_editor: BaseDatabaseSchemaEditor, columns: str) -> None:
    connection = schema_editor.connection
    beside = "" if connection.in_atomic_block else "CONCURRENTLY"
    with connection.cursor() as cursor:
        # One that was not finished holds nothing back, and would be taken for the new one.
        cursor.execute(f"DROP INDEX IF EXISTS {_NEW}")
        cursor.execute(f"CREATE UNIQUE INDEX {beside} {_NEW} ON labeling_assignment ({columns})")
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            f"ALTER TABLE labeling_assignment DROP CONSTRAINT {_NAME}, "
            f"ADD CONSTRAINT {_NAME} UNIQUE USING INDEX {_NEW}"
        )


def once_a_purpose(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A person has a task once for each purpose."""
    _swap(schema_editor, "task_id, rater_id, purpose")


def once(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """A person has a task once. Fails where somebody voted and gave the final word."""
    _swap(schema_editor, "task_id, rater_id")


def _field(words: list[tuple[str, str]], default: str, length: int) -> models.Field:
    return models.CharField(choices=words, default=default, max_length=length)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("labeling", "0058_exclusions"),
        ("projects", "0028_final_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        *(
            migrations.AlterField(model, name, _field(words, default, length))
            for model in ("assignment", "judgment")
            for name, words, default, length in (
                ("purpose", _PURPOSES, "live", 16),
                ("strategy", _STRATEGIES, "uniform", 20),
            )
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(once_a_purpose, once)],
            state_operations=[
                migrations.RemoveConstraint("assignment", _NAME),
                migrations.AddConstraint(
                    "assignment",
                    models.UniqueConstraint(fields=["task", "rater", "purpose"], name=_NAME),
                ),
            ],
        ),
        migrations.RunSQL(SLOTS, _BEFORE),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
