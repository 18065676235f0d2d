"""Topics as raters are told of them, and what each rater chose: rows that never change."""

from __future__ import annotations

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_TABLES = ("labeling_topic", "labeling_topicconsent")
GUARD = "".join(
    f"""
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION labeling_refuse_change();
    """
    for table in _TABLES
)
UNGUARD = "".join(f"DROP TRIGGER {table}_append_only ON {table};" for table in _TABLES)


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0040_gaps_asked"),
        ("projects", "0023_wellbeing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=80)),
                ("number", models.PositiveIntegerField()),
                ("description", models.TextField(max_length=2000)),
                ("intensity", models.CharField(blank=True, max_length=200)),
                ("frequency", models.CharField(blank=True, max_length=200)),
                (
                    "hourly_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "daily_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                ("is_asked", models.BooleanField(default=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="topics",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ["key", "number"],
            },
        ),
        migrations.CreateModel(
            name="TopicConsent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agrees", models.BooleanField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "topic",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="consents",
                        to="labeling.topic",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.UniqueConstraint(
                fields=("project", "key", "number"), name="topic_version"
            ),
        ),
        migrations.AddIndex(
            model_name="topicconsent",
            index=models.Index(fields=["topic", "user", "-id"], name="consent_latest"),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
