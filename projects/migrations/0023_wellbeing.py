"""What of severe tasks one rater gets, whom raters may talk to, and whether topics are described."""

from __future__ import annotations

import django.core.validators
from django.db import migrations, models


def _limit(help_text: str) -> models.PositiveIntegerField:
    return models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[django.core.validators.MinValueValidator(1)],
        help_text=help_text,
    )


class Migration(migrations.Migration):
    dependencies = [("projects", "0022_quiz")]

    operations = [
        migrations.AddField(
            "project",
            "severe_hourly_limit",
            _limit("The most severe tasks one rater gets in an hour."),
        ),
        migrations.AddField(
            "project",
            "severe_daily_limit",
            _limit("The most severe tasks one rater gets in 24 hours."),
        ),
        migrations.AddField(
            "project",
            "support_url",
            models.CharField(
                blank=True,
                default="",
                db_default="",
                max_length=500,
                validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
                help_text="Where raters find somebody to talk to.",
            ),
        ),
        migrations.AddField(
            "project",
            "has_topics",
            models.BooleanField(default=False, db_default=False, editable=False),
        ),
    ]
