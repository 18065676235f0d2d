"""Worked examples of projects, in versions."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0020_caps"),
    ]

    operations = [
        migrations.AddField(
            model_name="project",
            name="has_examples",
            field=models.BooleanField(db_default=False, default=False, editable=False),
        ),
        migrations.CreateModel(
            name="WorkedExample",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("version", models.PositiveSmallIntegerField(default=1)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("clear", "a clear case"),
                            ("borderline", "a borderline case"),
                            ("tie", "a tie"),
                        ],
                        max_length=10,
                    ),
                ),
                ("criterion", models.CharField(blank=True, max_length=40)),
                ("prompt", models.TextField(blank=True)),
                ("responses", models.JSONField(blank=True, default=list)),
                ("right", models.JSONField(blank=True, default=list)),
                ("answer", models.TextField()),
                ("rationale", models.TextField()),
                ("source", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="worked_examples",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ["number", "version"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "number", "version"), name="worked_example_version"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("project", "number"),
                        name="worked_example_in_force",
                    ),
                ],
            },
        ),
    ]
