"""Pairs of raters apart from their report, and reports that a worker computes.

Kept reports are made anew at the next look: those of before hold their pairs.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

FORGET = """
SET CONSTRAINTS ALL IMMEDIATE;
DELETE FROM labeling_raterpairpart;
DELETE FROM labeling_report;
"""


class Migration(migrations.Migration):
    dependencies = [("labeling", "0012_jobs_dated_by_the_database")]

    operations = [
        migrations.RunSQL("DELETE FROM labeling_report", migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="report",
            name="computed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="request",
            field=models.JSONField(db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="report",
            name="wanted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="sent_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="percent",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="report",
            name="attempts",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="RaterPairPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("criterion", models.CharField(max_length=40)),
                ("number", models.PositiveIntegerField()),
                ("pairs", models.JSONField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pair_parts",
                        to="labeling.report",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("report", "criterion", "number"), name="pair_part_unique"
                    )
                ],
            },
        ),
        # Backwards it comes first: what is kept in the new shape is no report of the old one.
        migrations.RunSQL(migrations.RunSQL.noop, FORGET),
    ]
