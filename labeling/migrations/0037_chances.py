"""What was leased and judged before has no chance on record: its strategy is `queue`, its chance
null, where it said 1 of every task. What is imported never had one.

No row is rewritten for what holds of most of them: PostgreSQL keeps the default of a new column
once a table, so both columns are made anew, which takes a moment under a lock. The rows of the
other strategy, imported ones as a rule, are changed some ten thousand at a time, each step a
transaction of its own. A run that was stopped goes on where it was.
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
_IMPORTED = "imported"
_IS_BEGUN = """
SELECT column_default FROM information_schema.columns
WHERE table_name = %s AND column_name = 'strategy_now' AND table_schema = current_schema()
"""
#: The chance is null from here on, and the strategy that most rows have is there.
_BEGIN = """
ALTER TABLE {table} DROP COLUMN selection_probability,
    ADD COLUMN selection_probability double precision {chance},
    ADD COLUMN strategy_now varchar(20) NOT NULL DEFAULT '{word}'
"""
_CHANGE = """
UPDATE {table} SET strategy_now = %s
WHERE id >= %s AND id < %s AND (strategy = 'imported') = %s AND strategy_now <> %s
"""
_END = """
ALTER TABLE {table} DROP COLUMN strategy;
ALTER TABLE {table} RENAME COLUMN strategy_now TO strategy;
ALTER TABLE {table} ALTER COLUMN strategy DROP DEFAULT,
    ALTER COLUMN selection_probability DROP DEFAULT
"""


def _anew(schema_editor: BaseDatabaseSchemaEditor, word: str, chance: str) -> None:
    """Both columns as they are to be: `word` and this chance, but of what is imported."""
    connection = schema_editor.connection
    for table in _TABLES:
        words = {word, _IMPORTED}
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(_IS_BEGUN, [table])
            begun = cursor.fetchone()
            common = begun[0].split("'")[1] if begun else _most(cursor, table, word)
            if not begun:
                cursor.execute(_BEGIN.format(table=table, word=common, chance=chance))
            cursor.execute(f"SELECT min(id), max(id) FROM {table}")  # noqa: S608 - ours
            first, last = cursor.fetchone()
        (other,) = words - {common}
        for start in range(first or 0, (last or -1) + 1, _STEP):
            values = [other, start, start + _STEP, other == _IMPORTED, other]
            _change(connection, _CHANGE.format(table=table), values)
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(_END.format(table=table))


def _most(cursor: Any, table: str, word: str) -> str:
    """What most rows are to say."""
    counted = f"SELECT count(*) FILTER (WHERE strategy = 'imported') * 2 > count(*) FROM {table}"  # noqa: S608
    cursor.execute(counted)
    return _IMPORTED if cursor.fetchone()[0] else word


def _change(connection: Any, statement: str, values: list[object]) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('concord.allow_erasure', 'on', true)")
        cursor.execute(statement, values)
        cursor.execute("SELECT set_config('concord.allow_erasure', 'off', true)")


def forget_chances(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Says `queue` and null where nothing was recorded."""
    _anew(schema_editor, "queue", "NULL")


def claim_certainty(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What it was before: certain, and uniform."""
    _anew(schema_editor, "uniform", "NOT NULL DEFAULT 1")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("labeling", "0036_checks")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(forget_chances, claim_certainty)],
            state_operations=[
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
            ],
        )
    ]
