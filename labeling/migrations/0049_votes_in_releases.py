"""Who has downloaded votes with a release, a new and empty table; quiz attempts never change."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GUARD = """
CREATE TRIGGER projects_quiz_attempt_append_only
BEFORE UPDATE OR DELETE ON projects_quizattempt
FOR EACH ROW EXECUTE FUNCTION labeling_refuse_change();

CREATE TRIGGER projects_quiz_attempt_no_truncate
BEFORE TRUNCATE ON projects_quizattempt
FOR EACH STATEMENT EXECUTE FUNCTION labeling_refuse_truncate();
"""

UNGUARD = """
DROP TRIGGER projects_quiz_attempt_no_truncate ON projects_quizattempt;
DROP TRIGGER projects_quiz_attempt_append_only ON projects_quizattempt;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("labeling", "0048_places_in_streams"),
        ("projects", "0022_quiz"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ReleaseOpening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="release_openings",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "release",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="openings",
                        to="labeling.release",
                    ),
                ),
            ],
            options={"ordering": ["pk"]},
        ),
        migrations.AddConstraint(
            model_name="releaseopening",
            constraint=models.UniqueConstraint(
                fields=("person", "release"), name="release_opened_once"
            ),
        ),
        migrations.RunSQL(GUARD, UNGUARD),
    ]
