"""Gold answers, copies of tasks whose answer is known, and each rater's stream of tasks.

New columns are empty, so no table is rewritten; indexes are built beside the work that goes on.
`gold_answer` of tasks goes: nothing ever wrote it.
"""

from __future__ import annotations

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

AddIndexBeside = import_module("labeling.migrations.0014_lists_of_large_projects").AddIndexBeside

GUARD = """
CREATE TRIGGER labeling_gold_answer_append_only
BEFORE UPDATE OR DELETE ON labeling_goldanswer
FOR EACH ROW EXECUTE FUNCTION labeling_refuse_change();

CREATE TRIGGER labeling_gold_answer_no_truncate
BEFORE TRUNCATE ON labeling_goldanswer
FOR EACH STATEMENT EXECUTE FUNCTION labeling_refuse_truncate();
"""

UNGUARD = """
DROP TRIGGER labeling_gold_answer_no_truncate ON labeling_goldanswer;
DROP TRIGGER labeling_gold_answer_append_only ON labeling_goldanswer;
"""


def _key() -> models.BigAutoField:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("labeling", "0035_regions"),
        ("projects", "0017_checks"),
    ]

    operations = [
        migrations.RemoveField("task", "gold_answer"),
        migrations.AddField(
            "task",
            "gold_of",
            models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="known_copies",
                to="labeling.task",
            ),
        ),
        AddIndexBeside(
            model_name="task",
            index=models.Index(
                condition=models.Q(
                    ("purpose__in", ["gold", "anchor"]), ("withdrawn_at__isnull", True)
                ),
                fields=["project", "purpose", "queue_key"],
                name="task_of_known_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                condition=models.Q(("gold_of__isnull", False)),
                fields=("gold_of", "purpose"),
                name="task_one_copy_a_purpose",
            ),
        ),
        migrations.CreateModel(
            name="GoldAnswer",
            fields=[
                ("id", _key()),
                ("number", models.PositiveSmallIntegerField()),
                ("answers", models.JSONField()),
                ("reason", models.TextField(blank=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("plain", "Plain"), ("pleasant_wrong", "Pleasant and wrong")],
                        default="plain",
                        max_length=16,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "task",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="gold_answers",
                        to="labeling.task",
                    ),
                ),
            ],
            options={
                "ordering": ["task", "number"],
                "constraints": [
                    models.UniqueConstraint(fields=("task", "number"), name="gold_answer_version")
                ],
                "indexes": [models.Index(fields=["author"], name="gold_answer_author")],
            },
        ),
        migrations.CreateModel(
            name="RaterStream",
            fields=[
                ("id", _key()),
                ("handed", models.PositiveIntegerField(default=0)),
                ("gold", models.IntegerField(default=-1)),
                ("repeat", models.IntegerField(default=-1)),
                ("anchor", models.IntegerField(default=-1)),
                ("checked", models.IntegerField(default=-2)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
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
                "constraints": [
                    models.UniqueConstraint(fields=("project", "rater"), name="one_stream_a_rater")
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
