"""How raters say they are: a new, empty table of rows that never change."""

from __future__ import annotations

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
    CREATE TRIGGER labeling_checkin_append_only BEFORE UPDATE OR DELETE ON labeling_checkin
    FOR EACH ROW EXECUTE FUNCTION labeling_refuse_change();
"""
UNGUARD = "DROP TRIGGER labeling_checkin_append_only ON labeling_checkin;"


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0049_votes_in_releases"),
        ("projects", "0025_pauses_and_covers"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CheckIn",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "feeling",
                    models.PositiveSmallIntegerField(
                        null=True,
                        blank=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "wish",
                    models.CharField(
                        blank=True,
                        max_length=8,
                        choices=[
                            ("", "Nothing"),
                            ("less", "Less of a topic"),
                            ("pause", "A pause"),
                            ("talk", "Somebody to write to"),
                        ],
                    ),
                ),
                ("topic", models.CharField(blank=True, max_length=80)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "project",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="check_ins",
                        to="projects.project",
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
                "ordering": ["pk"],
                "indexes": [models.Index(fields=["project", "at"], name="check_in_of_project")],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
