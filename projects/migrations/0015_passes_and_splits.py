"""When the primary comparison is asked, and how many raters a task gets where they disagree.

All have a default in the database: no row is rewritten, and what runs meanwhile goes on.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0014_projects_as_templates")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="overall_pass",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "with the other questions, in their order"),
                    ("same", "in a task of its own, by the same raters"),
                    ("others", "in a task of its own, by other raters"),
                ],
                db_default="",
                default="",
                help_text="Whether the primary comparison has a task of its own.",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="overlap_where_split",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="How many raters a task gets where they disagree; empty for never more.",
                null=True,
                validators=[MinValueValidator(2), MaxValueValidator(100)],
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="split_beyond",
            field=models.PositiveSmallIntegerField(
                blank=True,
                db_default=0,
                default=0,
                help_text="Answers that are further apart on their scale disagree.",
                validators=[MaxValueValidator(100)],
            ),
        ),
    ]
