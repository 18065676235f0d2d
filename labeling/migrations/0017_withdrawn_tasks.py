"""Tasks can be withdrawn, and know the import that made them, as imported labels do.

New columns are empty, so no table is rewritten; indexes are built beside the work that goes on.
"""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

import labeling.vocabulary


def _beside(operation: Any, otherwise: Any) -> Any:
    """Concurrently where that can be: inside a larger transaction, as tests have it, it cannot."""

    class Beside(operation):
        def _ensure_not_in_transaction(self, schema_editor: Any) -> None:
            """The two methods below choose."""

        def database_forwards(self, app_label: str, schema_editor: Any, old: Any, new: Any) -> None:
            inside = schema_editor.connection.in_atomic_block
            how = otherwise if inside else operation
            how.database_forwards(self, app_label, schema_editor, old, new)

        def database_backwards(
            self, app_label: str, schema_editor: Any, old: Any, new: Any
        ) -> None:
            inside = schema_editor.connection.in_atomic_block
            how = otherwise if inside else operation
            how.database_backwards(self, app_label, schema_editor, old, new)

    return Beside


AddIndexBeside = _beside(AddIndexConcurrently, migrations.AddIndex)
RemoveIndexBeside = _beside(RemoveIndexConcurrently, migrations.RemoveIndex)

# A place of a withdrawn task is nobody's, whatever the code does; labels of an import are no
# places that somebody waits for, and come in.
SLOTS = """
CREATE OR REPLACE FUNCTION labeling_count_slots() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    taken integer := 0;
    task bigint;
    by_a_person boolean := false;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        taken := taken + labeling_holds_slot(NEW.state);
        task := NEW.task_id;
        by_a_person := NEW.strategy <> 'imported';
    END IF;
    IF TG_OP <> 'INSERT' THEN
        taken := taken - labeling_holds_slot(OLD.state);
        task := OLD.task_id;
    END IF;
    IF taken > 0 AND by_a_person THEN
        UPDATE labeling_task SET open_slots = open_slots - taken
        WHERE id = task AND withdrawn_at IS NULL;
        -- One made by the same statement is not seen yet, and is in play.
        IF NOT FOUND AND EXISTS (SELECT 1 FROM labeling_task WHERE id = task) THEN
            RAISE EXCEPTION 'task_in_play: task % is withdrawn', task
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF taken <> 0 THEN
        UPDATE labeling_task SET open_slots = open_slots - taken WHERE id = task;
    ELSIF TG_OP = 'UPDATE' AND NEW.state = 'leased' AND OLD.state <> 'leased' THEN
        PERFORM 1 FROM labeling_task WHERE id = task AND withdrawn_at IS NOT NULL FOR SHARE;
        IF FOUND THEN
            RAISE EXCEPTION 'task_in_play: task % is withdrawn', task
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
"""

SLOTS_BEFORE = """
CREATE OR REPLACE FUNCTION labeling_count_slots() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    taken integer := 0;
    task bigint;
BEGIN
    IF TG_OP <> 'DELETE' THEN
        taken := taken + labeling_holds_slot(NEW.state);
        task := NEW.task_id;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        taken := taken - labeling_holds_slot(OLD.state);
        task := OLD.task_id;
    END IF;
    IF taken <> 0 THEN
        UPDATE labeling_task SET open_slots = open_slots - taken WHERE id = task;
    END IF;
    RETURN NULL;
END $$;
"""


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("labeling", "0016_refusals_by_number"),
        ("projects", "0005_guideline_html"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="import_job",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="tasks",
                to="labeling.import",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="task",
            name="withdrawn_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="withdrawn_reason",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="assignment",
            name="import_job",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="labels",
                to="labeling.import",
            ),
        ),
        migrations.CreateModel(
            name="Withdrawal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default=labeling.vocabulary.JobState["PENDING"],
                        max_length=12,
                    ),
                ),
                (
                    "attempts",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Begun so often since it last got any further."
                    ),
                ),
                (
                    "deaths",
                    models.PositiveSmallIntegerField(
                        db_default=0, default=0, help_text="Workers that died at it since then."
                    ),
                ),
                ("progress_done", models.PositiveBigIntegerField(default=0)),
                ("progress_total", models.PositiveBigIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                (
                    "progress_at",
                    models.DateTimeField(
                        blank=True,
                        help_text="When it was begun, or got further; by the database.",
                        null=True,
                    ),
                ),
                ("cancel_requested_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("puts_back", models.BooleanField(default=False)),
                ("selection", models.JSONField(default=dict)),
                ("newest", models.BigIntegerField()),
                ("reached", models.BigIntegerField(default=0)),
                ("changed", models.PositiveBigIntegerField(default=0)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="%(class)ss",
                        to="projects.project",
                    ),
                ),
            ],
            options={"ordering": ["-pk"]},
        ),
        migrations.RunSQL(SLOTS, SLOTS_BEFORE),
        AddIndexBeside(
            model_name="task",
            index=models.Index(
                condition=models.Q(
                    ("open_slots__gt", 0), ("purpose", "live"), ("withdrawn_at__isnull", True)
                ),
                fields=["project", "queue_key"],
                name="task_queue_in_play",
            ),
        ),
        RemoveIndexBeside(model_name="task", name="task_queue"),
        AddIndexBeside(
            model_name="task",
            index=models.Index(
                condition=models.Q(("withdrawn_at__isnull", False)),
                fields=["project", "id"],
                name="task_withdrawn",
            ),
        ),
        AddIndexBeside(
            model_name="task",
            index=models.Index(
                condition=models.Q(("import_job__isnull", False)),
                fields=["import_job", "id"],
                name="task_of_import",
            ),
        ),
        AddIndexBeside(
            model_name="assignment",
            index=models.Index(
                condition=models.Q(("import_job__isnull", False)),
                fields=["import_job", "id"],
                name="label_of_import",
            ),
        ),
    ]
