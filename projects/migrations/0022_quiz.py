"""The quiz: whether a project asks it, and what raters answered."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("projects", "0021_worked_examples"),
    ]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="quiz_done",
            field=models.PositiveIntegerField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="project",
            name="asks_quiz",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Raters answer the worked examples before their first task.",
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="quiz_since",
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.CreateModel(
            name="QuizAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_since", models.PositiveIntegerField(default=0)),
                ("answer", models.JSONField()),
                ("is_right", models.BooleanField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "example",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attempts",
                        to="projects.workedexample",
                    ),
                ),
                (
                    "guideline",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="projects.guideline",
                    ),
                ),
                (
                    "rater",
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
                        fields=("rater", "example", "asked_since"), name="one_attempt_an_example"
                    )
                ],
            },
        ),
    ]
