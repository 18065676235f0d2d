"""Keys of principles: one of equal number and title in the next version is the same principle."""

from __future__ import annotations

from django.db import migrations, models

KEYS = """
WITH clause AS (
    SELECT p.id, p.number, p.title, g.project_id, g.number AS version,
        dense_rank() OVER (PARTITION BY g.project_id ORDER BY g.number) AS place
    FROM projects_guideline g LEFT JOIN projects_principle p ON p.guideline_id = g.id
), next AS (
    SELECT *, lag(place) OVER same IS DISTINCT FROM place - 1
        OR lag(title) OVER same IS DISTINCT FROM title AS begins
    FROM clause WHERE id IS NOT NULL
    WINDOW same AS (PARTITION BY project_id, number ORDER BY place)
), since AS (
    SELECT id, number, max(version) FILTER (WHERE begins) OVER (
        PARTITION BY project_id, number ORDER BY place) AS version
    FROM next
)
UPDATE projects_principle p SET key = 'v' || since.version || 'p' || since.number
FROM since WHERE since.id = p.id;
"""


class Migration(migrations.Migration):
    dependencies = [("projects", "0008_reminders")]

    operations = [
        migrations.AddField(
            model_name="principle",
            name="key",
            field=models.CharField(default="", max_length=20),
            preserve_default=False,
        ),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="principle",
            constraint=models.UniqueConstraint(
                fields=("guideline", "key"), name="principle_key_unique"
            ),
        ),
    ]
