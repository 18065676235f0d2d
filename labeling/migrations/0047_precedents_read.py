"""How far members have read precedents, which stand beside each other, and who was told an answer.

Answers of before count as told: those who asked found them on the page.
"""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0053_check_ins"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("projects", "0024_edit_windows"),
    ]

    operations = [
        migrations.AddField(
            model_name="precedent",
            name="beside",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.AddField(
            model_name="query",
            name="told_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunSQL(
            "UPDATE labeling_query SET told_at = answered_at WHERE answered_at IS NOT NULL",
            migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name="PrecedentReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seen", models.PositiveBigIntegerField(default=0)),
                ("at", models.DateTimeField(auto_now=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="projects.project",
                    ),
                ),
                (
                    "reader",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "reader"), name="one_reading_a_member"
                    )
                ],
            },
        ),
    ]
