"""Texts that people write: their author and judgment, how they were written, and their reviews.

New columns are empty, so no table is rewritten; indexes are built beside the work that goes on.
"""

from __future__ import annotations

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

AddIndexBeside = import_module("labeling.migrations.0014_lists_of_large_projects").AddIndexBeside

# What was written and judged with it never changes; only its formatted form is made anew.
STAYS = """
CREATE FUNCTION labeling_keep_text() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('concord.allow_erasure', true) = 'on' THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'html' - 'html_version'
        = to_jsonb(OLD) - 'html' - 'html_version' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % refused: a text that was written here stays', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER labeling_written_text_stays
BEFORE UPDATE OR DELETE ON labeling_response
FOR EACH ROW WHEN (OLD.judgment_id IS NOT NULL) EXECUTE FUNCTION labeling_keep_text();
"""

UNDO_STAYS = """
DROP TRIGGER labeling_written_text_stays ON labeling_response;
DROP FUNCTION labeling_keep_text();
"""


def _optional(to: str, name: str) -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name=name,
        to=to,
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("labeling", "0025_spans"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("response", "author", _optional(settings.AUTH_USER_MODEL, "texts")),
        migrations.AddField("response", "judgment", _optional("labeling.judgment", "texts")),
        migrations.AddField("task", "reviews", _optional("labeling.response", "review_tasks")),
        migrations.AddField(
            "lateanswer", "text", models.TextField(blank=True, db_default="", default="")
        ),
        migrations.CreateModel(
            name="Writing",
            fields=[
                (
                    "judgment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="writing",
                        serialize=False,
                        to="labeling.judgment",
                    ),
                ),
                ("original", _optional("labeling.response", "writings")),
                ("distance", models.FloatField(blank=True, null=True)),
                ("typed", models.PositiveIntegerField(blank=True, null=True)),
                ("pasted", models.PositiveIntegerField(blank=True, null=True)),
                ("declared_assist", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("original__isnull", False)),
                        fields=["original"],
                        name="writing_original",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pasted__isnull", True), ("typed__isnull", True)),
                            models.Q(("pasted__isnull", False), ("typed__isnull", False)),
                            _connector="OR",
                        ),
                        name="typed_with_pasted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("distance__isnull", True), ("original__isnull", True)),
                            models.Q(
                                ("distance__gte", 0),
                                ("distance__lte", 1),
                                ("original__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="distance_from_original",
                    ),
                ],
            },
        ),
        migrations.RunSQL(STAYS, UNDO_STAYS),
        AddIndexBeside(
            model_name="response",
            index=models.Index(
                condition=models.Q(("judgment__isnull", False)),
                fields=["judgment"],
                name="response_written",
            ),
        ),
        AddIndexBeside(
            model_name="response",
            index=models.Index(
                condition=models.Q(("author__isnull", False)),
                fields=["author"],
                name="response_author",
            ),
        ),
        AddIndexBeside(
            model_name="task",
            index=models.Index(
                condition=models.Q(("reviews__isnull", False)),
                fields=["reviews"],
                name="task_reviews",
            ),
        ),
    ]
