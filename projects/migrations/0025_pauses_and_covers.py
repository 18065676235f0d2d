"""What is covered, when a pause is proposed, when raters are asked how they are.

Every new column is null or has a default in the database, so that no table is written anew.
"""

from __future__ import annotations

import django.core.validators
from django.db import migrations, models


def _number(default: int, most: int, help_text: str) -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(
        default=default,
        db_default=default,
        validators=[django.core.validators.MaxValueValidator(most)],
        help_text=help_text,
    )


class Migration(migrations.Migration):
    dependencies = [("projects", "0024_edit_windows")]

    operations = [
        migrations.AddField(
            "project",
            "covered_texts",
            models.CharField(
                max_length=8,
                choices=[
                    ("any", "of rows that name topics"),
                    ("severe", "of rows that are called severe"),
                    ("none", "none"),
                ],
                default="any",
                db_default="any",
                help_text="Which texts raters open themselves.",
            ),
        ),
        migrations.AddField(
            "project",
            "break_minutes",
            _number(50, 480, "Minutes of work after which a pause is proposed; 0 for never."),
        ),
        migrations.AddField(
            "project",
            "severe_break_minutes",
            _number(20, 480, "The same of work on what is severe; 0 for never."),
        ),
        migrations.AddField(
            "project",
            "check_in_days",
            _number(7, 365, "Days after which raters are asked how they are; 0 for never."),
        ),
        migrations.AddField(
            "project",
            "profile_version",
            models.PositiveIntegerField(default=0, db_default=0, editable=False),
        ),
        migrations.AddField(
            "membership",
            "checked_in_at",
            models.DateTimeField(null=True, blank=True, editable=False),
        ),
        migrations.AddField(
            "membership",
            "profile_asked",
            models.PositiveIntegerField(null=True, blank=True, editable=False),
        ),
        migrations.AddField(
            "user",
            "shows_covered",
            models.BooleanField(
                default=False,
                db_default=False,
                help_text="Texts that may upset are open from the start.",
            ),
        ),
    ]
