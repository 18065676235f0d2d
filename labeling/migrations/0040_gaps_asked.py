"""The flag that the guideline does not cover a task becomes a question without a sentence.

Reads the judgments once and locks nobody out. The flags stay where they are.
"""

from __future__ import annotations

from django.db import migrations

ASK = """
INSERT INTO labeling_query (project_id, task_id, assignment_id, criterion_key, text, asked_by_id,
    asked_at, status, answer)
SELECT project_id, task_id, assignment_id, '', '', rater_id, created_at, 'open', ''
FROM labeling_judgment
WHERE is_current AND NOT withdrawn AND flags @> '["guideline_gap"]'
ORDER BY id
"""


class Migration(migrations.Migration):
    dependencies = [("labeling", "0039_queries")]

    operations = [
        # What was asked goes with its table, if this is taken back.
        migrations.RunSQL(ASK, "DELETE FROM labeling_query WHERE text = ''"),
    ]
