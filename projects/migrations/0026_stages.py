"""What raters do before their first live task: nothing, in the projects that are there too.

Every new column is empty or has a default in the database; no table is rewritten.
"""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models

_STAGES = [
    ("", "not begun"),
    ("training", "in training"),
    ("qualification", "qualifying"),
    ("waiting", "waiting for a lead"),
    ("not_yet", "not yet"),
    ("passed", "passed"),
    ("exempt", "not asked"),
]


def _number(default: int, help_text: str, *validators: object) -> models.Field:
    return models.PositiveSmallIntegerField(
        default=default,
        db_default=default,
        validators=[*validators, MaxValueValidator(500)],
        help_text=help_text,
    )


def _share(default: float, help_text: str) -> models.Field:
    return models.FloatField(
        default=default,
        db_default=default,
        validators=[MinValueValidator(0.01), MaxValueValidator(0.99)],
        help_text=help_text,
    )


_SETTINGS = {
    "training_tasks": _number(0, "How many tasks a rater trains on first, 0 for none."),
    "qualification_tasks": _number(0, "After how many tasks it is looked who passes, 0 for none."),
    "qualification_most": _number(
        40, "The most tasks of one try, where fewer do not decide it.", MinValueValidator(1)
    ),
    "qualification_bar": _share(0.75, "The share answered rightly that a rater is to exceed."),
    "qualification_pass": _share(0.80, "Who exceeds the bar at least so surely passes."),
    "qualification_fail": _share(
        0.20, "Who exceeds the bar less surely than this does not pass yet."
    ),
    "qualification_retry_days": models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(365)],
        help_text="After how many days one may try again; empty: a lead says when.",
    ),
    "qualification_asks_all": models.BooleanField(
        default=False,
        db_default=False,
        help_text="Raters who judged here already are asked as well.",
    ),
}


class Migration(migrations.Migration):
    dependencies = [("projects", "0025_pauses_and_covers")]

    operations = [
        *(migrations.AddField("project", name, field) for name, field in _SETTINGS.items()),
        migrations.AddField(
            "membership",
            "stage",
            models.CharField(
                max_length=16,
                choices=_STAGES,
                blank=True,
                default="",
                db_default="",
                editable=False,
            ),
        ),
        migrations.AddField(
            "membership",
            "stage_round",
            models.PositiveSmallIntegerField(default=1, db_default=1, editable=False),
        ),
        migrations.AddField(
            "membership",
            "stage_at",
            models.DateTimeField(null=True, blank=True, editable=False),
        ),
    ]
