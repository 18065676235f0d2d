"""Judgments of raters that leads leave out: new, empty tables, and columns with a default."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEEP = """
CREATE FUNCTION labeling_keep_exclusion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('concord.allow_erasure', true) = 'on' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.lifted_at IS NULL AND NEW.lifted_at IS NOT NULL
        AND to_jsonb(NEW) - '{lifted_at,lifted_by_id}'::text[]
            = to_jsonb(OLD) - '{lifted_at,lifted_by_id}'::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % refused: exclusions are append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER labeling_exclusion_append_only
BEFORE UPDATE OR DELETE ON labeling_exclusion
FOR EACH ROW EXECUTE FUNCTION labeling_keep_exclusion();
"""

UNDO_KEEP = """
DROP TRIGGER labeling_exclusion_append_only ON labeling_exclusion;
DROP FUNCTION labeling_keep_exclusion();
"""


def _person(**more: object) -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **more,
    )


def _key() -> models.BigAutoField:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0057_moments_of_stages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                ("id", _key()),
                ("first", models.BigIntegerField()),
                ("newest", models.BigIntegerField()),
                ("judgments", models.PositiveIntegerField(default=0)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("one_side", "Always the same side"),
                            ("too_fast", "Faster than the texts can be read"),
                            ("checks", "Hidden checks answered wrongly"),
                            ("guideline", "The guideline was read differently"),
                            ("machine", "Not judged by the person"),
                            ("wish", "The rater asked for it"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "reopens",
                    models.BooleanField(
                        default=False, help_text="Their tasks get a place more, for other raters."
                    ),
                ),
                ("at", models.DateTimeField()),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("by", _person(null=True)),
                ("lifted_by", _person(null=True, blank=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exclusions",
                        to="projects.project",
                    ),
                ),
                ("rater", _person()),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["rater", "project", "first"], name="exclusion_of_rater"),
                    models.Index(fields=["by"], name="exclusion_by"),
                    models.Index(
                        condition=models.Q(("lifted_by__isnull", False)),
                        fields=["lifted_by"],
                        name="exclusion_lifted_by",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first__lte", models.F("newest"))),
                        name="exclusion_is_a_range",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OpenPlace",
            fields=[
                ("id", _key()),
                (
                    "exclusion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="places",
                        to="labeling.exclusion",
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="open_places",
                        to="labeling.task",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("exclusion", "task"), name="one_open_place")
                ],
            },
        ),
        migrations.AddField(
            model_name="taskchange",
            name="closes",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="taskchange",
            name="exclusion",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="task_changes",
                to="labeling.exclusion",
            ),
        ),
        migrations.AddField(
            model_name="release",
            name="withdrawn_tasks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), editable=False, null=True, size=None
            ),
        ),
        migrations.RunSQL(KEEP, UNDO_KEEP),
    ]
