"""Guidance by question, small changes that nobody must read first, and drafts."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

#: Every version until now had to be read before the next task.
READ = "UPDATE projects_guideline SET read_since = number"


class Migration(migrations.Migration):
    dependencies = [("projects", "0015_passes_and_splits")]

    operations = [
        migrations.AddField(
            model_name="guideline",
            name="change_size",
            field=models.CharField(
                choices=[
                    ("major", "Major: raters read it before their next task"),
                    ("minor", "Minor: raters go on, and find it in the guideline"),
                ],
                db_default="major",
                default="major",
                max_length=5,
            ),
        ),
        migrations.AddField(
            model_name="guideline",
            name="read_since",
            field=models.PositiveIntegerField(db_default=1),
        ),
        migrations.RunSQL(READ, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="guideline",
            name="guidance",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.CreateModel(
            name="GuidelineDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content", models.JSONField(default=dict)),
                ("based_on", models.PositiveIntegerField(default=0)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("saved_at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="drafts",
                        to="projects.project",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="guidelinedraft",
            constraint=models.UniqueConstraint(
                fields=("project", "author"), name="one_draft_per_lead"
            ),
        ),
    ]
