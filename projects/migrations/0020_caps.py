"""How much of a project, of a day and of a week one rater may do: no bound where none is set."""

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
    dependencies = [("projects", "0019_principle_versions")]

    operations = [
        migrations.AddField(
            "project",
            "share_limit",
            models.FloatField(
                null=True,
                blank=True,
                validators=[
                    django.core.validators.MinValueValidator(0.01),
                    django.core.validators.MaxValueValidator(1),
                ],
                help_text="The largest share of the project's judgments that one rater gives.",
            ),
        ),
        migrations.AddField(
            "project", "daily_limit", _limit("The most judgments one rater gives in a day.")
        ),
        migrations.AddField(
            "project", "weekly_limit", _limit("The most judgments one rater gives in a week.")
        ),
    ]
