"""An index of who withdrew tasks: without it, each user that goes reads the whole table."""

from __future__ import annotations

from importlib import import_module

from django.db import migrations, models

AddIndexBeside = import_module("labeling.migrations.0014_lists_of_large_projects").AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("labeling", "0022_needs_seen_to")]

    operations = [
        AddIndexBeside(
            model_name="task",
            index=models.Index(
                fields=["withdrawn_by"],
                condition=models.Q(withdrawn_by__isnull=False),
                name="task_withdrawn_by",
            ),
        ),
    ]
