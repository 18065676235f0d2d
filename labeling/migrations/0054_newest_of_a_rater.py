"""Indexes for the newest judgments of a rater in a project, and of those that no principle fits.

The first takes the place of the one by rater alone, which it begins with. Both are built beside the
work that goes on; the old one is dropped in a moment.
"""

from __future__ import annotations

from importlib import import_module

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

AddIndexBeside = import_module("labeling.migrations.0014_lists_of_large_projects").AddIndexBeside

#: The name that Django gave to the index of the foreign key.
_OLD = "labeling_judgment_rater_id_36c9c6f2"


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("labeling", "0047_precedents_read")]

    operations = [
        AddIndexBeside(
            model_name="judgment",
            index=models.Index(fields=["rater", "project", "-id"], name="judgment_by_rater"),
        ),
        AddIndexBeside(
            model_name="judgment",
            index=models.Index(
                condition=models.Q(("none_fits", True)),
                fields=["project", "-id"],
                name="judgment_none_fits",
            ),
        ),
        # As an AlterField Django would make the foreign key anew, and look through every row for it.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    f"DROP INDEX IF EXISTS {_OLD}",
                    f"CREATE INDEX IF NOT EXISTS {_OLD} ON labeling_judgment (rater_id)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    "judgment",
                    "rater",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="judgments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                )
            ],
        ),
    ]
