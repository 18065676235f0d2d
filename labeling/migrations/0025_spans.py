"""Passages that raters mark: a table beside the answers, append-only like them."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

GUARD = """
CREATE TRIGGER labeling_span_append_only
BEFORE UPDATE OR DELETE ON labeling_span
FOR EACH ROW EXECUTE FUNCTION labeling_refuse_change();

CREATE TRIGGER labeling_span_no_truncate
BEFORE TRUNCATE ON labeling_span
FOR EACH STATEMENT EXECUTE FUNCTION labeling_refuse_truncate();
"""

UNGUARD = """
DROP TRIGGER labeling_span_no_truncate ON labeling_span;
DROP TRIGGER labeling_span_append_only ON labeling_span;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0024_reasons_picked"),
        ("projects", "0010_families_of_questions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Span",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message", models.PositiveIntegerField(default=0)),
                ("start", models.PositiveIntegerField()),
                ("end", models.PositiveIntegerField()),
                (
                    "polarity",
                    models.CharField(
                        choices=[("fault", "Fault"), ("praise", "Praise")], max_length=6
                    ),
                ),
                ("flag", models.CharField(blank=True, default="", max_length=20)),
                (
                    "criterion",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spans",
                        to="projects.criterion",
                    ),
                ),
                (
                    "judgment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spans",
                        to="labeling.judgment",
                    ),
                ),
                (
                    "principle",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spans",
                        to="projects.principle",
                    ),
                ),
                (
                    "response",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="spans",
                        to="labeling.response",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("end__gt", models.F("start"))), name="span_has_words"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("criterion__isnull", False),
                                ("flag", ""),
                                ("principle__isnull", True),
                            ),
                            models.Q(
                                ("criterion__isnull", True),
                                ("principle__isnull", True),
                                models.Q(("flag", ""), _negated=True),
                            ),
                            models.Q(
                                ("criterion__isnull", True),
                                ("flag", ""),
                                ("principle__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="span_attached_once",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
