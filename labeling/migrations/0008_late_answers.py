"""Answers that came after their raters had left: a new, empty table."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0007_opened_votes"),
    ]

    operations = [
        migrations.CreateModel(
            name="LateAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("answers", models.JSONField(default=dict)),
                ("tie_kinds", models.JSONField(default=dict)),
                ("rationale", models.TextField(blank=True)),
                ("received_at", models.DateTimeField(auto_now_add=True)),
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="late_answer",
                        to="labeling.assignment",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
    ]
