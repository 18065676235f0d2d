"""What was leased and judged before has no chance on record: its strategy is `queue`, its chance
null, where it said 1 of every task. What is imported never had one.

Rows are changed some ten thousand at a time, each step a transaction of its own: nobody waits for
a lock, and a run that was stopped goes on where it was.
"""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_STEP = 10_000
_TABLES = ("labeling_judgment", "labeling_assignment")
_HELP = "The chance of this task among those open to this rater; empty: not recorded."
_STRATEGIES = [
    ("uniform", "Uniform"),
    ("queue", "Queue, chance not recorded"),
    ("imported", "Imported"),
]


def _walk(schema_editor: BaseDatabaseSchemaEditor, change: str) -> None:
    connection = schema_editor.connection
    for table in _TABLES:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT min(id), max(id) FROM {table}")  # noqa: S608 - ours
            first, last = cursor.fetchone()
        if first is None:
            continue
        for start in range(first, last + 1, _STEP):
            _change(connection, change.format(table=table), start)


def _change(connection: Any, statement: str, start: int) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('concord.allow_erasure', 'on', true)")
        cursor.execute(statement, [start, start + _STEP])
        cursor.execute("SELECT set_config('concord.allow_erasure', 'off', true)")


def forget_chances(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Says `queue` and null where nothing was recorded."""
    _walk(
        schema_editor,
        "UPDATE {table} SET selection_probability = NULL, "
        "strategy = CASE strategy WHEN 'uniform' THEN 'queue' ELSE strategy END "
        "WHERE id >= %s AND id < %s AND selection_probability IS NOT NULL",
    )


def claim_certainty(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What it was before: certain, and uniform."""
    _walk(
        schema_editor,
        "UPDATE {table} SET selection_probability = 1, "
        "strategy = CASE strategy WHEN 'queue' THEN 'uniform' ELSE strategy END "
        "WHERE id >= %s AND id < %s",
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("labeling", "0036_checks")]

    operations = [
        operation
        for model in ("assignment", "judgment")
        for operation in (
            migrations.AlterField(
                model,
                "selection_probability",
                models.FloatField(blank=True, help_text=_HELP, null=True),
            ),
            migrations.AlterField(
                model,
                "strategy",
                models.CharField(choices=_STRATEGIES, default="uniform", max_length=20),
            ),
        )
    ] + [migrations.RunPython(forget_chances, claim_certainty)]
