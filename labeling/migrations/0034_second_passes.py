"""Comparisons in two passes, each a task of its own.

New columns are empty, so no table is rewritten; the index is built beside the work that goes on.
"""

from __future__ import annotations

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

AddIndexBeside = import_module("labeling.migrations.0014_lists_of_large_projects").AddIndexBeside


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("labeling", "0033_pictures")]

    operations = [
        migrations.AddField(
            "task",
            "part",
            models.CharField(
                blank=True,
                choices=[
                    ("axes", "First pass"),
                    ("same", "Second pass, same raters"),
                    ("others", "Second pass, other raters"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            "task",
            "first_pass",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="later_passes",
                to="labeling.task",
            ),
        ),
        AddIndexBeside(
            model_name="task",
            index=models.Index(
                condition=models.Q(("first_pass__isnull", False)),
                fields=["first_pass"],
                name="task_first_pass",
            ),
        ),
    ]
