"""Which version of the rubric assignments, judgments and releases are under; null before.

The columns are empty, so that nothing is read to add them; their indexes are built beside the work
that goes on.
"""

from __future__ import annotations

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

AddIndexBeside = import_module("labeling.migrations.0014_lists_of_large_projects").AddIndexBeside


def _version(related_name: str, **options: object) -> models.Field:
    return models.ForeignKey(
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=related_name,
        to="projects.rubricversion",
        **options,
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("labeling", "0014_lists_of_large_projects"),
        ("projects", "0006_rubric_versions"),
    ]

    operations = [
        migrations.AddField("assignment", "rubric", _version("assignments", db_index=False)),
        migrations.AddField("judgment", "rubric", _version("judgments", db_index=False)),
        migrations.AddField("release", "rubric", _version("releases", blank=True)),
        AddIndexBeside(
            model_name="assignment",
            index=models.Index(
                fields=["rubric"], condition=Q(rubric__isnull=False), name="assignment_rubric"
            ),
        ),
        AddIndexBeside(
            model_name="judgment",
            index=models.Index(
                fields=["rubric"], condition=Q(rubric__isnull=False), name="judgment_rubric"
            ),
        ),
    ]
