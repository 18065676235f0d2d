"""Whether raters may improve what they prefer, and paste into what they write.

Both have a default in the database: no row is rewritten, and what runs meanwhile goes on.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("projects", "0011_reasons")]

    operations = [
        migrations.AddField(
            model_name="project",
            name="edit_winner",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Raters may improve the response that they prefer.",
            ),
        ),
        migrations.AddField(
            model_name="project",
            name="allow_paste",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Raters may paste into what they write or edit.",
            ),
        ),
    ]
