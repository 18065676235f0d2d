"""What raters ask because the guideline does not say it, and the precedents that answer it."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE TRIGGER labeling_precedent_append_only
BEFORE UPDATE OR DELETE ON labeling_precedent
FOR EACH ROW EXECUTE FUNCTION labeling_refuse_change();

CREATE TRIGGER labeling_precedent_no_truncate
BEFORE TRUNCATE ON labeling_precedent
FOR EACH STATEMENT EXECUTE FUNCTION labeling_refuse_truncate();
"""

UNGUARD = """
DROP TRIGGER labeling_precedent_no_truncate ON labeling_precedent;
DROP TRIGGER labeling_precedent_append_only ON labeling_precedent;
"""


def _id() -> models.BigAutoField:
    return models.BigAutoField(
        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
    )


def _points(to: str, *, related_name: str = "+", null: bool = True) -> models.ForeignKey:
    protect = django.db.models.deletion.PROTECT
    return models.ForeignKey(null=null, on_delete=protect, related_name=related_name, to=to)


def _project() -> models.ForeignKey:
    cascade = django.db.models.deletion.CASCADE
    return models.ForeignKey(on_delete=cascade, related_name="+", to="projects.project")


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0038_none_fits"),
        ("projects", "0019_principle_versions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Precedent",
            fields=[
                ("id", _id()),
                ("number", models.PositiveIntegerField()),
                ("version", models.PositiveSmallIntegerField(default=1)),
                ("question", models.TextField(blank=True)),
                ("answer", models.TextField()),
                ("criterion_key", models.CharField(blank=True, max_length=40)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("retired", models.BooleanField(default=False)),
                ("superseded_by", models.PositiveIntegerField(null=True)),
                ("author", _points(settings.AUTH_USER_MODEL)),
                ("project", _project()),
                ("task", _points("labeling.task", related_name="precedents")),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "number", "version"), name="precedent_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Query",
            fields=[
                ("id", _id()),
                ("criterion_key", models.CharField(blank=True, max_length=40)),
                ("text", models.TextField(blank=True)),
                ("asked_at", models.DateTimeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("answered", "Answered"),
                            ("settled", "Settled by a precedent"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(null=True)),
                ("precedent", models.PositiveIntegerField(null=True)),
                ("answered_by", _points(settings.AUTH_USER_MODEL)),
                ("asked_by", _points(settings.AUTH_USER_MODEL)),
                ("assignment", _points("labeling.assignment", related_name="queries")),
                ("project", _project()),
                ("task", _points("labeling.task", related_name="queries", null=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("status", "open")),
                        fields=["project", "id"],
                        name="query_open",
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
