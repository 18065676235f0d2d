"""Regions of pictures that raters mark: a table beside the answers, append-only like them."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

GUARD = """
CREATE TRIGGER labeling_region_append_only
BEFORE UPDATE OR DELETE ON labeling_region
FOR EACH ROW EXECUTE FUNCTION labeling_refuse_change();

CREATE TRIGGER labeling_region_no_truncate
BEFORE TRUNCATE ON labeling_region
FOR EACH STATEMENT EXECUTE FUNCTION labeling_refuse_truncate();
"""

UNGUARD = """
DROP TRIGGER labeling_region_no_truncate ON labeling_region;
DROP TRIGGER labeling_region_append_only ON labeling_region;
"""


def _attached_to(model: str) -> models.ForeignKey:
    return models.ForeignKey(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="regions",
        to=model,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0034_second_passes"),
        ("projects", "0011_reasons"),
    ]

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("message", models.PositiveIntegerField(default=0)),
                ("image", models.PositiveIntegerField(default=0)),
                ("x", models.FloatField()),
                ("y", models.FloatField()),
                ("w", models.FloatField()),
                ("h", models.FloatField()),
                (
                    "polarity",
                    models.CharField(
                        choices=[("fault", "Fault"), ("praise", "Praise")], max_length=6
                    ),
                ),
                ("flag", models.CharField(blank=True, default="", max_length=20)),
                (
                    "note",
                    models.CharField(blank=True, db_default="", default="", max_length=500),
                ),
                ("criterion", _attached_to("projects.criterion")),
                (
                    "judgment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="regions",
                        to="labeling.judgment",
                    ),
                ),
                ("principle", _attached_to("projects.principle")),
                ("response", _attached_to("labeling.response")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(x__gte=0, w__gt=0, x__lte=1.000001 - F("w")),
                        name="region_across",
                    ),
                    models.CheckConstraint(
                        condition=Q(y__gte=0, h__gt=0, y__lte=1.000001 - F("h")),
                        name="region_down",
                    ),
                    models.CheckConstraint(
                        condition=Q(criterion__isnull=False, flag="", principle__isnull=True)
                        | Q(criterion__isnull=True, principle__isnull=True) & ~Q(flag="")
                        | Q(criterion__isnull=True, flag="", principle__isnull=False),
                        name="region_attached_once",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="lateanswer",
            name="regions",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
