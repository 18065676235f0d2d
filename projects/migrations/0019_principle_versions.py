"""Versions of principles: one whose words did not change keeps its own over the guideline's."""

from __future__ import annotations

from django.db import migrations, models

VERSIONS = """
WITH worded AS (
    SELECT p.id, g.project_id, p.key, g.number,
        (p.title, p.text, p.training_form) IS DISTINCT FROM
            lag((p.title, p.text, p.training_form)) OVER same AS is_new
    FROM projects_principle p JOIN projects_guideline g ON g.id = p.guideline_id
    WINDOW same AS (PARTITION BY g.project_id, p.key ORDER BY g.number)
), counted AS (
    SELECT id, count(*) FILTER (WHERE is_new) OVER (
        PARTITION BY project_id, key ORDER BY number) AS version
    FROM worded
)
UPDATE projects_principle p SET version = counted.version FROM counted WHERE counted.id = p.id;
"""


def _text(name: str) -> migrations.AddField:
    field = models.TextField(blank=True, db_default="", default="")
    return migrations.AddField(model_name="principle", name=name, field=field)


def _number(name: str, value: int) -> migrations.AddField:
    field = models.PositiveSmallIntegerField(db_default=value, default=value)
    return migrations.AddField(model_name="principle", name=name, field=field)


class Migration(migrations.Migration):
    dependencies = [("projects", "0018_longer_families")]

    operations = [
        _number("version", 1),
        _text("source"),
        _text("scope"),
        _number("precedence", 0),
        _text("examples_for"),
        _text("examples_against"),
        _text("why"),
        migrations.AddField(
            model_name="principle",
            name="evidence",
            field=models.JSONField(blank=True, db_default=[], default=list),
        ),
        migrations.RunSQL(VERSIONS, migrations.RunSQL.noop),
    ]
