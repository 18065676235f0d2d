"""Room for the purpose `qualification`, and the index by which its tasks are handed out.

A longer varchar rewrites no table; the three partial indexes of tasks that name the purpose are
built anew, about a second a million tasks.
"""

from __future__ import annotations

from importlib import import_module

from django.db import migrations, models

AddIndexBeside = import_module("labeling.migrations.0014_lists_of_large_projects").AddIndexBeside


def _purpose() -> models.Field:
    return models.CharField(
        choices=[
            ("live", "Live"),
            ("gold", "Gold"),
            ("repeat", "Repeat"),
            ("anchor", "Anchor"),
            ("training", "Training"),
            ("qualification", "Qualification"),
        ],
        default="live",
        max_length=16,
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("labeling", "0054_newest_of_a_rater")]

    operations = [
        *(
            migrations.AlterField(t, "purpose", _purpose())
            for t in ("assignment", "judgment", "task")
        ),
        AddIndexBeside(
            model_name="task",
            index=models.Index(
                condition=models.Q(
                    ("purpose__in", ["training", "qualification"]), ("withdrawn_at__isnull", True)
                ),
                fields=["project", "purpose", "queue_key"],
                name="task_of_stage",
            ),
        ),
    ]
