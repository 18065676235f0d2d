"""Conversations of prompts and what else rows know of them, and tasks that follow a chosen reply.

New columns are empty, so no table is rewritten; indexes are built beside the work that goes on.
"""

from __future__ import annotations

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

AddIndexBeside = import_module("labeling.migrations.0014_lists_of_large_projects").AddIndexBeside


def _text() -> models.CharField:
    return models.CharField(blank=True, db_default="", default="", max_length=200)


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("labeling", "0030_names_of_models")]

    operations = [
        migrations.AddField("prompt", "source", _text()),
        migrations.AddField("prompt", "group", _text()),
        migrations.AddField("prompt", "permitted_use", _text()),
        migrations.AddField("prompt", "conversation", _text()),
        migrations.AddField(
            "prompt", "turn", models.PositiveSmallIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            "task",
            "follows",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="branches",
                to="labeling.task",
            ),
        ),
        migrations.AddField(
            "task", "reply", models.PositiveSmallIntegerField(blank=True, null=True)
        ),
        migrations.AddField(
            "task", "continues", models.BooleanField(db_default=False, default=False)
        ),
        AddIndexBeside(
            model_name="prompt",
            index=models.Index(
                condition=models.Q(("conversation", ""), _negated=True),
                fields=["project", "conversation"],
                name="prompt_of_conversation",
            ),
        ),
        AddIndexBeside(
            model_name="task",
            index=models.Index(
                condition=models.Q(("follows__isnull", False)),
                fields=["follows", "reply"],
                name="task_follows",
            ),
        ),
    ]
