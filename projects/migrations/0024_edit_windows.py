"""How long raters may change an answer: an hour, in the projects that are there too.

The new column has a default in the database; the table of projects is small.
"""

from __future__ import annotations

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0023_wellbeing")]

    operations = [
        migrations.AddField(
            "project",
            "edit_window_minutes",
            models.PositiveIntegerField(
                default=60,
                db_default=60,
                validators=[django.core.validators.MaxValueValidator(43200)],
                help_text="How long raters may change an answer; 0: their last act alone.",
            ),
        ),
    ]
