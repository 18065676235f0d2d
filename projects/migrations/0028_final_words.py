"""Up to which judgment a reviewer's vote is the final word in releases; who decides before they look.

Columns with defaults in the database: no table is rewritten.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0027_moments_of_attempts")]

    operations = [
        migrations.AddField(
            "project",
            "reviewed_upto",
            models.BigIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            "membership",
            "hides_votes",
            models.BooleanField(db_default=False, default=False, editable=False),
        ),
    ]
