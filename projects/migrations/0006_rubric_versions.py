"""Versions of the rubric: the questions of every project as they are become its first."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now

NEVER_CHANGED = """
CREATE FUNCTION projects_refuse_rubric_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % refused: versions of a rubric never change', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER projects_rubricversion_unchanged
BEFORE UPDATE ON projects_rubricversion
FOR EACH ROW WHEN (
    (OLD.project_id, OLD.number, OLD.criteria, OLD.created_at)
    IS DISTINCT FROM (NEW.project_id, NEW.number, NEW.criteria, NEW.created_at)
) EXECUTE FUNCTION projects_refuse_rubric_change();
"""

UNDO_NEVER_CHANGED = """
DROP TRIGGER projects_rubricversion_unchanged ON projects_rubricversion;
DROP FUNCTION projects_refuse_rubric_change();
"""

FIRST_VERSIONS = """
INSERT INTO projects_rubricversion (project_id, number, criteria, created_at)
SELECT p.id, 1, (
    SELECT jsonb_agg(jsonb_build_object(
        'id', c.id, 'key', c.key, 'wording', c.wording, 'short_label', '',
        'help_text', c.help_text, 'scale', c.scale_key, 'primary', c.is_primary,
        'required', c.is_required, 'retired', false) ORDER BY c.position, c.id)
    FROM projects_criterion c WHERE c.project_id = p.id), p.created_at
FROM projects_project p
WHERE EXISTS (SELECT 1 FROM projects_criterion c WHERE c.project_id = p.id);
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0005_guideline_html")]

    operations = [
        migrations.AddField(
            model_name="criterion",
            name="short_label",
            field=models.CharField(blank=True, db_default="", default="", max_length=30),
        ),
        migrations.AddField(
            model_name="criterion",
            name="retired_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="RubricVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("criteria", models.JSONField()),
                ("created_at", models.DateTimeField(db_default=Now())),
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
                        related_name="rubric_versions",
                        to="projects.project",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "number"), name="rubric_version_number_unique"
                    )
                ],
            },
        ),
        migrations.RunSQL(NEVER_CHANGED, UNDO_NEVER_CHANGED),
        migrations.RunSQL(FIRST_VERSIONS, migrations.RunSQL.noop),
    ]
