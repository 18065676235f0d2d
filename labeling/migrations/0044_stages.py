"""What raters answered while training and qualifying, and what was decided: new, empty tables."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

_TABLES = ("labeling_stageanswer", "labeling_stagedecision")
GUARD = "".join(
    f"""
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION labeling_refuse_change();
    CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION labeling_refuse_truncate();
    """
    for table in _TABLES
)
UNGUARD = "".join(
    f"DROP TRIGGER {table}_no_truncate ON {table}; DROP TRIGGER {table}_append_only ON {table};"
    for table in _TABLES
)


def _key() -> models.BigAutoField:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _to(table: str, *, cascades: bool = False, **more: object) -> models.ForeignKey:
    deletion = django.db.models.deletion
    on_delete = deletion.CASCADE if cascades else deletion.PROTECT
    return models.ForeignKey(to=table, **{"on_delete": on_delete, "related_name": "+", **more})


_USER = settings.AUTH_USER_MODEL


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0043_purposes_of_stages"),
        ("projects", "0026_stages"),
        migrations.swappable_dependency(_USER),
    ]

    operations = [
        migrations.CreateModel(
            name="StageAnswer",
            fields=[
                ("id", _key()),
                (
                    "stage",
                    models.CharField(
                        choices=[("training", "Training"), ("qualification", "Qualification")],
                        max_length=16,
                    ),
                ),
                ("round", models.PositiveSmallIntegerField()),
                ("question", models.CharField(blank=True, max_length=40)),
                ("answer", models.JSONField(null=True)),
                ("key", models.JSONField()),
                ("version", models.PositiveSmallIntegerField()),
                ("is_right", models.BooleanField(null=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("guideline", _to("projects.guideline", null=True)),
                ("judgment", _to("labeling.judgment")),
                ("project", _to("projects.project", cascades=True)),
                ("rater", _to(_USER, db_index=False)),
                ("task", _to("labeling.task", related_name="stage_answers")),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(
                        fields=["rater", "project", "stage", "round"], name="stage_answer_of"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StageDecision",
            fields=[
                ("id", _key()),
                ("round", models.PositiveSmallIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("passed", "Passed"),
                            ("not_yet", "Not yet"),
                            ("waiting", "Waiting for a lead"),
                            ("reopened", "Opened again"),
                        ],
                        max_length=10,
                    ),
                ),
                ("right", models.PositiveSmallIntegerField(default=0)),
                ("n", models.PositiveSmallIntegerField(default=0)),
                ("above", models.FloatField(null=True)),
                ("rule", models.JSONField(default=dict)),
                ("reason", models.TextField(blank=True)),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "decided_by",
                    _to(_USER, null=True, db_index=False, help_text="Empty: by the rule."),
                ),
                ("project", _to("projects.project", cascades=True)),
                ("rater", _to(_USER, db_index=False)),
            ],
            options={
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["project", "rater", "-id"], name="stage_decision_of"),
                    models.Index(fields=["rater"], name="stage_decision_rater"),
                    models.Index(
                        fields=["decided_by"],
                        condition=models.Q(("decided_by__isnull", False)),
                        name="stage_decision_by",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
