"""Columns for a response's turns, votes of models, labels of a side alone, skips and cut times."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0002_database_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="side_only",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="assignment",
            name="skipped_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="importrefusal",
            name="code",
            field=models.CharField(blank=True, db_default="", max_length=24),
        ),
        migrations.AddField(
            model_name="judgment",
            name="times_cut",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="The times sent were not plausible and were cut to what can be.",
            ),
        ),
        migrations.AddField(
            model_name="response",
            name="messages",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="task",
            name="model_votes",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
    ]
