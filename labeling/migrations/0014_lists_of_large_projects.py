"""Indexes for lists of large projects: tasks in their order, and the categories of prompts.

Built beside the work that goes on, without a lock on the tables.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class AddIndexBeside(AddIndexConcurrently):
    """Concurrently where that can be: inside a larger transaction, as tests have it, it cannot."""

    def _ensure_not_in_transaction(self, schema_editor: Any) -> None:
        """The two methods below choose."""

    def database_forwards(self, app_label: str, schema_editor: Any, old: Any, new: Any) -> None:
        """Builds it."""
        inside = schema_editor.connection.in_atomic_block
        builder = migrations.AddIndex if inside else AddIndexConcurrently
        builder.database_forwards(self, app_label, schema_editor, old, new)

    def database_backwards(self, app_label: str, schema_editor: Any, old: Any, new: Any) -> None:
        """Drops it."""
        inside = schema_editor.connection.in_atomic_block
        builder = migrations.AddIndex if inside else AddIndexConcurrently
        builder.database_backwards(self, app_label, schema_editor, old, new)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("labeling", "0013_kept_reports")]

    operations = [
        AddIndexBeside(
            model_name="task",
            index=models.Index(fields=["project", "id"], name="task_in_order"),
        ),
        AddIndexBeside(
            model_name="prompt",
            index=models.Index(fields=["project", "category"], name="prompt_by_category"),
        ),
    ]
