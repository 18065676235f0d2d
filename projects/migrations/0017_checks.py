"""How many checks are mixed into the tasks of a rater: none in the projects that are there.

The rates stood in the table without being read by anything. New columns have a default in the
database; the table of projects is small.
"""

from __future__ import annotations

import django.core.validators
from django.db import migrations, models


def _rate(help_text: str) -> models.FloatField:
    return models.FloatField(
        default=0.0,
        validators=[
            django.core.validators.MinValueValidator(0),
            django.core.validators.MaxValueValidator(0.4),
        ],
        help_text=help_text,
    )


class Migration(migrations.Migration):
    dependencies = [("projects", "0016_guideline_drafts")]

    operations = [
        migrations.RemoveField("project", "anchor_rate"),
        migrations.AlterField(
            "project",
            "gold_rate",
            _rate("The share of a rater's tasks whose answer is known, 0 for none."),
        ),
        migrations.AlterField(
            "project",
            "repeat_rate",
            _rate("The share of a rater's tasks that come a second time, 0 for none."),
        ),
        migrations.RunSQL(
            "UPDATE projects_project SET gold_rate = 0, repeat_rate = 0",
            "UPDATE projects_project SET gold_rate = 0.05, repeat_rate = 0.05",
        ),
        migrations.AddField(
            "project",
            "anchors_per_batch",
            models.PositiveSmallIntegerField(
                default=0,
                db_default=0,
                validators=[django.core.validators.MaxValueValidator(20)],
                help_text="How many of each hundred tasks of a rater are anchors.",
            ),
        ),
        migrations.AddField(
            "project",
            "explains_gold",
            models.BooleanField(
                default=False,
                db_default=False,
                help_text="Raters read the answer and its reason after a gold task.",
            ),
        ),
    ]
