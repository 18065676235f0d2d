"""What came of flags on tasks: a new, empty table."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_FLAGS = [
    ("personal_data", "Personal data of a real person"),
    ("unsafe", "Dangerous or illegal content"),
    ("wrong_language", "Wrong language"),
    ("leaked_identity", "A response names the model that wrote it"),
    ("guideline_gap", "The guideline does not cover this"),
    ("broken", "Broken or cut off"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0059_final_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FlagResolution",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("flag", models.CharField(choices=_FLAGS, max_length=20)),
                ("word", models.CharField(max_length=300)),
                ("at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="flag_resolutions",
                        to="labeling.task",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
    ]
